"""Adapter from `apsw.Connection` to `sqlite3.Connection`.

With it the journal runs on a virtual file system (VFS) of the tests, which `sqlite3` does not
support.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar, cast

import apsw

Values: TypeAlias = "Sequence[object] | Mapping[str, object]"

Answer = TypeVar("Answer")

_MESSAGES: Mapping[type[apsw.Error], str] = {
    apsw.IOError: "disk I/O error",
    apsw.FullError: "database or disk is full",
}
"""Messages of `sqlite3` for errors that the VFS raises, whose text is its own."""

_DAMAGE = (apsw.CorruptError, apsw.NotADBError)


class Row(tuple[object, ...]):
    """One row, with values by index and by column name, as `sqlite3.Row`."""

    names: tuple[str, ...] = ()

    def __getitem__(self, key: object) -> object:  # type: ignore[override]  # names, as sqlite3.Row
        return super().__getitem__(
            self.names.index(key) if isinstance(key, str) else cast("int", key)
        )

    def keys(self) -> list[str]:
        return list(self.names)


class Cursor:
    """Result of one statement, with all rows already read."""

    def __init__(self, rows: list[Row], lastrowid: int, rowcount: int) -> None:
        self._rows = iter(rows)
        self.lastrowid = lastrowid
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def fetchone(self) -> Row | None:
        return next(self._rows, None)

    def fetchall(self) -> list[Row]:
        return list(self._rows)


class Connection:
    """The part of `sqlite3.Connection` that the journal uses, on an `apsw.Connection`."""

    def __init__(
        self, path: Path, vfs: str, busy_timeout: float, override: Mapping[str, str]
    ) -> None:
        """Open the file at `path` on the VFS named `vfs`.

        Args:
            busy_timeout: in seconds.
            override: statements by the text of the statement that each replaces.
        """
        self.row_factory: object = None
        self.text_factory: object = None
        self._override = override
        self._connection = _translated(lambda: apsw.Connection(str(path), vfs=vfs))
        self._connection.set_busy_timeout(round(busy_timeout * 1000))

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, statement: str, values: Values = ()) -> Cursor:
        return _translated(lambda: self._execute(self._override.get(statement, statement), values))

    def executemany(self, statement: str, many: Sequence[Values]) -> None:
        for values in many:
            self.execute(statement, values)

    def executescript(self, statements: str) -> Cursor:
        return self.execute(statements)

    def close(self) -> None:
        _translated(self._connection.close)

    def _execute(self, statement: str, values: Values) -> Cursor:
        before = self._connection.total_changes()
        cursor = self._connection.cursor()
        bound = dict(values) if isinstance(values, Mapping) else tuple(values)
        rows: list[Row] = []
        row_class = Row
        for row in cursor.execute(statement, cast("dict[str, apsw.SQLiteValue]", bound)):
            if not rows:
                names = tuple(column[0] for column in cursor.get_description())
                row_class = cast("type[Row]", type("NamedRow", (Row,), {"names": names}))
            rows.append(row_class(row))
        changes = self._connection.total_changes() - before
        return Cursor(rows, self._connection.last_insert_rowid(), changes)


def connector(
    vfs: str, override: Mapping[str, str] | None = None
) -> Callable[[Path, float], sqlite3.Connection]:
    """Return a function that opens the journal's file on the VFS registered under the name `vfs`.

    Args:
        override: statements by the text of the statement that each replaces.
    """

    def connect(path: Path, busy_timeout: float) -> sqlite3.Connection:
        return cast("sqlite3.Connection", Connection(path, vfs, busy_timeout, override or {}))

    return connect


def _translated(call: Callable[[], Answer]) -> Answer:
    """Run `call` and return its result, with errors of APSW raised as those of `sqlite3`."""
    try:
        return call()
    except apsw.ConstraintError as error:
        raise sqlite3.IntegrityError(str(error)) from error
    except _DAMAGE as error:
        raise sqlite3.DatabaseError(str(error)) from error
    except apsw.Error as error:
        raise sqlite3.OperationalError(_MESSAGES.get(type(error), str(error))) from error
