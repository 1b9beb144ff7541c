"""Entries made while a change of the shift is being saved: each counts where its stamp says."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.booths import Booth, make_booth
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.shift_report import ShiftReport
from wxpark_gui.storage.shifts import SqliteShifts
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

LI, WANG = "李师傅", "王师傅"
PIN = Secret("1357")


class SlowDisk:
    """Holds the journal's thread after each change of a shift, until the test goes on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._written, self._goes_on = threading.Event(), threading.Event()
        for name in ("sign_in", "lock", "close"):
            monkeypatch.setattr(SqliteShifts, name, self._slow(getattr(SqliteShifts, name)))

    def _slow(self, change: Callable[..., object]) -> Callable[..., object]:
        def changed(*arguments: object) -> object:
            try:
                return change(*arguments)
            finally:
                self._written.set()
                assert self._goes_on.wait(20)
                self._goes_on.clear()

        return changed

    def wait(self, qtbot: QtBot) -> None:
        """Wait until a change is stored whose result nobody knows yet."""
        qtbot.waitUntil(self._written.is_set)
        self._written.clear()

    def go_on(self) -> None:
        self._goes_on.set()


class Shift:
    """A booth with two attendants, the first one signed in, and its window."""

    def __init__(self, directory: Path, gateway: TrainingGateway, key: Secret) -> None:
        self.path = directory / "journal.sqlite3"
        self.booth: Booth = make_booth(directory, gateway.url, TrainingVault(key))
        self.window = MainWindow(
            self.booth.controllers, Appearance(self.booth.settings.current), training=True
        )
        self.shifts, self.entries = self.booth.shifts, self.booth.entries

    def begin(self, qtbot: QtBot) -> None:
        qtbot.addWidget(self.window)
        with qtbot.waitSignal(self.shifts.changed):
            self.booth.start()
        for name in (LI, WANG):
            with qtbot.waitSignal(self.shifts.peopleChanged):
                self.shifts.add_person(name, PIN)
        with qtbot.waitSignal(self.shifts.signedIn):
            self.sign_in(LI)

    def _id(self, name: str) -> str:
        return next(each.person_id for each in self.shifts.state.people if each.name == name)

    @property
    def shift_id(self) -> str:
        shift = self.shifts.state.shift
        assert shift is not None
        return shift.shift_id

    @property
    def header(self) -> str:
        label = self.window.findChild(QLabel, "headerAttendant")
        assert label is not None
        return label.text()

    def sign_in(self, name: str) -> None:
        self.shifts.sign_in(self._id(name), PIN)

    def hand_over(self, name: str) -> None:
        self.shifts.hand_over(self.shift_id, "", self._id(name), PIN)

    def enter(self, *plates: str) -> None:
        for plate in plates:
            self.entries.submit(EntryDraft(plate), confirmed=True)

    def wait_for_entries(self, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: not self.entries.unsaved)

    def read(self, qtbot: QtBot) -> ShiftReport:
        with qtbot.waitSignal(self.shifts.reported) as reported:
            self.shifts.read()
        assert reported.args is not None
        report: ShiftReport = reported.args[0]
        return report

    def stamps(self) -> dict[str, tuple[str, str]]:
        """Return shift and attendant of each saved plate."""
        with closing(sqlite3.connect(self.path)) as journal:
            rows = journal.execute("SELECT plate, shift_id, attendant FROM entries")
            return {plate: (shift, attendant) for plate, shift, attendant in rows}

    def counted(self, report: ShiftReport) -> None:
        """Check that the sums of a report are those of the entries with its shift."""
        names = Counter(name for shift, name in self.stamps().values() if shift == report.shift_id)
        assert report.summary.unsigned == names.pop("", 0)
        assert dict(report.summary.by_person) == names


@pytest.fixture
def shift(qapp: object, qtbot: QtBot, tmp_path: Path) -> Iterator[Shift]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        shift = Shift(tmp_path, gateway, key)
        shift.begin(qtbot)
        yield shift
        shift.booth.stop(5)


@pytest.fixture
def disk(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    return SlowDisk(monkeypatch)


def test_entries_made_while_a_hand_over_is_saved_count_in_the_shift_of_their_stamp(
    shift: Shift, disk: SlowDisk, qtbot: QtBot
) -> None:
    reports = []
    for number, successor in enumerate((WANG, LI)):
        first, second, third, fourth = (f"粤B1000{number}{each}"[:8] for each in range(4))
        before = shift.header
        shift.enter(first)
        shift.hand_over(successor)
        disk.wait(qtbot)
        assert "正在保存" in shift.header
        shift.enter(second, third)
        with qtbot.waitSignal(shift.shifts.handedOver) as handed:
            disk.go_on()
        assert handed.args is not None
        reports.append(handed.args[0])
        shift.enter(fourth)
        shift.wait_for_entries(qtbot)
        assert successor in shift.header
        assert shift.header != before
        stamps = shift.stamps()
        assert stamps[first] == (reports[-1].shift_id, LI if successor == WANG else WANG)
        for plate in (second, third, fourth):
            assert stamps[plate] == (shift.shift_id, successor)
    reports.append(shift.read(qtbot))
    for report in reports:
        shift.counted(report)
    assert [report.summary.entered for report in reports] == [1, 4, 3]


@pytest.mark.parametrize(
    ("change", "attendant"),
    [
        pytest.param(lambda shift: shift.sign_in(WANG), WANG, id="relief"),
        pytest.param(lambda shift: shift.shifts.lock(), "", id="lock"),
    ],
)
def test_entry_made_while_a_relief_or_lock_is_saved_has_the_attendant_that_the_sums_name(
    shift: Shift,
    disk: SlowDisk,
    qtbot: QtBot,
    change: Callable[[Shift], None],
    attendant: str,
) -> None:
    shift.enter("粤B10001")
    change(shift)
    disk.wait(qtbot)
    assert LI not in shift.header
    with qtbot.waitSignal(shift.shifts.changed):
        shift.enter("粤B10002")
        disk.go_on()
    shift.wait_for_entries(qtbot)
    stamps = shift.stamps()
    assert stamps["粤B10001"] == (shift.shift_id, LI)
    assert stamps["粤B10002"] == (shift.shift_id, attendant)
    shift.counted(shift.read(qtbot))


def test_entry_made_while_a_sign_in_is_saved_has_its_shift(
    shift: Shift, disk: SlowDisk, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(shift.shifts.handedOver):
        shift.shifts.close_shift(shift.shift_id, "")
        disk.wait(qtbot)
        disk.go_on()
    shift.sign_in(WANG)
    disk.wait(qtbot)
    with qtbot.waitSignal(shift.shifts.signedIn):
        shift.enter("粤B10001")
        disk.go_on()
    shift.wait_for_entries(qtbot)
    assert shift.stamps() == {"粤B10001": (shift.shift_id, WANG)}
    shift.counted(shift.read(qtbot))


def test_refused_hand_over_keeps_attendant_and_sums(
    shift: Shift, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    before = shift.header
    monkeypatch.setattr("wxpark_gui.storage.shift_log.insert_shift", full)
    disk = SlowDisk(monkeypatch)
    shift.hand_over(WANG)
    disk.wait(qtbot)
    shift.enter("粤B10001")
    with qtbot.waitSignal(shift.shifts.refused):
        disk.go_on()
    shift.wait_for_entries(qtbot)
    assert shift.header == before
    assert shift.stamps() == {"粤B10001": (shift.shift_id, LI)}
    shift.counted(shift.read(qtbot))


def test_hand_over_that_is_refused_after_its_dialog_was_closed_is_told_in_the_window(
    shift: Shift, qtbot: QtBot
) -> None:
    strip = shift.window.findChild(QWidget, "noticeStrip")
    assert strip is not None
    shift.window.show()
    with qtbot.waitSignal(shift.shifts.refused):
        shift.shifts.hand_over(shift.shift_id, "", shift._id(WANG), Secret("9999"))
    assert strip.isVisible()
    code = strip.findChild(QLabel, "noticeCode")
    assert code is not None
    assert code.text() == "WRONG_PIN"
    assert LI in shift.header


def test_after_a_crash_between_hand_over_and_entry_both_shifts_add_up(
    shift: Shift, disk: SlowDisk, qtbot: QtBot, tmp_path: Path
) -> None:
    shift.enter("粤B10001")
    first = shift.shift_id
    shift.hand_over(WANG)
    disk.wait(qtbot)
    shift.enter("粤B10002")
    # The window hears no result, as after a crash.
    shift.booth.controllers.stop()
    disk.go_on()
    shift.booth.workers.stop(5, shift.booth.journal.close)
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        again = Shift(tmp_path, gateway, key)
        qtbot.addWidget(again.window)
        with qtbot.waitSignal(again.shifts.changed):
            again.booth.start()
        handed_over = again.shifts.state
        again.enter("粤B10003")
        again.wait_for_entries(qtbot)
        report = again.read(qtbot)
        again.booth.stop(5)
    assert handed_over.shift is not None
    assert handed_over.shift.shift_id != first
    stamps = again.stamps()
    assert stamps["粤B10001"] == (first, LI)
    assert {stamps["粤B10002"], stamps["粤B10003"]} == {(again.shift_id, WANG)}
    again.counted(report)


def test_voiding_while_a_hand_over_is_saved_names_the_attendant_of_its_moment(
    shift: Shift, disk: SlowDisk, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(shift.entries.changed) as answered:
        shift.enter("粤B10001")
    assert answered.args is not None
    shift.hand_over(WANG)
    disk.wait(qtbot)
    shift.entries.void(answered.args[0], "没有入场")
    with qtbot.waitSignal(shift.entries.changed):
        disk.go_on()
    with closing(sqlite3.connect(shift.path)) as journal:
        rows = journal.execute("SELECT detail FROM audit WHERE what = 'voided'").fetchall()
    assert [detail.split()[1] for (detail,) in rows] == [WANG]
