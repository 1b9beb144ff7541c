"""Statistics read from files equal those counted entry by entry in Python."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.storage.conftest import StillClock
from tests.storage.many_entries import Row, make_rows, write_journal, write_with_archives
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    FileNotWrittenError,
    JournalDamagedError,
    JournalNewerError,
)
from wxpark_gui.domain.statistics import Period, Report, make_report
from wxpark_gui.domain.tallies import (
    CARS_IN_A_ROW,
    LONGEST_GAP,
    Gap,
    Slot,
    Sums,
    Tally,
    Turn,
    answer_step,
    outages,
    slot_of,
)
from wxpark_gui.domain.verdict import judge
from wxpark_gui.service.statistics import Statistics
from wxpark_gui.storage.documents import DiskDocuments
from wxpark_gui.storage.outage_queries import EVERYTHING, Span, read_turns
from wxpark_gui.storage.rows import moment_text
from wxpark_gui.storage.schema import MIGRATIONS
from wxpark_gui.storage.statistics import JournalStatistics

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)


def never() -> bool:
    return False


def statistics(directory: Path, *, training: bool = False) -> Statistics:
    source = JournalStatistics(
        directory / "journal.sqlite3", directory / "archive", training=training
    )
    return Statistics(source, DiskDocuments(), StillClock(NOW))


def read(directory: Path, period: Period, *, training: bool = False) -> Report:
    return list(statistics(directory, training=training).reports(period, never))[-1]


def by_hand(rows: Sequence[Row], slot: Slot, *, training: bool = False) -> Sums:
    """Return the sums of the rows, counted one at a time."""
    tallies: dict[int, Tally] = defaultdict(Tally)
    gaps: dict[int, list[Gap]] = defaultdict(list)
    before: Row | None = None
    for row in rows:
        number = slot_of(row.start_time, slot)
        if row.training is training:
            counts = Counter([judge(row.state, row.outcome, None).severity])
            answers = Counter([answer_step(row.elapsed_ms)] if row.cause is Cause.ANSWERED else [])
            if row.state is DeliveryState.VOIDED:
                tallies[number] += Tally(voided=1)
            elif not row.replaced_by:
                tallies[number] += Tally(counts, answers, backfilled=int(row.backfilled))
        if row.training is training and not row.backfilled and not row.replaces:
            here = slot_of(row.saved_at, slot)
            if before and before.run == row.run and slot_of(before.saved_at, slot) == here:
                gap = row.monotonic - before.monotonic
                if 0 <= gap <= LONGEST_GAP:
                    gaps[here].append(Gap(row.saved_at.timestamp(), gap))
            before = row
    for number, found in gaps.items():
        tallies[number] += Tally(gaps=tuple(found[-CARS_IN_A_ROW:]))
    turns = [Turn(row.saved_at.timestamp(), row.outcome.reached) for row in rows if row.outcome]
    return Sums(dict(tallies), tuple(turns))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(make_rows(NOW - timedelta(days=400), NOW - timedelta(minutes=1), 3000))


@pytest.fixture(scope="module")
def busy_rows() -> list[Row]:
    return list(make_rows(NOW - timedelta(days=2), NOW - timedelta(minutes=1), 3000))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> Path:
    """Directory of all rows in a journal and twelve archives; tests work on copies of it."""
    directory = tmp_path_factory.mktemp("archived")
    assert len(write_with_archives(directory, rows, "2026-03")) > 12
    return directory


@pytest.fixture(scope="module")
def written_in_one(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> Path:
    """Directory of all rows in one journal, which tests only read."""
    directory = tmp_path_factory.mktemp("one")
    write_journal(directory / "journal.sqlite3", rows)
    return directory


@pytest.fixture(scope="module")
def written_busy(tmp_path_factory: pytest.TempPathFactory, busy_rows: list[Row]) -> Path:
    """Directory of all busy rows in one journal, which tests only read."""
    directory = tmp_path_factory.mktemp("busy")
    write_journal(directory / "journal.sqlite3", busy_rows)
    return directory


@pytest.fixture(scope="module")
def days(rows: list[Row]) -> Sums:
    return by_hand(rows, Slot.DAY)


@pytest.fixture
def archived(tmp_path: Path, written: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path, dirs_exist_ok=True))


@pytest.mark.parametrize("period", Period)
def test_statistics_of_a_journal_are_those_by_hand(
    written_in_one: Path, rows: list[Row], days: Sums, period: Period
) -> None:
    sums = days if period.slot is Slot.DAY else by_hand(rows, period.slot)
    assert read(written_in_one, period) == make_report(period, sums, NOW)


def test_hours_of_a_busy_day_are_those_by_hand(written_busy: Path, busy_rows: list[Row]) -> None:
    report = read(written_busy, Period.TODAY)
    assert report == make_report(Period.TODAY, by_hand(busy_rows, Slot.HOUR), NOW)
    assert report.total.entries > 500
    assert report.total.seconds_per_car is not None


def test_training_entries_count_in_the_training_mode_only(
    written_busy: Path, busy_rows: list[Row]
) -> None:
    lesson = read(written_busy, Period.WEEK, training=True).total
    by_plain_sum = make_report(Period.WEEK, by_hand(busy_rows, Slot.DAY, training=True), NOW).total
    assert 0 < lesson.entries == by_plain_sum.entries
    assert lesson.entries < read(written_busy, Period.WEEK).total.entries


def test_archived_months_count_as_before_they_were_moved(written: Path, days: Sums) -> None:
    report = read(written, Period.YEAR)
    expected = make_report(Period.YEAR, days, NOW)
    # A gap across the border of two files is not known; there are no twenty in a row to lose.
    assert (report.total.severities, report.total.median) == (
        expected.total.severities,
        expected.total.median,
    )
    assert [bar.figures for bar in report.rows] == [bar.figures for bar in expected.rows]
    assert report.skipped == ()


def test_sums_of_an_archive_are_kept_and_its_file_is_not_read_again(
    archived: Path,
) -> None:
    kept = statistics(archived)
    before = list(kept.reports(Period.YEAR, never))[-1]
    for file in (archived / "archive").iterdir():
        file.unlink()
    assert list(kept.reports(Period.YEAR, never))[-1] == before


def test_later_changes_of_archived_entries_are_laid_over_them(
    archived: Path, rows: list[Row]
) -> None:
    changed = [
        row
        for row in rows
        if row.saved_at > NOW - timedelta(days=300) and row.state is DeliveryState.ANSWERED
        and not row.training and not row.replaced_by
    ]  # fmt: skip
    voided, replaced = changed[0], changed[1]
    kept = statistics(archived)
    before = list(kept.reports(Period.YEAR, never))[-1].total
    with closing(sqlite3.connect(archived / "journal.sqlite3")) as connection, connection:
        connection.executemany(
            "INSERT INTO amendments VALUES (?, ?, ?, NULL, '')",
            [(voided.entry_id, "voided", None), (replaced.entry_id, None, "z" * 36)],
        )
    after = list(kept.reports(Period.YEAR, never))[-1].total
    assert (after.entries, after.voided) == (before.entries - 2, before.voided + 1)
    others = [
        replace(voided, state=DeliveryState.VOIDED) if row is voided
        else replace(replaced, replaced_by="z" * 36) if row is replaced
        else row
        for row in rows
    ]  # fmt: skip
    assert after == make_report(Period.YEAR, by_hand(others, Slot.DAY), NOW).total


def _remove(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _tear(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)


def _overwrite(path: Path) -> None:
    path.write_text("no database")


def _swap(path: Path) -> None:
    path.write_bytes(path.with_name("2025-12.sqlite3").read_bytes())


def _swap_for_one_of_equal_size(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE entries SET position = position + 1000000")


def _age(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")


@pytest.fixture(scope="module")
def without_january(rows: list[Row]) -> Report:
    others = [row for row in rows if not "2026-01" <= row.saved_at.isoformat()[:7] < "2026-02"]
    return make_report(Period.YEAR, by_hand(others, Slot.DAY), NOW)


@pytest.mark.parametrize(
    "spoil", [_remove, _empty, _tear, _overwrite, _swap, _swap_for_one_of_equal_size, _age]
)
def test_unusable_archive_is_named_and_the_others_count(
    archived: Path, without_january: Report, spoil: object
) -> None:
    spoil(archived / "archive" / "2026-01.sqlite3")  # type: ignore[operator]
    report = read(archived, Period.YEAR)
    assert report.skipped == ("2026-01",)
    assert report.total.severities == without_january.total.severities
    assert report.is_complete


def test_torn_journal_is_reported_as_damaged(tmp_path: Path, rows: list[Row]) -> None:
    path = tmp_path / "journal.sqlite3"
    write_journal(path, rows[:500], mode="delete")
    _tear(path)
    with pytest.raises(JournalDamagedError):
        read(tmp_path, Period.YEAR)


def test_journal_of_another_version_is_not_read(tmp_path: Path, rows: list[Row]) -> None:
    path = tmp_path / "journal.sqlite3"
    write_journal(path, rows[:5], mode="delete")
    _age(path)
    with pytest.raises(JournalNewerError):
        read(tmp_path, Period.TODAY)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) - 1}")
    with pytest.raises(DataDirectoryUnusableError):
        read(tmp_path, Period.TODAY)


def test_missing_journal_has_empty_statistics(tmp_path: Path) -> None:
    report = read(tmp_path, Period.MONTH)
    assert (report.total.entries, report.is_complete) == (0, True)


def test_rows_with_invalid_values_are_left_out(tmp_path: Path, busy_rows: list[Row]) -> None:
    path = tmp_path / "journal.sqlite3"
    write_journal(path, busy_rows[-400:])
    before = read(tmp_path, Period.WEEK).total
    last = [
        row for row in busy_rows[-60:]
        if not (row.training or row.replaced_by or row.backfilled or row.replaces)
        and row.state is DeliveryState.ANSWERED
    ]  # fmt: skip
    with closing(sqlite3.connect(path)) as connection, connection:
        for column, value, row in (
            ("state", "strange", last[0]),
            ("start_time", "yesterday", last[1]),
            ("saved_monotonic", "soon", last[2]),
        ):
            connection.execute(
                f"UPDATE entries SET {column} = ? WHERE position = ?", (value, row.position)
            )
        connection.execute(
            "UPDATE attempts SET elapsed_ms = 'long' WHERE attempt = ?", (last[3].position,)
        )
    assert read(tmp_path, Period.WEEK).total.entries == before.entries - 2


def test_parts_come_month_by_month_and_end_when_cancelled(written: Path) -> None:
    shares = [each.read for each in statistics(written).reports(Period.YEAR, never)]
    assert len(shares) > 20
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    cancelled: list[bool] = []
    found = 0
    for _ in statistics(written).reports(Period.YEAR, lambda: bool(cancelled)):
        found += 1
        cancelled.append(True)
    assert found < 5


def test_reading_does_not_disturb_a_writer(tmp_path: Path, busy_rows: list[Row]) -> None:
    path = tmp_path / "journal.sqlite3"
    write_journal(path, busy_rows[-200:])
    reports = statistics(tmp_path).reports(Period.YEAR, never)
    first = next(reports)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        changed = connection.execute(
            "UPDATE entries SET state = 'voided' WHERE position = ?", (busy_rows[-1].position,)
        )
        assert changed.rowcount == 1
        busy, logged, written = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert (busy, logged, written) == (0, 0, 0)
    assert first.total.entries
    reports.close()


def test_attempts_of_old_versions_reached_whatever_their_column_says(
    tmp_path: Path, written_busy: Path
) -> None:
    path = tmp_path / "journal.sqlite3"
    shutil.copyfile(written_busy / path.name, path)
    before = read(tmp_path, Period.WEEK).total
    assert before.outages
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE attempts SET reached = 0")
    after = read(tmp_path, Period.WEEK).total
    assert (after.outages, after.outage_seconds) == (before.outages, before.outage_seconds)


def test_document_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    DiskDocuments().write(str(path), b"first")
    DiskDocuments().write(str(path), b"second")
    assert path.read_bytes() == b"second"
    with pytest.raises(FileNotWrittenError):
        DiskDocuments().write(str(tmp_path / "missing" / "table.csv"), b"third")
    assert [each.name for each in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize("archived_between", [False, True])
def test_outage_that_ended_after_the_clock_was_set_back_lasts_no_time(
    tmp_path: Path, written_busy: Path, *, archived_between: bool
) -> None:
    path = tmp_path / "journal.sqlite3"
    shutil.copyfile(written_busy / path.name, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE attempts SET cause = 'answered', code = '', reached = 1")
        (last,) = connection.execute("SELECT max(attempt) FROM attempts").fetchone()
        failed = last - 10
        connection.execute(
            "UPDATE attempts SET cause = 'offline', code = 'CONNECT', reached = 0"
            " WHERE attempt = ?",
            (failed,),
        )
        # Ten hours before: the failure was seen by a clock ahead of the present one.
        connection.execute(
            "UPDATE attempts SET started_at = ? WHERE attempt > ?",
            (moment_text(NOW - timedelta(hours=20)), failed),
        )
        connection.execute(
            "UPDATE attempts SET started_at = ? WHERE attempt = ?",
            (moment_text(NOW - timedelta(hours=10)), failed),
        )
        span = Span(first=failed + 1) if archived_between else EVERYTHING
        turns = list(read_turns(connection, span))
    found = outages(turns, NOW.timestamp())
    assert [outage.end - outage.start for outage in found] == [0.0]
