"""Another program that locks, opens, removes or damages the journal in the trial `mixture`."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import sqlite3
import time
from contextlib import closing

from wxpark_gui.storage.directory import DataDirectory
from wxpark_gui.storage.inspection import beside

_PAGE_SIZE, _INDEX_PAGES = (
    "PRAGMA page_size",
    "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND name LIKE 'entries%'",
)


class Intruder:
    """Does what the window asks for, in another process than the window's.

    It removes or damages files once in a life at most: twice in a row would lose what no program
    can keep.
    """

    def __init__(self, directory: DataDirectory, seed: int) -> None:
        self._directory = directory
        self._source = random.Random(seed)
        self._lock: sqlite3.Connection | None = None
        self._locked_until = 0.0
        self._has_intruded = False

    def do(self, what: str, milliseconds: int) -> None:
        """Do one thing; what the present files do not allow is left out."""
        acts = {
            "lock": lambda: self._begin_lock(milliseconds),
            "unlock": self.end,
            "open": self._open,
            "start": self._start,
        }
        with contextlib.suppress(OSError, sqlite3.Error):
            if what in acts:
                acts[what]()
            elif not self._has_intruded:
                self._has_intruded = True
                self._intrude(what)

    def work(self) -> None:
        """End a lock whose time is over."""
        if self._lock is not None and time.monotonic() > self._locked_until:
            self.end()

    def end(self) -> None:
        """End the lock, if any."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.close()

    def _begin_lock(self, milliseconds: int) -> None:
        self.end()
        journal = self._directory.journal
        lock = sqlite3.connect(f"file:{journal}?mode=rw", uri=True, timeout=0, isolation_level=None)
        try:
            lock.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            lock.close()
            raise
        self._lock = lock
        self._locked_until = time.monotonic() + milliseconds / 1000

    def _open(self) -> None:
        journal = self._directory.journal
        with closing(sqlite3.connect(f"file:{journal}?mode=rw", uri=True, timeout=1)) as connection:
            connection.execute("SELECT count(*) FROM entries").fetchone()

    def _start(self) -> None:
        """Ask for the open window, as a second start does."""
        with closing(socket.socket(socket.AF_UNIX)) as second:
            second.connect(str(self._directory.root / "window.sock"))

    def _intrude(self, what: str) -> None:
        journal = self._directory.journal
        if what == "damage":
            self._damage_an_index()
        elif what == "remove":
            journal.unlink()
        elif what == "remove_log":
            beside(journal, "-wal").unlink()
        elif what == "replace":
            copy = journal.with_name("copied")
            shutil.copyfile(journal, copy)
            copy.replace(journal)
        elif what == "empty":
            empty = journal.with_name("emptied")
            empty.touch()
            empty.replace(journal)

    def _damage_an_index(self) -> None:
        """Overwrite the root of an index; the rows of the entries stay readable."""
        journal = self._directory.journal
        with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=1)) as connection:
            size = connection.execute(_PAGE_SIZE).fetchone()[0]
            pages = [row[0] for row in connection.execute(_INDEX_PAGES)]
        handle = os.open(journal, os.O_WRONLY)
        try:
            os.pwrite(handle, bytes(size), (self._source.choice(pages) - 1) * size)
        finally:
            os.close(handle)
