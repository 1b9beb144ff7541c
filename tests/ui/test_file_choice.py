"""File dialogs leave the plate field usable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import NOW, FakeBooth
from tests.ui.statistics.busy_report import make_busy_report
from wxpark_gui.domain.entry_filter import EntryFilter
from wxpark_gui.domain.statistics import Period
from wxpark_gui.ui.widgets.file_choice import show_file_dialog
from wxpark_gui.ui.window.main_window import MainWindow


def export(window: MainWindow, booth: FakeBooth) -> QWidget:
    window.export.open_export(EntryFilter())
    dialog = window.export.dialog
    assert dialog is not None
    dialog.choose_file()
    return dialog


def statistics(window: MainWindow, booth: FakeBooth) -> QWidget:
    window.statistics.open()
    booth.statistics.finished.emit(make_busy_report(Period.TODAY, NOW))
    dialog = window.statistics.open_window
    assert dialog is not None
    dialog._save_table.click()
    return dialog


def backup(window: MainWindow, booth: FakeBooth) -> QWidget:
    window.care.open_backups()
    dialog = window.care.dialog
    assert dialog is not None
    dialog.choose_target()
    return dialog


def restore(window: MainWindow, booth: FakeBooth) -> QWidget:
    window.care.open_backups()
    dialog = window.care.dialog
    assert dialog is not None
    dialog.choose_source()
    return dialog


def diagnostics(window: MainWindow, booth: FakeBooth) -> QWidget:
    window.support.open_diagnostics()
    dialog = window.support.diagnostics
    assert dialog is not None
    dialog.choose_file()
    return dialog


@pytest.mark.parametrize("opened", [export, statistics, backup, restore, diagnostics])
def test_plate_is_entered_while_a_file_is_chosen(
    window: MainWindow,
    booth: FakeBooth,
    qtbot: QtBot,
    opened: Callable[[MainWindow, FakeBooth], QWidget],
) -> None:
    owner = opened(window, booth)
    files = owner.findChild(QFileDialog)
    assert isinstance(files, QFileDialog)
    assert files.isVisible()
    assert not files.isModal()
    window.activateWindow()
    window.form.plate.setFocus()
    qtbot.waitUntil(window.form.plate.hasFocus)
    QTest.keyClicks(window.form.plate, "12345\r")
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]
    files.reject()


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def make_dialog(owner: QWidget, pattern: str) -> QFileDialog:
    files = QFileDialog(owner)
    files.setNameFilter(pattern)
    return files


def test_second_dialog_for_the_same_kind_of_file_activates_the_first(owner: QWidget) -> None:
    first, second = make_dialog(owner, "ZIP (*.zip)"), make_dialog(owner, "ZIP (*.zip)")
    show_file_dialog(first)
    show_file_dialog(second)
    assert first.isVisible()
    assert not second.isVisible()


def test_second_dialog_for_another_kind_of_file_replaces_the_first(owner: QWidget) -> None:
    first, second = make_dialog(owner, "PNG (*.png)"), make_dialog(owner, "CSV (*.csv)")
    show_file_dialog(first)
    show_file_dialog(second)
    assert not first.isVisible()
    assert second.isVisible()
