"""After damage or loss of the journal its archived months are kept, each once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.workplace import send
from tests.storage.months import APRIL, HandClock, archive_all, enter
from tests.storage.test_archiving import correct, numbers
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.record import EntryRecord, Salvage
from wxpark_gui.storage.archive_writer import write_archive
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal, read_journal
from wxpark_gui.storage.schema import migrate


@pytest.fixture
def hands() -> HandClock:
    return HandClock()


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    return prepare_directory(tmp_path)


@contextmanager
def opened(
    directory: DataDirectory, clock: HandClock
) -> Iterator[tuple[SqliteJournal, Salvage | None]]:
    journal, salvage = open_journal(directory, clock, 0.0)
    with closing(journal):
        yield journal, salvage


@pytest.fixture
def march(directory: DataDirectory, hands: HandClock) -> list[EntryRecord]:
    """Five entries of March; on 10 April one of them is corrected and all are archived.

    The latest backup was made before the fifth was sent.
    """
    with opened(directory, hands) as (journal, _):
        saved = [enter(journal, number, hands.now()) for number in range(1, 5)]
        waiting = enter(journal, 5, hands.now(), is_answered=False)
        Backups(directory.backup, hands).make(directory.journal)
        saved.append(send(journal, waiting, answered=True))
        hands.advance_to(APRIL - timedelta(days=2))
        enter(journal, 6, hands.now())
        hands.advance_to(APRIL)
        archive_all(journal, hands)
        correct(journal, saved[0], 7)
    return saved


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 3] = bytes(4096)
    path.write_bytes(content)


def test_damaged_journal_keeps_archives_amendments_and_counters(
    directory: DataDirectory, march: list[EntryRecord], hands: HandClock
) -> None:
    damage(directory.journal)
    with opened(directory, hands) as (journal, salvage):
        assert salvage is not None
        old = journal.get(march[0].entry_id)
        assert old is not None
        assert old.replaced_by == f"{7:036}"
        assert journal.get(march[4].entry_id) == march[4]
        assert enter(journal, 8, hands.now()).sequence == 8
        assert archive_all(journal, hands)
    assert numbers(directory.journal) == [6, 7, 8]


def test_lost_journal_names_its_archives_again(
    directory: DataDirectory, march: list[EntryRecord], hands: HandClock
) -> None:
    directory.journal.unlink()
    for backup in directory.backup.glob("journal-*"):
        backup.unlink()
    with pytest.raises(JournalDamagedError):
        read_journal(directory, hands)
    with opened(directory, hands) as (journal, salvage):
        assert salvage == Salvage("", 0)
        assert journal.get(march[2].entry_id) == march[2]
        new = enter(journal, 8, hands.now())
        assert (new.sequence, new.position) == (6, 6)
    with closing(sqlite3.connect(directory.journal)) as connection:
        assert connection.execute("SELECT min(attempt) FROM attempts").fetchone() == (6,)


def test_backup_older_than_the_move_brings_no_entry_back(
    directory: DataDirectory, march: list[EntryRecord], hands: HandClock
) -> None:
    directory.journal.write_bytes(b"lost")
    with opened(directory, hands) as (journal, salvage):
        assert salvage is not None
        assert list(journal.open_entries()) == []
        assert journal.get(march[4].entry_id) == march[4]
    assert numbers(directory.journal) == []


def test_rows_of_a_damaged_archive_are_taken_from_the_backup(
    directory: DataDirectory, march: list[EntryRecord], hands: HandClock
) -> None:
    directory.journal.write_bytes(b"lost")
    damage(directory.archive / "2026-03.sqlite3")
    with opened(directory, hands) as (journal, _):
        assert numbers(directory.journal) == [1, 2, 3, 4, 5]
        [waiting] = journal.open_entries()
        assert (waiting.entry_id, waiting.maybe_sent) == (march[4].entry_id, True)
        assert waiting.state is DeliveryState.WAITING


def test_archive_that_was_not_named_yet_gives_the_rows_that_the_journal_lost(
    directory: DataDirectory, hands: HandClock
) -> None:
    with opened(directory, hands) as (journal, _):
        saved = [enter(journal, number, hands.now()) for number in range(1, 60)]
        write_archive(directory.journal, directory.archive, "2026-03", lambda: None)
    with closing(sqlite3.connect(directory.journal)) as connection, connection:
        connection.execute("DELETE FROM entries WHERE position > 30")
    damage(directory.journal)
    with opened(directory, hands) as (journal, salvage):
        assert salvage is not None
        assert [journal.get(record.entry_id) for record in saved] == saved
    assert len(numbers(directory.journal)) == 59


def test_dropped_archive_that_a_backup_names_stays_dropped(
    directory: DataDirectory, march: list[EntryRecord], hands: HandClock
) -> None:
    with opened(directory, hands) as (journal, _):
        hands.advance(timedelta(minutes=31))
        Backups(directory.backup, hands).make(directory.journal)
        hands.advance(timedelta(days=210))
        enter(journal, 8, hands.now())
        hands.advance(timedelta(days=8))
        archive_all(journal, hands, retention_days=180)
    directory.journal.write_bytes(b"lost")
    with opened(directory, hands) as (journal, _):
        archive_all(journal, hands)
        assert journal.lost_archives() == []


@pytest.mark.parametrize("kind", ["as created now", "rewritten", "of an older version"])
def test_journal_without_its_first_page_is_salvaged_however_it_was_created(
    directory: DataDirectory, hands: HandClock, kind: str
) -> None:
    auto_vacuum = 0 if kind == "of an older version" else 2
    with closing(sqlite3.connect(directory.journal, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA auto_vacuum = {auto_vacuum}")
        migrate(connection)
    with opened(directory, hands) as (journal, _):
        saved = [enter(journal, number, hands.now()) for number in range(1, 120)]
    with closing(sqlite3.connect(directory.journal, isolation_level=None)) as connection:
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (auto_vacuum,)
        if kind == "rewritten":
            connection.execute("VACUUM")
    content = bytearray(directory.journal.read_bytes())
    content[:4096] = bytes(4096)
    directory.journal.write_bytes(content)
    with opened(directory, hands) as (journal, salvage):
        assert salvage is not None
        assert salvage.entries == len(saved)
        assert journal.get(saved[0].entry_id) == saved[0]


def test_older_file_most_of_which_was_moved_is_rewritten_and_gives_space_back(
    directory: DataDirectory, hands: HandClock
) -> None:
    with closing(sqlite3.connect(directory.journal, isolation_level=None)) as connection:
        migrate(connection)
    with opened(directory, hands) as (journal, _):
        for number in range(1, 300):
            enter(journal, number, hands.now())
        hands.advance_to(APRIL - timedelta(days=2))
        last = enter(journal, 300, hands.now())
        hands.advance_to(APRIL)
        archive_all(journal, hands)
    size = directory.journal.stat().st_size
    with opened(directory, hands) as (journal, _):
        assert journal.get(last.entry_id) == last
        assert journal.verify() == 1
    assert directory.journal.stat().st_size < size / 2
    with closing(sqlite3.connect(directory.journal)) as connection:
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
