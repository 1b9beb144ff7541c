"""Address of the D-Bus session bus where the desktop exports none, as over ssh or in startx."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from stat import S_ISSOCK

_ADDRESS = "DBUS_SESSION_BUS_ADDRESS"
_RUNTIME = "XDG_RUNTIME_DIR"


def find_session_bus(environment: MutableMapping[str, str]) -> None:
    """Put the address of the user's session bus into the environment, unless one is there.

    An address whose socket is gone, as in a terminal that outlived its desktop session, counts as
    none.

    It is the socket `bus` in `XDG_RUNTIME_DIR`, or else in `/run/user/UID`, as for libdbus and
    systemd. The keyring's D-Bus library (jeepney) knows the variable only, so that without it the
    keyring of the attendant's desktop session is not found. A no-op if there is no such socket of
    this user, and on other systems than Linux.
    """
    address = environment.get(_ADDRESS, "")
    if sys.platform != "linux" or (address and not _is_gone(address)):
        return
    runtime = environment.get(_RUNTIME) or f"/run/user/{os.getuid()}"
    socket = Path(runtime) / "bus"
    try:
        found = socket.stat()
    except (OSError, ValueError):
        return
    from urllib.parse import quote  # noqa: PLC0415 - a session with the address needs it not

    if S_ISSOCK(found.st_mode) and found.st_uid == os.getuid():
        environment[_ADDRESS] = f"unix:path={quote(str(socket))}"


def _is_gone(address: str) -> bool:
    """Test if the first socket of an address is a path that does not exist."""
    path = re.match("unix:path=([^,;]+)", address)
    try:
        return path is not None and not Path(_unescaped(path[1])).exists()
    except OSError:
        return False


def _unescaped(text: str) -> str:
    """Replace each `%XX`, as D-Bus escapes bytes in an address."""
    return os.fsdecode(
        re.sub(rb"%([0-9A-Fa-f]{2})", lambda each: bytes([int(each[1], 16)]), os.fsencode(text))
    )
