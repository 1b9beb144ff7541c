"""The file with the door's token.

It is one header line, `Authorization: Bearer TOKEN`, so that `curl --header @FILE` reads it and the
token stands in no process list.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import sys
from pathlib import Path

from wxpark_gui.domain.door import DoorUnavailableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage.durable import write_file

_LINE = re.compile(r"Authorization: Bearer ([0-9a-f]{32})\s*")
_TOKEN_BYTES = 16
_MOST_BYTES = 200


class DoorTokenFile:
    """Keeps the token in a file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Secret | None:
        """Return the token; None without a valid file, or if others have rights on it."""
        try:
            with self._path.open("rb") as file:
                is_open = sys.platform != "win32" and _is_open_to_others(file.fileno())
                found = _LINE.fullmatch(file.read(_MOST_BYTES).decode("ascii", "replace"))
        except OSError:
            return None
        return Secret(found[1]) if found and not is_open else None

    def renew(self) -> Secret:
        """Replace the file by one with a new random token of 128 bits, and return the token.

        Raises:
            DoorUnavailableError: the file cannot be written.
        """
        token = Secret(secrets.token_hex(_TOKEN_BYTES))
        line = f"Authorization: Bearer {token.reveal()}\n"
        try:
            write_file(self._path, line.encode())
        except OSError as error:
            raise DoorUnavailableError(error.strerror or type(error).__name__) from error
        return token

    def remove(self) -> None:
        """Remove the file; a no-op if there is none or it cannot be removed."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def _is_open_to_others(handle: int) -> bool:
    return bool(os.fstat(handle).st_mode & (stat.S_IRWXG | stat.S_IRWXO))
