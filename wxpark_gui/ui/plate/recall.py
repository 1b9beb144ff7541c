"""History of entered plates, browsed with the arrow keys; does not depend on Qt."""

from __future__ import annotations

from collections.abc import Sequence


class PlateHistory:
    """Cursor in the list of earlier plates; it stays on its plate if a new list has it."""

    def __init__(self) -> None:
        self._plates: tuple[str, ...] = ()
        self._place = -1

    @property
    def current(self) -> str | None:
        """The plate at the cursor; None while the list is not browsed."""
        return self._plates[self._place] if self._place >= 0 else None

    def set_plates(self, plates: Sequence[str]) -> None:
        """Replace the plates, newest first.

        The plate shown stays the current one if it is among them.
        """
        shown = self.current
        self._plates = tuple(plates)
        self._place = self._plates.index(shown) if shown in self._plates else -1

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
        """Move to the next newer plate and return it.

        After the newest one, stop browsing and return None.
        """
        if self._place <= 0:
            self._place = -1
            return None
        self._place -= 1
        return self._plates[self._place]
