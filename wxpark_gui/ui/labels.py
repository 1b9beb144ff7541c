"""Labels that hold text from anywhere: plain, never wider than their place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from wxpark_gui.ui.theme import font


def plain_label(parent: QWidget, *, name: str = "", role: str = "") -> QLabel:
    """A label that shows what it is given as it is, mark-up included."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if name:
        label.setObjectName(name)
    if role:
        label.setProperty("role", role)
    return label


class FittedLabel(QLabel):
    """One line that grows smaller rather than being cut off.

    Args:
        points: the size it has where there is room.
    """

    def __init__(self, points: float, *, bold: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._points = points
        self._bold = bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    def set_points(self, points: float) -> None:
        if points != self._points:
            self._points = points
            self._fit()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(font(self._points, bold=self._bold), self)
        return QSize(round(metrics.horizontalAdvance(self.text())) + 4, round(metrics.height()))

    def _fit(self) -> None:
        face = font(self._points, bold=self._bold)
        needed = QFontMetricsF(face, self).horizontalAdvance(self.text()) + 4
        if 0 < self.width() < needed:
            face.setPointSizeF(max(1.0, self._points * self.width() / needed))
        self.setFont(face)
