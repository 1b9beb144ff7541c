"""Layout of the entry form: plate, offers and bay fields above a row with the other inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxpark_gui.ui.plate.edit import PlateEdit
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow

_ROW_SPACING = 10


@dataclass(frozen=True, slots=True)
class _Density:
    """Pixels around the form, and between its lines."""

    horizontal: int
    vertical: int
    spacing: int


_ROOMY = _Density(20, 14, 12)
_COMPACT = _Density(14, 8, 6)


class FormArrangement(QVBoxLayout):
    """The layout at two densities. It can hold the verdict panel below the plate.

    Args:
        lines: the widgets between the plate and the row, from the top.
        row: the widgets of the row.
    """

    def __init__(
        self, parent: QWidget, plate: PlateEdit, lines: Sequence[QWidget], row: Sequence[QWidget]
    ) -> None:
        super().__init__(parent)
        self._plate = plate
        self._lines = list(lines)
        self._held: QWidget | None = None
        self._row = WrappingRow(_ROW_SPACING)
        for part in row:
            self._row.addWidget(part)
            self._row.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        for line in (plate, *lines):
            self.addWidget(line)
        self.addLayout(self._row)
        self._apply(_ROOMY)

    def margins(self, *, compact: bool) -> int:
        """Return the pixels at the left and right of the inputs together."""
        return 2 * (_COMPACT if compact else _ROOMY).horizontal

    def height_at(self, width: int, *, compact: bool, shrink: float, row: bool) -> int:
        """Return the height in pixels without the keypad and without a held widget.

        Args:
            width: of the form, in pixels.
            compact, shrink: as in `PlateArrangement.height_at`.
            row: False leaves out everything below the plate.
        """
        density = _COMPACT if compact else _ROOMY
        room = width - 2 * density.horizontal
        plate = self._plate.arrangement.height_at(room, compact=compact, shrink=shrink)
        height = plate + 2 * density.vertical
        if not row:
            return height
        shown = [line for line in self._lines if not line.isHidden()]
        heights = [_height_for(line, room) for line in shown]
        heights.append(self._row.heightForWidth(room))
        return height + sum(heights) + density.spacing * len(heights)

    def apply(self, *, compact: bool, shrink: float) -> None:
        """Use this density and size of the plate, as in `height_at`."""
        self._plate.arrangement.apply(compact=compact, shrink=shrink)
        self._apply(_COMPACT if compact else _ROOMY)

    def hold(self, widget: QWidget) -> None:
        """Move a widget from its own layout to the line below the plate."""
        self._held = widget
        self.insertWidget(1, widget, 1)

    def release(self) -> None:
        """Remove the held widget from this layout; the caller must add it to another one."""
        if self._held is not None:
            self.removeWidget(self._held)
            self._held = None

    def _apply(self, density: _Density) -> None:
        horizontal, vertical = density.horizontal, density.vertical
        self.setContentsMargins(horizontal, vertical, horizontal, vertical)
        self.setSpacing(density.spacing)


def _height_for(widget: QWidget, width: int) -> int:
    height = widget.heightForWidth(width) if widget.hasHeightForWidth() else -1
    return height if height >= 0 else widget.sizeHint().height()
