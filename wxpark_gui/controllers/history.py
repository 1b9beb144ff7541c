"""Controller of the history: searches, pages and details, read on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError, SearchesUnreadableError, SearchUnknownError
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.ports import History, Searches

if TYPE_CHECKING:
    from wxpark_gui.domain.history import HistoryFilter, HistoryPage, Search

PAGE = 60
"""Number of entries that are read at a time."""

T = TypeVar("T")


class HistoryBrowser(QObject):
    """Reads the history while its window is open. No method blocks.

    A page may come in several parts. Each part is one task of the thread, so that a new search
    waits for one part at most. Parts of an earlier search are dropped. The class exceeds the
    project's limit of 20 methods: each request is a method, and so is each answer.

    Signals:
        found(HistoryPage): the next part of the present search.
        ended(bool): the page is full or the search is complete; True if `more` may find more.
        entriesRead(tuple[HistoryEntry, ...]): answer to `read_entries`.
        newCounted(int): number of matches saved since the search, at most 1000.
        detailRead(HistoryDetail | None): answer to `read_detail`; None for an unknown id.
        choicesRead(HistoryChoices): answer to `open`: names for the filter.
        searchesRead(tuple[Search, ...]): the saved searches, after `open` and after each change.
        searchesDamaged(ReadableError): saved searches cannot be read; after `searchesRead` of
            `open`.
        searchRefused(ReadableError): a search was not saved or not removed, for this reason.
        failed(ReadableError): the history could not be read.
        crashed(Exception): an exception that is a bug.
    """

    found = Signal(object)
    ended = Signal(bool)
    entriesRead = Signal(object)
    newCounted = Signal(int)
    detailRead = Signal(object)
    choicesRead = Signal(object)
    searchesRead = Signal(object)
    searchesDamaged = Signal(object)
    searchRefused = Signal(object)
    failed = Signal(object)
    crashed = Signal(object)

    def __init__(
        self, open_history: Callable[[], History], searches: Searches, worker: Worker
    ) -> None:
        """Keep the given parts.

        `open_history` runs in the worker's thread, which then owns the history.
        """
        super().__init__()
        self._open_history = open_history
        self._searches = searches
        self._worker = worker
        self._history: History | None = None
        self._number = 0
        self._wanted: HistoryFilter | None = None
        self._before: int | None = None
        self._is_complete = True
        self._newest = 0
        self._missing = 0
        self._is_open = False
        self._is_counting = False
        self._must_count = False

    @property
    def is_reading(self) -> bool:
        """True while a page is read."""
        return self._missing > 0

    @property
    def is_busy(self) -> bool:
        """True while anything is read: what comes may be older than a change that was told."""
        return self._worker.is_busy

    def open(self) -> None:
        """Read the saved searches, and attendants and car parks for the filter.

        Count new matches from now on. Prepare the files for searches while there is no other work.
        """
        # The values of the history would delay the first paint.
        from wxpark_gui.domain.history import EVERYTHING  # noqa: PLC0415

        self._is_open = True
        self._wanted = self._wanted or EVERYTHING
        self._submit(
            lambda: (tuple(self._searches.load()), self._searches.is_damaged()), self._on_searches
        )
        self._submit(lambda: self._opened().choices(), self.choicesRead.emit)
        self._submit(self._prepare, self._on_prepared)

    def close(self) -> None:
        """End the search, stop counting and close the files. A later request opens them again."""
        self._is_open = False
        self.cancel()
        self._worker.submit(self._close, None, self._on_failed)

    def search(self, wanted: HistoryFilter) -> None:
        """Start a search from the newest entry; `found` and `ended` follow."""
        self.cancel()
        self._wanted, self._before, self._newest = wanted, None, 0
        self._is_complete = False
        self._missing = PAGE
        self._read_part()

    def more(self) -> None:
        """Read the next page, or the first one if it was cancelled or failed.

        A no-op while a page is read, or after the last one.
        """
        if not self._missing and not self._is_complete:
            self._missing = PAGE
            self._read_part()

    def cancel(self) -> None:
        """Stop reading the page: drop its parts that are still to come. `more` reads them again."""
        self._number += 1
        self._missing = 0

    def read_entries(self, positions: Sequence[int]) -> None:
        """Read the entries at these positions again; `entriesRead` follows."""
        self._submit(lambda: tuple(self._opened().entries_at(positions)), self.entriesRead.emit)

    def read_detail(self, entry_id: str) -> None:
        """Read an entry with its attempts, links and audit; `detailRead` follows."""
        self._submit(lambda: self._opened().detail(entry_id), self.detailRead.emit)

    def save_search(self, search: Search) -> None:
        """Save a search in place of a saved one with the same name.

        `searchesRead` or `searchRefused` follows.
        """
        self._change_searches(
            lambda known: (*(each for each in known if each.name != search.name), search)
        )

    def remove_search(self, name: str) -> None:
        """Remove the saved search of that name; `searchesRead` or `searchRefused` follows."""

        def without(known: Sequence[Search]) -> tuple[Search, ...]:
            if all(each.name != name for each in known):
                raise SearchUnknownError
            return tuple(each for each in known if each.name != name)

        self._change_searches(without)

    @Slot(object)
    def note_saved(self, _record: object) -> None:
        """Count the matches saved since the search; `newCounted` follows. A no-op before `open`."""
        wanted = self._wanted
        if not self._is_open or wanted is None:
            return
        if self._is_counting:
            self._must_count = True
            return
        self._is_counting = True
        number, newest = self._number, self._newest
        self._worker.submit(
            lambda: (number, self._opened().count_newer(wanted, newest)),
            self._on_counted,
            self._on_count_failed,
        )

    @Slot()
    def reopen(self) -> None:
        """Open the files again at the next request, because the journal was replaced."""
        self._worker.submit(self._close, None, self._on_failed)
        if self._newest:
            self.note_saved(None)

    def _change_searches(self, change: Callable[[Sequence[Search]], tuple[Search, ...]]) -> None:
        def work() -> tuple[Search, ...]:
            changed = change(self._searches.load())
            self._searches.save(changed)
            return changed

        self._worker.submit(work, self.searchesRead.emit, self._on_search_refused)

    @Slot(object)
    def _on_searches(self, result: tuple[tuple[Search, ...], bool]) -> None:
        searches, is_damaged = result
        self.searchesRead.emit(searches)
        if is_damaged:
            self.searchesDamaged.emit(SearchesUnreadableError())

    @Slot(object)
    def _on_search_refused(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.searchRefused.emit(error)
        else:
            self.crashed.emit(error)

    def _submit(self, task: Callable[[], T], success: Callable[[T], None]) -> None:
        self._worker.submit(task, success, self._on_failed)

    def _read_part(self) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        number, before, missing = self._number, self._before, self._missing

        def failed(error: Exception) -> None:
            if number == self._number:
                self._missing = 0
            self._on_failed(error)

        self._worker.submit(
            lambda: (number, self._opened().page(wanted, missing, before)), self._on_part, failed
        )

    @Slot(object)
    def _on_part(self, result: tuple[int, HistoryPage]) -> None:
        number, page = result
        if number != self._number:
            return
        if page.entries and not self._newest:
            self._newest = page.entries[0].record.position
        self._before = page.before
        self._is_complete = page.before is None
        self._missing = max(0, self._missing - len(page.entries))
        is_over = self._is_complete or not self._missing
        if is_over:
            self._missing = 0
        self.found.emit(page)
        # A slot of `found` may have started another search.
        if number != self._number:
            return
        if is_over:
            self.ended.emit(not self._is_complete)
        else:
            self._read_part()

    @Slot(object)
    def _on_prepared(self, goes_on: bool) -> None:
        # Each step is a task of its own, so that a search waits for one step at most.
        if goes_on and self._is_open:
            self._submit(self._prepare, self._on_prepared)

    @Slot(object)
    def _on_counted(self, result: tuple[int, int]) -> None:
        number, count = result
        self._is_counting = False
        if number == self._number:
            self.newCounted.emit(count)
        if self._must_count or number != self._number:
            self._must_count = False
            self.note_saved(None)

    @Slot(object)
    def _on_count_failed(self, error: Exception) -> None:
        self._is_counting = False
        self._on_failed(error)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            # The next call opens the files again, which may help.
            self._worker.submit(self._close, None, self.crashed.emit)
            self.failed.emit(error)
        else:
            self.crashed.emit(error)

    def _opened(self) -> History:
        """Return the history, opened if it is not. Runs in the worker's thread."""
        if self._history is None:
            self._history = self._open_history()
        return self._history

    def _prepare(self) -> bool:
        """Do one step of `History.prepare` if the history is open. Runs in the worker's thread."""
        return self._history is not None and self._history.prepare()

    def _close(self) -> None:
        """Close the history if it is open. Runs in the worker's thread."""
        if self._history is not None:
            history, self._history = self._history, None
            history.close()
