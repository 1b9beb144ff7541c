"""Finds truncated texts and widgets that overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionFrame,
    QTableView,
    QToolButton,
    QWidget,
)

from wxpark_gui.ui.recent.model import TIME, VERDICT
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.window.help_overlay import HelpOverlay

_MUCH = 1 << 20
_KEY_EDGE = 2
_TOLERANCE = 1
"""Pixels that are not counted; fonts are measured in fractions and laid out in whole pixels."""


def cramped(window: QWidget) -> list[str]:
    """Return a description of each truncated text and misplaced widget of a window that is shown.

    Misplaced widgets stick out of their parent, are wider than their page, or overlap.
    """
    shown = [part for part in window.findChildren(QWidget) if part.isVisibleTo(window)]
    return [
        *(fault for part in shown for fault in _faults(part)),
        *(f"{_name(part)} sticks out" for part in shown if _sticks_out(part)),
        *(f"{_name(part)} is wider than its page" for part in shown if _scrolls_sideways(part)),
        *(
            f"{_name(one)} and {_name(other)} overlap"
            for siblings in _siblings(shown)
            for one, other in _overlapping(siblings)
        ),
    ]


def _faults(part: QWidget) -> Iterator[str]:
    if isinstance(part, QLabel) and part.text():
        if not _fits(part):
            yield f"{_name(part)}: “{part.text()}” needs more than {_size(part)}"
    elif isinstance(part, (QPushButton, QToolButton)):
        needed = _key_size(part) if isinstance(part, QToolButton) else part.sizeHint()
        if part.text() and not _holds(part, needed.width(), needed.height()):
            yield f"{_name(part)}: “{part.text()}” needs more than {_size(part)}"
    elif isinstance(part, QLineEdit):
        if not part.text() and _placeholder_width(part) > _line_edit_room(part) + _TOLERANCE:
            yield f"{_name(part)}: “{part.placeholderText()}” needs more than {_size(part)}"
    elif isinstance(part, QTableView):
        yield from _narrow_cells(part)


def _fits(label: QLabel) -> bool:
    room = label.contentsRect().adjusted(0, 0, -2 * label.margin(), -2 * label.margin())
    metrics = QFontMetrics(label.font())
    flags = Qt.TextFlag.TextWordWrap.value if label.wordWrap() else 0
    width = room.width() if label.wordWrap() else _MUCH
    needed = metrics.boundingRect(QRect(0, 0, width, _MUCH), flags, label.text())
    return (
        needed.width() <= room.width() + _TOLERANCE
        and needed.height() <= room.height() + _TOLERANCE
    )


def _key_size(key: QToolButton) -> QSize:
    """Return the size of the button's text and border; `sizeHint` adds space for an icon."""
    bounds = QFontMetrics(key.font()).size(0, key.text())
    return bounds + QSize(2 * _KEY_EDGE, 2 * _KEY_EDGE)


def _holds(part: QWidget, width: int, height: int) -> bool:
    return part.width() + _TOLERANCE >= width and part.height() + _TOLERANCE >= height


def _placeholder_width(entry: QLineEdit) -> int:
    return QFontMetrics(entry.font()).horizontalAdvance(entry.placeholderText())


def _line_edit_room(entry: QLineEdit) -> int:
    option = QStyleOptionFrame()
    entry.initStyleOption(option)
    element = QStyle.SubElement.SE_LineEditContents
    # A line edit keeps two pixels free at either end.
    return entry.style().subElementRect(element, option, entry).width() - 4


def _narrow_cells(table: QTableView) -> Iterator[str]:
    """Yield a description of each column whose text would be shrunk or elided."""
    delegate = table.itemDelegate()
    for column in range(table.model().columnCount()):
        if table.isColumnHidden(column):
            continue
        needed = delegate.column_width(column)  # type: ignore[attr-defined]
        if column in (TIME, VERDICT) and table.columnWidth(column) < needed:
            yield f"column {column} needs {needed}, has {table.columnWidth(column)}"
        elif table.columnWidth(column) + _TOLERANCE < needed:
            yield f"column of plates needs {needed}, has {table.columnWidth(column)}"


def _sticks_out(part: QWidget) -> bool:
    """Test if a widget lies partly outside of its parent; inside a scroll area it may be larger."""
    parent = part.parentWidget()
    if parent is None or part.isWindow() or _scrolls(parent):
        return False
    place, room = part.geometry(), parent.rect()
    return bool(part.width() and part.height()) and not room.contains(place)


def _scrolls(parent: QWidget) -> bool:
    area = parent.parentWidget()
    return isinstance(area, QAbstractScrollArea) and area.viewport() is parent


def _scrolls_sideways(part: QWidget) -> bool:
    if not isinstance(part, Page):
        return False
    content = part.widget()
    return content is not None and content.width() > part.viewport().width()


def _siblings(shown: Iterable[QWidget]) -> Iterable[list[QWidget]]:
    """Return a list of the shown children of each parent that does not scroll."""
    found: defaultdict[QWidget | None, list[QWidget]] = defaultdict(list)
    for part in shown:
        if not part.isWindow() and not isinstance(part, HelpOverlay):
            found[part.parentWidget()].append(part)
    return [parts for parent, parts in found.items() if not isinstance(parent, QAbstractScrollArea)]


def _overlapping(siblings: list[QWidget]) -> Iterator[tuple[QWidget, QWidget]]:
    places = [(part, _edges(part.geometry())) for part in siblings if not part.size().isEmpty()]
    for (one, place), (other, another) in combinations(places, 2):
        left, top = max(place[0], another[0]), max(place[1], another[1])
        right, bottom = min(place[2], another[2]), min(place[3], another[3])
        if right - left > _TOLERANCE and bottom - top > _TOLERANCE:
            yield one, other


def _edges(place: QRect) -> tuple[int, int, int, int]:
    left, top = place.x(), place.y()
    return left, top, left + place.width(), top + place.height()


def _name(part: QWidget) -> str:
    return part.objectName() or f"{type(part).__name__} in {type(part.parentWidget()).__name__}"


def _size(part: QWidget) -> str:
    return f"{part.width()}×{part.height()}"
