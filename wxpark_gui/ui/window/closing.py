"""The question before the window closes while entries are open or typed values are not saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.plate_keys import PlateKeys
from wxpark_gui.wording import Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox


@runtime_checkable
class _Fillable(Protocol):
    """A dialog that tells if closing it would lose typed values."""

    def has_input(self) -> bool: ...


def unsaved_titles(window: QWidget) -> list[str]:
    """Return the titles of the window's dialogs with unsaved values, hidden dialogs included."""
    from PySide6.QtWidgets import QDialog  # noqa: PLC0415

    dialogs = window.findChildren(QDialog)
    return [
        dialog.windowTitle()
        for dialog in dialogs
        if isinstance(dialog, _Fillable) and dialog.has_input()
    ]


def closing_question(
    parent: QWidget, appearance: Appearance, count: int, unsaved: Sequence[str] = ()
) -> QMessageBox:
    """Return a message box that asks to close; it is not shown yet.

    The default and Escape button keeps the window open, and so does a character of a plate, which
    is passed to `parent`.

    Args:
        count: number of open entries.
        unsaved: names of the parts whose typed values would be lost.
    """
    # The class and its enumerations are not needed for the start.
    from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415

    wording = appearance.wording
    box = QMessageBox(parent)
    box.setObjectName("closingQuestion")
    box.setIcon(QMessageBox.Icon.Information)
    box.setWindowTitle(wording.program_name)
    lines = [wording.label(Label.CLOSE_WAITING, count=count)] if count else []
    if unsaved:
        lines.append(wording.label(Label.CLOSE_TYPED, name=" · ".join(unsaved)))
    # A title may have the name of a car park.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("\n".join(lines))
    box.addButton(wording.label(Label.CLOSE_ANYWAY), QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(wording.label(Label.CLOSE_STAY), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    PlateKeys(box, parent, stay.click)
    return box


def may_close(
    parent: QWidget, appearance: Appearance, waiting: int, unsaved: Sequence[str] = ()
) -> bool:
    """Return True if the window may close; ask first while entries are open or values unsaved.

    At the end of the desktop session nothing is asked.

    Args:
        waiting: number of open entries.
        unsaved: as in `closing_question`.
    """
    application = QGuiApplication.instance()
    is_ending = isinstance(application, QGuiApplication) and application.isSavingSession()
    if is_ending or not (waiting or unsaved):
        return True
    box = closing_question(parent, appearance, waiting, unsaved)
    box.exec()
    closes = box.clickedButton() is not box.defaultButton()
    if not closes:
        parent.activateWindow()
    return closes
