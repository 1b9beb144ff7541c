"""The question before the window closes while entries are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.wording import Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox


def closing_question(parent: QWidget, appearance: Appearance, count: int) -> QMessageBox:
    """Return a message box that asks to close with `count` open entries; it is not shown yet.

    The default and Escape button keeps the window open.
    """
    # The class and its enumerations are not needed for the start.
    from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415

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
    """Return True if the window may close; ask first while entries are open.

    At the end of the desktop session nothing is asked.

    Args:
        waiting: number of open entries.
    """
    application = QGuiApplication.instance()
    is_ending = isinstance(application, QGuiApplication) and application.isSavingSession()
    if not waiting or is_ending:
        return True
    box = closing_question(parent, appearance, waiting)
    box.exec()
    return box.clickedButton() is not box.defaultButton()
