"""Clock, keyring, gateway and disk of a window in the trial `mixture`, each with its troubles."""

from __future__ import annotations

import json
import os
import random
import resource
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.errors import (
    KeyMissingError,
    KeyringFailedError,
    KeyringLockedError,
    KeyringSilentError,
)
from wxpark_gui.domain.history import HistoryPage
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.history import SqliteHistory
from wxpark_gui.storage.open_files import is_displaced
from wxpark_gui.training.answering import ReceivedNotification, answer_request
from wxpark_gui.training.fault_names import Fault
from wxpark_gui.training.faults import HttpReply, http_page
from wxpark_gui.training.gateway import TrainingGateway

PLATE_TROUBLES = ("01", "02", "05", "80", "90", "91", "93", "97", "99", *("K" * 6))
"""Endings of plates; the training gateway answers those with `K` by NORMAL."""

UNTRUE = frozenset(
    {
        Fault.BADSIGN,
        Fault.UNSIGNED,
        Fault.MD5SIGN,
        Fault.OTHER_MERCHANT,
        Fault.GZIP_BOMB,
        Fault.HUGE,
        Fault.XXE,
    }
)
"""Faults after which the reply must not be believed."""

LINE_FAULTS = (
    Fault.RESET,
    Fault.CLOSE_AFTER_READ,
    Fault.SLOW,
    Fault.TIMEOUT,
    Fault.EARLY_HINTS,
    Fault.HTTP_500,
    Fault.HTTP_429,
    Fault.REDIRECT,
    Fault.CAPTIVE_PORTAL,
    Fault.EMPTY,
    Fault.RETCODE,
    Fault.UNCLEAR_FAIL,
    Fault.BADSIGN,
    Fault.UNSIGNED,
    Fault.MD5SIGN,
    Fault.REPLAY,
    Fault.OTHER_MERCHANT,
    Fault.XXE,
)

FULL, READ_ONLY, DISK_ERROR = 13, 8, 10
"""SQLite's result codes."""
_MESSAGES = {
    FULL: "database or disk is full",
    READ_ONLY: "attempt to write a readonly database",
    DISK_ERROR: "disk I/O error",
}
SLOW_PAGE = 0.2
"""Seconds from the reading of a page of the history until it is told."""
_WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "REPLACE")

Say = Callable[..., None]
"""Reports an event to the parent process: its name, then values for JSON."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A step that ends once a condition holds; a finding after `seconds`."""

    until: Callable[[], bool]
    what: str
    seconds: float = 30.0


def reporter(pipe: int) -> Say:
    """Return the function that writes events to a pipe; every thread may call it."""

    def say(*event: Any) -> None:
        os.write(pipe, json.dumps(event, ensure_ascii=False).encode() + b"\n")

    return say


def wire(moment: datetime) -> str:
    """Return a time as WeChat gets it: 14 digits, Beijing time."""
    return moment.astimezone(BEIJING).strftime("%Y%m%d%H%M%S")


def subject(record: EntryRecord) -> str:
    """Return the plate of an entry, else its bay number."""
    return record.entry.plate.text if record.entry.plate else record.entry.space_number


class MovedClock(SystemClock):
    """The system's clocks; the wall clock runs ahead by `ahead`."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + MovedClock.ahead


class Keyring:
    """A vault in memory.

    Attributes:
        trouble: error class that each use raises; None for none.
        slow: seconds that each read takes.
    """

    def __init__(self, key: Secret) -> None:
        self._key = key
        self._over = threading.Event()
        self.trouble: type[Exception] | None = None
        self.slow = 0.0

    def load(self, mch_id: str) -> Secret:
        self._use()
        return self._key

    def store(self, mch_id: str, key: Secret) -> None:
        self._use(missing=False)

    def forget(self, mch_id: str) -> None:
        self._use(missing=False)

    def describe(self) -> str:
        return "mixture"

    def is_locked(self) -> bool:
        return self.trouble in (KeyringLockedError, KeyringSilentError)

    def probe(self) -> None:
        self._use(missing=False)

    def _use(self, *, missing: bool = True) -> None:
        if self.slow:
            self._over.wait(self.slow)
        if self.trouble is not None and (missing or self.trouble is not KeyMissingError):
            raise self.trouble


KEY_TROUBLES = (
    KeyMissingError,
    KeyringLockedError,
    KeyringSilentError,
    KeyringFailedError,
)


class Connection(sqlite3.Connection):
    """A connection whose writes fail while `trouble` is a result code of SQLite.

    Attributes:
        trouble: the result code; 0 for none.
        writes: True in a transaction that writes.
    """

    trouble = 0
    writes = False

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        _check_write(self, sql)
        return super().execute(sql, *arguments)

    def executemany(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        _check_write(self, sql)
        return super().executemany(sql, *arguments)


def _check_write(connection: Connection, sql: str) -> None:
    if sql.startswith("BEGIN"):
        connection.writes = "IMMEDIATE" in sql
    if sql == "COMMIT" and not connection.writes:
        return
    if Connection.trouble and sql.lstrip()[:8].upper().startswith(_WRITES):
        # Python before 3.11 has no such attribute, and the program reads it if there is one.
        error: Any = sqlite3.OperationalError(_MESSAGES[Connection.trouble])
        error.sqlite_errorcode = Connection.trouble
        raise error


_connect = sqlite3.connect


def connect_with_troubles(*arguments: Any, **options: Any) -> sqlite3.Connection:
    """Connect as `sqlite3.connect`; the connections to files are a `Connection`."""
    has_file = arguments[:1] not in ((":memory:",), ("",))
    factory = {"factory": Connection} if has_file else {}
    connection: sqlite3.Connection = _connect(*arguments, **{**factory, **options})
    return connection


_page = SqliteHistory.page


def read_slowly(history: SqliteHistory, *arguments: Any) -> HistoryPage:
    """Read a page of the history from a disk on which entries change before it is told."""
    page = _page(history, *arguments)
    time.sleep(SLOW_PAGE)
    return page


class World:
    """Everything around one window.

    Attributes:
        source: of all that is chosen at random.
        typed: number of the plate typed last.
    """

    def __init__(self, key: Secret, port: int, seed: int, say: Say) -> None:
        self.source = random.Random(seed)
        self.say = say
        self.typed = seed * 1000
        self.keyring = Keyring(key)
        self.gateway = TrainingGateway(key, port=port, slow_seconds=0.4)
        self._key = key
        self._is_first_replay = True
        self._files_limit = resource.getrlimit(resource.RLIMIT_FSIZE)

    def receive(self, path: str, body: bytes) -> tuple[HttpReply, Fault | None]:
        """Answer a request as the training gateway, and report what a true reply says."""
        reply, fault = _receive(self.gateway, path, body)
        if not http_page(fault) and fault not in UNTRUE:
            is_new = fault is not Fault.REPLAY or self._is_first_replay
            if is_new:
                self._report(path, body, fault)
        return reply, fault

    def new_plate(self) -> str:
        """Return a plate that was not typed before."""
        self.typed += 1
        ending = self.source.choice(PLATE_TROUBLES)
        return f"粤B{self.typed % 10 ** (5 - len(ending)):0{5 - len(ending)}}{ending}"

    def set_faults(self, faults: list[Fault]) -> None:
        self._is_first_replay = True
        self.gateway.set_faults(faults)

    def limit_files(self, size: int) -> None:
        """Let writes beyond this size fail in every file of the process; 0 for no limit."""
        soft = size or self._files_limit[0]
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, self._files_limit[1]))

    def set_clock(self, change: timedelta) -> None:
        MovedClock.ahead += change
        self.say("clock", MovedClock.ahead.total_seconds())

    def end_troubles(self) -> None:
        """End all troubles; the clock stays as it is."""
        self.gateway.start()
        self.set_faults([])
        self.keyring.trouble, self.keyring.slow = None, 0.0
        Connection.trouble = 0
        self.limit_files(0)
        self.say("do", "unlock", 0)

    def _report(self, path: str, body: bytes, fault: Fault | None) -> None:
        answer = answer_request(path, body, self._key)
        if answer.signed and fault is Fault.REPLAY:
            self._is_first_replay = False
        received = answer.received
        if not answer.signed or received is None:
            return
        state = answer.fields.get("user_state", "") or answer.fields.get("err_code", "")
        if isinstance(received, ReceivedNotification):
            about = received.plate or received.space_number
            self.say("told", about, received.start_time, state)
        else:
            self.say("told", received.plate, "", state)


_receive: Callable[[TrainingGateway, str, bytes], tuple[HttpReply, Fault | None]] = (
    TrainingGateway.receive
)


def open_read_only(file: Path) -> sqlite3.Connection:
    """Connect to a file; fail while a foreign one is in the place of the open journal."""
    if is_displaced(file):
        raise sqlite3.OperationalError("database is locked")
    return _connect(f"file:{file}?mode=ro", uri=True, timeout=5)


def count(journal: Path, query: str, *values: object) -> int:
    """Return the number that a query of the journal's file gives; -1 if it cannot be read now."""
    try:
        with closing(open_read_only(journal)) as connection:
            number: int = connection.execute(query, values).fetchone()[0]
    except sqlite3.OperationalError:
        return -1
    return number
