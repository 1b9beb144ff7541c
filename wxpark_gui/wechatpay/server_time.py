"""The offset of this computer's clock from the server's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wxpark_gui.wechatpay.reply import read_date


class ServerTime:
    """The server's time: the `Date` of the last reply plus the monotonic time since then.

    `Date` is not signed and can be forged, so it only affects the messages shown.
    """

    def __init__(self, monotonic: Callable[[], float], wall_clock: Callable[[], datetime]) -> None:
        self._monotonic = monotonic
        self._wall_clock = wall_clock
        self._date: datetime | None = None
        self._noted_at = 0.0

    def compare(self, date_header: str) -> float | None:
        """Store a reply's `Date` and return `offset()`; None if the date is malformed."""
        date = read_date(date_header)
        if date is None:
            return None
        self._date, self._noted_at = date, self._monotonic()
        return self.offset()

    def offset(self) -> float | None:
        """Return the seconds this computer's clock is ahead now; None before the first `Date`."""
        if self._date is None:
            return None
        since = self._monotonic() - self._noted_at
        return (self._wall_clock() - self._date).total_seconds() - since
