"""Growing waits on a monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """Doubling waits between tries.

    Attributes:
        first, longest: length of the first and of the longest wait, in seconds.
        failures: failed tries since the last success.
        until: monotonic time before which there is no further try.
    """

    first: float
    longest: float
    failures: int = 0
    until: float = float("-inf")

    def fail(self, now: float) -> None:
        """Count a failure and start the next wait, twice as long as the last, `longest` at most."""
        wait = min(self.first * 2.0 ** min(self.failures, 16), self.longest)
        self.failures += 1
        self.until = now + wait

    def end_wait(self) -> None:
        """End the wait but keep the failures, so that the next wait is longer."""
        self.until = float("-inf")

    def reset(self) -> None:
        """End the wait and forget the failures, so that the next wait is `first`."""
        self.failures = 0
        self.until = float("-inf")
