"""Ctrl-C, and on Windows Ctrl-Break, during one console command."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import final

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as in shells."""

_SIGNALS = tuple(
    number for name in ("SIGINT", "SIGBREAK") if (number := getattr(signal, name, None)) is not None
)
"""Windows sends SIGBREAK for Ctrl-Break, and when the console's window is closed."""


@final
class Interrupts:
    """Context manager that handles `_SIGNALS`; at its end it sets them to be ignored.

    The first signal raises `KeyboardInterrupt` unless it is deferred; later ones do nothing, so
    that they do not break the clean-up. A signal that was ignored before stays ignored; outside the
    main thread nothing is handled.
    """

    def __init__(self) -> None:
        self._deferred = False
        self._pending = False
        self._handled: list[signal.Signals] = []

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._handled = [n for n in _SIGNALS if signal.getsignal(n) is not signal.SIG_IGN]
        for number in self._handled:
            signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number in self._handled:
            signal.signal(number, signal.SIG_IGN)

    def defer(self) -> None:
        """Store an interrupt from now on, instead of raising it; `allowed` raises it."""
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
