"""The shift and attendant that new entries are stamped with."""

from __future__ import annotations

from typing import final

from wxpark_gui.domain.stamp import Stamp


@final
class PresentShift:
    """Shared reference to the `Stamp` of new entries: their shift and attendant.

    Any thread may read it; only `Shifts` replaces it.
    """

    def __init__(self) -> None:
        self._stamp = Stamp()
        self._is_known = False

    @property
    def stamp(self) -> Stamp:
        """The present `Stamp`; read it again for each entry."""
        return self._stamp

    @property
    def is_known(self) -> bool:
        """False until the shift was read from the journal."""
        return self._is_known

    def replace(self, stamp: Stamp) -> None:
        """Replace the stamp for all later reads of `stamp`."""
        self._stamp = stamp
        self._is_known = True
