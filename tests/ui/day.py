"""A booth with window, real threads, journal and training gateway; keyboard input only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.booths import Booth
from tests.ui.keys import make_active, press_until
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.shift.dialog import ShiftDialog
from wxpark_gui.ui.window.main_window import MainWindow


class Day:
    """The window of a booth, operated by keyboard only."""

    def __init__(self, booth: Booth, window: MainWindow, gateway: TrainingGateway) -> None:
        self.booth = booth
        self.window = window
        self.gateway = gateway

    def activate(self, qtbot: QtBot) -> None:
        """Activate the window after a dialog was closed."""
        make_active(qtbot, self.window)

    def press_f10(self, qtbot: QtBot) -> ShiftDialog:
        self.activate(qtbot)
        dialogs = self.window.shift_dialogs
        press_until(qtbot, self.window, Qt.Key.Key_F10, lambda: dialogs.dialog is not None)
        dialog = dialogs.dialog
        assert dialog is not None
        dialog.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
        dialog.page.take_focus()
        return dialog

    def enter(self, plate: str, qtbot: QtBot) -> None:
        with qtbot.waitSignal(self.booth.live.sent):
            QTest.keyClicks(self.window.form.plate, f"{plate}\r")

    def header(self) -> str:
        label = self.window.findChild(QLabel, "headerAttendant")
        assert label is not None
        return label.text()
