"""The report of a shift as PDF: numbered A4 pages, with lines for signatures if it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPdfWriter, QTextDocument

from wxpark_gui.domain.shift_report import ShiftItem, ShiftReport
from wxpark_gui.ui.look.pdf import open_pdf
from wxpark_gui.ui.look.theme import FAMILIES
from wxpark_gui.wording.shifts import ShiftLabel, ShiftWords, full_time, since

_DOTS_PER_INCH = 150
_MARGIN_MM = 16.0
_FOOTER_MM = 10.0
_POINTS = 10.0
_SUMS_IN_ROW = 4
_ITEMS_IN_ROW = 2
_ITEMS_IN_BLOCK = 8
_INCH_MM = 25.4

_STYLE = """
    .title { font-size: 20pt; }
    .heading { font-size: 11pt; }
    .muted { color: #555555; }
    .training { color: #5F3A9B; }
    .number { font-size: 15pt; }
    .plate { font-size: 11pt; }
"""


def render_report(report: ShiftReport, words: ShiftWords, *, training: bool) -> bytes:
    """Return the report as a PDF file. Touches no widget, so any thread may call it.

    Args:
        training: True adds the line that it is no real record.
    """
    title = words.file_name(report)
    with open_pdf(title, dots_per_inch=_DOTS_PER_INCH, margin_mm=_MARGIN_MM) as (writer, buffer):
        _paint(writer, _blocks(report, words, training=training), report, words)
    return bytes(buffer.data().data())


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block on a page, counted from 0; `top` is in dots below the page's upper margin."""

    document: QTextDocument
    page: int
    top: float


def _paint(
    writer: QPdfWriter, blocks: Sequence[str], report: ShiftReport, words: ShiftWords
) -> None:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPointSizeF(_POINTS)
    width = float(writer.width())
    footer = _FOOTER_MM / _INCH_MM * _DOTS_PER_INCH
    height = writer.height() - footer
    placed = _place([_document(block, writer, font) for block in blocks], height)
    pages = placed[-1].page + 1
    place = " · ".join(part for part in (report.lot, report.booth) if part)
    line = QRectF(0, height, width, footer)
    bottom = Qt.AlignmentFlag.AlignBottom
    with QPainter(writer) as painter:
        painter.setFont(font)
        for page in range(pages):
            if page:
                writer.newPage()
            for block in placed:
                if block.page == page:
                    painter.save()
                    painter.translate(0, block.top)
                    block.document.drawContents(painter)
                    painter.restore()
            painter.drawText(line, bottom | Qt.AlignmentFlag.AlignLeft, place)
            number = words.label(ShiftLabel.REPORT_PAGE, page=page + 1, pages=pages)
            painter.drawText(line, bottom | Qt.AlignmentFlag.AlignRight, number)


def _document(html: str, writer: QPdfWriter, font: QFont) -> QTextDocument:
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(html)
    document.setTextWidth(float(writer.width()))
    return document


def _place(documents: Sequence[QTextDocument], height: float) -> list[_Placed]:
    """Stack the blocks; one that does not fit on the page's `height` dots begins a new page."""
    placed: list[_Placed] = []
    page, top = 0, 0.0
    for document in documents:
        needed = document.size().height()
        if top and top + needed > height:
            page, top = page + 1, 0.0
        placed.append(_Placed(document, page, top))
        top += needed
    return placed


def _blocks(report: ShiftReport, words: ShiftWords, *, training: bool) -> list[str]:
    """Return the report as pieces of HTML, each of which is kept on one page.

    They are small, because the layout of a piece holds the GIL.
    """
    blocks = [_head(report, words, training=training)]
    if report.is_closed:
        message = report.message or words.label(ShiftLabel.REPORT_NO_MESSAGE)
        blocks.append(_heading(words.label(ShiftLabel.REPORT_MESSAGE)) + _line(message))
    sums = _sums(words.sums(report.summary))
    blocks.append(_heading(words.label(ShiftLabel.REPORT_SUMS)) + sums)
    if people := words.people(report.summary):
        blocks.append(_heading(words.label(ShiftLabel.BY_PERSON)) + _sums(people))
    if not report.summary.carried:
        blocks.append(_heading(words.label(ShiftLabel.CARRIED_NONE)))
    for heading, items in words.lists(report.summary):
        chunks = [
            _items(items[start : start + _ITEMS_IN_BLOCK], words, report.until)
            for start in range(0, len(items), _ITEMS_IN_BLOCK)
        ]
        blocks += [_heading(heading) + chunks[0], *chunks[1:]]
    if report.is_closed:
        blocks.append(_signatures(words))
    return blocks


def _head(report: ShiftReport, words: ShiftWords, *, training: bool) -> str:
    title = ShiftLabel.REPORT_CLOSING if report.is_closed else ShiftLabel.REPORT_READING
    subtitle = [words.label(ShiftLabel.REPORT_NUMBER, number=report.number)]
    if report.is_late:
        subtitle.append(words.label(ShiftLabel.LATE))
    parts = [_title(words.label(title), " · ".join(subtitle))]
    if training:
        parts.append(_line(words.label(ShiftLabel.REPORT_TRAINING), "training"))
    return "".join([*parts, _facts(report, words)])


def _title(text: str, right: str) -> str:
    return (
        f'<table width="100%" cellspacing="0"><tr><td class="title">{escape(text)}</td>'
        f'<td class="muted" align="right" valign="bottom">{escape(right)}</td></tr></table>'
    )


def _heading(text: str) -> str:
    """Return a heading on a shaded bar, as HTML."""
    return (
        f'<table width="100%" cellspacing="0" cellpadding="4" bgcolor="#ECEFF3"'
        f' style="margin-top: 22px;"><tr><td class="heading">{escape(text)}</td></tr></table>'
    )


def _line(text: str, kind: str = "") -> str:
    return (
        f'<table width="100%" cellspacing="0" cellpadding="4"><tr>'
        f'<td class="{kind}">{escape(text)}</td></tr></table>'
    )


def _facts(report: ShiftReport, words: ShiftWords) -> str:
    stints = (
        f"{stint.label} {since(stint.began_at, report.until)}"
        f" – {since(stint.ended_at or report.until, report.until)}"
        for stint in report.stints
    )
    place = " · ".join(part for part in (report.lot, report.booth) if part)
    same_day = since(report.until, report.opened_at)
    ended = same_day if len(same_day) == len("00:00") else full_time(report.until)
    rows = [
        (ShiftLabel.REPORT_PLACE, place),
        (ShiftLabel.REPORT_TIME, f"{full_time(report.opened_at)} – {ended}"),
        (ShiftLabel.REPORT_MAIN, report.main),
        (ShiftLabel.REPORT_STINTS, "  ·  ".join(stints)),
    ]
    if report.is_closed:
        rows.append((ShiftLabel.REPORT_CLOSED_BY, report.closed_by))
    if report.acknowledged_by:
        rows.append((ShiftLabel.REPORT_ACKNOWLEDGED, report.acknowledged_by))
    cells = "".join(
        f'<tr><td class="muted" width="16%">{escape(words.label(label))}</td>'
        f"<td>{escape(value)}</td></tr>"
        for label, value in rows
    )
    return f'<table width="100%" cellspacing="0" cellpadding="3">{cells}</table>'


def _sums(sums: Sequence[tuple[str, int]]) -> str:
    """Return an HTML table of names and numbers, four pairs in a row."""
    cells = [
        f'<td width="{100 // _SUMS_IN_ROW}%"><span class="muted">{escape(name)}</span><br>'
        f'<span class="number">{number}</span></td>'
        for name, number in sums
    ]
    return _table(cells, _SUMS_IN_ROW, "<td></td>", padding=5)


def _items(items: Sequence[ShiftItem], words: ShiftWords, until: datetime) -> str:
    """Return an HTML table of entries, two in a row."""
    cells = []
    for item in items:
        plate, time, remark = words.item(item, until)
        cells.append(
            f'<td width="14%" class="plate">{escape(plate)}</td><td width="12%">{time}</td>'
            f'<td width="24%" class="muted">{escape(remark)}</td>'
        )
    return _table(cells, _ITEMS_IN_ROW, '<td></td><td></td><td width="24%"></td>', padding=3)


def _table(cells: Sequence[str], in_row: int, empty: str, *, padding: int) -> str:
    rows = []
    for start in range(0, len(cells), in_row):
        row = list(cells[start : start + in_row])
        row += [empty] * (in_row - len(row))
        rows.append(f"<tr>{''.join(row)}</tr>")
    return f'<table width="100%" cellspacing="0" cellpadding="{padding}">{"".join(rows)}</table>'


def _signatures(words: ShiftWords) -> str:
    labels = (ShiftLabel.REPORT_SIGNED_BY, ShiftLabel.REPORT_TAKEN_BY)
    cells = "".join(
        f'<td width="50%" style="padding-top: 70px;">{escape(words.label(label))}: {"_" * 20}</td>'
        for label in labels
    )
    return f'<table width="100%" cellspacing="0">{"<tr>"}{cells}</tr></table>'
