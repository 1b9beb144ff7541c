"""The readable error for each error of SQLite."""

from __future__ import annotations

import sqlite3
from enum import Enum, auto

from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    JournalBusyError,
    JournalDamagedError,
    JournalDamageFoundError,
    JournalDiskFaultError,
    JournalFaultError,
    JournalLockedError,
    JournalNotReadError,
    JournalWriteError,
)


class _Kind(Enum):
    """Cause of an error, by what helps."""

    NO_SPACE = auto()
    BUSY = auto()
    DISK_FAULT = auto()
    DAMAGE = auto()
    OTHER = auto()


_KINDS = {
    3: _Kind.NO_SPACE,
    5: _Kind.BUSY,
    6: _Kind.BUSY,
    8: _Kind.NO_SPACE,
    10: _Kind.DISK_FAULT,
    11: _Kind.DAMAGE,
    13: _Kind.NO_SPACE,
    14: _Kind.NO_SPACE,
    15: _Kind.BUSY,
    26: _Kind.DAMAGE,
}
"""Kinds by primary result code (sqlite.org/rescode.html).

The codes are those of PERM, BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL and
NOTADB. A disk that takes no file or no write needs the same help as a full one.
"""

_MESSAGES = {
    "access permission denied": 3,
    "database is locked": 5,
    "database table is locked": 6,
    "attempt to write a readonly database": 8,
    "disk I/O error": 10,
    "database disk image is malformed": 11,
    "database or disk is full": 13,
    "unable to open database file": 14,
    "locking protocol": 15,
    "file is not a database": 26,
}
"""Primary result codes by SQLite's message, for Python 3.10, whose exceptions have no code."""

_WRITE_ERRORS = {
    _Kind.NO_SPACE: JournalWriteError,
    _Kind.BUSY: JournalBusyError,
    _Kind.DISK_FAULT: JournalDiskFaultError,
    _Kind.DAMAGE: JournalDamageFoundError,
    _Kind.OTHER: JournalFaultError,
}


def write_error(error: sqlite3.Error) -> JournalWriteError:
    """Return the readable error for a failed write."""
    return _WRITE_ERRORS[_kind_of(error)](str(error))


def read_error(error: sqlite3.Error) -> JournalDamagedError:
    """Return the readable error for a failed read."""
    kind = _kind_of(error)
    found = JournalDamagedError if kind in (_Kind.DAMAGE, _Kind.OTHER) else JournalNotReadError
    return found(str(error))


def open_error(error: sqlite3.Error) -> DataDirectoryUnusableError:
    """Return the readable error for a file that cannot be opened, though not for damage."""
    is_locked = _kind_of(error) is _Kind.BUSY
    return (JournalLockedError if is_locked else DataDirectoryUnusableError)(str(error))


def _kind_of(error: sqlite3.Error) -> _Kind:
    extended: int | None = getattr(error, "sqlite_errorcode", None)
    if extended is None and type(error) is sqlite3.DatabaseError:
        # `sqlite3` reports damage as this class itself, other errors as a subclass.
        return _Kind.DAMAGE
    code = _MESSAGES.get(str(error)) if extended is None else extended & 0xFF
    return _KINDS.get(code or 0, _Kind.OTHER)
