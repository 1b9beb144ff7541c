"""Layout of the plate field: cells, hint and keypad, one below the other, at two densities."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.cells import HEIGHT, LEAST_HEIGHT, PlateCells
from wxpark_gui.ui.plate.hint import PlateHint

_SPACING = 8
_COMPACT_SPACING = 4


class PlateArrangement(QVBoxLayout):
    """The layout, and the height that it needs without the keypad."""

    def __init__(
        self,
        appearance: Appearance,
        parent: QWidget,
        cells: PlateCells,
        hint: PlateHint,
        keypad: QWidget,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._cells = cells
        self._hint = hint
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(_SPACING)
        for part in (cells, hint, keypad):
            self.addWidget(part)

    def height_at(self, width: int, *, compact: bool, shrink: float) -> int:
        """Return the height in pixels of cells and hint.

        Args:
            width: in pixels.
            compact: True for lower cells and less spacing.
            shrink: factor of the size of the cells, at most 1.
        """
        height, spacing = _density(compact=compact)
        cells = self._appearance.length(height * shrink)
        return cells + spacing + self._hint.heightForWidth(width)

    def apply(self, *, compact: bool, shrink: float) -> None:
        """Use this density and size of the cells, as in `height_at`."""
        height, spacing = _density(compact=compact)
        self.setSpacing(spacing)
        self._cells.set_height(height, shrink)


def _density(*, compact: bool) -> tuple[int, int]:
    """Return height of the cells before scaling, and spacing, in pixels."""
    return (LEAST_HEIGHT, _COMPACT_SPACING) if compact else (HEIGHT, _SPACING)
