"""PDF files of A4 pages, which worker threads paint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
    QTextDocument,
)

from wxpark_gui.ui.look.icons import make_icon_renderer
from wxpark_gui.ui.look.theme import FAMILIES


@contextmanager
def open_pdf(
    title: str, *, dots_per_inch: int, margin_mm: float
) -> Iterator[tuple[QPdfWriter, QBuffer]]:
    """Yield a writer of A4 pages and the buffer that has the file afterwards."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(dots_per_inch)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margins = QMarginsF(margin_mm, margin_mm, margin_mm, margin_mm)
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    writer.setTitle(title)
    yield writer, buffer
    buffer.close()


@cache
def prepare_pdf() -> None:
    """Make the classes of Qt that painting a PDF file needs, about 20 ms at the first call.

    Call it in the GUI thread before a worker paints. PySide makes each class and enumeration when
    it is first needed, and is not safe for two threads then: while a worker's `fillRect` made the
    enumeration of gradients, one in the GUI thread crashed the program.
    """
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(10)
    with open_pdf("", dots_per_inch=72, margin_mm=1) as (writer, buffer):
        _paint_page(writer, font)
    buffer.data().data()


def _paint_page(writer: QPdfWriter, font: QFont) -> None:
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet("p { color: black; }")
    document.setHtml("<p>1</p>")
    document.setTextWidth(float(writer.width()))
    with QPainter(writer) as painter:
        _paint(painter, font, QRectF(0, 0, 100, document.size().height()))
        document.drawContents(painter)
        writer.newPage()


def _paint(painter: QPainter, font: QFont, place: QRectF) -> None:
    painter.save()
    painter.translate(place.topLeft())
    painter.translate(0, 0)
    painter.scale(1, 1)
    painter.setFont(font)
    painter.fontMetrics().horizontalAdvance("1")
    painter.fillRect(place.adjusted(1, 1, 1, 1), QColor("black"))
    painter.setPen(QPen(QColor("black"), 1))
    painter.drawRect(place)
    painter.drawLine(place.bottomLeft(), place.bottomRight())
    painter.drawLine(0, 0, 1, 0)
    painter.setPen(QColor("black"))
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, "1")
    painter.boundingRect(place, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft, "1")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor("black"))
    painter.drawRoundedRect(place, 1, 1)
    make_icon_renderer("ok", "#000000").render(painter, QRectF(QPointF(0, 0), place.size()))
    painter.restore()
