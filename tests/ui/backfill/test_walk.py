"""A sheet typed by keyboard through the real window, threads, journal and training gateway."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from tests.ui.shift.test_dialog import press
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import BEIJING, wire_time
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.backfill.model import STATE
from wxpark_gui.ui.backfill.window import BackfillWindow
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

ENTER = Qt.Key.Key_Return
MINUTE = timedelta(minutes=1)


class Desk:
    """The main window and the back-fill window of a booth with real parts."""

    def __init__(self, booth: Booth, main: MainWindow, gateway: TrainingGateway) -> None:
        self.booth = booth
        self.main = main
        self.gateway = gateway
        self.now = datetime.now(timezone.utc).replace(second=0, microsecond=0)

    def open_paper(self, qtbot: QtBot) -> BackfillWindow:
        self.main.activateWindow()
        qtbot.waitUntil(self.main.isActiveWindow)
        QTest.keyClick(self.main, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
        window = self.main.backfill.window
        assert window is not None
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        window.form.plate.setFocus()
        return window

    def time(self, minutes_ago: int) -> str:
        """Return the time `minutes_ago` with its day, as written on paper: `11-28 0812`."""
        moment = self.now - minutes_ago * MINUTE
        return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H%M")

    def type(self, plate: str, minutes_ago: int) -> None:
        press(plate, ENTER, self.time(minutes_ago), ENTER)

    def verdict(self) -> str:
        label = self.main.findChild(QLabel, "verdictTitle")
        assert label is not None
        return label.text()


def states(window: BackfillWindow) -> list[str]:
    """Return the text of each row's state, from the first typed row to the last."""
    model = window.model
    return [str(model.index(row, STATE).data()) for row in reversed(range(model.rowCount()))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def desk(qtbot: QtBot, appearance: Appearance, tmp_path: Path, path: Path) -> Iterator[Desk]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        clock = SystemClock()
        booth = make_booth(
            tmp_path,
            gateway.url,
            TrainingVault(key),
            open_journal=lambda: SqliteJournal(path, clock, busy_timeout=0),
        )
        main = MainWindow(booth.controllers, appearance, training=True)
        qtbot.addWidget(main)
        with qtbot.waitExposed(main):
            main.show()
        with qtbot.waitSignals([booth.entries.recentLoaded, booth.approvals.changed]):
            booth.start()
        yield Desk(booth, main, gateway)
        if main.backfill.window is not None:
            main.backfill.window.reject()
        booth.stop(5)


def test_sheet_is_typed_and_sent_behind_a_live_car(desk: Desk, qtbot: QtBot, path: Path) -> None:
    # A live car in arrears stands at the barrier.
    with qtbot.waitSignal(desk.booth.live.sent):
        QTest.keyClicks(desk.main.form.plate, "8K9Z2\r")
    assert desk.verdict() == "欠费"
    # Twenty rows, the first of them two days old, without a network.
    desk.gateway.set_faults((Fault.RESET,))
    window = desk.open_paper(qtbot)
    window.form.number.entry.setText("3-01")
    desk.type("10001", 2 * 24 * 60)
    for row in range(2, 21):
        desk.type(f"100{row:02d}", 300 - row * 10)
    qtbot.waitUntil(lambda: "正在存入本机…" not in states(window), timeout=10_000)
    assert states(window)[0] == "已过 48 小时，未发送"
    assert set(states(window)[1:]) == {"待发送"}
    assert window.form.number.entry.text() == "4-01"
    # The same row once more is asked about, and left.
    window.form.number.entry.setText("3-05")
    desk.type("10005", 250)
    qtbot.waitUntil(lambda: "重复，未保存" in states(window))
    QTest.keyClick(window, Qt.Key.Key_F2)
    # The last row is voided, the one before corrected.
    record = window.model.rows[0].record
    assert record is not None
    with qtbot.waitSignal(desk.booth.entries.changed):
        QTest.keyClick(window, Qt.Key.Key_F2)
    window.table.setFocus()
    press(Qt.Key.Key_Down, ENTER)
    press(Qt.Key.Key_Backspace, "8")
    window.form.time.entry.setFocus()
    with qtbot.waitSignal(desk.booth.controllers.backfills.saved):
        press(ENTER)
    # The network is back: three rows are answered, and the car at the barrier stays as it was.
    desk.gateway.set_faults(())
    desk.booth.backlog.release()
    qtbot.waitUntil(lambda: states(window).count("正常") >= 2, timeout=10_000)
    assert desk.verdict() == "欠费"
    sent = {each.plate: each.start_time for each in desk.gateway.received}
    assert sent["粤B10002"] == wire_time(desk.now - 280 * MINUTE)
    assert "粤B10001" not in sent
    desk.booth.stop(5)
    check_journal(path)


def check_journal(path: Path) -> None:
    with closing(sqlite3.connect(path)) as journal:
        rows = journal.execute(
            "SELECT plate, state FROM entries WHERE backfilled = 1 ORDER BY position"
        ).fetchall()
        assert len(rows) == 21
        assert rows[0] == ("粤B10001", DeliveryState.EXPIRED.value)
        assert [state for plate, state in rows if plate in ("粤B10019", "粤B10020")] == [
            "voided"
        ] * 2
        assert rows[-1][0] == "粤B10018"
        audit = [row[0] for row in journal.execute("SELECT what FROM audit")]
        assert audit.count("backfilled") == 21
        assert "entry_corrected" in audit


def test_row_is_not_shown_as_saved_while_the_disk_refuses(
    desk: Desk, qtbot: QtBot, path: Path
) -> None:
    window = desk.open_paper(qtbot)
    window.form.number.entry.setText("3-01")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        desk.type("10001", 60)
        qtbot.waitUntil(lambda: states(window) == ["未保存"])
        assert window.form.plate.text() == "粤B10001"
        assert window.form.number.entry.text() == "3-01"
    window.form.time.entry.setFocus()
    press(ENTER)
    # The gateway answers plates that end in 01 with arrears, perhaps before the next look.
    qtbot.waitUntil(lambda: states(window) in (["待发送"], ["欠费"]))


def test_sheets_are_written_into_the_folder_for_documents(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    window = desk.open_paper(qtbot)
    with qtbot.waitSignal(desk.booth.controllers.backfills.sheetsSaved):
        QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(desk.booth.controllers.backfills.sheetsSaved):
        window.make_sheets()
    names = sorted(file.name for file in (tmp_path / "documents").iterdir())
    assert names == ["入场登记表 1-5.pdf", "入场登记表 6-10.pdf"]
