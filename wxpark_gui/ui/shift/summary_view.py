"""Sums and lists of a shift on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from wxpark_gui.domain.shift_report import ShiftItem, ShiftReport
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.theme import BODY_POINTS
from wxpark_gui.ui.widgets.labels import plain_label, wrapping_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording.shifts import ShiftLabel

_NUMBER_POINTS = 22.0
_TILE_GAP = 26
_REMARK_WIDTH = 260
_ITEM_GAP = 26
_SPACING = 12
_LEAST_ROOM = 720
"""Width in pixels of the content on the narrowest screen."""
_ROLES = ("", "muted", "muted")
_MOST_SHOWN = 100
"""Most entries shown in one list; the PDF has all."""


class SummaryView(QWidget):
    """Tiles with the sums, the entries of each person, and the lists of entries."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._report: ShiftReport | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)

    def show_report(self, report: ShiftReport | None) -> None:
        """Show a report; None shows nothing."""
        self._report = report
        self.renew()

    def renew(self) -> None:
        """Show the report in the present language and text size."""
        while (item := self._column.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()
        if self._report is None:
            return
        for part in self._parts(self._report):
            self._column.addWidget(part)
            # The layout would show a new part only in the next turn of the event loop.
            part.show()

    def _parts(self, report: ShiftReport) -> Iterator[QWidget]:
        words, summary = self._appearance.wording.shifts, report.summary
        yield self._tiles(words.sums(summary))
        people = " · ".join(f"{name} {count}" for name, count in words.people(summary))
        if people:
            heading = f"{words.label(ShiftLabel.BY_PERSON)}: {people}"
            yield _text(self, heading, "muted")
        if not summary.carried:
            yield _text(self, words.label(ShiftLabel.CARRIED_NONE), "")
        for heading, items in words.lists(summary):
            yield self._list(heading, items, report.until)

    def _column_widths(self, rows: Sequence[tuple[str, str, str]]) -> list[int]:
        """Return the widths in pixels of a list's columns; a wider remark is wrapped."""
        metrics = QFontMetrics(self._appearance.font(BODY_POINTS))
        widths = [
            max(map(metrics.horizontalAdvance, column)) + 4 for column in zip(*rows, strict=True)
        ]
        room = _LEAST_ROOM - sum(widths[:-1]) - 2 * _SPACING - _ITEM_GAP
        widths[-1] = min(widths[-1], self._appearance.length(_REMARK_WIDTH), room)
        return widths

    def _tiles(self, sums: Sequence[tuple[str, int]]) -> QWidget:
        card = QFrame(self)
        card.setProperty("card", True)
        row = WrappingRow(6, card)
        row.setContentsMargins(16, 12, 16, 12)
        metrics = QFontMetrics(self._appearance.font(BODY_POINTS))
        width = max(metrics.horizontalAdvance(name) for name, _ in sums) + _TILE_GAP
        for name, count in sums:
            row.addWidget(_tile(self._appearance, name, count, width, card))
        return card

    def _list(self, heading: str, items: Sequence[ShiftItem], until: datetime) -> QWidget:
        part = QWidget(self)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(_text(part, heading, "heading"))
        words = self._appearance.wording.shifts
        texts = [words.item(item, until) for item in items[:_MOST_SHOWN]]
        widths = self._column_widths(texts)
        flow = WrappingRow(4)
        for row in texts:
            flow.addWidget(_item_row(row, widths, part))
        column.addLayout(flow)
        if len(items) > _MOST_SHOWN:
            more = words.label(ShiftLabel.MORE, count=len(items) - _MOST_SHOWN)
            column.addWidget(_text(part, more, "muted"))
        return part


def _item_row(texts: Sequence[str], widths: Sequence[int], parent: QWidget) -> QWidget:
    """Return a row of labels with the given texts and widths in pixels."""
    part = QWidget(parent)
    row = QHBoxLayout(part)
    row.setContentsMargins(0, 0, _ITEM_GAP, 0)
    row.setSpacing(_SPACING)
    for text, width, role in zip(texts, widths, _ROLES, strict=True):
        label = _text(part, text, role)
        label.setFixedWidth(width)
        row.addWidget(label)
    return part


def _tile(appearance: Appearance, name: str, count: int, width: int, parent: QWidget) -> QWidget:
    """Return a number in large print above its name; both are muted for 0."""
    part = QWidget(parent)
    part.setFixedWidth(width)
    role = "" if count else "muted"
    number, caption = plain_label(part, role=role), plain_label(part, role=role)
    number.setText(str(count))
    number.setFont(appearance.font(_NUMBER_POINTS))
    caption.setText(name)
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 4)
    column.setSpacing(0)
    column.addWidget(number)
    column.addWidget(caption)
    return part


def _text(parent: QWidget, text: str, role: str) -> QLabel:
    label = wrapping_label(parent, role=role)
    label.setText(text)
    return label
