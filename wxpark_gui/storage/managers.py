"""The managers and the hashes of their PINs in one JSON file beside the settings.

They are not in the journal, so that a replaced journal removes no manager.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wxpark_gui.domain.manager import ManagersLostError, ManagersNotWrittenError
from wxpark_gui.domain.manager_book import MOST_MANAGERS, Manager, ManagerBook, Tries
from wxpark_gui.domain.pin import PinHash
from wxpark_gui.domain.shift import Person, read_name
from wxpark_gui.domain.shift_errors import NameFormatError
from wxpark_gui.storage.durable import sync_directory, write_file
from wxpark_gui.storage.inspection import remark

FORMAT = 1
_LARGEST = 100_000
"""Bytes of the largest file that is read."""
_COSTS = frozenset(2**power for power in range(4, 18))
"""Accepted values of scrypt's n; a larger one would take gigabytes."""
_DIGEST_LENGTH = 64


class JsonManagers:
    """Keeps the managers in a file, which is missing as long as there is no manager."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> ManagerBook | None:
        """Return the managers; None without a file.

        Raises:
            ManagersLostError: the file cannot be read, has no manager or an invalid value.
        """
        try:
            if self._path.stat().st_size > _LARGEST:
                raise ManagersLostError("too large")
            return _read_book(json.loads(self._path.read_text(encoding="utf-8-sig")))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ManagersLostError(remark(error)) from error
        except (KeyError, NameFormatError, RecursionError, TypeError, ValueError) as error:
            # The values may be a hash, which belongs into no message.
            raise ManagersLostError(type(error).__name__) from None

    def save(self, book: ManagerBook) -> None:
        """Replace the file durably.

        Raises:
            ManagersNotWrittenError: it could not be written; the old one is unchanged.
        """
        content = json.dumps(_book_values(book), ensure_ascii=False, indent=1).encode()
        try:
            write_file(self._path, content)
        except OSError as error:
            raise ManagersNotWrittenError(remark(error)) from error

    def remove(self) -> None:
        """Delete the file, damaged or not; a no-op without one.

        Raises:
            ManagersNotWrittenError: it could not be deleted.
        """
        try:
            self._path.unlink(missing_ok=True)
            sync_directory(self._path.parent)
        except OSError as error:
            raise ManagersNotWrittenError(remark(error)) from error


def _book_values(book: ManagerBook) -> Mapping[str, object]:
    return {
        "format": FORMAT,
        "managers": [
            {
                "id": manager.person.person_id,
                "name": manager.person.name,
                "label": manager.person.label,
                "salt": manager.pin.salt,
                "digest": manager.pin.digest,
                "cost": manager.pin.cost,
                "block_size": manager.pin.block_size,
                "lanes": manager.pin.lanes,
            }
            for manager in book.managers
        ],
        "tries": {"count": book.tries.count, "run": book.tries.run, "at": book.tries.at},
    }


def _read_book(values: Any) -> ManagerBook:
    if values["format"] != FORMAT:
        raise ValueError("format")
    managers = tuple(_read_manager(each) for each in values["managers"])
    if not 1 <= len(managers) <= MOST_MANAGERS:
        raise ValueError("number of managers")
    if len({each.person.person_id for each in managers}) < len(managers):
        raise ValueError("id")
    tries = values["tries"]
    count, at = _integer(tries["count"]), float(tries["at"])
    if count < 0 or not math.isfinite(at):
        raise ValueError("tries")
    return ManagerBook(managers, Tries(count, str(tries["run"]), at))


def _read_manager(values: Any) -> Manager:
    pin = PinHash(
        salt=_text(values["salt"]),
        digest=_text(values["digest"]),
        cost=_integer(values["cost"]),
        block_size=_integer(values["block_size"]),
        lanes=_integer(values["lanes"]),
    )
    if pin.cost not in _COSTS or (pin.block_size, pin.lanes) != (8, 1):
        raise ValueError("parameters")
    if not pin.salt.isascii() or len(pin.digest) != _DIGEST_LENGTH or not pin.digest.isascii():
        raise ValueError("hash")
    name = read_name(_text(values["name"]))
    return Manager(Person(_text(values["id"]), name, _text(values["label"])), pin)


def _text(value: Any) -> str:
    if type(value) is not str or not value:
        raise TypeError
    return value


def _integer(value: Any) -> int:
    # Not `isinstance`, which accepts a bool as an int.
    if type(value) is not int:
        raise TypeError
    return value
