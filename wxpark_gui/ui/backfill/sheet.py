"""The sheet to print and fill in by hand: A4 pages with numbered rows, as a PDF."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from wxpark_gui.domain.backfill import LARGEST_SHEET, ROWS_ON_SHEET, PaperNumber
from wxpark_gui.ui.look.pdf import open_pdf
from wxpark_gui.ui.look.theme import FAMILIES
from wxpark_gui.wording import BackfillLabel, BackfillWords
from wxpark_gui.wording.shifts import ShiftLabel, ShiftWords

_DOTS_PER_INCH = 150
_INCH_MM = 25.4
_MARGIN_MM = 14.0
_TITLE_MM, _FACTS_MM, _HEAD_MM, _ROW_MM = 14.0, 22.0, 9.0, 10.0
_COLUMNS_MM = (18.0, 50.0, 40.0, 30.0, 20.0, 24.0)
_PEN_MM = 0.25
_MUTED, _SHADE = "#555555", "#ECEFF3"
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """Sheets to make.

    Attributes:
        count: number of sheets.
        lot, booth: names of car park and booth, printed on each sheet.
        training: True adds a line that the sheets are no real records.
    """

    count: int
    lot: str
    booth: str
    training: bool = False


def render_sheets(
    first: int, order: SheetOrder, words: BackfillWords, shift_words: ShiftWords
) -> tuple[str, bytes]:
    """Return name and content of a PDF file, up to sheet 9999. Thread-safe: uses no widget.

    Args:
        first: number of the first sheet.
    """
    last = min(first + order.count - 1, LARGEST_SHEET)
    name = words.label(BackfillLabel.SHEETS_FILE, first=first, last=last)
    with (
        open_pdf(name, dots_per_inch=_DOTS_PER_INCH, margin_mm=_MARGIN_MM) as (writer, buffer),
        QPainter(writer) as painter,
    ):
        # One unit is a millimetre.
        painter.scale(_DOTS_PER_INCH / _INCH_MM, _DOTS_PER_INCH / _INCH_MM)
        for sheet in range(first, last + 1):
            if sheet > first:
                writer.newPage()
            _Sheet(painter, words, shift_words).paint(sheet, order)
    return f"{name}.pdf", bytes(buffer.data().data())


class _Sheet:
    """Paints one page; all lengths are millimetres."""

    def __init__(self, painter: QPainter, words: BackfillWords, shift_words: ShiftWords) -> None:
        self._painter = painter
        self._words = words
        self._shift_words = shift_words
        self._width = sum(_COLUMNS_MM)

    def paint(self, sheet: int, order: SheetOrder) -> None:
        """Paint the heading, the captions to fill in, the table and the help of a sheet."""
        label = self._words.label
        title = QRectF(0, 0, self._width, _TITLE_MM)
        self._text(title, label(BackfillLabel.SHEET_TITLE), _LEFT, 7.0)
        number = label(BackfillLabel.SHEET_NUMBER, number=sheet)
        self._text(title, number, _RIGHT, 7.0)
        if order.training:
            training = self._shift_words.label(ShiftLabel.REPORT_TRAINING)
            self._text(title, training, _CENTRE, 4.0, _MUTED)
        place = " · ".join(part for part in (order.lot, order.booth) if part)
        self._fact(0, 0, BackfillLabel.SHEET_PLACE, place)
        self._fact(1, 0, BackfillLabel.SHEET_DATE)
        self._fact(0, 1, BackfillLabel.SHEET_WRITER)
        self._fact(1, 1, BackfillLabel.SHEET_TYPIST)
        top = _TITLE_MM + _FACTS_MM
        self._row(top, _HEAD_MM, self._headings(), shaded=True)
        for index in range(ROWS_ON_SHEET):
            text = PaperNumber(sheet, index + 1).text
            colours, kinds = label(BackfillLabel.SHEET_COLOURS), label(BackfillLabel.SHEET_KINDS)
            cells = (text, "", colours, kinds, ":", "")
            self._row(top + _HEAD_MM + index * _ROW_MM, _ROW_MM, cells)
        foot = QRectF(0, top + _HEAD_MM + ROWS_ON_SHEET * _ROW_MM + 2, self._width, 8)
        self._text(foot, label(BackfillLabel.SHEET_HELP), _LEFT, 3.6, _MUTED)

    def _headings(self) -> tuple[str, ...]:
        labels = (
            BackfillLabel.COLUMN_NUMBER,
            BackfillLabel.COLUMN_PLATE,
            BackfillLabel.SHEET_COLOUR,
            BackfillLabel.SHEET_KIND,
            BackfillLabel.COLUMN_TIME,
            BackfillLabel.SHEET_NOTE,
        )
        return tuple(self._words.label(label) for label in labels)

    def _fact(self, column: int, line: int, label: BackfillLabel, value: str = "") -> None:
        """Paint a caption and its value, or for an empty value a line to write on."""
        width = self._width / 2
        place = QRectF(column * width, _TITLE_MM + line * 10, width - 6, 9)
        caption = f"{self._words.label(label)}:"
        self._text(place, caption, _LEFT, 3.6, _MUTED)
        rest = place.adjusted(self._text_width(caption, 3.6) + 3, 0, 0, 0)
        if value:
            self._text(rest, value, _LEFT, 4.2)
        else:
            self._painter.setPen(QPen(QColor(_MUTED), _PEN_MM))
            self._painter.drawLine(rest.bottomLeft(), rest.bottomRight())

    def _row(
        self, top: float, height: float, cells: tuple[str, ...], *, shaded: bool = False
    ) -> None:
        left = 0.0
        for index, (width, text) in enumerate(zip(_COLUMNS_MM, cells, strict=True)):
            place = QRectF(left, top, width, height)
            if shaded:
                self._painter.fillRect(place, QColor(_SHADE))
            self._painter.setPen(QPen(QColor("black"), _PEN_MM))
            self._painter.drawRect(place)
            is_number = index == 0 and not shaded
            align = _CENTRE if text == ":" else _LEFT
            self._text(place.adjusted(2, 0, -1, 0), text, align, 4.4 if is_number else 4.0)
            left += width

    def _text(
        self,
        place: QRectF,
        text: str,
        align: Qt.AlignmentFlag,
        height: float,
        colour: str = "black",
    ) -> None:
        """Paint a line of text `height` mm high, smaller if it is too wide."""
        needed = self._text_width(text, height)
        if needed > place.width() > 0:
            height *= place.width() / needed
        self._painter.save()
        self._painter.translate(place.topLeft())
        self._painter.scale(height / _FONT_PIXELS, height / _FONT_PIXELS)
        self._painter.setFont(_font())
        self._painter.setPen(QColor(colour))
        factor = _FONT_PIXELS / height
        inside = QRectF(0, 0, place.width() * factor, place.height() * factor)
        self._painter.drawText(inside, align, text)
        self._painter.restore()

    def _text_width(self, text: str, height: float) -> float:
        self._painter.save()
        self._painter.setFont(_font())
        width = self._painter.fontMetrics().horizontalAdvance(text) * height / _FONT_PIXELS
        self._painter.restore()
        return width + height / 10


_FONT_PIXELS = 40
"""Font size in pixels of the layout, before scaling; Qt would round sizes of a few units."""


def _font() -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(_FONT_PIXELS)
    return font
