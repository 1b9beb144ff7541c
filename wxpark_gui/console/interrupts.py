"""Ctrl-C during one console command."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import final

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as in shells."""


@final
class Interrupts:
    """Context manager that handles SIGINT; at its end it sets SIGINT to be ignored.

    The first SIGINT raises `KeyboardInterrupt` unless it is deferred; later ones do nothing, so
    that they do not break the clean-up. It has no effect if SIGINT was ignored before, or outside
    the main thread.
    """

    def __init__(self) -> None:
        self._deferred = False
        self._pending = False
        self._handles = False

    def __enter__(self) -> Interrupts:
        is_main = threading.current_thread() is threading.main_thread()
        self._handles = is_main and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
        if self._handles:
            signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._handles:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def defer(self) -> None:
        """Only store an interrupt from now on; `allowed` raises it."""
        self._deferred = True

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Let an interrupt end the `with` block; defer again after it.

        Raises:
            KeyboardInterrupt: an interrupt came in the block, or was stored before it.
        """
        self._deferred = False
        try:
            if self._pending:
                raise KeyboardInterrupt
            yield
        finally:
            self._deferred = True

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._deferred:
            self._pending = True
            return
        self._deferred = True
        raise KeyboardInterrupt
