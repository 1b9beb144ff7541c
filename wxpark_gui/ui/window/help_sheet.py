"""The help as a sheet to print: colours, what to do, and keys, on A4 as a PDF."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPdfWriter, QPen

from wxpark_gui.ui.look.icons import make_icon_renderer
from wxpark_gui.ui.look.pdf import open_pdf
from wxpark_gui.ui.look.theme import FAMILIES, LIGHT, has_bold_face
from wxpark_gui.ui.verdict.legend import LegendRow, badge_width, legend, paint_badge
from wxpark_gui.ui.window.key_table import key_meanings
from wxpark_gui.wording import HelpLabel, Label, Wording

_DOTS_PER_INCH = 254
"""Resolution at which a dot is a tenth of a millimetre, the unit of all lengths below."""
_MARGIN_MM = 14.0
_TITLE, _HEADING, _BODY, _SMALL = 64, 48, 40, 34
"""Font sizes."""
_BADGE, _ROW_GAP, _SECTION_GAP, _COLUMN_GAP = 86.0, 16.0, 44.0, 50.0
_KEY_GAP = 25.0
_WRAP = Qt.TextFlag.TextWordWrap.value
_LEFT = Qt.AlignmentFlag.AlignLeft.value
_RIGHT = Qt.AlignmentFlag.AlignRight.value
_CENTRE = Qt.AlignmentFlag.AlignVCenter.value


@dataclass(frozen=True, slots=True)
class HelpSheet:
    """Names printed on the sheet; each may be empty.

    Attributes:
        place: car park and booth.
        contact: whom to ask for help.
    """

    place: str = ""
    contact: str = ""


def render_help(sheet: HelpSheet, wording: Wording) -> bytes:
    """Return the PDF file. Thread-safe: uses no widget."""
    title = wording.label(HelpLabel.SHEET_TITLE)
    with (
        open_pdf(title, dots_per_inch=_DOTS_PER_INCH, margin_mm=_MARGIN_MM) as (writer, buffer),
        QPainter(writer) as painter,
    ):
        _Page(painter, writer, wording).paint(sheet)
    return bytes(buffer.data().data())


class _Page:
    """Paints from top to bottom, on a further page where the first one ends."""

    def __init__(self, painter: QPainter, writer: QPdfWriter, wording: Wording) -> None:
        self._painter = painter
        self._writer = writer
        self._wording = wording
        self._width, self._height = float(writer.width()), float(writer.height())
        self._top = 0.0

    def paint(self, sheet: HelpSheet) -> None:
        self._heading(self._wording.label(HelpLabel.SHEET_TITLE), _TITLE)
        facts = [sheet.place]
        if sheet.contact:
            facts.append(self._wording.label(HelpLabel.ASK, contact=sheet.contact))
        for fact in filter(None, facts):
            self._top += self._text(QRectF(0, self._top, self._width, 0), fact, _BODY)
        self._top += _SECTION_GAP
        self._heading(self._wording.label(HelpLabel.COLOURS), _HEADING)
        rows = legend(self._wording)
        self._use(_font(_BODY, bold=True))
        words = max(self._painter.fontMetrics().horizontalAdvance(row.word) for row in rows)
        for row in rows:
            self._verdict(row, badge_width(_BADGE, words))
        self._top += _SECTION_GAP
        self._heading(self._wording.label(Label.HELP_TITLE), _HEADING)
        self._keys()

    def _heading(self, text: str, size: int) -> None:
        self._top += self._text(QRectF(0, self._top, self._width, 0), text, size, bold=True)
        self._top += _ROW_GAP

    def _verdict(self, row: LegendRow, width: float) -> None:
        fill = LIGHT.fills[row.severity]
        advice = "\n".join(row.advice)
        left = width + _COLUMN_GAP
        place = QRectF(left, self._top, self._width - left, 0)
        height = max(self._measure(place, advice, _BODY), _BADGE)
        self._make_room(height)
        badge = QRectF(0, self._top, width, _BADGE)
        icon = make_icon_renderer(row.severity.value, fill.text)
        paint_badge(self._painter, badge, fill, icon, (row.word, _font(_BODY, bold=True)))
        self._text(
            QRectF(left, self._top, self._width - left, height), advice, _BODY, align=_CENTRE
        )
        self._top += height + _ROW_GAP

    def _keys(self) -> None:
        """Paint the keys in two columns, read from top to bottom."""
        meanings = key_meanings(self._wording)
        self._use(_font(_SMALL, bold=True))
        key = max(self._painter.fontMetrics().horizontalAdvance(name) for name, _ in meanings)
        most = -(-len(meanings) // 2)
        width = (self._width - _COLUMN_GAP) / 2
        for pair in zip(meanings[:most], [*meanings[most:], ("", "")], strict=False):
            lefts = (0.0, width + _COLUMN_GAP)
            places = [QRectF(left + key + _KEY_GAP, 0, width - key - _KEY_GAP, 0) for left in lefts]
            height = max(
                self._measure(place, meaning, _SMALL)
                for place, (_, meaning) in zip(places, pair, strict=True)
            )
            self._make_room(height)
            for left, place, (name, meaning) in zip(lefts, places, pair, strict=True):
                place.moveTop(self._top)
                names = QRectF(left, self._top, key + 2, 0)
                self._text(names, name, _SMALL, bold=True, align=_RIGHT)
                self._text(place, meaning, _SMALL)
            self._top += height + _ROW_GAP / 2
            self._painter.setPen(QPen(QColor("#CCCCCC"), 1.5))
            self._painter.drawLine(0, round(self._top), round(self._width), round(self._top))
            self._top += _ROW_GAP / 2

    def _make_room(self, height: float) -> None:
        if self._top + height > self._height:
            self._writer.newPage()
            self._top = 0.0

    def _text(
        self, place: QRectF, text: str, size: int, *, bold: bool = False, align: int = 0
    ) -> float:
        """Paint a text that wraps, in the place's height or its own; return its own height."""
        own = self._measure(place, text, size, bold=bold)
        self._painter.setPen(QColor("black"))
        room = QRectF(place.left(), place.top(), place.width(), max(place.height(), own))
        self._painter.drawText(room, _WRAP | (align or _LEFT), text)
        return own

    def _measure(self, place: QRectF, text: str, size: int, *, bold: bool = False) -> float:
        self._use(_font(size, bold=bold))
        room = QRectF(0, 0, place.width(), self._height)
        return self._painter.boundingRect(room, _WRAP | _LEFT, text).height()

    def _use(self, font: QFont) -> None:
        self._painter.setFont(font)


def _font(size: int, *, bold: bool = False) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(size)
    font.setBold(bold and has_bold_face(font))
    return font
