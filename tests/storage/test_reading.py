"""Pages of entries, and the journal read while another connection writes."""

from __future__ import annotations

import itertools
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.storage.conftest import StillClock
from tests.storage.released import journal_versions, load_journal, make_newer
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.entry_filter import EntryFilter
from wxpark_gui.domain.errors import JournalDamagedError, JournalNewerError
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, NewEntry, Origin
from wxpark_gui.service import ports
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.directory import DataDirectory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import read_journal
from wxpark_gui.storage.reading import JournalReader

OPEN = frozenset(state for state in DeliveryState if state.is_open)
PLATES = ("粤B00001", "粤B00002", "京A00003", "粤B00004", "粤B00005")


@pytest.fixture
def records(journal: SqliteJournal, car: ParkingEntry, origin: Origin, clock: StillClock) -> None:
    """Write five entries, one minute apart; the second is voided."""
    for minute, plate in enumerate(PLATES):
        entry = replace(car, plate=read_plate(plate))
        now = clock.now() + timedelta(minutes=minute)
        journal.append(NewEntry(str(uuid.uuid4()), entry, origin), now)
    journal.void(journal.recent(4)[-1].entry_id, clock.now())


@pytest.fixture
def reader(path: Path, clock: StillClock, records: None) -> Iterator[JournalReader]:
    with closing(JournalReader(path, clock)) as reader:
        yield reader


def plates(records: Sequence[EntryRecord]) -> list[str]:
    return [record.entry.label.replace("·", "") for record in records]


class TestPage:
    def test_of_writer_and_reader_is_the_same(
        self, journal: SqliteJournal, reader: JournalReader
    ) -> None:
        port: ports.JournalReader = reader
        assert port.page(3, after=1) == journal.page(3, after=1)
        assert port.page(3, before=4) == journal.page(3, before=4)

    def test_after_a_position_is_oldest_first(self, reader: JournalReader) -> None:
        assert plates(reader.page(2, after=0)) == list(PLATES[:2])
        assert plates(reader.page(2, after=2)) == list(PLATES[2:4])
        assert plates(reader.page(2, after=4)) == [PLATES[4]]

    def test_before_a_position_is_newest_first(self, reader: JournalReader) -> None:
        assert plates(reader.page(2)) == [PLATES[4], PLATES[3]]
        assert plates(reader.page(2, before=4)) == [PLATES[2], PLATES[1]]
        assert reader.page(2, before=1) == []

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (EntryFilter(), PLATES),
            (EntryFilter(plate="粤B0000"), (*PLATES[:2], *PLATES[3:])),
            (EntryFilter(plate="A00003"), (PLATES[2],)),
            (EntryFilter(states=OPEN), (PLATES[0], *PLATES[2:])),
            (EntryFilter(states=frozenset({DeliveryState.VOIDED})), (PLATES[1],)),
            (EntryFilter(plate="粤", states=frozenset({DeliveryState.ANSWERED})), ()),
        ],
    )
    def test_holds_what_was_asked_for(
        self, reader: JournalReader, wanted: EntryFilter, found: tuple[str, ...]
    ) -> None:
        assert plates(reader.page(9, after=0, wanted=wanted)) == list(found)

    def test_begins_at_a_moment(self, reader: JournalReader, clock: StillClock) -> None:
        since = clock.now() + timedelta(minutes=3)
        assert plates(reader.page(9, after=0, wanted=EntryFilter(since=since))) == list(PLATES[3:])

    def test_that_was_filled_past_an_unreadable_row_is_full(
        self, path: Path, reader: JournalReader
    ) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE entries SET scene = '?' WHERE position = 2")
        assert plates(reader.page(2, after=0)) == [PLATES[0], PLATES[2]]

    @pytest.mark.parametrize("direction", [{"after": 7}, {"before": 7}, {}], ids=str)
    @pytest.mark.parametrize(
        "wanted",
        [
            EntryFilter(since=since, plate=plate, states=states)
            for since, plate, states in itertools.product(
                (None, StillClock().now()),
                ("", "粤B"),
                (frozenset(), OPEN, frozenset({DeliveryState.ANSWERED})),
            )
        ],
        # The text of a set differs between processes.
        ids=[str(number) for number in range(12)],
    )
    def test_is_never_sorted_in_memory(
        self, reader: JournalReader, direction: dict[str, int], wanted: EntryFilter
    ) -> None:
        asked: list[str] = []
        connection = reader._connection
        connection.set_trace_callback(asked.append)
        reader.page(5, wanted=wanted, **direction)
        connection.set_trace_callback(None)
        (query,) = [text for text in asked if "FROM entries" in text]
        plan = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
        assert not any("TEMP B-TREE" in step for step in plan)


class TestReader:
    @pytest.mark.parametrize("version", journal_versions())
    def test_reads_a_journal_of_each_older_version_and_leaves_it(
        self, path: Path, clock: StillClock, version: int
    ) -> None:
        load_journal(path, version)
        before = path.read_bytes()
        with closing(JournalReader(path, clock)) as reader:
            records = reader.page(100, after=0)
            assert len(records) == reader.verify()
            assert sum(record.state.is_open for record in records) == reader.count_open()
        assert path.read_bytes() == before
        with closing(SqliteJournal(path, clock)) as journal:
            assert accounts(journal.page(100, after=0)) == accounts(records)

    def test_journal_of_a_newer_version_is_named(
        self, path: Path, clock: StillClock, journal: SqliteJournal
    ) -> None:
        journal.close()
        make_newer(path, program="0.99.0")
        with pytest.raises(JournalNewerError) as error:
            JournalReader(path, clock)
        assert error.value.program == "0.99.0"

    def test_missing_journal_is_empty_and_not_created(self, path: Path, clock: StillClock) -> None:
        with closing(JournalReader(path, clock)) as reader:
            assert (reader.page(1), reader.count_open(), reader.verify()) == ([], 0, 0)
        assert list(path.parent.iterdir()) == []

    def test_something_else_than_a_journal_is_damaged(self, path: Path, clock: StillClock) -> None:
        path.write_bytes(b"something else")
        with pytest.raises(JournalDamagedError):
            JournalReader(path, clock)
        assert path.read_bytes() == b"something else"

    def test_missing_journal_with_backups_is_damaged(
        self, tmp_path: Path, clock: StillClock, journal: SqliteJournal, records: None, path: Path
    ) -> None:
        directory = DataDirectory(tmp_path)
        directory.backup.mkdir()
        Backups(directory.backup, clock).make(path)
        journal.close()
        path.unlink()
        path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
        with pytest.raises(JournalDamagedError):
            read_journal(directory, clock)

    def test_sees_what_the_writer_saves_and_does_not_hold_it_up(
        self, journal: SqliteJournal, car: ParkingEntry, origin: Origin, path: Path,
        clock: StillClock,
    ) -> None:  # fmt: skip
        with closing(JournalReader(path, clock)) as reader:
            assert reader.page(1) == []
            record = journal.append(NewEntry(str(uuid.uuid4()), car, origin), clock.now())
            assert reader.page(1) == [record]
            journal.void(record.entry_id, clock.now())
            assert reader.page(1)[0].state is DeliveryState.VOIDED

    def test_cannot_write(self, reader: JournalReader) -> None:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader._connection.execute("DELETE FROM main.entries")

    def test_reads_in_a_directory_that_cannot_be_written(
        self,
        readable_only: Callable[[], AbstractContextManager[Path]],
        clock: StillClock,
    ) -> None:
        with readable_only() as root:
            pass
        with closing(SqliteJournal(root / "journal.sqlite3", clock)):
            pass
        with (
            readable_only() as root,
            closing(JournalReader(root / "journal.sqlite3", clock)) as reader,
        ):
            assert reader.verify() == 0


def accounts(records: Sequence[EntryRecord]) -> list[tuple[str, str]]:
    return [(r.entry_id, r.origin.account_id) for r in records]
