"""The plates entered before, one after another. No Qt in here."""

from __future__ import annotations

from collections.abc import Sequence


class PlateHistory:
    """Where someone is who looks back; a place that moves when a plate is added would confuse."""

    def __init__(self) -> None:
        self._plates: tuple[str, ...] = ()
        self._place = -1

    @property
    def browsing(self) -> bool:
        """Whether a plate of before is shown."""
        return self._place >= 0

    def renew(self, plates: Sequence[str]) -> None:
        """What there is to look back at, newest first."""
        self._plates = tuple(plates)
        self.leave()

    def leave(self) -> None:
        """The next look back begins with the newest."""
        self._place = -1

    def back(self) -> str | None:
        """The plate before the one shown; None where there is none."""
        if self._place + 1 >= len(self._plates):
            return None
        self._place += 1
        return self._plates[self._place]

    def forth(self) -> str | None:
        """The plate after the one shown; None where the newest was shown, or none at all."""
        if self._place <= 0:
            self._place = -1
            return None
        self._place -= 1
        return self._plates[self._place]
