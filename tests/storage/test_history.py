"""Pages of the history over journal and archives, compared with a filter over all entries."""

from __future__ import annotations

import random
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.conftest import StillClock
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.history import (
    EVERYTHING,
    HistoryEntry,
    HistoryFilter,
    Kind,
    PlateMatch,
    plate_wanted,
)
from wxpark_gui.domain.verdict import Severity, raw_states
from wxpark_gui.storage import history as history_module
from wxpark_gui.storage import history_files, history_query
from wxpark_gui.storage.archives import ArchiveFile, open_archive
from wxpark_gui.storage.history import SqliteHistory
from wxpark_gui.storage.history_query import AMENDED_STATE, Plan, build_query
from wxpark_gui.storage.history_windows import Source, newest_window
from wxpark_gui.storage.schema import MIGRATIONS, migrate

Window = tuple[int, int, list[Source]]

BEGIN = datetime(2026, 1, 20, 12, tzinfo=timezone.utc)
COUNT = 400
PLATES = ("粤B12345", "粤B12346", "粤B1234S", "粤BI2345", "京A00001", "粤A8K9Z2", None)
USER_STATES = ("NORMAL", "OVERDUE", "BLOCKED", "PAUSED", "VEHICLE_NOT_EXIST", "NEW", "")


@dataclass
class Ticking:
    """Clock that advances by `step` seconds at each reading, so that time budgets run out."""

    step: float = 0.0
    ticks: float = field(default=0.0)

    def now(self) -> datetime:
        return BEGIN

    def monotonic(self) -> float:
        self.ticks += self.step
        return self.ticks


def rows(seed: int, *, jump: bool) -> Iterator[dict[str, object]]:
    """Yield entries over four months.

    With `jump` the clock goes back over the end of a month for 30 entries and returns.
    """
    chance = random.Random(seed)
    for position in range(1, COUNT + 1):
        saved_at = BEGIN + timedelta(hours=6) * position
        if jump and 100 <= position < 130:
            saved_at -= timedelta(days=20)
        state = chance.choice(["answered"] * 6 + [each.value for each in DeliveryState])
        cause = chance.choice(["answered"] * 5 + [each.value for each in Cause] + [None])
        yield {
            "position": position,
            "entry_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "lot": chance.choice(["东门", "西门"]),
            "booth": "1号岗",
            "sequence": position,
            "mch_id": "1900000001",
            "sub_mch_id": "1900000002",
            "training": int(chance.random() < 0.1),
            "scene": "PARKING",
            "start_time": saved_at.isoformat(timespec="milliseconds"),
            "plate": chance.choice(PLATES),
            "car_type": "小型车",
            "space_number": "",
            "openid": "",
            "sub_openid": "",
            "saved_at": saved_at.isoformat(timespec="milliseconds"),
            "saved_monotonic": 0.0,
            "run": 1,
            "state": state,
            "attempts": int(cause is not None),
            "last_attempt": position if cause else None,
            "account_id": "a",
            "attendant": chance.choice(["李师傅", "王师傅", ""]),
            "backfilled": int(chance.random() < 0.1),
            "cause": cause,
            "user_state": chance.choice(USER_STATES),
        }


def insert(connection: sqlite3.Connection, entry: dict[str, object]) -> None:
    values = dict(entry)
    cause, user_state = values.pop("cause"), values.pop("user_state")
    marks = ", ".join("?" for _ in values)
    connection.execute(
        f"INSERT INTO entries ({', '.join(values)}) VALUES ({marks})",
        tuple(values.values()),
    )
    if cause is not None:
        connection.execute(
            "INSERT INTO attempts (attempt, entry_id, run, started_at, ended_at, cause, user_state)"
            " VALUES (?, ?, 1, ?, ?, ?, ?)",
            (entry["position"], entry["entry_id"], *[entry["saved_at"]] * 2, cause, user_state),
        )


def make_file(path: Path, entries: Sequence[dict[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection)
        connection.execute("BEGIN")
        connection.execute(
            "INSERT INTO runs (opened_at, opened_monotonic, program) VALUES ('', 0, '')"
        )
        for entry in entries:
            insert(connection, entry)
        connection.execute("COMMIT")


def make_history(
    root: Path, seed: int = 1, *, jump: bool = False, archived: bool = True
) -> list[dict[str, object]]:
    """Write a journal and its archives; open entries and the newest month stay in the journal.

    Returns:
        All entries, as values by column name.
    """
    entries = list(rows(seed, jump=jump))
    for entry in entries:
        entry["month"] = str(entry["saved_at"])[:7]
    newest = max(str(entry["month"]) for entry in entries)
    is_open = {state.value for state in DeliveryState if state.is_open}
    months: dict[str, list[dict[str, object]]] = {}
    for entry in entries:
        month = str(entry.pop("month"))
        stays = not archived or month == newest or entry["state"] in is_open
        months.setdefault("" if stays else month, []).append(entry)
    active = months.pop("")
    make_file(root / "journal.sqlite3", active)
    for month, inside in months.items():
        make_file(root / "archive" / f"{month}.sqlite3", inside)
        positions = [int(str(entry["position"])) for entry in inside]
        name_archive(root, month, min(positions), max(positions), len(inside))
    return entries


def name_archive(root: Path, month: str, first: int, last: int, count: int) -> None:
    with closing(sqlite3.connect(root / "journal.sqlite3", isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO archives VALUES (?, ?, ?, ?, ?, ?)",
            (month, first, last, count, "0" * 64, "2026-06-01T00:00:00.000+00:00"),
        )


def amend(root: Path, entry_id: str, **values: str) -> None:
    columns = ("state", "replaced_by", "void_reason")
    with closing(sqlite3.connect(root / "journal.sqlite3", isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO amendments VALUES (?, ?, ?, ?, '2026-06-01T00:00:00.000+00:00')",
            (entry_id, *(values.get(column) for column in columns)),
        )


def open_history(root: Path, clock: Ticking | None = None) -> SqliteHistory:
    return SqliteHistory(root / "journal.sqlite3", root / "archive", clock or Ticking())


def read_all(history: SqliteHistory, wanted: HistoryFilter, limit: int = 30) -> list[HistoryEntry]:
    """Return every entry of a search, read page by page."""
    found: list[HistoryEntry] = []
    before: int | None = None
    for _ in range(10_000):
        page = history.page(wanted, limit, before)
        assert len(page.entries) <= limit
        found += page.entries
        if page.before is None:
            return found
        before = page.before
    raise AssertionError("the search does not end")


def positions(found: Sequence[HistoryEntry]) -> list[int]:
    return [each.record.position for each in found]


DAYS = st.one_of(st.none(), st.dates(min_value=date(2026, 1, 15), max_value=date(2026, 5, 10)))
TEXTS = st.sampled_from(
    ["", "粤", "粤B", "粤B1234", "粤B12345", "粤B12346", "1234", "345", "S", "I2345", "12345", "QQ"]
)
FILTERS = st.builds(
    HistoryFilter,
    plate=TEXTS,
    match=st.sampled_from(PlateMatch),
    first_day=DAYS,
    last_day=DAYS,
    severities=st.frozensets(st.sampled_from(Severity), max_size=2),
    states=st.frozensets(st.sampled_from(DeliveryState), max_size=2),
    attendant=st.sampled_from(["", "李师傅"]),
    lot=st.sampled_from(["", "东门"]),
    kind=st.sampled_from(Kind),
)


@pytest.fixture(
    scope="module",
    params=[(False, False), (True, False), (True, True)],
    ids=["one file", "archives", "archives, clock set back"],
)
def root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a history in one file, in months, or in months whose positions overlap."""
    archived, jump = request.param
    path = tmp_path_factory.mktemp("history")
    entries = make_history(path, archived=archived, jump=jump)
    if archived:
        newest = str(entries[-1]["entry_id"])
        amend(path, str(entries[20]["entry_id"]), state="voided", void_reason="错")
        amend(path, str(entries[21]["entry_id"]), replaced_by=newest)
    return path


@pytest.fixture(scope="module")
def everything(root: Path) -> list[HistoryEntry]:
    with closing(open_history(root)) as history:
        return read_all(history, EVERYTHING, COUNT)


class TestPage:
    def test_without_a_filter_lists_every_entry(self, everything: list[HistoryEntry]) -> None:
        assert positions(everything) == list(range(COUNT, 0, -1))

    @given(wanted=FILTERS, limit=st.integers(1, 60), step=st.sampled_from([0.0, 1.0]))
    def test_joined_pages_are_what_a_filter_of_every_entry_accepts(
        self,
        root: Path,
        everything: list[HistoryEntry],
        wanted: HistoryFilter,
        limit: int,
        step: float,
    ) -> None:
        with closing(open_history(root, Ticking(step))) as history:
            found = read_all(history, wanted, limit)
        assert positions(found) == positions([each for each in everything if wanted.accepts(each)])

    @pytest.mark.parametrize("plan", [Plan.ANSWERS, Plan.POSITIONS])
    @pytest.mark.parametrize(
        "severities",
        [
            {Severity.ARREARS},
            {Severity.BLOCKED, Severity.CAUTION},
            {Severity.UNKNOWN},
            {Severity.ARREARS, Severity.UNKNOWN},
        ],
        ids=lambda severities: " ".join(sorted(each.value for each in severities)),
    )
    def test_each_plan_finds_the_same_answers(
        self,
        root: Path,
        everything: list[HistoryEntry],
        severities: set[Severity],
        plan: Plan,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(history_module, "choose_plan", lambda *_, **__: plan)
        whole = HistoryFilter(severities=frozenset(severities))
        for wanted in (
            whole,
            replace(whole, first_day=date(2026, 2, 10), last_day=date(2026, 3, 5)),
            replace(whole, plate="粤B12345", match=PlateMatch.EXACT, lot="东门"),
        ):
            with closing(open_history(root)) as opened:
                found = read_all(opened, wanted, 7)
            assert positions(found) == positions([e for e in everything if wanted.accepts(e)])
            assert found or wanted != whole

    @pytest.mark.parametrize("days", [1, 8])
    def test_days_are_found_whole_wherever_they_begin(
        self, root: Path, everything: list[HistoryEntry], days: int
    ) -> None:
        with closing(open_history(root)) as opened:
            for number in range(0, 115, 2):
                first = date(2026, 1, 15) + timedelta(days=number)
                wanted = HistoryFilter(first_day=first, last_day=first + timedelta(days=days - 1))
                found = read_all(opened, wanted, 25)
                expected = [each for each in everything if wanted.accepts(each)]
                assert positions(found) == positions(expected)

    def test_one_limit_of_days_is_kept_wherever_it_is(
        self, root: Path, everything: list[HistoryEntry]
    ) -> None:
        # One in six entries, so that few rows are read.
        some = HistoryFilter(lot="东门", attendant="李师傅")
        of_some = [each for each in everything if some.accepts(each)]
        with closing(open_history(root)) as opened:
            for number in range(0, 115, 2):
                day = date(2026, 1, 15) + timedelta(days=number)
                for wanted in (replace(some, first_day=day), replace(some, last_day=day)):
                    found = read_all(opened, wanted, 25)
                    expected = [each for each in of_some if wanted.accepts(each)]
                    assert positions(found) == positions(expected)

    @pytest.mark.parametrize("first", [None, date.min, date(26, 1, 1), date.max])
    @pytest.mark.parametrize("last", [None, date.min, date(26, 1, 1), date.max])
    def test_days_at_the_ends_of_the_calendar_are_days(
        self, root: Path, everything: list[HistoryEntry], first: date | None, last: date | None
    ) -> None:
        wanted = HistoryFilter(first_day=first, last_day=last)
        with closing(open_history(root)) as opened:
            found = read_all(opened, wanted, 100)
        assert positions(found) == positions([e for e in everything if wanted.accepts(e)])

    @pytest.fixture
    def windows(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
        """Ranges of positions that are read from now on; the first span is one position."""
        read: list[tuple[int, int]] = []

        def note(sources: Sequence[Source], before: int | None) -> Window | None:
            window = newest_window(sources, before)
            if window is not None:
                read.append(window[:2])
            return window

        monkeypatch.setattr(history_module, "newest_window", note)
        monkeypatch.setattr(history_module, "_FIRST_SPAN", 1)
        return read

    def test_search_by_position_ends_at_the_first_day(
        self, tmp_path: Path, windows: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first of March in China begins in the archive of February."""
        make_history(tmp_path)
        monkeypatch.setattr(history_module, "choose_plan", lambda *_, **__: Plan.POSITIONS)
        day = date(2026, 3, 1)
        with closing(open_history(tmp_path)) as opened:
            found = read_all(opened, HistoryFilter(first_day=day, last_day=day))
        assert {each.archive for each in found} >= {"2026-02", "2026-03"}
        assert min(last for _, last in windows) >= min(positions(found))

    def test_file_without_an_entry_within_the_days_is_not_searched_for_answers(
        self, tmp_path: Path, windows: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = make_history(tmp_path)
        months = [str(each["saved_at"])[:7] for each in entries]
        with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection:
            # Those of closed months that are still open.
            connection.execute("DELETE FROM entries WHERE saved_at < '2026-04'")
            connection.commit()
        monkeypatch.setattr(history_module, "choose_plan", lambda *_, **__: Plan.ANSWERS)
        day = date(2026, 3, 10)
        arrears = frozenset({Severity.ARREARS})
        with closing(open_history(tmp_path)) as opened:
            read_all(opened, HistoryFilter(first_day=day, last_day=day, severities=arrears))
        assert windows
        assert {months[last - 1] for _, last in windows} == {"2026-03"}

    @pytest.mark.parametrize("severity", Severity)
    def test_each_severity_is_found(
        self, root: Path, everything: list[HistoryEntry], severity: Severity
    ) -> None:
        wanted = HistoryFilter(severities=frozenset({severity}))
        with closing(open_history(root)) as opened:
            found = read_all(opened, wanted)
        assert found
        assert positions(found) == positions([each for each in everything if wanted.accepts(each)])

    def test_only_the_last_answer_of_an_entry_counts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_history(tmp_path)
        monkeypatch.setattr(history_module, "choose_plan", lambda *_, **__: Plan.ANSWERS)
        wanted = HistoryFilter(severities=frozenset({Severity.ARREARS}))
        with closing(open_history(tmp_path)) as opened:
            before = positions(read_all(opened, wanted))
        with closing(sqlite3.connect(tmp_path / "archive" / "2026-02.sqlite3")) as connection:
            earlier = connection.execute(
                "INSERT INTO attempts (attempt, entry_id, run, started_at, cause, user_state)"
                " SELECT position + 1000, entry_id, 1, saved_at, 'answered', 'OVERDUE' FROM entries"
            )
            assert earlier.rowcount
            connection.commit()
        with closing(open_history(tmp_path)) as opened:
            assert positions(read_all(opened, wanted)) == before

    def test_archives_named_or_dropped_between_two_searches_are_noticed(
        self, tmp_path: Path
    ) -> None:
        make_history(tmp_path)
        with closing(open_history(tmp_path)) as opened:
            whole = read_all(opened, EVERYTHING)
            with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection:
                row = connection.execute("SELECT * FROM archives WHERE month = '2026-02'")
                february = row.fetchone()
                connection.execute("DELETE FROM archives WHERE month = '2026-02'")
                connection.commit()
                without = read_all(opened, EVERYTHING)
                connection.execute("INSERT INTO archives VALUES (?, ?, ?, ?, ?, ?)", february)
                connection.commit()
            again = read_all(opened, EVERYTHING)
        assert without == [each for each in whole if each.archive != "2026-02"]
        assert again == whole

    def test_archive_without_the_index_of_answers_is_searched_too(self, tmp_path: Path) -> None:
        make_history(tmp_path)
        wanted = HistoryFilter(severities=frozenset({Severity.BLOCKED}))
        with closing(open_history(tmp_path)) as opened:
            before = positions(read_all(opened, wanted))
        for path in (tmp_path / "journal.sqlite3", tmp_path / "archive" / "2026-02.sqlite3"):
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("DROP INDEX attempts_notable")
                connection.execute("PRAGMA user_version = 4")
        with closing(open_history(tmp_path)) as opened:
            assert positions(read_all(opened, wanted)) == before
            assert opened.page(wanted, 1).skipped == ()

    @pytest.mark.parametrize("match", [PlateMatch.PREFIX, PlateMatch.EXACT, PlateMatch.CONTAINS])
    def test_archive_with_a_damaged_index_hides_nothing_else(
        self, tmp_path: Path, match: PlateMatch
    ) -> None:
        make_history(tmp_path)
        wanted = HistoryFilter("粤B12345", match)
        with closing(open_history(tmp_path)) as opened:
            others = [each for each in read_all(opened, wanted) if each.archive != "2026-02"]
        overwrite_index(tmp_path / "archive" / "2026-02.sqlite3", "entries_plate")
        with closing(open_history(tmp_path)) as opened:
            assert positions(read_all(opened, wanted)) == positions(others)
            assert opened.page(wanted, 1, 1).skipped == ("2026-02",)

    def test_state_that_an_amendment_took_away_is_not_found(self, tmp_path: Path) -> None:
        entries = make_history(tmp_path)
        archived = next(each for each in entries if each["state"] == "refused")
        amend(tmp_path, str(archived["entry_id"]), state="voided", void_reason="车没进")
        with closing(open_history(tmp_path)) as opened:
            for state, is_found in ((DeliveryState.REFUSED, False), (DeliveryState.VOIDED, True)):
                found = read_all(opened, HistoryFilter(states=frozenset({state})))
                assert (archived["position"] in positions(found)) is is_found

    def test_amendment_made_during_a_search_is_seen_by_the_next_one(self, tmp_path: Path) -> None:
        entries = make_history(tmp_path)
        arrears = HistoryFilter(severities=frozenset({Severity.ARREARS}))
        with closing(open_history(tmp_path)) as opened:
            found = [each for each in read_all(opened, arrears) if each.archive]
            amend(tmp_path, found[0].record.entry_id, state="voided", void_reason="车没进")
            after = positions(read_all(opened, arrears))
        assert len(entries) == COUNT
        assert found[0].record.position not in after
        assert found[1].record.position in after

    @pytest.mark.parametrize("text", ["%", "_", "*", "'", '"', "粤%", "A" * 10_000, "\ud800", "\0"])
    def test_odd_text_is_searched_for_as_it_is(self, root: Path, text: str) -> None:
        with closing(open_history(root)) as history:
            for match in PlateMatch:
                plate = plate_wanted(text)
                page = history.page(HistoryFilter(plate=plate, match=match), 1)
                assert (page.entries == ()) is (plate != "")
                assert (page.before is None) is (plate != "")

    def test_amended_entry_has_its_new_state_and_reason(self, tmp_path: Path) -> None:
        entries = make_history(tmp_path)
        archived = next(each for each in entries if each["state"] == "answered")
        amend(tmp_path, str(archived["entry_id"]), state="voided", void_reason="车没进")
        with closing(open_history(tmp_path)) as history:
            wanted = HistoryFilter(states=frozenset({DeliveryState.VOIDED}))
            found = {each.record.entry_id: each for each in read_all(history, wanted)}
        amended = found[str(archived["entry_id"])]
        assert (amended.void_reason, amended.archive) == ("车没进", "2026-01")

    def test_entry_in_active_file_and_archive_is_listed_once(self, tmp_path: Path) -> None:
        entries = make_history(tmp_path, archived=False)
        january = [each for each in entries if str(each["saved_at"]).startswith("2026-01")]
        make_file(tmp_path / "archive" / "2026-01.sqlite3", january)
        name_archive(tmp_path, "2026-01", 1, len(january), len(january))
        with closing(open_history(tmp_path)) as history:
            assert positions(read_all(history, EVERYTHING)) == list(range(COUNT, 0, -1))

    @pytest.mark.parametrize("harm", ["missing", "empty", "text", "newer", "other month", "torn"])
    def test_unreadable_archive_is_named_and_hides_nothing_else(
        self, tmp_path: Path, harm: str
    ) -> None:
        make_history(tmp_path)
        archive = tmp_path / "archive" / "2026-02.sqlite3"
        with closing(open_history(tmp_path)) as history:
            others = [each for each in read_all(history, EVERYTHING) if each.archive != "2026-02"]
        damage(archive, harm)
        with closing(open_history(tmp_path)) as history:
            assert positions(read_all(history, EVERYTHING)) == positions(others)
            assert history.page(EVERYTHING, 1, 1).skipped == ("2026-02",)

    def test_month_moved_between_two_pages_is_neither_lost_nor_doubled(
        self, tmp_path: Path
    ) -> None:
        entries = make_history(tmp_path, archived=False)
        january = [each for each in entries if str(each["saved_at"]).startswith("2026-01")]
        with closing(open_history(tmp_path)) as history:
            page = history.page(EVERYTHING, COUNT - 20)
            make_file(tmp_path / "archive" / "2026-01.sqlite3", january)
            name_archive(tmp_path, "2026-01", 1, len(january), len(january))
            with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection:
                connection.execute("DELETE FROM entries WHERE position <= ?", (len(january),))
                connection.commit()
            rest = history.page(EVERYTHING, COUNT, page.before)
        assert positions([*page.entries, *rest.entries]) == list(range(COUNT, 0, -1))

    def test_spent_budget_ends_a_part_before_it_is_full(self, tmp_path: Path) -> None:
        make_history(tmp_path)
        with closing(open_history(tmp_path, Ticking(1.0))) as history:
            page = history.page(HistoryFilter(plate="QQ"), 10)
        assert (page.entries, page.before is None) == ((), False)

    def test_missing_journal_reads_as_empty(self, tmp_path: Path) -> None:
        with closing(open_history(tmp_path)) as history:
            assert history.page(EVERYTHING, 10).entries == ()


def damage(archive: Path, harm: str) -> None:
    if harm == "missing":
        archive.unlink()
    elif harm == "empty":
        archive.write_bytes(b"")
    elif harm == "text":
        archive.write_text("not a database" * 1000)
    elif harm == "torn":
        content = archive.read_bytes()
        archive.write_bytes(content[:4096] + bytes(len(content) - 4096))
    elif harm == "other month":
        archive.write_bytes((archive.parent / "2026-03.sqlite3").read_bytes())
    else:
        with closing(sqlite3.connect(archive)) as connection:
            connection.execute("PRAGMA user_version = 99")


def overwrite_index(archive: Path, name: str) -> None:
    """Fill the root page of an index with zeros."""
    with closing(sqlite3.connect(archive)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        root = connection.execute(query, (name,)).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with archive.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(bytes(size))


class TestPlan:
    """SQLite's query plans, which decide the cost of a query in a large file."""

    @pytest.mark.parametrize(
        ("plan", "wanted", "step"),
        [
            (Plan.POSITIONS, EVERYTHING, "SEARCH entries USING INTEGER PRIMARY KEY"),
            (Plan.POSITIONS, HistoryFilter(plate="粤B", match=PlateMatch.PREFIX),
             "SEARCH entries USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
            (Plan.POSITIONS, HistoryFilter(lot="东门", first_day=date(2026, 2, 1)),
             "SEARCH entries USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
            (Plan.PLATES, HistoryFilter(plate="粤B12345", match=PlateMatch.EXACT),
             "COVERING INDEX entries_plate (plate=? AND position>? AND position<?)"),
            (Plan.PLATES, HistoryFilter(plate="粤B123", match=PlateMatch.PREFIX),
             "COVERING INDEX entries_plate (plate>? AND plate<?)"),
            (Plan.PLATES, HistoryFilter(plate="123"), "SCAN entries USING COVERING INDEX"),
            (Plan.STATES, HistoryFilter(states=frozenset({DeliveryState.WAITING})),
             "INDEX entries_"),
            (Plan.STATES, HistoryFilter(states=frozenset({DeliveryState.VOIDED})),
             "INDEX entries_failed (position>? AND position<?)"),
            (Plan.ANSWERS, HistoryFilter(severities=frozenset({Severity.ARREARS})),
             "SEARCH attempts USING COVERING INDEX attempts_notable (user_state=?"),
            (Plan.ANSWERS, HistoryFilter(severities=frozenset({Severity.UNKNOWN})),
             "SCAN attempts USING COVERING INDEX attempts_notable"),
        ],
    )  # fmt: skip
    def test_of_a_query_uses_the_index_it_is_made_for(
        self, root: Path, plan: Plan, wanted: HistoryFilter, step: str
    ) -> None:
        query = build_query(plan, wanted)
        with closing(sqlite3.connect(root / "journal.sqlite3")) as connection:
            explained = connection.execute(
                f"EXPLAIN QUERY PLAN {query.text}", (1, 9, *query.values, 9)
            ).fetchall()
        steps = [row[3] for row in explained]
        assert any(step in each for each in steps), steps

    def test_of_a_frequent_prefix_reads_by_position(self, root: Path) -> None:
        with closing(sqlite3.connect(root / "journal.sqlite3")) as connection:
            found = [
                history_query.choose_plan(
                    connection,
                    HistoryFilter(plate=text, match=PlateMatch.PREFIX),
                    1,
                    count,
                    has_notable=True,
                )
                for text, count in (("粤", 1), ("QQ", 1))
            ]
        assert found == [Plan.POSITIONS, Plan.PLATES]

    def test_reads_an_index_of_amended_states(self, root: Path) -> None:
        wanted = HistoryFilter(states=frozenset({DeliveryState.VOIDED}))
        query = build_query(Plan.STATES, wanted, state=AMENDED_STATE)
        with closing(sqlite3.connect(root / "journal.sqlite3")) as connection:
            connection.execute("CREATE TEMP TABLE amended (entry_id TEXT PRIMARY KEY, state TEXT)")
            explained = connection.execute(
                f"EXPLAIN QUERY PLAN {query.text}", (1, 9, *query.values, 9)
            ).fetchall()
        steps = [row[3] for row in explained]
        assert any("COVERING INDEX entries_failed" in step for step in steps), steps
        assert not any(step == "SCAN entries" for step in steps), steps

    def test_reads_the_index_of_answers_only_if_it_is_there_and_has_few(self, root: Path) -> None:
        arrears = HistoryFilter(severities=frozenset({Severity.ARREARS}))
        day = replace(arrears, first_day=date(2026, 2, 1), last_day=date(2026, 2, 1))
        usual = replace(arrears, severities=frozenset({Severity.ARREARS, Severity.OK}))
        with closing(sqlite3.connect(root / "journal.sqlite3")) as connection:
            count = connection.execute(
                "SELECT count(*) FROM attempts WHERE cause = 'answered' AND user_state = 'OVERDUE'"
            ).fetchone()[0]
            assert 0 < count < 40

            def plan(wanted: HistoryFilter, rows: int, *, has_notable: bool = True) -> Plan:
                return history_query.choose_plan(
                    connection, wanted, 1, rows, has_notable=has_notable
                )

            enough = 10 * count * count
            assert plan(arrears, enough) is Plan.ANSWERS
            assert plan(arrears, enough - 1) is Plan.POSITIONS
            assert plan(arrears, enough, has_notable=False) is Plan.POSITIONS
            assert plan(usual, enough) is Plan.POSITIONS
            assert plan(day, 300 * count - 1) is Plan.POSITIONS
            assert plan(day, max(enough, 300 * count)) is Plan.ANSWERS

    def test_index_of_answers_lacks_just_the_frequent_ones(self) -> None:
        frequent = raw_states(Severity.OK) | raw_states(Severity.INFO)
        (statement,) = (each for each in MIGRATIONS[4] if "attempts_notable" in each)
        _, _, listed = statement.partition("NOT IN (")
        assert {each.strip(" '\n)") for each in listed.split(",")} == frequent


class TestPrepare:
    def test_opens_the_archives_one_by_one_for_later_searches(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_history(tmp_path)
        opened: list[str] = []

        def note(file: ArchiveFile) -> sqlite3.Connection:
            opened.append(file.month)
            return open_archive(file)

        monkeypatch.setattr(
            history_files,
            "open_archive",
            note,
        )
        with closing(open_history(tmp_path)) as prepared:
            assert [prepared.prepare() for _ in range(4)] == [True, True, True, False]
            assert opened == ["2026-03", "2026-02", "2026-01"]
            assert read_all(prepared, HistoryFilter("粤B12345", PlateMatch.EXACT))
        assert len(opened) == 3

    def test_opens_no_more_than_may_be_open(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_history(tmp_path)
        monkeypatch.setattr(history_files, "OPEN_ARCHIVES", 2)
        with closing(open_history(tmp_path)) as prepared:
            assert [prepared.prepare() for _ in range(3)] == [True, True, False]

    def test_skips_a_damaged_archive(self, tmp_path: Path) -> None:
        make_history(tmp_path)
        damage(tmp_path / "archive" / "2026-02.sqlite3", "torn")
        with closing(open_history(tmp_path)) as prepared:
            assert [prepared.prepare() for _ in range(4)] == [True, True, True, False]
            assert prepared.page(EVERYTHING, 1, 1).skipped == ("2026-02",)


class TestEntriesAt:
    def test_returns_entries_of_all_files_newest_first(self, root: Path) -> None:
        with closing(open_history(root)) as history:
            assert positions(history.entries_at([3, 399, 150, 9_999])) == [399, 150, 3]
            assert history.entries_at([]) == []


class TestCountNewer:
    def test_counts_matches_above_a_position(self, tmp_path: Path) -> None:
        entries = make_history(tmp_path, archived=False)
        wanted = HistoryFilter(plate="粤B", match=PlateMatch.PREFIX)
        with closing(open_history(tmp_path)) as history:
            counted = history.count_newer(wanted, 300)
        newer = [str(each["plate"]) for each in entries[300:]]
        assert counted == sum(plate.startswith("粤B") for plate in newer)


class TestDetail:
    def test_has_attempts_links_both_ways_and_audit(
        self, tmp_path: Path, clock: StillClock
    ) -> None:
        entries = make_history(tmp_path)
        closed = [each for each in entries[:40] if each["state"] == "answered"]
        older, this, newer = closed[0], closed[1], entries[-1]
        with closing(sqlite3.connect(tmp_path / "archive" / "2026-01.sqlite3")) as connection:
            for entry in (older, this):
                in_archive = connection.execute(
                    "UPDATE entries SET replaces = ? WHERE entry_id = ?",
                    (older["entry_id"] if entry is this else "", entry["entry_id"]),
                ).rowcount
                assert in_archive
            connection.commit()
        amend(tmp_path, str(this["entry_id"]), replaced_by=str(newer["entry_id"]))
        with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection:
            connection.execute(
                "INSERT INTO audit (run, at, what, detail) VALUES (1, ?, ?, ?)",
                (newer["saved_at"], "entry_resent", f"{this['entry_id']} {newer['entry_id']} 李"),
            )
            connection.commit()
        with closing(open_history(tmp_path)) as history:
            detail = history.detail(str(this["entry_id"]))
            other = history.detail(str(uuid.uuid4()))
        assert other is None
        assert detail is not None
        assert detail.older is not None
        assert detail.newer is not None
        assert detail.older.record.entry_id == older["entry_id"]
        assert detail.newer.record.entry_id == newer["entry_id"]
        assert [(note.what, note.remark) for note in detail.notes] == [("entry_resent", "李")]
        assert len(detail.attempts) == int(this["cause"] is not None)
        assert detail.skipped == ()

    @pytest.mark.parametrize("index", ["attempts_entry", "audit_detail"])
    def test_damaged_index_of_an_archive_costs_its_rows_only(
        self, tmp_path: Path, clock: StillClock, index: str
    ) -> None:
        entries = make_history(tmp_path)
        this = entries[0]
        note = "INSERT INTO audit (run, at, what, detail) VALUES (1, ?, 'entry_voided', ?)"
        with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection:
            connection.execute(note, (this["saved_at"], f"{this['entry_id']} 李"))
            connection.commit()
        overwrite_index(tmp_path / "archive" / "2026-01.sqlite3", index)
        with closing(open_history(tmp_path)) as history:
            detail = history.detail(str(this["entry_id"]))
        assert detail is not None
        assert detail.found.record.entry_id == this["entry_id"]
        assert [(note.what, note.remark) for note in detail.notes] == [("entry_voided", "李")]
        assert detail.skipped == ("2026-01",)

    def test_unreadable_month_is_named_only_if_it_may_hold_a_part(
        self, tmp_path: Path, clock: StillClock
    ) -> None:
        entries = make_history(tmp_path)
        unlinked, linked = (str(each["entry_id"]) for each in entries[-2:])
        with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection:
            connection.execute(
                "UPDATE entries SET replaces = ? WHERE entry_id = ?",
                (entries[0]["entry_id"], linked),
            )
            connection.commit()
        (tmp_path / "archive" / "2026-01.sqlite3").write_text("no archive")
        with closing(open_history(tmp_path)) as history:
            details = [history.detail(each) for each in (linked, unlinked)]
        assert [detail.skipped if detail else None for detail in details] == [("2026-01",), ()]


class TestChoices:
    def test_are_the_names_of_entries(self, root: Path) -> None:
        with closing(open_history(root)) as history:
            choices = history.choices()
        assert choices.lots == ("东门", "西门")
        assert choices.attendants == ("李师傅", "王师傅")
