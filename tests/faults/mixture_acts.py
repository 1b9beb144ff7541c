"""Acts and troubles of the trial `mixture`. None waits for its result."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from tests.faults.mixture_world import (
    DISK_ERROR,
    FULL,
    KEY_TROUBLES,
    LINE_FAULTS,
    READ_ONLY,
    Connection,
    MovedClock,
    World,
)
from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.entry import BEIJING, EntryDraft
from wxpark_gui.domain.export import ExportFormat
from wxpark_gui.domain.manager import Guard
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.statistics import Period
from wxpark_gui.service.export import ExportRequest
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.wording.export_rows import ExportRowWords

PIN = "1357"
OTHER_PIN = "2468"
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
_NONE = Qt.KeyboardModifier.NoModifier


@dataclass
class Booth:
    """The window and what its acts need.

    Attributes:
        folder: for exports and backups.
        removes_files: True if another program may remove files of the journal.
        plates: plates typed in this life.
        has_removed: True if it may have done so.
    """

    window: MainWindow
    controllers: Controllers
    appearance: Appearance
    world: World
    folder: Path
    removes_files: bool
    plates: list[str] = field(default_factory=list)
    has_removed: bool = False

    @property
    def source(self) -> random.Random:
        return self.world.source

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = _NONE) -> None:
        QTest.keyClick(self.window.form.plate, key, modifier)


Act = Callable[[Booth], None]


def enter(booth: Booth) -> None:
    """Type a plate, mostly a new one, and press Enter; again now and then."""
    is_again = booth.plates and booth.source.random() < 0.2
    plate = booth.source.choice(booth.plates) if is_again else booth.world.new_plate()
    booth.plates.append(plate)
    if booth.source.random() < 0.7:
        booth.press(Qt.Key.Key_Escape)
        booth.window.form.plate.set_text("")
    booth.window.form.plate.insert(plate)
    for _ in range(booth.source.choice((1, 1, 1, 2, 3))):
        booth.press(Qt.Key.Key_Return)


def enter_paper(booth: Booth) -> None:
    """Save an entry from paper, some of them too old to be sent."""
    plate = booth.world.new_plate()
    now = MovedClock().now()
    hours = booth.source.choice((1, 2, 5, 30))
    number = f"{booth.source.randint(1, 9)}-{booth.source.randint(1, 20):02}"
    draft = EntryDraft(plate=plate, start_time=now - timedelta(hours=hours))
    booth.controllers.backfills.submit(draft, number, confirmed=booth.source.random() < 0.5)


def use_paper_window(booth: Booth) -> None:
    """Open the window for entries from paper; type, correct or void a row, or close it."""
    window = booth.window.backfill.window
    if window is None:
        booth.press(Qt.Key.Key_F8, _SHIFT)
        return
    act = booth.source.randrange(5)
    if act < 2:
        time = MovedClock().now().astimezone(BEIJING) - timedelta(hours=1)
        written = time.strftime("%Y-%m-%d %H%M")
        window.form.fill(booth.world.new_plate(), "", written, None)
        window.flow.submit()
        window.flow.submit()
    elif act == 2:
        window.flow.correct(None)
    elif act == 3:
        window.flow.void(None)
    else:
        window.reject()


def type_part(booth: Booth) -> None:
    QTest.keyClicks(booth.window.form.plate, booth.source.choice(("1", "23", "4K", " ", "YUE")))


def select(booth: Booth) -> None:
    """Select one of the newest rows, and often do something with it."""
    table = booth.window._recent._table
    rows = table.model().rowCount()
    if not rows:
        return
    table.selectRow(booth.source.randrange(min(rows, 8)))
    key, modifier = booth.source.choice(
        (
            (Qt.Key.Key_F5, _NONE),
            (Qt.Key.Key_F5, _SHIFT),
            (Qt.Key.Key_F8, _NONE),
            (Qt.Key.Key_F2, _SHIFT),
            (Qt.Key.Key_F2, _NONE),
        )
    )
    booth.press(key, modifier)


def correct(booth: Booth) -> None:
    """Correct the last entry: another plate, then Enter, Esc or nothing."""
    booth.press(Qt.Key.Key_F8)
    if booth.source.random() < 0.8:
        booth.press(Qt.Key.Key_Backspace)
        QTest.keyClicks(booth.window.form.plate, booth.source.choice("23456789K"))
    key = booth.source.choice((Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape, None))
    if key is not None:
        booth.press(key)


def void(booth: Booth) -> None:
    """Answer the open question for a reason, or open it."""
    dialog = booth.window.void_flow.dialog
    if dialog is None:
        booth.press(Qt.Key.Key_F2, _SHIFT)
    elif booth.source.random() < 0.8:
        dialog.chosen.emit("测试")
        dialog.accept()
    else:
        dialog.reject()


def approve(booth: Booth) -> None:
    """Answer the waiting request by a PIN, right or wrong, or withdraw it."""
    approvals = booth.controllers.approvals
    people = approvals.state.active
    dialog = booth.window.manager_dialogs.approval
    if dialog is None or not people:
        return
    pin = booth.source.choice((PIN, PIN, PIN, OTHER_PIN))
    if booth.source.random() < 0.8:
        approvals.submit(people[0].person_id, Secret(pin))
    else:
        dialog.reject()


def guard(booth: Booth) -> None:
    """Set up a manager, or remove the last one."""
    approvals = booth.controllers.approvals
    if approvals.state.guard is Guard.OPEN:
        approvals.add("张经理", Secret(PIN))
    elif approvals.state.active:
        approvals.retire(approvals.state.active[-1].person_id, lift=True)


def work_shift(booth: Booth) -> None:
    """Sign in, lock, relieve, hand over or close; the first times add people."""
    shifts, state = booth.controllers.shifts, booth.controllers.shifts.state
    if len(state.active) < 2:
        shifts.add_person(booth.source.choice(("李师傅", "王师傅")), Secret(PIN))
        return
    person = booth.source.choice(state.active).person_id
    pin = Secret(booth.source.choice((PIN, PIN, PIN, PIN, OTHER_PIN)))
    if state.shift is None:
        shifts.sign_in(person, pin)
        return
    shift_id = state.shift.shift_id
    booth.source.choice(
        (
            lambda: shifts.sign_in(person, pin),
            shifts.lock,
            shifts.read,
            lambda: shifts.hand_over(shift_id, "闸机慢", person, pin),
            lambda: shifts.close_shift(shift_id, ""),
            shifts.acknowledge,
        )
    )()


def switch_profile(booth: Booth) -> None:
    settings = booth.controllers.settings
    others = [each.account_id for each in settings.current.accounts]
    if others:
        settings.switch_profile(booth.source.choice(others))


def save_settings(booth: Booth) -> None:
    """Save another name of the car park, free time or duplicate time; sometimes a key."""
    settings = booth.controllers.settings
    current = settings.current
    if current.account is None:
        return
    merchant = current.account.merchant
    names = {"欢乐海岸停车场": "欢乐海岸", "欢乐海岸": "欢乐海岸停车场"}
    changed = booth.source.choice(
        (
            replace(merchant, free_time=booth.source.choice((0, 600, 1200))),
            replace(merchant, parking_name=names.get(merchant.parking_name, "北门停车场")),
            merchant,
        )
    )
    minutes = booth.source.choice((0, 10, 60))
    edited = replace(
        current.with_account(replace(current.account, merchant=changed)),
        booth=replace(current.booth, duplicate_minutes=minutes),
    )
    settings.save_merchant(edited, None, seen=current)


def save_look(booth: Booth) -> None:
    settings = booth.controllers.settings
    look = replace(
        settings.current.appearance,
        language=booth.source.choice(("zh_CN", "en")),
        font_scale=booth.source.choice((100, 125, 150)),
        theme=booth.source.choice(("light", "dark")),
    )
    settings.save_appearance(replace(settings.current, appearance=look))


def history(booth: Booth) -> None:
    """Open the history, or search, stop, read on or close it."""
    window = booth.window.history.window
    if window is None:
        booth.press(Qt.Key.Key_F3)
        return
    act = booth.source.randrange(5)
    if act == 0:
        QTest.keyClicks(window.plate, booth.source.choice(("1", "2K", "B0")))
    elif act == 1:
        window._flow.reset()
    elif act == 2:
        window._flow.stop()
    elif act == 3:
        window._flow.go_on()
    else:
        window.reject()


def export(booth: Booth) -> None:
    """Start an export, or cancel the running one."""
    exports = booth.controllers.exports
    name = booth.source.choice((ExportFormat.CSV, ExportFormat.XLSX))
    path = booth.folder / f"export-{booth.source.randrange(3)}.{name.value}"
    words = ExportRowWords(booth.appearance.wording)
    if not exports.start(ExportRequest(path, name, overwrite=True), words):
        exports.cancel()


def statistics(booth: Booth) -> None:
    booth.press(Qt.Key.Key_F9)
    booth.controllers.statistics.read(booth.source.choice(tuple(Period)))


def back_up(booth: Booth) -> None:
    """Save a backup, check it, or make the next start restore it."""
    backups, path = booth.controllers.backups, booth.folder / "stick.zip"
    act = booth.source.randrange(4)
    if act == 0:
        backups.save(path, overwrite=True)
    elif act == 1 and path.exists():
        backups.check(path)
    elif act == 2:
        backups.cancel()
    else:
        backups.load()


def key(booth: Booth) -> None:
    """Lock or empty the keyring, make it slow, or end that."""
    keyring = booth.world.keyring
    if keyring.trouble is None and booth.source.random() < 0.6:
        keyring.trouble = booth.source.choice(KEY_TROUBLES)
    else:
        keyring.trouble = None
    keyring.slow = booth.source.choice((0.0, 0.0, 0.3))
    if booth.source.random() < 0.5:
        booth.controllers.keys.unlock()


def line(booth: Booth) -> None:
    """Spoil replies, stop the gateway, or end that."""
    world, source = booth.world, booth.source
    act = source.random()
    if act < 0.3:
        world.gateway.start()
        world.set_faults([])
    elif act < 0.4:
        world.gateway.stop()
    else:
        world.gateway.start()
        world.set_faults(source.sample(LINE_FAULTS, source.randint(1, 3)))


def disk(booth: Booth) -> None:
    """Fill the disk, make it fail or read-only, or end that."""
    if Connection.trouble:
        Connection.trouble = 0
        booth.world.limit_files(0)
        return
    Connection.trouble = booth.source.choice((FULL, FULL, READ_ONLY, DISK_ERROR, 0))
    if not Connection.trouble:
        booth.world.limit_files(booth.source.choice((1, 100_000)))
        Connection.trouble = booth.source.choice((0, FULL))


def end_disk_trouble(booth: Booth) -> None:
    Connection.trouble = 0
    booth.world.limit_files(0)


def lock(booth: Booth) -> None:
    """Let another process lock the journal."""
    booth.world.say("do", "lock", booth.source.choice((50, 300, 1500)))


def intrude(booth: Booth) -> None:
    """Let another process open, remove, replace or damage the journal."""
    acts = ["open"]
    if booth.controllers.journal._is_open:
        acts.append("damage")
        acts += ["remove", "remove_log", "replace", "empty"] if booth.removes_files else []
    act = booth.source.choice(acts)
    booth.has_removed = booth.has_removed or act not in ("open", "damage")
    booth.world.say("do", act, 0)


def clock(booth: Booth) -> None:
    """Set the clock, mostly by minutes or hours, sometimes by a month."""
    booth.world.set_clock(
        booth.source.choice(
            (
                timedelta(minutes=10),
                timedelta(minutes=-10),
                timedelta(hours=3),
                timedelta(hours=-3),
                timedelta(days=1),
                timedelta(days=-1),
                timedelta(days=33),
            )
        )
    )


def second_start(booth: Booth) -> None:
    booth.world.say("do", "start", 0)


def release(booth: Booth) -> None:
    booth.controllers.backlog.release()
    booth.controllers.journal.open()


def open_dialog(booth: Booth) -> None:
    key, modifier = booth.source.choice(
        (
            (Qt.Key.Key_F1, _NONE),
            (Qt.Key.Key_F1, _SHIFT),
            (Qt.Key.Key_F1, _CONTROL),
            (Qt.Key.Key_F8, _SHIFT),
            (Qt.Key.Key_F10, _NONE),
            (Qt.Key.Key_F10, _SHIFT),
            (Qt.Key.Key_F10, _CONTROL),
            (Qt.Key.Key_F11, _NONE),
            (Qt.Key.Key_F11, _SHIFT),
            (Qt.Key.Key_F12, _NONE),
            (Qt.Key.Key_F12, _SHIFT),
            (Qt.Key.Key_F12, _CONTROL),
        )
    )
    booth.press(key, modifier)


def press_key(booth: Booth) -> None:
    key, modifier = booth.source.choice(
        (
            (Qt.Key.Key_F2, _NONE),
            (Qt.Key.Key_F2, _NONE),
            (Qt.Key.Key_F4, _NONE),
            (Qt.Key.Key_F5, _NONE),
            (Qt.Key.Key_F5, _SHIFT),
            (Qt.Key.Key_F6, _NONE),
            (Qt.Key.Key_F7, _NONE),
            (Qt.Key.Key_Up, _NONE),
            (Qt.Key.Key_Escape, _NONE),
            (Qt.Key.Key_Return, _NONE),
            (Qt.Key.Key_Z, _CONTROL),
            (Qt.Key.Key_Space, _NONE),
            (Qt.Key.Key_Backspace, _NONE),
        )
    )
    booth.press(key, modifier)


def open_dialogs() -> list[QWidget]:
    """Return the visible dialogs and menus."""
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible() and isinstance(widget, (QDialog, QMenu))
    ]


def close_dialogs(_: Booth) -> None:
    """Press Esc in each open dialog and menu, the newest first."""
    for widget in reversed(open_dialogs()):
        with contextlib.suppress(RuntimeError):
            # A shortcut of the active window would take the key.
            widget.activateWindow()
            QTest.keyClick(widget, Qt.Key.Key_Escape)


ACTS: Mapping[Act, int] = {
    enter: 40,
    press_key: 16,
    correct: 8,
    select: 8,
    type_part: 4,
    void: 5,
    enter_paper: 4,
    use_paper_window: 6,
    switch_profile: 5,
    save_settings: 4,
    save_look: 1,
    work_shift: 8,
    guard: 2,
    approve: 4,
    history: 5,
    export: 2,
    statistics: 2,
    back_up: 3,
    key: 4,
    line: 10,
    disk: 3,
    end_disk_trouble: 3,
    lock: 3,
    intrude: 3,
    clock: 3,
    second_start: 1,
    release: 4,
    open_dialog: 4,
    close_dialogs: 5,
}
"""The acts, with their weights."""
