"""Managers and key change by keyboard, with the real window, threads, files and gateway."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from tests.booths import make_booth
from tests.ui.day import Day
from tests.ui.keys import make_active
from tests.ui.shift.test_dialog import press, texts
from wxpark_gui.domain import pin
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.manager import Guard
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.service import managers as service
from wxpark_gui.training.booth import TRAINING_MERCHANT, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.manager.key_change_dialog import KeyChangeDialog
from wxpark_gui.ui.settings.merchant_dialog import MerchantDialog
from wxpark_gui.ui.window.main_window import MainWindow

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pin, "COST", 2**4)
    monkeypatch.setattr(service, "PIN_COST", 2**4)


@pytest.fixture
def ready(day: Day, qtbot: QtBot) -> Day:
    """A booth with the attendant 李师傅 signed in, and the manager 王经理."""
    shifts, approvals = day.booth.shifts, day.booth.approvals
    with qtbot.waitSignal(shifts.peopleChanged):
        shifts.add_person("李师傅", Secret("2468"))
    with qtbot.waitSignal(shifts.signedIn):
        shifts.sign_in(shifts.state.people[0].person_id, Secret("2468"))
    open_with_keys(day, qtbot, Qt.Key.Key_F10, CTRL, lambda: day.window.manager_dialogs.managers)
    with qtbot.waitSignal(approvals.edited):
        press("王经理", ENTER, "13579", ENTER, "13579", ENTER)
    press(ESCAPE)
    return day


def open_with_keys(
    day: Day,
    qtbot: QtBot,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    dialog: Callable[[], QDialog | None],
) -> QDialog:
    """Press a key of the window, and return the dialog that it opens once it is active."""
    day.activate(qtbot)
    QTest.keyClick(day.window, key, modifier)
    return active(qtbot, dialog)


def active(qtbot: QtBot, dialog: Callable[[], QDialog | None]) -> QDialog:
    qtbot.waitUntil(lambda: dialog() is not None)
    opened = dialog()
    assert opened is not None
    make_active(qtbot, opened)
    return opened


def press_f12(day: Day, qtbot: QtBot) -> QDialog:
    none = Qt.KeyboardModifier.NoModifier
    dialogs = day.window.manager_dialogs
    return open_with_keys(day, qtbot, Qt.Key.Key_F12, none, lambda: dialogs.approval)


def audit(directory: Path) -> list[str]:
    with closing(sqlite3.connect(directory / "journal.sqlite3")) as journal:
        rows = journal.execute("SELECT what, detail FROM audit ORDER BY note").fetchall()
    return [f"{what} {detail}" for what, detail in rows]


def test_settings_are_opened_by_a_manager_while_the_attendant_stays_signed_in(
    ready: Day, qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    press_f12(ready, qtbot)
    with qtbot.waitSignal(ready.booth.approvals.refused):
        press("9753", ENTER)
    press(ESCAPE)
    # A second dialog in a row with a wrong PIN, then the right one.
    dialog = press_f12(ready, qtbot)
    with qtbot.waitSignal(ready.booth.approvals.refused):
        press("9753", ENTER)
    assert "PIN" in texts(dialog)
    with qtbot.waitSignal(ready.booth.approvals.settled):
        press("13579", ENTER)
    settings = ready.window.dialogs.merchant
    assert settings is not None
    settings.reject()
    assert ready.header().startswith("李师傅 (")
    notes = [row for row in audit(tmp_path) if "act=settings" in row]
    wrong = "manager_pin_wrong act=settings manager=王经理 attendant=李师傅"
    assert notes == [wrong, wrong, "approved act=settings manager=王经理 attendant=李师傅"]
    told = caplog.text + "".join(audit(tmp_path)) + (tmp_path / "managers.json").read_text("utf-8")
    for typed in ("13579", "9753"):
        assert typed not in told


def test_five_wrong_pins_keep_the_act_closed_for_the_right_one_too(
    ready: Day, qtbot: QtBot
) -> None:
    dialog = press_f12(ready, qtbot)
    for typed in ("9753",) * 5 + ("13579",):
        with qtbot.waitSignal(ready.booth.approvals.refused):
            press(typed, ENTER)
    assert "秒" in texts(dialog)
    assert ready.window.dialogs.merchant is None
    press(ESCAPE)
    ready.activate(qtbot)
    ready.enter("12345", qtbot)


def test_car_is_answered_while_a_pin_is_checked(
    ready: Day, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    released, derive = threading.Event(), pin._derive

    def slow(*arguments: object) -> str:
        released.wait(20)
        return derive(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pin, "_derive", slow)
    dialog = press_f12(ready, qtbot)
    press("13579", ENTER)
    QTest.keyClick(dialog, ESCAPE)
    assert dialog.isVisible()
    ready.enter("12345", qtbot)
    qtbot.waitUntil(lambda: "正常" in texts(ready.window))
    assert not ready.window.findChildren(MerchantDialog)
    with qtbot.waitSignal(ready.booth.approvals.settled):
        released.set()
    assert ready.window.dialogs.merchant is not None
    ready.window.dialogs.merchant.reject()


def test_void_of_an_answered_entry_names_the_manager_in_its_history(
    ready: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    ready.activate(qtbot)
    ready.enter("12345", qtbot)
    qtbot.waitUntil(lambda: "正常" in texts(ready.window))
    window = ready.window
    open_with_keys(ready, qtbot, Qt.Key.Key_F2, SHIFT, lambda: window.manager_dialogs.approval)
    press("13579", ENTER)
    active(qtbot, lambda: window.void_flow.dialog)
    with qtbot.waitSignal(ready.booth.entries.changed) as voided:
        press("1")
    record = voided.args[0]
    assert record.state is DeliveryState.VOIDED
    names = "manager=王经理 attendant=李师傅"
    assert f"approved {record.entry_id} act=void_answered {names}" in audit(tmp_path)


def test_answer_that_the_window_has_not_seen_yet_is_not_voided_without_a_manager(
    ready: Day, qtbot: QtBot
) -> None:
    entries = ready.booth.entries
    with qtbot.waitSignal(ready.booth.live.sent), qtbot.waitSignal(entries.saved) as saved:
        QTest.keyClicks(ready.window.form.plate, "12345\r")
    stale = saved.args[0]
    assert stale.state is DeliveryState.SAVED
    with qtbot.waitSignal(entries.notTakenBack):
        entries.void(stale, "没有入场")


def test_deleted_file_is_told_and_plates_are_taken(
    ready: Day, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "managers.json").unlink()
    press_f12(ready, qtbot)
    with qtbot.waitSignal(ready.booth.approvals.refused):
        press("13579", ENTER)
    press(ESCAPE)
    assert ready.booth.approvals.state.guard is Guard.LOST
    ready.activate(qtbot)
    with qtbot.waitSignal(ready.booth.approvals.closed):
        QTest.keyClick(ready.window, Qt.Key.Key_F12)
    assert "wxpark manager reset" in texts(ready.window)
    assert ready.window.dialogs.merchant is None
    ready.enter("12345", qtbot)


class MemoryVault:
    """Keyring in memory."""

    def __init__(self, key: Secret) -> None:
        self.key = key

    def load(self, mch_id: str) -> Secret:
        assert mch_id == TRAINING_MERCHANT.mch_id
        return self.key

    def store(self, mch_id: str, key: Secret) -> None:
        self.key = key

    def forget(self, mch_id: str) -> None:
        raise AssertionError("the key must not be removed")

    def describe(self) -> str:
        return "memory"

    def is_locked(self) -> bool:
        return False

    def probe(self) -> None: ...


@pytest.fixture
def old_key_booth(
    qtbot: QtBot, appearance: Appearance, tmp_path: Path
) -> Iterator[tuple[Day, MemoryVault, Secret]]:
    """A booth whose keyring has a key that WeChat no longer accepts, and the accepted key."""
    new, vault = make_training_key(), MemoryVault(make_training_key())
    with TrainingGateway(new) as gateway:
        booth = make_booth(tmp_path, gateway.url, vault)
        window = MainWindow(booth.controllers, appearance, training=True)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        with qtbot.waitSignals([booth.shifts.changed, booth.approvals.changed]):
            booth.start()
        yield Day(booth, window, gateway), vault, new
        booth.stop(5)


def open_key_change(day: Day, qtbot: QtBot) -> KeyChangeDialog:
    window = day.window
    none = Qt.KeyboardModifier.NoModifier
    settings = open_with_keys(day, qtbot, Qt.Key.Key_F12, none, lambda: window.dialogs.merchant)
    button = settings.findChild(QPushButton, "changeKey")
    assert button is not None
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    opened = active(qtbot, lambda: cast("QDialog", settings.findChild(KeyChangeDialog)))
    assert isinstance(opened, KeyChangeDialog)
    return opened


def test_new_key_is_switched_to_and_what_waited_is_sent_with_it(
    old_key_booth: tuple[Day, MemoryVault, Secret],
    qtbot: QtBot,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    day, vault, new = old_key_booth
    old = vault.key
    day.enter("12345", qtbot)
    changer = day.booth.controllers.key_changer
    dialog = open_key_change(day, qtbot)
    # A mistyped key first: nothing changes.
    with qtbot.waitSignal(changer.finished):
        press("x" * 32, ENTER)
    assert "仍用旧密钥" in texts(dialog)
    assert vault.key == old
    dialog.page.key.entry.selectAll()
    answered = day.booth.backlog.changed
    is_answered = lambda record: record.state is DeliveryState.ANSWERED  # noqa: E731
    with qtbot.waitSignal(answered, check_params_cb=is_answered):
        press(new.reveal(), ENTER)
    assert vault.key == new
    told = caplog.text.encode() + b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )
    for key in (old.reveal(), new.reveal(), "x" * 32):
        assert key.encode() not in told
    qtbot.waitUntil(lambda: "启用" in texts(dialog))
    press(ENTER)
    assert day.window.dialogs.merchant is not None
    day.window.dialogs.merchant.reject()


def test_key_is_not_switched_without_a_connection(
    old_key_booth: tuple[Day, MemoryVault, Secret], qtbot: QtBot
) -> None:
    day, vault, new = old_key_booth
    old = vault.key
    day.gateway.stop()
    dialog = open_key_change(day, qtbot)
    with qtbot.waitSignal(day.booth.controllers.key_changer.finished):
        press(new.reveal(), ENTER)
    assert "现在无法检验" in texts(dialog)
    assert vault.key == old
    press(ESCAPE)
    assert day.window.dialogs.merchant is not None
    day.window.dialogs.merchant.reject()
