"""Entries of the journal and its archives, read as one list."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.storage.archived_month import amend, archive_month
from tests.storage.conftest import StillClock
from tests.storage.released import journal_versions, load_journal
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.entry_filter import EntryFilter
from wxpark_gui.domain.errors import EntryNotFoundError, JournalDamagedError
from wxpark_gui.domain.export import ExportRow
from wxpark_gui.domain.history import HistoryFilter, PlateMatch
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import NewEntry, Origin
from wxpark_gui.storage import export_rows
from wxpark_gui.storage.export_rows import ExportRows
from wxpark_gui.storage.full_entry import read_full_entry
from wxpark_gui.storage.journal import SqliteJournal

COUNT = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def ids(journal: SqliteJournal, car: ParkingEntry, origin: Origin, clock: StillClock) -> list[str]:
    """Ids of twelve entries, 31 days apart, in a journal that is closed."""
    made = []
    for number in range(COUNT):
        entry = replace(car, plate=read_plate(f"粤B{number + 1:05}"))
        now = clock.now() + timedelta(days=31 * number)
        made.append(journal.append(NewEntry(str(uuid.uuid4()), entry, origin), now).entry_id)
    journal.close()
    return made


@pytest.fixture
def source(path: Path, folder: Path, ids: list[str]) -> Iterator[ExportRows]:
    """Reader of a journal whose entries 1 to 4 and 5 to 8 are archived."""
    archive_month(path, folder, "2026-03", (1, 4))
    archive_month(path, folder, "2026-07", (5, 8))
    with closing(ExportRows(path, folder)) as source:
        yield source


def read(source: ExportRows, wanted: EntryFilter | None = None) -> list[ExportRow]:
    return [row for page in source.pages(wanted or EntryFilter()) for row in page.rows]


def positions(rows: Sequence[ExportRow]) -> list[int]:
    return [row.record.position for row in rows]


class TestPages:
    def test_hold_archived_and_active_entries_in_order(self, source: ExportRows) -> None:
        assert positions(read(source)) == list(range(1, COUNT + 1))

    def test_of_a_search_meet_its_conditions(self, source: ExportRows) -> None:
        plates = {row.record.position: row.record.entry.plate for row in read(source)}
        last = plates[COUNT]
        assert last is not None
        search = HistoryFilter(plate=last.text, match=PlateMatch.EXACT)
        found = read(source, EntryFilter.of_search(search))
        assert positions(found) == [at for at, plate in plates.items() if plate == last]
        assert len(found) < COUNT

    @pytest.mark.parametrize("span", [1, 3, 5, 100])
    def test_lose_nothing_at_their_borders(
        self, source: ExportRows, monkeypatch: pytest.MonkeyPatch, span: int
    ) -> None:
        monkeypatch.setattr(export_rows, "SHORTEST_SPAN", span)
        monkeypatch.setattr(export_rows, "LONGEST_SPAN", span * 2)
        assert positions(read(source)) == list(range(1, COUNT + 1))

    def test_after_a_range_without_matches_are_short(
        self, path: Path, source: ExportRows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After a range without matches many positions are read at once, and all may match."""
        monkeypatch.setattr(export_rows, "SHORTEST_SPAN", 1)
        monkeypatch.setattr(export_rows, "MOST_ROWS", 2)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE entries SET state = 'refused' WHERE position > 8")
        wanted = EntryFilter(states=frozenset({DeliveryState.REFUSED}))
        pages = [positions(page.rows) for page in source.pages(wanted)]
        assert max(map(len, pages)) == 2
        assert [at for page in pages for at in page] == [9, 10, 11, 12]

    def test_end_with_the_whole_share(self, source: ExportRows) -> None:
        shares = [page.share for page in source.pages()]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0

    def test_of_overlapping_months_are_merged_by_position(
        self, path: Path, folder: Path, ids: list[str]
    ) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("UPDATE entries SET position = 100 WHERE position = 2")
        archive_month(path, folder, "2026-03", (1, 3))
        archive_month(path, folder, "2026-04", (4, 100))
        with closing(ExportRows(path, folder)) as source:
            assert positions(read(source)) == [1, *range(3, COUNT + 1), 100]

    def test_hold_an_entry_in_two_files_once_as_the_active_file_has_it(
        self, path: Path, folder: Path, source: ExportRows, ids: list[str]
    ) -> None:
        archive = folder / "2026-07.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(f"ATTACH '{archive}' AS old")
            connection.execute("INSERT INTO entries SELECT * FROM old.entries WHERE position = 6")
            connection.execute("UPDATE entries SET state = 'voided' WHERE position = 6")
        rows = read(source)
        assert positions(rows) == list(range(1, COUNT + 1))
        assert rows[5].record.state is DeliveryState.VOIDED

    def test_lose_nothing_when_a_month_is_archived_meanwhile(
        self, path: Path, folder: Path, source: ExportRows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export_rows, "SHORTEST_SPAN", 1)
        monkeypatch.setattr(export_rows, "LONGEST_SPAN", 1)
        found = []
        for page in source.pages():
            found += positions(page.rows)
            if found[-1] == 9:
                archive_month(path, folder, "2026-11", (9, 11))
        assert found == list(range(1, COUNT + 1))

    def test_lose_nothing_when_a_month_was_archived_before_the_first_page(
        self, path: Path, folder: Path, source: ExportRows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export_rows, "SHORTEST_SPAN", 1)
        archive_month(path, folder, "2026-11", (9, 11))
        assert positions(read(source)) == list(range(1, COUNT + 1))

    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            (EntryFilter(plate="粤B00003"), [3]),
            (EntryFilter(states=frozenset({DeliveryState.SAVED})), [*range(1, 13)]),
            (EntryFilter(states=frozenset({DeliveryState.VOIDED})), []),
            (EntryFilter(since=StillClock().now() + timedelta(days=31 * 10)), [11, 12]),
            (EntryFilter(until=StillClock().now() + timedelta(days=1)), [1]),
            (EntryFilter.of_search(HistoryFilter(first_day=date(26, 3, 1))), [*range(1, 13)]),
            (EntryFilter.of_search(HistoryFilter(first_day=date.min)), [*range(1, 13)]),
            (EntryFilter.of_search(HistoryFilter(last_day=date.min)), []),
            (EntryFilter.of_search(HistoryFilter(first_day=date.max, last_day=date.min)), []),
            (EntryFilter.of_search(HistoryFilter(last_day=date.max)), [*range(1, 13)]),
        ],
    )
    def test_hold_what_was_asked_for(
        self, source: ExportRows, wanted: EntryFilter, expected: list[int]
    ) -> None:
        # Archives are opened by the month in their names, which here is that of their first entry.
        assert positions(read(source, wanted)) == expected

    def test_show_an_archived_entry_as_it_was_amended(
        self, path: Path, source: ExportRows, ids: list[str]
    ) -> None:
        amend(path, ids[1], state="voided", void_reason="看错了", replaced_by=ids[11])
        voided = EntryFilter(states=frozenset({DeliveryState.VOIDED}))
        (row,) = read(source, voided)
        assert (row.record.position, row.void_reason) == (2, "看错了")
        assert row.record.replaced_by == ids[11]
        assert 2 not in positions(
            read(source, EntryFilter(states=frozenset({DeliveryState.SAVED})))
        )

    @pytest.mark.parametrize("content", [None, b"", b"something else", b"SQLite format 3\x00"])
    def test_without_an_unreadable_archive_name_it(
        self, folder: Path, source: ExportRows, content: bytes | None
    ) -> None:
        archive = folder / "2026-03.sqlite3"
        archive.unlink()
        if content is not None:
            archive.write_bytes(content)
        assert positions(read(source)) == list(range(5, COUNT + 1))
        assert source.skipped == ["2026-03"]

    def test_without_archives_that_were_swapped_name_them(
        self, folder: Path, source: ExportRows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With one position a page, no page would read both of their ranges."""
        monkeypatch.setattr(export_rows, "SHORTEST_SPAN", 1)
        monkeypatch.setattr(export_rows, "LONGEST_SPAN", 1)
        march, july = folder / "2026-03.sqlite3", folder / "2026-07.sqlite3"
        march.rename(folder / "other")
        july.rename(march)
        (folder / "other").rename(july)
        assert positions(read(source)) == list(range(9, COUNT + 1))
        assert source.skipped == ["2026-03", "2026-07"]

    def test_leave_out_and_count_a_row_with_an_invalid_value(
        self, path: Path, source: ExportRows
    ) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE entries SET scene = '?' WHERE position = 10")
        assert 10 not in positions(read(source))
        assert source.unreadable == 1

    @pytest.mark.parametrize("version", journal_versions())
    def test_of_an_older_journal_hold_its_entries(
        self, path: Path, folder: Path, version: int
    ) -> None:
        load_journal(path, version)
        with closing(ExportRows(path, folder)) as source:
            assert read(source)

    def test_of_a_missing_journal_are_empty(self, path: Path, folder: Path) -> None:
        with closing(ExportRows(path, folder)) as source:
            assert read(source) == []

    def test_hold_no_transaction_between_two_pages(
        self, path: Path, source: ExportRows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export_rows, "SHORTEST_SPAN", 1)
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            for _ in source.pages():
                writer.execute("UPDATE entries SET attempts = attempts + 1")
                busy, _, _ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                assert busy == 0

    def test_close_archives_that_were_read(
        self, source: ExportRows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export_rows, "SHORTEST_SPAN", 1)
        monkeypatch.setattr(export_rows, "LONGEST_SPAN", 1)
        assert max(len(source._opened) for _ in source.pages()) == 1


class TestFullEntry:
    @pytest.mark.parametrize("number", [2, 11])
    def test_is_found_in_archive_and_active_file(
        self, source: ExportRows, ids: list[str], number: int
    ) -> None:
        entry = read_full_entry(source, ids[number - 1])
        assert entry.row.record.position == number

    def test_of_an_amended_entry_has_the_audit_lines_of_both_files(
        self, path: Path, source: ExportRows, ids: list[str]
    ) -> None:
        amend(path, ids[1], state="voided")
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(
                "INSERT INTO audit (run, at, what, detail)"
                " VALUES (1, '2026-03-01T00:00:00.000+00:00', 'voided', ?)",
                (ids[1],),
            )
        entry = read_full_entry(source, ids[1])
        assert entry.row.record.state is DeliveryState.VOIDED
        assert [line.what for line in entry.audit] == ["voided"]

    def test_that_does_not_exist_is_said_so(self, source: ExportRows) -> None:
        with pytest.raises(EntryNotFoundError):
            read_full_entry(source, "x")

    def test_that_may_be_in_an_unreadable_archive_is_not_called_unknown(
        self, folder: Path, source: ExportRows, ids: list[str]
    ) -> None:
        (folder / "2026-03.sqlite3").unlink()
        with pytest.raises(JournalDamagedError) as caught:
            read_full_entry(source, ids[1])
        assert caught.value.detail == "archive 2026-03"

    def test_with_an_invalid_value_is_damaged(
        self, path: Path, source: ExportRows, ids: list[str]
    ) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE entries SET scene = '?' WHERE position = 10")
        with pytest.raises(JournalDamagedError):
            read_full_entry(source, ids[9])
