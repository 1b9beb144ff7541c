"""The calm at the end of a life of the trial `mixture`: all numbers must agree with the journal."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.faults.mixture_acts import Booth, close_dialogs, open_dialogs
from tests.faults.mixture_books import read_entries
from tests.faults.mixture_world import MovedClock, Wait, count, open_read_only
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import BEIJING, Scene
from wxpark_gui.domain.statistics import Period, Report
from wxpark_gui.storage.open_files import is_displaced
from wxpark_gui.storage.rows import moment_text, read_moment

_OPEN = "SELECT count(*) FROM entries WHERE state IN ('saved', 'sending', 'waiting')"
_TODAY = "SELECT count(*) FROM entries WHERE saved_at >= ? AND saved_at < ?"
_OPEN_SHIFT = "SELECT after_position FROM shifts WHERE closed_at IS NULL"


def calm(booth: Booth, journal: Path) -> Generator[Any, None, None]:
    """End the troubles; then the window must be usable, and its numbers those of the journal."""
    window, controllers = booth.window, booth.controllers
    booth.world.say("act", "calm")
    booth.world.end_troubles()
    controllers.approvals.withdraw()
    yield 50

    def dialogs_are_closed() -> bool:
        close_dialogs(booth)
        names = [f"{type(each).__name__} {each.objectName()}" for each in open_dialogs()]
        if names:
            booth.world.say("note", f"open: {names}")
        return not names

    yield Wait(dialogs_are_closed, "all dialogs are closed by Esc")
    window.activateWindow()
    controllers.journal.open()
    controllers.keys.unlock()
    controllers.backlog.release()
    yield Wait(lambda: not controllers.is_saving, "nothing is being saved", 60)
    if window._help.isVisible():
        booth.press(Qt.Key.Key_F1)
    # A request for a manager's PIN may have waited for the journal.
    yield Wait(
        lambda: dialogs_are_closed() and _plate_has_focus(booth), "the plate field has the focus", 5
    )
    yield Wait(lambda: _is_in_place(booth, journal), "the journal is put back", 60)
    yield from _enter_one(booth, journal)
    yield Wait(lambda: _numbers_agree(booth, journal), "the strip's numbers are the journal's")
    yield Wait(lambda: _list_agrees(booth, journal), "the list shows the journal's states")
    yield from _compare_history(booth, journal)
    yield from _compare_statistics(booth, journal)
    yield from _compare_shift(booth, journal)


def _is_in_place(booth: Booth, journal: Path) -> bool:
    if journal.exists() and not is_displaced(journal):
        return True
    booth.controllers.journal.survey()
    return False


def _plate_has_focus(booth: Booth) -> bool:
    focused, active = QApplication.focusWidget(), QApplication.activeWindow()
    form = booth.window.form
    # In the scene of a bay, its number is typed before the plate.
    is_right = focused is form.plate or (
        focused is not None and form.scene.value is not Scene.PARKING and form.isAncestorOf(focused)
    )
    if not is_right:
        booth.world.say("note", f"focus: {focused and focused.objectName()} in {active}")
    return is_right


def _enter_one(booth: Booth, journal: Path) -> Generator[Any, None, None]:
    """Enter a new plate, which must be saved."""
    if booth.controllers.settings.current.account is None:
        return
    stored = "SELECT count(*) FROM entries WHERE plate = ?"
    plate = _type_one(booth)
    before = max(0, count(journal, stored, plate))
    for _ in range(2):
        # The second one answers the question about a plate that was entered lately.
        booth.press(Qt.Key.Key_Return)
    yield Wait(lambda: count(journal, stored, plate) > before, f"{plate} is saved at the end", 60)


def _type_one(booth: Booth) -> str:
    """Type a new plate, and return it."""
    for _ in range(3):
        booth.press(Qt.Key.Key_Escape)
    form = booth.window.form
    while form.scene.value is not Scene.PARKING:
        form.scene.choose_next()
    plate = booth.world.new_plate()[:-1] + "K"
    form.plate.set_text("")
    form.plate.insert(plate)
    return plate


def _numbers_agree(booth: Booth, journal: Path) -> bool:
    window = booth.window
    midnight = (
        MovedClock().now().astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    shown = window._status.waiting, window._status._today_count
    today = (moment_text(midnight), moment_text(midnight + timedelta(days=1)))
    stored = count(journal, _OPEN), count(journal, _TODAY, *today)
    if shown != stored:
        booth.world.say("note", f"strip {shown}, journal {stored}")
    return shown == stored


def _list_agrees(booth: Booth, journal: Path) -> bool:
    model = booth.window._recent.model
    shown = {record.entry_id: (record.state.value, record.replaced_by) for record in model._records}
    if not shown:
        return False
    marks = ", ".join("?" for _ in shown)
    with closing(open_read_only(journal)) as connection:
        rows = connection.execute(
            f"SELECT entry_id, state, replaced_by FROM entries WHERE entry_id IN ({marks})",
            tuple(shown),
        ).fetchall()
    # An archived row is not in the journal any more, and does not change.
    differing = [row for row in rows if shown[row[0]] != (row[1], row[2])]
    if differing:
        booth.world.say("note", f"list {[(row, shown[row[0]]) for row in differing][:3]}")
    return not differing


def _compare_history(booth: Booth, journal: Path) -> Generator[Any, None, None]:
    window = booth.window
    window.activateWindow()
    if booth.controllers.settings.current.account is not None:
        # The history is read while this one is saved and answered.
        _type_one(booth)
        for _ in range(2):
            booth.press(Qt.Key.Key_Return)
    window.history.open()
    opened = window.history.window
    assert opened is not None
    opened._flow.reset()
    model = opened._model

    def has_all() -> bool:
        if not opened.is_searching:
            booth.controllers.history.more()
        wanted = len(read_entries(journal))
        if model.rowCount() != wanted:
            booth.world.say("note", f"history {model.rowCount()}, files {wanted}")
            if not opened.is_searching and opened._status._new:
                # An entry was saved after the page was read.
                opened._flow.start()
        return model.rowCount() == wanted

    yield Wait(has_all, "the history has every entry")

    def has_their_states() -> bool:
        shown = {
            each.record.entry_id: (each.record.state.value, each.record.replaced_by)
            for each in opened._model._held.values()
        }
        stored = read_entries(journal)
        differing = [
            (entry_id, state, (stored[entry_id].state, stored[entry_id].replaced_by))
            for entry_id, state in shown.items()
            if state != (stored[entry_id].state, stored[entry_id].replaced_by)
        ]
        if differing:
            booth.world.say("note", f"history {differing[:3]}")
        return not differing

    yield Wait(has_their_states, "the history shows the states of the files")
    opened.reject()
    yield Wait(lambda: window.history.window is None, "the history is closed")
    yield Wait(lambda: _plate_has_focus(booth), "the plate has the focus after the history", 5)


def _compare_statistics(booth: Booth, journal: Path) -> Generator[Any, None, None]:
    reports: list[Any] = []
    statistics = booth.controllers.statistics
    statistics.finished.connect(reports.append)
    statistics.read(Period.YEAR)
    yield Wait(lambda: any(map(_is_of_year, reports)), "the statistics are read")
    report = next(filter(_is_of_year, reports))
    start = Period.YEAR.start(report.as_of)
    end = start + timedelta(days=Period.YEAR.value)
    counted = [
        entry
        for entry in read_entries(journal).values()
        if start <= read_moment(entry.start_time) < end
    ]
    stored = sum(
        entry.state == DeliveryState.VOIDED.value or not entry.replaced_by for entry in counted
    )
    told = report.total.entries + report.total.voided
    if told != stored:
        booth.world.say("finding", f"statistics count {told}, the files have {stored}")


def _is_of_year(report: Report) -> bool:
    return report.period is Period.YEAR


def _compare_shift(booth: Booth, journal: Path) -> Generator[Any, None, None]:
    shifts = booth.controllers.shifts
    if shifts.state.shift is None:
        return
    reports: list[Any] = []
    shifts.reported.connect(reports.append)
    shifts.read()
    yield Wait(lambda: bool(reports), "the shift's sums are read")
    after = count(journal, _OPEN_SHIFT)
    stored = sum(entry.position > after for entry in read_entries(journal).values())
    told = reports[-1].summary.entered
    if told != stored:
        booth.world.say("finding", f"the shift counts {told}, the files have {stored}")
