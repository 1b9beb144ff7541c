"""The one question the program ever asks: whether to close while entries still wait."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.wording import Label


def closing_question(parent: QWidget, appearance: Appearance, count: int) -> QMessageBox:
    """Says that `count` entries wait, and that they are safe; accepted means close."""
    wording = appearance.wording
    box = QMessageBox(parent)
    box.setObjectName("closingQuestion")
    box.setIcon(QMessageBox.Icon.Information)
    box.setWindowTitle(wording.program_name)
    box.setText(wording.label(Label.CLOSE_WAITING, count=count))
    box.addButton(wording.label(Label.CLOSE_ANYWAY), QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(wording.label(Label.CLOSE_STAY), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    return box
