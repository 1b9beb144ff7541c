"""Journal for callers on any thread; all its calls run on one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from wxpark_gui.domain.errors import JournalDamageFoundError
from wxpark_gui.service.ports import Journal
from wxpark_gui.service.shift_book import ShiftBook

T = TypeVar("T")


class Caller(Protocol):
    """Thread that runs a task for a caller, which waits for the result."""

    def call(self, task: Callable[[], T]) -> T: ...


def journal_on_thread(
    open_journal: Callable[[], Journal],
    thread: Caller,
    must_reopen: Callable[[Journal], bool] = lambda _: False,
) -> Journal:
    """Return a journal that runs every call on `thread`, where its SQLite connection stays.

    The first call opens the journal there. If opening fails, that call raises the error, and the
    next one tries again. A call that finds damage in a write closes the journal, so that the next
    one opens and repairs it. `close` is a no-op while the journal is not open.

    Args:
        must_reopen: called before each call of the open journal; True closes and opens it first,
            and the call raises what it raises.
    """
    return cast("Journal", _JournalOnThread(open_journal, thread, must_reopen))


class _JournalOnThread:
    """Forwards every method of `Journal`, by name."""

    def __init__(
        self,
        open_journal: Callable[[], Journal],
        thread: Caller,
        must_reopen: Callable[[Journal], bool],
    ) -> None:
        self._open_journal = open_journal
        self._thread = thread
        self._must_reopen = must_reopen
        self._journal: Journal | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or not hasattr(Journal, name):
            raise AttributeError(name)

        def forward(*arguments: Any, **options: Any) -> Any:
            return self._thread.call(lambda: self._run(name, arguments, options))

        return forward

    def close(self) -> None:
        self._thread.call(self._close)

    def _run(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        try:
            return getattr(self._opened(), name)(*arguments, **options)
        except JournalDamageFoundError:
            self._close()
            raise

    def _opened(self) -> Journal:
        if self._journal is not None and self._must_reopen(self._journal):
            self._close()
        if self._journal is None:
            self._journal = self._open_journal()
        return self._journal

    def _close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None


def shift_book_on_thread(journal: Journal, thread: Caller) -> ShiftBook:
    """Return a book of shifts that runs every call on `thread`.

    Args:
        journal: made by `journal_on_thread` with the same thread.
    """
    return cast("ShiftBook", _ShiftBookOnThread(journal, thread))


class _ShiftBookOnThread:
    """Forwards every method of `ShiftBook`, by name."""

    def __init__(self, journal: Journal, thread: Caller) -> None:
        self._journal = journal
        self._thread = thread

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or not hasattr(ShiftBook, name):
            raise AttributeError(name)

        def forward(*arguments: Any, **options: Any) -> Any:
            return self._thread.call(lambda: self._run(name, arguments, options))

        return forward

    def _run(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        try:
            return getattr(self._journal.shift_book(), name)(*arguments, **options)
        except JournalDamageFoundError:
            self._journal.close()
            raise
