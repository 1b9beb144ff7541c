"""Ctrl-C during one console command."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import final

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


@final
class Interrupts:
    """Handles SIGINT while it is entered; ignores it afterwards, when the exit code is known.

    The first one raises `KeyboardInterrupt` unless it is deferred; further ones do nothing, so that
    they do not break the clean-up. A command that SIGINT was ignored for keeps ignoring it.
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
        """From now on an interrupt is noted only, until `allowed`."""
        self._deferred = True

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Let an interrupt end the block, one noted before it too.

        Raises:
            KeyboardInterrupt: in the block, or before it.
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
