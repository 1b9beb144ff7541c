"""Growing waits on a monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """Doubling waits between tries.

    Attributes:
        first, longest: seconds.
        failures: failed tries since the last success.
        until: monotonic time before which there is no further try.
    """

    first: float
    longest: float
    failures: int = 0
    until: float = float("-inf")

    def fail(self, now: float) -> None:
        """Wait twice as long as the time before, `longest` at most."""
        wait = min(self.first * 2.0 ** min(self.failures, 16), self.longest)
        self.failures += 1
        self.until = now + wait

    def end_wait(self) -> None:
        """Allow one try at once; if it fails, the wait goes on growing."""
        self.until = float("-inf")

    def reset(self) -> None:
        """Try at once, and begin with the first wait again."""
        self.failures = 0
        self.until = float("-inf")
