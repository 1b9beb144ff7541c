"""The end of a task that a person may cancel while a worker runs it."""

from __future__ import annotations

import threading


class Decision:
    """Decision between completing and cancelling one task, made once. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_complete = self._is_cancelled = False

    def cancel(self) -> bool:
        """Decide to cancel; return False if it was decided to complete before."""
        with self._lock:
            self._is_cancelled = not self._is_complete
            return self._is_cancelled

    def complete(self) -> bool:
        """Decide to complete; return False if it was decided to cancel before."""
        with self._lock:
            self._is_complete = not self._is_cancelled
            return self._is_complete

    def is_cancelled(self) -> bool:
        return self._is_cancelled
