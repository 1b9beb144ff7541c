"""The small window that stays while entries are saved after the main window was closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.ui.hand import close_by_hand
from wxpark_gui.domain.entry import BEIJING, EntryDraft, ParkingEntry, Scene
from wxpark_gui.domain.errors import DataDirectoryUnusableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, NewEntry, Origin
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.saving import SavingWindow

PATIENCE = 60.0
DRAFT, OTHER = EntryDraft(plate="粤B12345"), EntryDraft(plate="粤B54321")


class Held:
    """A booth whose journal opens, or fails to, when `go_on` is called."""

    def __init__(self, directory: Path) -> None:
        self._may_open = threading.Event()
        self._journal = directory / "journal.sqlite3"
        self.fails = False
        vault = TrainingVault(make_training_key())
        self.booth: Booth = make_booth(
            directory, "https://gateway.invalid", vault, open_journal=self._open
        )

    def _open(self) -> SqliteJournal:
        self._may_open.wait(PATIENCE)
        if self.fails:
            raise DataDirectoryUnusableError("disk I/O error")
        return SqliteJournal(self._journal, SystemClock())

    def go_on(self) -> None:
        self._may_open.set()


@pytest.fixture
def held(qapp: object, tmp_path: Path) -> Iterator[Held]:
    held = Held(tmp_path)
    yield held
    held.go_on()
    held.booth.stop(5)


@pytest.fixture
def saving(held: Held, qtbot: QtBot, appearance: Appearance) -> SavingWindow:
    """The window, while two entries wait for the journal."""
    held.booth.entries.submit(DRAFT)
    held.booth.entries.submit(OTHER)
    window = SavingWindow(held.booth.controllers, appearance)
    qtbot.addWidget(window)
    return window


def said(window: SavingWindow) -> str:
    label = window.findChild(QLabel, "savingSaid")
    assert label is not None
    return label.accessibleName()


def leave(window: SavingWindow) -> QPushButton:
    button = window.findChild(QPushButton, "savingLeave")
    assert button is not None
    return button


def test_entries_are_named_until_all_are_saved(
    qtbot: QtBot, held: Held, saving: SavingWindow
) -> None:
    assert not saving.isVisible()
    qtbot.waitUntil(saving.isVisible)
    assert said(saving).startswith("正在保存：粤B·12345 · 粤B·54321。")
    with qtbot.waitSignal(saving.ended):
        held.go_on()
    assert not held.booth.controllers.is_saving


def test_window_is_not_shown_if_saving_ends_at_once(
    qtbot: QtBot, held: Held, saving: SavingWindow
) -> None:
    shown: list[bool] = []
    saving.ended.connect(lambda: shown.append(saving.isVisible()))
    saving._timer.stop()
    with qtbot.waitSignal(saving.ended):
        held.go_on()
    assert shown == [False]


def test_entries_that_could_not_be_saved_are_named_until_a_person_has_read_it(
    qtbot: QtBot, held: Held, saving: SavingWindow
) -> None:
    ended: list[None] = []
    saving.ended.connect(lambda: ended.append(None))
    held.fails = True
    held.go_on()
    qtbot.waitUntil(lambda: said(saving).startswith("没有保存：粤B·12345 · 粤B·54321。"))
    assert saving.isVisible()
    assert ended == []
    assert saving.focusWidget() is leave(saving)
    QTest.keyClick(leave(saving), Qt.Key.Key_Space)
    assert ended == [None]


def test_entry_whose_question_nobody_can_answer_any_more_is_named_as_not_saved(
    qtbot: QtBot, held: Held, saving: SavingWindow, tmp_path: Path
) -> None:
    """Its plate was entered a moment ago, before the program was started again."""
    with closing(SqliteJournal(tmp_path / "journal.sqlite3", SystemClock())) as journal:
        now = SystemClock().now()
        car = ParkingEntry(Scene.PARKING, now, plate=read_plate(DRAFT.plate))
        lot = TRAINING_MERCHANT.parking_name
        journal.append(NewEntry("0" * 36, car, Origin("a", "1", "2", lot, "1号岗")), now)
    held.go_on()
    qtbot.waitUntil(lambda: said(saving).startswith("没有保存：粤B·12345。"))
    assert saving.isVisible()


class Slow:
    """A booth with an answered entry and a person, whose journal's thread is held."""

    def __init__(self, directory: Path) -> None:
        self.gateway = TrainingGateway(key := make_training_key())
        self.gateway.start()
        self._may_go_on = threading.Event()
        self.booth: Booth = make_booth(directory, self.gateway.url, TrainingVault(key))

    def begin(self, qtbot: QtBot) -> EntryRecord:
        with qtbot.waitSignal(self.booth.journal.opened):
            self.booth.start()
        with qtbot.waitSignal(self.booth.shifts.peopleChanged):
            self.booth.shifts.add_person("李师傅", Secret("1357"))
        with qtbot.waitSignal(self.booth.entries.changed) as changed:
            self.booth.entries.submit(DRAFT)
        assert changed.args is not None
        record: EntryRecord = changed.args[0]
        self.booth.workers.journal.submit(
            lambda: self._may_go_on.wait(PATIENCE), None, self.booth.journal.report
        )
        return record

    def go_on(self) -> None:
        self._may_go_on.set()


@pytest.fixture
def slow(qapp: object, tmp_path: Path) -> Iterator[Slow]:
    slow = Slow(tmp_path)
    yield slow
    slow.go_on()
    slow.booth.stop(5)
    slow.gateway.stop()


def _void(slow: Slow, record: EntryRecord) -> None:
    slow.booth.entries.void(record, "没有入场")


def _take_back(slow: Slow, record: EntryRecord) -> None:
    slow.booth.entries.take_back(record.entry_id)


def _sign_in(slow: Slow, _: EntryRecord) -> None:
    slow.booth.shifts.sign_in(slow.booth.shifts.state.people[0].person_id, Secret("1357"))


def _sign_in_wrongly(slow: Slow, _: EntryRecord) -> None:
    slow.booth.shifts.sign_in(slow.booth.shifts.state.people[0].person_id, Secret("9999"))


@pytest.mark.parametrize(
    ("act", "name"), [(_void, "作废"), (_sign_in, "交接班")], ids=["void", "sign-in"]
)
def test_voiding_and_a_change_of_the_shift_are_waited_for(
    qtbot: QtBot,
    slow: Slow,
    appearance: Appearance,
    act: Callable[[Slow, EntryRecord], None],
    name: str,
) -> None:
    act(slow, slow.begin(qtbot))
    saving = SavingWindow(slow.booth.controllers, appearance)
    qtbot.addWidget(saving)
    qtbot.waitUntil(saving.isVisible)
    assert said(saving).startswith(f"正在保存：{name}。")
    with qtbot.waitSignal(saving.ended):
        slow.go_on()
    assert not slow.booth.controllers.is_saving


@pytest.mark.parametrize(
    ("act", "name"),
    [(_take_back, "作废"), (_sign_in_wrongly, "交接班")],
    ids=["take back an answered entry", "wrong PIN"],
)
def test_refused_voiding_or_change_of_the_shift_is_told_after_the_window_was_closed(
    qtbot: QtBot,
    slow: Slow,
    appearance: Appearance,
    act: Callable[[Slow, EntryRecord], None],
    name: str,
) -> None:
    act(slow, slow.begin(qtbot))
    saving = SavingWindow(slow.booth.controllers, appearance)
    qtbot.addWidget(saving)
    with qtbot.assertNotEmitted(saving.ended):
        slow.go_on()
        qtbot.waitUntil(lambda: said(saving).startswith(f"没有保存：{name}。"))
    assert saving.isVisible()


def test_row_from_paper_is_named_and_told_if_it_could_not_be_saved(
    qtbot: QtBot, held: Held, appearance: Appearance
) -> None:
    an_hour_ago = datetime.now(BEIJING).replace(second=0, microsecond=0) - timedelta(hours=1)
    held.booth.controllers.backfills.submit(replace(DRAFT, start_time=an_hour_ago))
    saving = SavingWindow(held.booth.controllers, appearance)
    qtbot.addWidget(saving)
    qtbot.waitUntil(saving.isVisible)
    assert said(saving).startswith("正在保存：补录纸上记录。")
    held.fails = True
    with qtbot.assertNotEmitted(saving.ended):
        held.go_on()
        qtbot.waitUntil(lambda: said(saving).startswith("没有保存：补录纸上记录。"))


def test_only_the_button_gives_entries_up(qtbot: QtBot, saving: SavingWindow) -> None:
    qtbot.waitUntil(saving.isVisible)
    close_by_hand(saving)
    saving.activateWindow()
    qtbot.waitUntil(saving.isActiveWindow)
    with qtbot.assertNotEmitted(saving.ended, wait=20):
        for key in (Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Return):
            QTest.keyClick(QApplication.focusWidget() or saving, key)
    assert saving.isVisible()
    QTest.keyClick(saving, Qt.Key.Key_Tab)
    assert leave(saving).hasFocus()
    assert leave(saving).text() == "不保存，直接退出"
    with qtbot.waitSignal(saving.ended):
        leave(saving).click()
