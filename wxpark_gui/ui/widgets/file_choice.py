"""Shows file dialogs that leave the other windows usable."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def show_file_dialog(files: QFileDialog) -> None:
    """Show a file dialog, not modal, and delete it once it is closed.

    `QFileDialog.open` would block the main window too, where plates are entered. If its parent has
    shown a dialog for the same kind of file already, that one is activated instead; a dialog for
    another kind is closed.
    """
    for other in _shown_before(files):
        if _kind(other) == _kind(files):
            files.deleteLater()
            other.activateWindow()
            return
        other.reject()
    files.finished.connect(files.deleteLater)
    files.show()


def _shown_before(files: QFileDialog) -> list[QFileDialog]:
    parent = files.parentWidget()
    if not isinstance(parent, QWidget):
        return []
    children = parent.findChildren(QFileDialog, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [child for child in children if child is not files and child.isVisible()]


def _kind(files: QFileDialog) -> tuple[QFileDialog.AcceptMode, list[str]]:
    return files.acceptMode(), files.nameFilters()
