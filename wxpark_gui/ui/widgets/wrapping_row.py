"""A layout that wraps a row of items into several lines."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class WrappingRow(QLayout):
    """Layout that places items in a row and starts a new line when the next item does not fit.

    Items have the width of their size hint. Expanding ones have their minimum width, and share the
    rest of their line. Sizes are kept until Qt invalidates the layout, as Qt's own layouts do.

    Args:
        spacing: pixels between two items and between two lines.
        parted: True puts the last of several items in a line at the right end.
    """

    def __init__(
        self, spacing: int, parent: QWidget | None = None, *, parted: bool = False
    ) -> None:
        if parent is None:
            super().__init__()
        else:
            super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._parted = parted
        self._directions: Qt.Orientation | None = None
        self._preferred: QSize | None = None
        self._least: QSize | None = None
        self._heights: dict[int, int] = {}
        self._measured: dict[QLayoutItem, tuple[bool, int]] = {}
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def invalidate(self) -> None:
        """Drop all cached sizes, as an item changed."""
        self._directions = self._preferred = self._least = None
        self._heights.clear()
        self._measured.clear()
        super().invalidate()

    def expandingDirections(self) -> Qt.Orientation:
        if self._directions is None:
            stretches = any(self._measure(item)[0] for item in self._items)
            self._directions = Qt.Orientation.Horizontal if stretches else Qt.Orientation(0)
        return self._directions

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._arrange(QRect(0, 0, width, 0), apply=False)
        return self._heights[width]

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, apply=True)

    def sizeHint(self) -> QSize:
        if self._preferred is None:
            sizes = [item.sizeHint() for item in self._shown()]
            width = sum(size.width() for size in sizes) + self.spacing() * max(0, len(sizes) - 1)
            height = max((size.height() for size in sizes), default=0)
            self._preferred = self._with_margins(QSize(width, height))
        return self._preferred

    def minimumSize(self) -> QSize:
        if self._least is None:
            sizes = [item.minimumSize() for item in self._shown()]
            width = max((size.width() for size in sizes), default=0)
            height = max((size.height() for size in sizes), default=0)
            self._least = self._with_margins(QSize(width, height))
        return self._least

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """Return the visible items, line by line, for a width in pixels."""
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._shown():
            _, wanted = self._measure(item)
            if not lines or wanted > left:
                lines.append([])
                left = width
            lines[-1].append(item)
            left -= wanted + self.spacing()
        return lines

    def _arrange(self, rect: QRect, *, apply: bool) -> int:
        """Return the height needed in pixels; with `apply` place the items too."""
        margins = self.contentsMargins()
        room = rect.marginsRemoved(margins)
        top = room.top()
        for line in self._lines(room.width()):
            top += self._arrange_line(line, QPoint(room.left(), top), room.width(), apply=apply)
            top += self.spacing()
        used = top - room.top() - self.spacing() if self._shown() else 0
        return used + margins.top() + margins.bottom()

    def _arrange_line(
        self, line: list[QLayoutItem], place: QPoint, width: int, *, apply: bool
    ) -> int:
        """Return the height of one line in pixels; with `apply` place its items too."""
        measured = [self._measure(item) for item in line]
        widths = [min(least, width) for _, least in measured]
        stretching = [index for index, (stretches, _) in enumerate(measured) if stretches]
        spare = width - sum(widths) - self.spacing() * (len(line) - 1)
        for index in stretching:
            widths[index] += spare // len(stretching)
        heights = [
            item.heightForWidth(widths[index])
            if item.hasHeightForWidth()
            else item.sizeHint().height()
            for index, item in enumerate(line)
        ]
        height = max(heights)
        if apply:
            left = place.x()
            for item, item_width, item_height in zip(line, widths, heights, strict=True):
                lowered = 0
                if not item.alignment() & Qt.AlignmentFlag.AlignTop:
                    lowered = (height - item_height) // 2
                item.setGeometry(QRect(left, place.y() + lowered, item_width, item_height))
                left += item_width + self.spacing()
                if self._parted and len(line) > 1 and item is line[-2]:
                    left += spare
        return height

    def _measure(self, item: QLayoutItem) -> tuple[bool, int]:
        """Return if an item is expanding, and its least width in pixels."""
        if item not in self._measured:
            stretches = bool(item.expandingDirections() & Qt.Orientation.Horizontal)
            size = item.minimumSize() if stretches else item.sizeHint()
            self._measured[item] = stretches, size.width()
        return self._measured[item]
