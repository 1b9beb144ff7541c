"""Readers of this process leave the journal's locks alone, so no other process deletes its log."""

from __future__ import annotations

import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.storage.conftest import StillClock
from tests.systems import not_on_windows
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.errors import JournalDamagedError, ReadableError
from wxpark_gui.domain.record import NewEntry, Origin
from wxpark_gui.domain.tallies import Slot
from wxpark_gui.storage.archives import archive_directory
from wxpark_gui.storage.history import SqliteHistory
from wxpark_gui.storage.inspection import beside
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.reading import JournalReader
from wxpark_gui.storage.shared import SharedJournal
from wxpark_gui.storage.statistics import JournalStatistics

_COUNT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM entries").fetchone()[0])
connection.close()
"""
HEADER = 100


def read_pages(path: Path, clock: StillClock) -> None:
    JournalReader(path, clock).close()


def read_history(path: Path, clock: StillClock) -> None:
    SqliteHistory(path, archive_directory(path), clock).close()


def read_statistics(path: Path, clock: StillClock) -> None:
    source = JournalStatistics(path, archive_directory(path), training=False)
    list(source.parts(clock.now() - timedelta(days=1), clock.now(), Slot.HOUR, lambda: False))


def read_mark(path: Path, clock: StillClock) -> None:
    SharedJournal(path).guard_mark()


READERS = (read_pages, read_history, read_statistics, read_mark)


def entries_seen_elsewhere(path: Path) -> int:
    """Return the number of entries that another process finds, which then closes the file."""
    command = [sys.executable, "-c", _COUNT, str(path)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


class TestLog:
    @pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
    def test_stays_when_another_process_closes_the_journal_after_a_read_of_this_one(
        self,
        read: Callable[[Path, StillClock], None],
        journal: SqliteJournal,
        path: Path,
        car: ParkingEntry,
        origin: Origin,
        clock: StillClock,
    ) -> None:
        journal.append(NewEntry(str(uuid.uuid4()), car, origin), clock.now())
        read(path, clock)
        assert entries_seen_elsewhere(path) == 1
        assert beside(path, "-wal").exists()
        journal.append(NewEntry(str(uuid.uuid4()), car, origin), clock.now())
        assert entries_seen_elsewhere(path) == 2


class TestHeader:
    def test_is_checked_again_once_the_journal_is_closed(
        self, journal: SqliteJournal, path: Path, clock: StillClock
    ) -> None:
        journal.close()
        path.write_bytes(bytes(HEADER) + path.read_bytes()[HEADER:])
        with pytest.raises(JournalDamagedError, match="no database"):
            JournalReader(path, clock)


@not_on_windows("an open file cannot be replaced")
class TestFileInTheJournalsPlace:
    @pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
    def test_is_not_opened_while_the_journal_has_not_been_put_back(
        self,
        read: Callable[[Path, StillClock], None],
        journal: SqliteJournal,
        path: Path,
        car: ParkingEntry,
        origin: Origin,
        clock: StillClock,
    ) -> None:
        """SQLite would truncate the `-shm` that the journal has mapped, and end the process."""
        journal.append(NewEntry(str(uuid.uuid4()), car, origin), clock.now())
        shutil.copyfile(path, path.with_name("copy"))
        path.with_name("copy").replace(path)
        before = beside(path, "-shm").read_bytes()
        with pytest.raises(ReadableError, match="database is locked"):
            read(path, clock)
        assert beside(path, "-shm").read_bytes() == before
        assert journal.must_reopen()
        journal.close()
        read(path, clock)
