"""A drop-down list of values with captions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from wxpark_gui.ui.look.appearance import Appearance

Choice = TypeVar("Choice")

_LETTERS_AT_LEAST = 4
_ARROW = 10
_ARROW_FROM_RIGHT = 18


class ChoiceBox(QComboBox, Generic[Choice]):
    """Drop-down list whose rows have a value each. Only the user's choice emits `activated`."""

    def __init__(self, appearance: Appearance, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._values: list[Choice] = []
        self.setObjectName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMinimumContentsLength(_LETTERS_AT_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        # The wheel scrolls the page and must not take the focus from a field.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def value(self) -> Choice:
        """The chosen value; the list must have rows."""
        return self._values[self.currentIndex()]

    def fill(self, name: str, rows: Sequence[tuple[Choice, str]]) -> None:
        """Set the accessible name, and replace the rows by pairs of value and caption.

        The chosen value stays chosen if it is among the new ones; else the first one is chosen.
        """
        chosen = self.value if self._values and self.currentIndex() >= 0 else None
        self.setAccessibleName(name)
        self._values = [value for value, _ in rows]
        self.clear()
        self.addItems([caption for _, caption in rows])
        if chosen is not None:
            self.choose(chosen)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow in the colour of muted text, because the style sheet draws none."""
        super().paintEvent(event)
        half = _ARROW / 2
        middle = QPointF(self.width() - _ARROW_FROM_RIGHT, self.height() / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._appearance.theme.surfaces.muted), 2))
            painter.drawPolyline(
                [
                    middle + QPointF(-half, -half / 2),
                    middle + QPointF(0, half / 2),
                    middle + QPointF(half, -half / 2),
                ]
            )

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page, so that scrolling it changes no value under the mouse."""
        event.ignore()

    def choose(self, value: Choice) -> None:
        """Choose a value without emitting `activated`; the first one if it is not listed."""
        self.setCurrentIndex(self._values.index(value) if value in self._values else 0)
