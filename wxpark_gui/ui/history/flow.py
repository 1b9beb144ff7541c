"""Connects conditions, controller and list: starts, stops and repeats the search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from wxpark_gui.controllers.history import HistoryBrowser
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.history import HistoryFilter, HistoryPage, Period, Search, day_of
from wxpark_gui.ui.history.filter_bar import FilterBar
from wxpark_gui.ui.history.model import HistoryModel
from wxpark_gui.ui.history.more_filters import MoreFilters
from wxpark_gui.ui.history.status import HistoryStatus, Progress

SEARCH_DELAY_MS = 180
"""Milliseconds after the last edit of a condition until the search starts."""


class Content(Enum):
    """Content of the list: rows, or the reason for the message in its place."""

    ROWS = "rows"
    NOTHING_FOUND = "nothing_found"
    NO_ENTRIES = "no_entries"
    FAILED = "failed"


class SearchFlow(QObject):
    """Searches by the conditions, and fills the list and the status line.

    The class exceeds the project's limit of 20 methods: each signal of the controller has a slot.

    Attributes:
        search: the present search, without a name.
        error: the last failure of the history since the search started; None if there was none.

    Signals:
        contentChanged(Content): the list must be shown, or a message in its place.
    """

    contentChanged = Signal(object)

    def __init__(
        self,
        browser: HistoryBrowser,
        *,
        bar: FilterBar,
        more: MoreFilters,
        model: HistoryModel,
        status: HistoryStatus,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(bar)
        self.search = Search()
        self.error: ReadableError | None = None
        self._browser = browser
        self._bar = bar
        self._more = more
        self._model = model
        self._status = status
        self._now = now
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SEARCH_DELAY_MS)
        self._delay.timeout.connect(self.start)
        self._was_delayed = False
        self._searched: HistoryFilter | None = None
        bar.edited.connect(self._on_edited)
        bar.searchChosen.connect(self.choose)
        more.edited.connect(self._on_edited)
        more.daysEdited.connect(self._on_days)
        more.resetRequested.connect(self.reset)
        more.saveRequested.connect(self._save)
        more.removeRequested.connect(browser.remove_search)
        model.moreWanted.connect(self._read_on)
        model.entriesMissing.connect(browser.read_entries)
        status.stopRequested.connect(self.stop)
        status.goOnRequested.connect(self.go_on)
        status.newRequested.connect(self.start)
        browser.found.connect(self._on_found)
        browser.ended.connect(self._on_ended)
        browser.entriesRead.connect(model.renew)
        browser.newCounted.connect(status.show_new)
        browser.searchesRead.connect(bar.show_searches)
        browser.searchesRead.connect(self._on_searches)
        browser.searchesDamaged.connect(status.show_failure)
        browser.searchRefused.connect(more.show_problem)
        browser.choicesRead.connect(more.show_choices)
        browser.failed.connect(self._on_failed)
        browser.crashed.connect(self._on_crashed)

    @property
    def wanted(self) -> HistoryFilter:
        """The filter of the present search, with the days that its period means today."""
        return self.search.on(self._today)

    @property
    def is_searching(self) -> bool:
        """True while a search runs, or is about to start after an edit."""
        return self._delay.isActive() or self._status.progress is Progress.SEARCHING

    @Slot(object)
    def choose(self, search: Search) -> None:
        """Show the conditions of a search and start it."""
        self.search = replace(search, name="")
        self._show_conditions()
        self.start()

    @Slot()
    def reset(self) -> None:
        """Drop all conditions and search for all entries."""
        self._bar.plate.clear()
        self.choose(Search())

    @Slot()
    def start(self) -> None:
        """Start the present search from the newest entry."""
        self._delay.stop()
        self._was_delayed = False
        self.error = None
        self._model.clear()
        self._status.say(None)
        self._status.show_new(0)
        self._status.show_progress(Progress.SEARCHING, 0)
        self.contentChanged.emit(Content.ROWS)
        self._searched = self.wanted
        self._browser.search(self._searched)

    @Slot()
    def follow_day(self) -> None:
        """Search again if the days of the present search's period are others than at its start.

        A no-op before the first search, and while one waits for `SEARCH_DELAY_MS`.
        """
        if self._searched not in (None, self.wanted) and not self._delay.isActive():
            self._show_conditions()
            self.start()

    def start_if_typed(self) -> None:
        """Start now a search that still waits for `SEARCH_DELAY_MS`; a no-op if none waits."""
        if self._delay.isActive():
            self.start()

    @Slot()
    def stop(self) -> None:
        """Stop the running search, or one that waits for `SEARCH_DELAY_MS`; the rows found stay."""
        self._was_delayed = self._was_delayed or self._delay.isActive()
        self._delay.stop()
        self._browser.cancel()
        self._model.set_has_more(False)
        self._status.show_progress(Progress.STOPPED, self._model.rowCount())

    @Slot()
    def go_on(self) -> None:
        """Continue a search that was stopped or has failed; start one that was stopped before."""
        if self._was_delayed:
            self.start()
            return
        if self.error is not None:
            self.error = None
            self._status.say(None)
            self.contentChanged.emit(Content.ROWS)
        self._status.show_progress(Progress.SEARCHING, self._model.rowCount())
        self._browser.more()

    @property
    def _today(self) -> date:
        return day_of(self._now())

    @Slot()
    def _read_on(self) -> None:
        self._model.set_has_more(False)
        self.go_on()

    @Slot()
    def _on_edited(self) -> None:
        self.search = self._more.read(self._bar.read(self.search))
        self._show_conditions()
        self._delay.start()

    @Slot()
    def _on_days(self) -> None:
        search = replace(self._bar.read(self.search), period=Period.CHOSEN)
        self.search = self._more.read(search)
        self._show_conditions()
        self._delay.start()

    def _show_conditions(self) -> None:
        wanted = self.wanted
        self._bar.show_search(self.search, self._more.count(self.search))
        self._more.show_search(self.search, wanted.first_day, wanted.last_day)

    @Slot(str)
    def _save(self, name: str) -> None:
        self._browser.save_search(replace(self.search, name=name))

    @Slot()
    def _on_searches(self) -> None:
        self._more.show_problem(None)

    @Slot(object)
    def _on_found(self, page: HistoryPage) -> None:
        self._model.add(page.entries)
        self._status.show_skipped(page.skipped)
        self._status.show_progress(Progress.SEARCHING, self._model.rowCount())

    @Slot(bool)
    def _on_ended(self, has_more: bool) -> None:
        self._model.set_has_more(has_more)
        count = self._model.rowCount()
        self._status.show_progress(Progress.MORE if has_more else Progress.DONE, count)
        if not count:
            is_all = self.search == Search()
            self.contentChanged.emit(Content.NO_ENTRIES if is_all else Content.NOTHING_FOUND)

    @Slot(object)
    def _on_failed(self, error: ReadableError) -> None:
        self.error = error
        self._model.forget_requests()
        if self._browser.is_reading:
            # Something else failed, such as details; the search goes on.
            self._status.show_failure(error)
            return
        was_searching = self.is_searching
        self._status.show_progress(Progress.STOPPED, self._model.rowCount())
        if was_searching and not self._model.rowCount():
            self.contentChanged.emit(Content.FAILED)
        else:
            self._status.show_failure(error)

    @Slot()
    def _on_crashed(self) -> None:
        if self.is_searching:
            self._status.show_progress(Progress.STOPPED, self._model.rowCount())
