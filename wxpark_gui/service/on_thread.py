"""A journal whose every call is made on one thread, for callers on any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from wxpark_gui.service.ports import Journal

T = TypeVar("T")


class Caller(Protocol):
    """Runs a task on its own thread and waits for it."""

    def call(self, task: Callable[[], T]) -> T: ...


def journal_on_thread(open_journal: Callable[[], Journal], thread: Caller) -> Journal:
    """The journal port, forwarded to one thread: SQLite's only connection stays there.

    The journal is opened on that thread at the first call. When that fails, the call raises what
    opening raised, and the next call tries again. `close` is a no-op for a journal never opened.
    """
    return cast("Journal", _JournalOnThread(open_journal, thread))


class _JournalOnThread:
    """Forwards every method of `Journal`, by name."""

    def __init__(self, open_journal: Callable[[], Journal], thread: Caller) -> None:
        self._open_journal = open_journal
        self._thread = thread
        self._journal: Journal | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or not hasattr(Journal, name):
            raise AttributeError(name)

        def forward(*arguments: Any, **options: Any) -> Any:
            return self._thread.call(lambda: getattr(self._opened(), name)(*arguments, **options))

        return forward

    def close(self) -> None:
        self._thread.call(self._close)

    def _opened(self) -> Journal:
        if self._journal is None:
            self._journal = self._open_journal()
        return self._journal

    def _close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None
