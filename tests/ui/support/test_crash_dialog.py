"""A notice names a crash; its report opens on request, with buttons to copy and restart."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from wxpark_gui.runtime.crash_reports import CrashReport
from wxpark_gui.ui.support.crash_dialog import CrashDialog
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.notice_strip import NoticeStrip

REPORT = CrashReport("crash-1.txt", "wxpark-gui\n\nTraceback …\nValueError: private")


def strip(window: MainWindow) -> NoticeStrip:
    found = window.findChild(NoticeStrip)
    assert isinstance(found, NoticeStrip)
    return found


def press(dialog: CrashDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    assert button.isVisible()
    button.click()


def open_report(window: MainWindow) -> CrashDialog:
    button = strip(window).findChild(QPushButton)
    assert isinstance(button, QPushButton)
    assert button.text() == "报告"
    button.click()
    dialog = window.support.crash
    assert dialog is not None
    return dialog


def test_crash_is_a_strip_and_its_report_opens_on_request(window: MainWindow, qtbot: QtBot) -> None:
    window.support.note_crash(REPORT)
    window.notices.bug("ValueError")
    assert window.form.plate.hasFocus()
    assert window.support.crash is None
    dialog = open_report(window)
    text = dialog.findChild(QPlainTextEdit)
    assert text is not None
    assert text.toPlainText() == REPORT.text
    assert strip(window).isHidden()
    dialog.close()
    qtbot.waitUntil(window.form.plate.hasFocus)


def test_report_can_be_copied(window: MainWindow) -> None:
    window.support.note_crash(REPORT)
    window.notices.bug("ValueError")
    press(open_report(window), "crashCopy")
    assert QGuiApplication.clipboard().text() == REPORT.text


def test_restart_is_asked_for(window: MainWindow, qtbot: QtBot) -> None:
    window.support.note_crash(REPORT)
    window.notices.bug("ValueError")
    dialog = open_report(window)
    with qtbot.waitSignal(window.support.restartRequested):
        press(dialog, "crashRestart")


def test_crash_of_the_last_run_is_offered_without_restart(window: MainWindow) -> None:
    window.support.note_crash_before(REPORT)
    window.notices.crashed_before()
    notice = strip(window).notice
    assert notice is not None
    assert notice.message == "上次运行时程序出错。已存的记录都安全。"
    dialog = open_report(window)
    restart = dialog.findChild(QPushButton, "crashRestart")
    assert restart is not None
    assert restart.isHidden()
    assert strip(window).isHidden()


@pytest.mark.parametrize("before", [False, True])
def test_restart_is_advised_only_where_it_can_be_pressed(window: MainWindow, before: bool) -> None:
    (window.support.note_crash_before if before else window.support.note_crash)(REPORT)
    window.support.open_crash()
    dialog = window.support.crash
    assert dialog is not None
    note, button = (
        dialog.findChild(QLabel, "crashNote"),
        dialog.findChild(QPushButton, "crashRestart"),
    )
    assert note is not None
    assert button is not None
    assert ("重启程序" in note.text(), button.isHidden()) == (not before, before)
