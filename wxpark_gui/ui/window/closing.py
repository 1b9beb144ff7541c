"""The question before the window closes while entries wait."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.wording import Label


def closing_question(parent: QWidget, appearance: Appearance, count: int) -> QMessageBox:
    """Ask to close although `count` entries wait, which are safe; accepted means close."""
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


def may_close(parent: QWidget, appearance: Appearance, waiting: int) -> bool:
    """Ask where entries wait, unless the session is ending."""
    application = QGuiApplication.instance()
    is_ending = isinstance(application, QGuiApplication) and application.isSavingSession()
    if not waiting or is_ending:
        return True
    box = closing_question(parent, appearance, waiting)
    box.exec()
    return box.clickedButton() is not box.defaultButton()
