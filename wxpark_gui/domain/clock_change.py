"""Detects that the wall clock was set, by comparing it with the monotonic clock."""

from __future__ import annotations

from datetime import datetime, timedelta

CLOCK_TOLERANCE = 5.0
"""Smallest change of the wall clock against the monotonic clock, in seconds, that counts."""


class ClockWatch:
    """Compares both clocks at each call with those at the call before."""

    def __init__(self) -> None:
        self._offset: float | None = None

    def change(self, now: datetime, monotonic: float) -> timedelta:
        """Return by how much the wall clock was set since the last call; zero at the first call.

        Less than `CLOCK_TOLERANCE` counts as zero: small drifts must not add up to a change.

        Args:
            now: aware.
            monotonic: reading of the monotonic clock at `now`, in seconds.
        """
        offset = now.timestamp() - monotonic
        before, self._offset = self._offset, offset
        if before is None or abs(offset - before) < CLOCK_TOLERANCE:
            return timedelta(0)
        return timedelta(seconds=offset - before)
