"""History of entered plates, browsed with the arrow keys. No Qt in here."""

from __future__ import annotations

from collections.abc import Sequence


class PlateHistory:
    """Cursor in the list of earlier plates; reset when the list changes."""

    def __init__(self) -> None:
        self._plates: tuple[str, ...] = ()
        self._place = -1

    @property
    def browsing(self) -> bool:
        """True while an earlier plate is shown."""
        return self._place >= 0

    def set_plates(self, plates: Sequence[str]) -> None:
        """Replace the list, newest plate first."""
        self._plates = tuple(plates)
        self.leave()

    def leave(self) -> None:
        """Stop browsing; `back` then returns the newest plate."""
        self._place = -1

    def back(self) -> str | None:
        """Move to the next older plate and return it; None at the end of the list."""
        if self._place + 1 >= len(self._plates):
            return None
        self._place += 1
        return self._plates[self._place]

    def forth(self) -> str | None:
        """Move to the next newer plate and return it; None after the newest ends browsing."""
        if self._place <= 0:
            self._place = -1
            return None
        self._place -= 1
        return self._plates[self._place]
