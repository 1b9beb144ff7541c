"""A vertical layout of limited width in the middle of a wide window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QVBoxLayout


class CentredColumn(QVBoxLayout):
    """Layout that leaves the room at both sides free once its own width reaches a limit.

    Args:
        most: returns the largest width in pixels.
    """

    def __init__(self, most: Callable[[], int]) -> None:
        super().__init__()
        self._most = most

    def setGeometry(self, rect: QRect) -> None:
        side = max(0, rect.width() - self._most()) // 2
        super().setGeometry(rect.adjusted(side, 0, -side, 0))

    def heightForWidth(self, width: int) -> int:
        return super().heightForWidth(min(width, self._most()))

    def minimumHeightForWidth(self, width: int) -> int:
        return super().minimumHeightForWidth(min(width, self._most()))
