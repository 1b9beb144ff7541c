"""The files that the statistics window saves: their contents and their names."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QPoint, QSize, Signal
from PySide6.QtGui import QColor, QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.statistics import Report
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.file_choice import show_file_dialog
from wxpark_gui.wording.statistics import StatisticsWords

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHARPNESS = 2
_EDGE = 12


def table_file(report: Report, words: StatisticsWords) -> bytes:
    """Return `report.rows` (hours or days) as CSV in UTF-8, with a byte order mark for Excel."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(words.file_columns())
    writer.writerows(words.file_row(row) for row in report.rows)
    return _BYTE_ORDER_MARK + text.getvalue().encode()


def picture_file(parts: Sequence[QWidget], background: str) -> bytes:
    """Return a PNG file that shows some widgets, one beneath the other.

    The picture has two pixels for each of the widgets' pixels in width and height.

    Args:
        background: a colour name, such as `#FFFFFF`.
    """
    width = max(part.width() for part in parts)
    height = sum(part.height() + _EDGE for part in parts)
    image = QImage(
        QSize(width + 2 * _EDGE, height + _EDGE) * _SHARPNESS, QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(_SHARPNESS)
    image.fill(QColor(background))
    top = _EDGE
    for part in parts:
        part.render(image, QPoint(_EDGE, top), renderFlags=QWidget.RenderFlag.DrawChildren)
        top += part.height() + _EDGE
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


class FileSaver(QObject):
    """Asks for the name of a file to save. The content is made before the dialog opens.

    Signals:
        fileChosen(str, bytes): path and content of a file to write.
    """

    fileChosen = Signal(str, bytes)

    def __init__(self, appearance: Appearance, window: QWidget) -> None:
        super().__init__(window)
        self._appearance = appearance
        self._window = window

    def ask_for_table(self, report: Report) -> None:
        """Ask for a file name, to save the hours or days as CSV."""
        words = self._appearance.wording.statistics
        self._ask(report, words.tables, "csv", table_file(report, words))

    def ask_for_picture(self, report: Report, parts: Sequence[QWidget]) -> None:
        """Ask for a file name, to save some widgets as PNG, one beneath the other."""
        words = self._appearance.wording.statistics
        content = picture_file(parts, self._appearance.theme.surfaces.window)
        self._ask(report, words.pictures, "png", content)

    def _ask(self, report: Report, kinds: str, ending: str, content: bytes) -> None:
        dialog = QFileDialog(self._window)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kinds)
        # With the suffix the dialog asks before it replaces an existing file.
        dialog.setDefaultSuffix(ending)
        day = report.as_of.astimezone(BEIJING).strftime("%Y-%m-%d")
        title = self._appearance.wording.statistics.title
        dialog.selectFile(f"{title}-{day}-{report.period.value}.{ending}")
        dialog.fileSelected.connect(partial(self._on_selected, content))
        show_file_dialog(dialog)

    def _on_selected(self, content: bytes, path: str) -> None:
        self.fileChosen.emit(path, content)
