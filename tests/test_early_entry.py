"""Entries that are typed before the journal is open."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.booths import make_booth
from tests.settings import settings_of
from wxpark_gui.assembly import Assembly
from wxpark_gui.controllers.entries import Submitted
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.record import Origin
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

PIN = Secret("1357")
SETTINGS = settings_of(MerchantProfile("wx0123456789", "1900000001", "1900000002", "Lot"))
DRAFT = EntryDraft(plate="粤B12345")
PATIENCE = 60.0

TYPED_AND_CLOSED = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from wxpark_gui import app
from wxpark_gui.assembly import Assembly
from wxpark_gui.ui.window.main_window import MainWindow

app.STOP_SECONDS = app.CLOSE_SECONDS = 0.0
open_journal, show = Assembly.open_journal, MainWindow.show

def open_slowly(self):
    time.sleep(0.4)
    return open_journal(self)

def type_and_close(self):
    self.form.plate.set_prefix("粤B")
    QTest.keyClicks(self.form.plate, "12345\\r")
    self.close()

def show_and_type(self):
    show(self)
    QTimer.singleShot(0, lambda: type_and_close(self))

Assembly.open_journal, MainWindow.show = open_slowly, show_and_type
sys.exit(app.main(["--training", "--data-dir", sys.argv[1]]))
"""
"""Types an entry before the journal is open, and closes the window at once."""


@pytest.fixture
def thread(qapp: object) -> Iterator[Worker]:
    worker = Worker("test-journal")
    yield worker
    worker.stop(5)


def open_shift(parts: Assembly, thread: Worker) -> tuple[str, str]:
    """Sign a person in; return the shift's id and the person's label."""
    journal = parts.journal_on(thread)
    shifts = parts.shifts(journal, thread)
    li = shifts.add_person("李师傅", PIN).people[0]
    shift = shifts.sign_in(li.person_id, PIN).shift
    thread.call(journal.close)
    assert shift is not None
    return shift.shift_id, li.label


def saved_origin(parts: Assembly, thread: Worker) -> Origin:
    """Prepare an entry before the journal is open, then save it."""
    journal = parts.journal_on(thread)
    submission = parts.submission(journal, parts.open_gateway())
    new = submission.prepare(DRAFT)
    assert new.origin.shift_id == ""
    record = thread.call(lambda: submission.save(new))
    thread.call(journal.close)
    return record.origin


def test_entry_typed_before_the_journal_is_open_has_shift_and_attendant(
    tmp_path: Path, thread: Worker
) -> None:
    with Assembly(tmp_path) as parts:
        parts.settings.save(SETTINGS)
        shift_id, label = open_shift(parts, thread)
    with Assembly(tmp_path) as parts:
        parts.load_settings()
        origin = saved_origin(parts, thread)
    assert (origin.shift_id, origin.attendant) == (shift_id, label)


def test_entry_typed_before_the_journal_is_open_has_no_attendant_in_an_overdue_shift(
    tmp_path: Path, thread: Worker
) -> None:
    with Assembly(tmp_path) as parts:
        parts.settings.save(SETTINGS)
        shift_id, _ = open_shift(parts, thread)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection, connection:
        connection.execute("UPDATE shifts SET opened_at = '2026-01-01T00:00:00.000Z'")
    with Assembly(tmp_path) as parts:
        parts.load_settings()
        origin = saved_origin(parts, thread)
    assert (origin.shift_id, origin.attendant) == (shift_id, "")


def test_entry_without_people_has_no_shift(tmp_path: Path, thread: Worker) -> None:
    with Assembly(tmp_path) as parts:
        parts.settings.save(SETTINGS)
        parts.load_settings()
        origin = saved_origin(parts, thread)
    assert (origin.shift_id, origin.attendant) == ("", "")


def test_entry_is_being_saved_until_it_is_on_disk(qtbot: QtBot, tmp_path: Path) -> None:
    may_open = threading.Event()

    def open_held() -> SqliteJournal:
        may_open.wait(PATIENCE)
        return SqliteJournal(tmp_path / "journal.sqlite3", SystemClock())

    key = make_training_key()
    vault = TrainingVault(key)
    booth = make_booth(tmp_path, "https://gateway.invalid", vault, open_journal=open_held)
    paper = EntryDraft(plate="粤B54321", start_time=SystemClock().now() - timedelta(minutes=5))
    is_saving = [booth.controllers.is_saving]
    try:
        booth.entries.submit(DRAFT)
        is_saving.append(booth.controllers.is_saving)
        with qtbot.waitSignal(booth.entries.saved):
            may_open.set()
        is_saving.append(booth.controllers.is_saving)
        with qtbot.waitSignal(booth.controllers.backfills.saved):
            booth.controllers.backfills.submit(paper)
            is_saving.append(booth.controllers.is_saving)
        is_saving.append(booth.controllers.is_saving)
        assert is_saving == [False, True, False, True, False]
    finally:
        may_open.set()
        booth.stop(5)


def test_entry_taken_back_before_it_is_saved_stays_unsent_if_the_program_ends(
    qapp: object, tmp_path: Path
) -> None:
    may_open = threading.Event()

    def open_held() -> SqliteJournal:
        may_open.wait(PATIENCE)
        return SqliteJournal(tmp_path / "journal.sqlite3", SystemClock())

    vault = TrainingVault(make_training_key())
    booth = make_booth(tmp_path, "https://gateway.invalid", vault, open_journal=open_held)
    submitted = booth.entries.submit(DRAFT)
    assert isinstance(submitted, Submitted)
    booth.entries.take_back(submitted.entry_id)
    booth.controllers.stop()
    may_open.set()
    booth.workers.stop(5, booth.journal.close)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection:
        assert connection.execute("SELECT state FROM entries").fetchall() == [("voided",)]


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_duplicate_that_is_typed_before_the_journal_is_open_is_asked_about(
    is_confirmed: bool, qtbot: QtBot, tmp_path: Path
) -> None:
    vault = TrainingVault(make_training_key())
    booth = make_booth(tmp_path, "https://gateway.invalid", vault)
    with qtbot.waitSignal(booth.entries.saved):
        booth.entries.submit(DRAFT)
    booth.stop(5)
    booth = make_booth(tmp_path, "https://gateway.invalid", vault)
    window = MainWindow(booth.controllers, Appearance(Settings()), training=True)
    qtbot.addWidget(window)
    try:
        QTest.keyClicks(window.form.plate, "12345\r")
        assert window.form.untouched
        with qtbot.waitSignal(booth.entries.recentLoaded):
            booth.start()
        qtbot.waitUntil(lambda: window.form.plate.text() == DRAFT.plate)
        assert not booth.controllers.is_saving
        if is_confirmed:
            with qtbot.waitSignal(booth.entries.saved):
                QTest.keyClick(window.form.plate, Qt.Key.Key_Return)
    finally:
        booth.stop(5)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as connection:
        count = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    assert count == 1 + is_confirmed


def test_closing_the_window_waits_until_an_entry_is_on_disk(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TYPED_AND_CLOSED, str(tmp_path)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    with closing(sqlite3.connect(tmp_path / "training" / "journal.sqlite3")) as connection:
        assert connection.execute("SELECT plate FROM entries").fetchall() == [("粤B12345",)]
