"""The history controller with real threads and a real journal."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.booths import make_booth
from tests.storage.test_history import COUNT, make_history
from tests.systems import not_on_windows
from wxpark_gui.controllers.history import PAGE, HistoryBrowser
from wxpark_gui.domain.backup import Restored
from wxpark_gui.domain.errors import (
    JournalDamagedError,
    SearchUnknownError,
    TooManySearchesError,
)
from wxpark_gui.domain.history import (
    EVERYTHING,
    HistoryChoices,
    HistoryDetail,
    HistoryEntry,
    HistoryFilter,
    HistoryPage,
    Period,
    PlateMatch,
    Search,
)
from wxpark_gui.domain.record import Salvage
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.service.ports import History
from wxpark_gui.storage.history import SqliteHistory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.searches import MOST_SEARCHES, JsonSearches
from wxpark_gui.training.booth import TrainingVault, make_training_key


class EndlessHistory:
    """A history whose searches find nothing, and which never end, as its preparation does."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.steps = 0

    def page(self, wanted: HistoryFilter, limit: int, before: int | None = None) -> HistoryPage:
        self.asked.release()
        return HistoryPage(before=1_000_000)

    def entries_at(self, positions: Sequence[int]) -> Sequence[HistoryEntry]:
        return ()

    def count_newer(self, wanted: HistoryFilter, after: int) -> int:
        raise JournalDamagedError("disk I/O error")

    def detail(self, entry_id: str) -> HistoryDetail | None:
        return None

    def choices(self) -> HistoryChoices:
        return HistoryChoices()

    def prepare(self) -> bool:
        self.steps += 1
        return True

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test-history")
    yield worker
    worker.stop(2)


@pytest.fixture
def browser(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Iterator[HistoryBrowser]:
    make_history(tmp_path)
    browser = HistoryBrowser(
        lambda: SqliteHistory(tmp_path / "journal.sqlite3", tmp_path / "archive", SystemClock()),
        JsonSearches(tmp_path / "searches.json"),
        worker,
    )
    yield browser
    browser.close()


def search(qtbot: QtBot, browser: HistoryBrowser, wanted: HistoryFilter) -> list[HistoryEntry]:
    found: list[HistoryEntry] = []

    def collect(page: HistoryPage) -> None:
        found.extend(page.entries)

    browser.found.connect(collect)
    with qtbot.waitSignal(browser.ended):
        browser.search(wanted)
    browser.found.disconnect(collect)
    return found


def test_search_finds_one_page_and_more_finds_the_next(
    qtbot: QtBot, browser: HistoryBrowser
) -> None:
    first = search(qtbot, browser, EVERYTHING)
    assert [each.record.position for each in first] == list(range(COUNT, COUNT - PAGE, -1))
    with qtbot.waitSignal(browser.found) as next_page:
        browser.more()
    page = next_page.args[0]
    assert page.entries[0].record.position == COUNT - PAGE


def test_more_does_nothing_at_the_end(qtbot: QtBot, browser: HistoryBrowser) -> None:
    wanted = HistoryFilter(plate="QQ")
    with qtbot.waitSignal(browser.ended) as ended:
        browser.search(wanted)
    assert ended.args == [False]
    with qtbot.assertNotEmitted(browser.found, wait=50):
        browser.more()


def test_first_page_that_was_cancelled_is_read_by_more(
    qtbot: QtBot, browser: HistoryBrowser
) -> None:
    browser.search(EVERYTHING)
    browser.cancel()
    with qtbot.waitSignal(browser.found) as first_page:
        browser.more()
    assert first_page.args[0].entries[0].record.position == COUNT


def test_first_page_that_failed_is_read_by_more(
    qtbot: QtBot, worker: Worker, tmp_path: Path
) -> None:
    make_history(tmp_path)
    failures = [JournalDamagedError("disk I/O error")]

    def open_it() -> History:
        if failures:
            raise failures.pop()
        return SqliteHistory(tmp_path / "journal.sqlite3", tmp_path / "archive", SystemClock())

    browser = HistoryBrowser(open_it, JsonSearches(tmp_path / "searches.json"), worker)
    with qtbot.waitSignal(browser.failed):
        browser.search(EVERYTHING)
    with qtbot.waitSignal(browser.found) as first_page:
        browser.more()
    assert first_page.args[0].entries[0].record.position == COUNT
    browser.close()


def test_second_search_drops_the_first_one(qtbot: QtBot, browser: HistoryBrowser) -> None:
    browser.search(EVERYTHING)
    wanted = HistoryFilter(plate="京A00001", match=PlateMatch.EXACT)
    found = search(qtbot, browser, wanted)
    assert found
    assert all(wanted.accepts(each) for each in found)


def test_files_are_prepared_in_steps_while_the_history_is_open(
    qtbot: QtBot, worker: Worker
) -> None:
    history = EndlessHistory()
    browser = HistoryBrowser(lambda: history, JsonSearches(Path("none")), worker)
    browser.open()
    qtbot.waitUntil(lambda: history.steps > 3)
    # A search has its turn between two steps.
    with qtbot.waitSignal(browser.found):
        browser.search(EVERYTHING)
    browser.close()
    worker.call(lambda: None)
    qtbot.wait(1)
    steps = history.steps
    with qtbot.assertNotEmitted(browser.found, wait=30):
        worker.call(lambda: None)
    assert history.steps == steps


def test_search_without_an_end_can_be_cancelled(qtbot: QtBot, worker: Worker) -> None:
    history = EndlessHistory()
    browser = HistoryBrowser(lambda: history, JsonSearches(Path("none")), worker)
    parts: list[HistoryPage] = []
    browser.found.connect(parts.append)
    browser.search(EVERYTHING)
    qtbot.waitUntil(lambda: len(parts) > 3)
    browser.cancel()
    worker.call(lambda: None)
    count = len(parts)
    qtbot.wait(50)
    assert len(parts) == count


def test_failure_of_something_else_does_not_end_the_search(qtbot: QtBot, worker: Worker) -> None:
    history = EndlessHistory()
    browser = HistoryBrowser(lambda: history, JsonSearches(Path("none")), worker)
    parts: list[HistoryPage] = []
    browser.found.connect(parts.append)
    browser.open()
    browser.search(EVERYTHING)
    with qtbot.waitSignal(browser.failed):
        browser.note_saved(None)
    assert browser.is_reading
    count = len(parts)
    qtbot.waitUntil(lambda: len(parts) > count + 3)
    browser.cancel()
    assert not browser.is_reading


def test_entry_saved_meanwhile_is_counted(qtbot: QtBot, browser: HistoryBrowser) -> None:
    browser.open()
    search(qtbot, browser, HistoryFilter(plate="京A00001", match=PlateMatch.EXACT))
    with qtbot.waitSignal(browser.newCounted) as counted:
        browser.note_saved(None)
        browser.note_saved(None)
    assert counted.args == [0]


def test_failed_count_is_told_and_the_next_one_starts(qtbot: QtBot, worker: Worker) -> None:
    history = EndlessHistory()
    browser = HistoryBrowser(lambda: history, JsonSearches(Path("none")), worker)
    browser.open()
    for _ in range(2):
        with qtbot.waitSignal(browser.failed):
            browser.note_saved(None)


def test_damaged_journal_is_told_and_opened_again(
    qtbot: QtBot, worker: Worker, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_text("no journal" * 1000)

    def open_it() -> History:
        return SqliteHistory(path, tmp_path / "archive", SystemClock())

    browser = HistoryBrowser(open_it, JsonSearches(tmp_path / "searches.json"), worker)
    with qtbot.waitSignal(browser.failed) as failed:
        browser.search(EVERYTHING)
    assert isinstance(failed.args[0], JournalDamagedError)
    path.unlink()
    assert search(qtbot, browser, EVERYTHING) == []


def test_details_and_entries_are_read(qtbot: QtBot, browser: HistoryBrowser) -> None:
    first = search(qtbot, browser, EVERYTHING)[0]
    with qtbot.waitSignal(browser.detailRead) as detail:
        browser.read_detail(first.record.entry_id)
    assert detail.args[0].found == first
    with qtbot.waitSignal(browser.entriesRead) as again:
        browser.read_entries([first.record.position])
    assert again.args[0] == (first,)


def test_saved_search_replaces_one_of_its_name(qtbot: QtBot, browser: HistoryBrowser) -> None:
    with qtbot.waitSignal(browser.choicesRead) as choices:
        browser.open()
    assert choices.args[0].lots == ("东门", "西门")
    for wanted in (EVERYTHING, HistoryFilter(plate="粤B")):
        with qtbot.waitSignal(browser.searchesRead) as known:
            browser.save_search(Search("我的", wanted=wanted))
    assert known.args[0] == (Search("我的", wanted=HistoryFilter(plate="粤B")),)
    with qtbot.waitSignal(browser.searchesRead) as known:
        browser.remove_search("我的")
    assert known.args[0] == ()


def test_search_beyond_the_most_is_refused_until_one_is_removed(
    qtbot: QtBot, browser: HistoryBrowser, tmp_path: Path
) -> None:
    searches = JsonSearches(tmp_path / "searches.json")
    searches.save([Search(f"查询{number}") for number in range(MOST_SEARCHES)])
    with qtbot.waitSignal(browser.searchRefused) as refused, qtbot.assertNotEmitted(browser.failed):
        browser.save_search(Search("又一个"))
    assert isinstance(refused.args[0], TooManySearchesError)
    # One of a saved name takes that one's place.
    for change in (
        partial(browser.save_search, Search("查询7", Period.TODAY)),
        partial(browser.remove_search, "查询8"),
        partial(browser.save_search, Search("又一个")),
    ):
        with qtbot.waitSignal(browser.searchesRead):
            change()
    names = [search.name for search in searches.load()]
    assert (len(names), names[-2:]) == (MOST_SEARCHES, ["查询7", "又一个"])


def test_damaged_searches_are_told_at_each_opening_until_one_is_saved(
    qtbot: QtBot, browser: HistoryBrowser, tmp_path: Path
) -> None:
    path = tmp_path / "searches.json"
    path.write_bytes(b"{")
    for _ in range(2):
        with qtbot.waitSignals(
            [browser.searchesRead, browser.searchesDamaged, browser.choicesRead], order="strict"
        ):
            browser.open()
    with qtbot.waitSignal(browser.searchesRead):
        browser.save_search(Search("我的"))
    assert (tmp_path / "searches.json.unreadable").read_bytes() == b"{"
    with qtbot.assertNotEmitted(browser.searchesDamaged), qtbot.waitSignal(browser.choicesRead):
        browser.open()


def test_removal_of_an_unknown_search_is_refused(qtbot: QtBot, browser: HistoryBrowser) -> None:
    with qtbot.waitSignal(browser.searchRefused) as refused:
        browser.remove_search("没有")
    assert isinstance(refused.args[0], SearchUnknownError)


@not_on_windows("an open file cannot be replaced")
def test_journal_that_was_replaced_is_read_after_reopening(
    qtbot: QtBot, browser: HistoryBrowser, tmp_path: Path
) -> None:
    assert search(qtbot, browser, EVERYTHING)
    SqliteJournal(tmp_path / "new.sqlite3", SystemClock()).close()
    (tmp_path / "new.sqlite3").replace(tmp_path / "journal.sqlite3")
    browser.reopen()
    assert search(qtbot, browser, EVERYTHING) == []


def test_history_is_reopened_after_a_restore_and_after_a_salvage(
    qtbot: QtBot, tmp_path: Path
) -> None:
    booth = make_booth(tmp_path, "https://gateway.invalid", TrainingVault(make_training_key()))
    history = booth.controllers.history
    try:
        with qtbot.waitSignal(booth.entries.recentLoaded):
            booth.start()
        is_open: list[bool] = []
        for signal, result in (
            (booth.controllers.backups.restored, Restored()),
            (booth.journal.salvaged, Salvage("journal-damaged.sqlite3", 0)),
        ):
            search(qtbot, history, EVERYTHING)
            is_open.append(history._history is not None)
            signal.emit(result)
            booth.workers.history.call(lambda: None)
            is_open.append(history._history is not None)
        assert is_open == [True, False, True, False]
    finally:
        booth.stop(5)
