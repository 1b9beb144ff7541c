"""Values typed into a dialog are asked about before the window closes, also if a lock covers it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import NOW, FakeBooth, RecordMaker, entry_id
from tests.ui.manager.test_cover import DIALOGS, guard, press_key
from tests.ui.shift_states import AT_WORK, LOCKED, READING, open_dialog
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import Backlog
from wxpark_gui.ui.window.main_window import MainWindow

__all__ = ["guard"]


class ByPerson(QCloseEvent):
    """The event of a window that a person closes."""

    def spontaneous(self) -> bool:
        return True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the questions, which are all answered by staying."""
    texts: list[str] = []

    def stay(box: QMessageBox) -> int:
        texts.append(box.text())
        button = box.defaultButton()
        assert isinstance(button, QPushButton)
        button.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", stay)
    return texts


def answer(act: Callable[[QMessageBox], None]) -> list[QMessageBox]:
    """Call `act` once the question is shown; return the list that gets the box."""
    boxes: list[QMessageBox] = []

    def on_shown() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        boxes.append(box)
        act(box)

    QTimer.singleShot(0, on_shown)
    return boxes


def closes(window: MainWindow) -> bool:
    event = ByPerson()
    window.closeEvent(event)
    return event.isAccepted()


def test_window_without_typed_values_closes_unasked(
    window: MainWindow, booth: FakeBooth, asked: list[str]
) -> None:
    assert closes(window)
    assert asked == []


@pytest.mark.parametrize("name", DIALOGS)
@pytest.mark.parametrize("is_covered", [False, True], ids=["open", "covered"])
def test_typed_values_of_a_dialog_are_asked_about(
    guard: FakeBooth,
    window: MainWindow,
    qtbot: QtBot,
    asked: list[str],
    name: str,
    *,
    is_covered: bool,
) -> None:
    each = DIALOGS[name]
    press_key(window, qtbot, each.key, each.modifier)
    guard.approvals.approved()
    each.put_in(window)
    dialog = each.opened(window)
    assert dialog is not None
    if is_covered:
        guard.shifts.changed.emit(LOCKED)
    assert dialog.isVisible() is not is_covered
    guard.journal.backlogChanged.emit(Backlog(2, NOW))
    assert not closes(window)
    waiting = "还有 2 条待发送，已存本机，下次打开时自动发送"
    assert asked == [f"{waiting}\n还没保存：{dialog.windowTitle()}。关闭后就没有了"]


def test_typed_message_of_a_hand_over_is_asked_about(
    window: MainWindow, booth: FakeBooth, asked: list[str]
) -> None:
    dialog = open_dialog(window, AT_WORK)
    booth.shifts.reported.emit(READING)
    dialog._show_hand_over()
    QTest.keyClicks(dialog.hand_over.message.entry, "gate 2 opens late")
    window.shift_dialogs.lock()
    booth.shifts.changed.emit(LOCKED)
    assert not closes(window)
    assert asked == ["还没保存：给下一班的话。关闭后就没有了"]


def test_row_from_paper_that_was_not_saved_is_asked_about(
    window: MainWindow, booth: FakeBooth, asked: list[str]
) -> None:
    window.backfill.open()
    paper = window.backfill.window
    assert paper is not None
    QTest.keyClicks(paper.form.plate, "12345\r")
    QTest.keyClicks(paper.form.time.entry, "0900\r")
    assert not paper.has_input()
    booth.backfills.notSaved.emit(entry_id(len(booth.backfills.drafts)), JournalWriteError())
    QDialog.reject(paper)
    assert not closes(window)
    assert asked == [f"还没保存：{paper.windowTitle()}。关闭后就没有了"]


def test_plate_that_a_scanner_types_into_the_question_keeps_the_window_and_is_entered(
    window: MainWindow, booth: FakeBooth, qtbot: QtBot
) -> None:
    booth.journal.backlogChanged.emit(Backlog(2, NOW))
    boxes = answer(lambda box: QTest.keyClick(box.defaultButton(), Qt.Key.Key_1, delay=0))
    assert not closes(window)
    assert boxes
    qtbot.waitUntil(lambda: window.form.plate.text() == "粤B1")
    qtbot.waitUntil(window.form.plate.hasFocus)
    QTest.keyClicks(window.form.plate, "2345\r")
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]


def test_second_start_while_the_question_is_shown_activates_the_question(
    window: MainWindow, booth: FakeBooth, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The offscreen platform warns of it.
    monkeypatch.setattr(window, "raise_", lambda: None)
    booth.journal.backlogChanged.emit(Backlog(2, NOW))
    active: list[bool] = []

    def start_again(box: QMessageBox) -> None:
        window.come_to_front()
        QApplication.processEvents()
        active.append(box.isActiveWindow())
        box.defaultButton().click()

    answer(start_again)
    assert not closes(window)
    assert active == [True]


def test_end_of_the_program_while_the_question_is_shown_closes_the_window(
    window: MainWindow, booth: FakeBooth
) -> None:
    booth.journal.backlogChanged.emit(Backlog(2, NOW))
    answer(lambda box: box.done(0))
    assert closes(window)


def test_words_for_voiding_are_asked_about(
    window: MainWindow, booth: FakeBooth, make_record: RecordMaker, asked: list[str]
) -> None:
    record = make_record(state=DeliveryState.WAITING, cause=Cause.OFFLINE)
    window.void_flow.ask(record)
    dialog = window.void_flow.dialog
    assert dialog is not None
    words = dialog.findChild(QLineEdit)
    assert isinstance(words, QLineEdit)
    QTest.keyClicks(words, "barrier was open")
    assert not closes(window)
    assert asked == [f"还没保存：{dialog.windowTitle()}。关闭后就没有了"]
