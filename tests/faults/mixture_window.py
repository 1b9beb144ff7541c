"""One life of the window in the trial `mixture`: random acts, then often a calm, then an end."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import traceback
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeAlias
from unittest import mock

import shiboken6
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QPushButton

import wxpark_gui.runtime.import_hook  # noqa: F401 - imported for its effect: see there
from tests.faults.mixture_acts import ACTS, Booth, close_dialogs, enter
from tests.faults.mixture_calm import calm
from tests.faults.mixture_care import CARE_ACTS
from tests.faults.mixture_world import (
    MovedClock,
    Say,
    Wait,
    World,
    connect_with_troubles,
    read_slowly,
    subject,
    wire,
)
from wxpark_gui import app, assembly
from wxpark_gui.controllers import Controllers, journal_status, keys
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.service import outbox
from wxpark_gui.service.query import QueryAnswer
from wxpark_gui.storage import archiving
from wxpark_gui.storage.history import SqliteHistory
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow

POLL_MS = 10
READ_MS = 200
MAY_STAY = (
    "MainThread",
    "wxpark-keyring",
    "wxpark-updates",
    "wxpark-query",
    "wxpark-setup",
    "wxpark-live",
    "wxpark-backlog",
    "wxpark-key-change",
)
"""Threads that may outlive the program's end: the keyring, a share or the network blocks them."""
THREADS_END_WITHIN = 5.0
"""Seconds in which threads that nothing holds must end, also on a busy machine."""


@dataclass(frozen=True, slots=True)
class Life:
    """Plan of one window.

    Attributes:
        directory: the data directory.
        folder: for exports and backups.
        acts: number of acts.
        seed: of all that is chosen.
        ahead: seconds by which the wall clock runs ahead.
        ends_calmly: True to end all troubles and compare the numbers before the end.
        end: `closed`, `SIGTERM` or `SIGKILL`.
    """

    directory: Path
    folder: Path
    acts: int
    seed: int
    port: int
    ahead: float
    ends_calmly: bool
    end: str


Story: TypeAlias = Generator[int | Wait, None, None]
"""Steps of a life: milliseconds to wait, or a condition to wait for."""


class MixedWindow(MainWindow):
    """The main window and its attendant."""

    world: ClassVar[World]
    life: ClassVar[Life]

    def __init__(
        self, controllers: Controllers, appearance: Appearance, *arguments: Any, **options: Any
    ) -> None:
        options["now"] = self.world_clock
        super().__init__(controllers, appearance, *arguments, **options)
        booth = Booth(
            self,
            controllers,
            appearance,
            self.world,
            self.life.folder,
            removes_files=self.life.end != "SIGKILL",
        )
        controllers.backups.checked.connect(self._restore_soon)
        self._attendant = Attendant(booth, self.life)

    @staticmethod
    def world_clock() -> Any:
        return MovedClock().now()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._attendant.start()

    @Slot(object)
    def _restore_soon(self, _preview: object) -> None:
        self._controllers.backups.stage(with_settings=self.world.source.random() < 0.5)


class Attendant(QObject):
    """Does the acts of a life one after the other, and reports what the window tells."""

    def __init__(self, booth: Booth, life: Life) -> None:
        super().__init__(booth.window)
        self._booth = booth
        self._life = life
        self._say = booth.world.say
        self._wait: tuple[Wait, float] | None = None
        self._query: QueryAnswer | None = None
        self._green: tuple[str, str, str] | None = None
        self._story = self._live()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._go_on)
        # What could not be saved must be read by a person.
        self._reader = QTimer(self, interval=READ_MS)
        self._reader.timeout.connect(self._read_failures)
        controllers = booth.controllers
        controllers.entries.saved.connect(self._on_saved)
        controllers.backfills.saved.connect(self._on_saved)
        controllers.queries.answered.connect(self._on_answered)
        controllers.journal.salvaged.connect(self._on_salvaged)
        controllers.backups.staged.connect(self._on_restart)
        for part in controllers.crashing:
            part.crashed.connect(self._on_crashed)

    def start(self) -> None:
        if not self._timer.isActive():
            self._timer.start(0)

    @Slot()
    def _go_on(self) -> None:
        self._look()
        try:
            if self._wait is not None:
                wait, until = self._wait
                if not wait.until():
                    if time.monotonic() > until:
                        self._say("finding", f"never: {wait.what}")
                        self._wait = None
                        self._end("closed")
                        return
                    self._timer.start(POLL_MS)
                    return
                self._wait = None
            step = next(self._story, None)
        except Exception:  # noqa: BLE001 - each one is a finding
            self._say("finding", traceback.format_exc()[-3000:])
            self._end("closed")
            return
        if isinstance(step, Wait):
            self._wait = step, time.monotonic() + step.seconds
            self._timer.start(0)
        elif step is not None and shiboken6.isValid(self._timer):
            self._timer.start(step)

    def _live(self) -> Story:
        booth, source = self._booth, self._booth.source
        if source.random() < 0.5:
            yield Wait(lambda: booth.controllers.journal._is_open, "the journal is open")
        weighted = {**ACTS, **CARE_ACTS}
        acts, weights = list(weighted), list(weighted.values())
        for _ in range(self._life.acts):
            act = source.choices(acts, weights)[0]
            self._say("act", act.__name__)
            act(booth)
            if source.random() < 0.15:
                self._say("act", act.__name__)
                act(booth)
            self._look()
            yield source.choice((0, 0, 0, 1, 5, 20, 60, 200))
        if self._life.ends_calmly:
            yield from calm(booth, self._life.directory / "journal.sqlite3")
        self._end(self._life.end)

    def _end(self, way: str) -> None:
        """End the program; an entry may be typed and a dialog opened just before."""
        booth = self._booth
        if booth.source.random() < 0.3 and not self._life.ends_calmly:
            booth.source.choice((enter, close_dialogs))(booth)
        if booth.has_removed:
            # Files that were removed can be put back only while the disk takes them.
            booth.world.end_troubles()
        self._say("ends", way)
        self._reader.start()
        if way == "SIGKILL":
            os.kill(os.getpid(), signal.SIGKILL)
        elif way == "SIGTERM":
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            booth.window.close()

    @Slot()
    def _on_restart(self) -> None:
        """Do nothing more: the program ends, and its next start restores a backup."""
        self._say("ends", "restart")
        self._timer.stop()
        self._story.close()
        self._reader.start()

    @Slot()
    def _read_failures(self) -> None:
        """Press the button of the window that names what could not be saved."""
        for widget in QApplication.topLevelWidgets():
            button = widget.findChild(QPushButton, "savingLeave")
            if button is not None and not self._booth.controllers.is_saving:
                button.click()

    def _look(self) -> None:
        """Report the entry or the query that the panel shows in green."""
        window = self._booth.window
        message = window._panel.message
        if message.severity is not Severity.OK:
            return
        shown = window._flow._presenter.shown
        if shown is not None:
            green = shown.entry_id, subject(shown), wire(shown.entry.start_time)
            if green != self._green:
                self._green = green
                self._say("green", *green)
            if shown.state is not DeliveryState.ANSWERED:
                self._say("finding", f"green while {shown.state.value}")
        elif self._query is not None and self._query.plate.spaced == message.label:
            self._green = "", self._query.plate.text, ""
            self._say("green", *self._green)
        else:
            self._say("finding", "green without an entry and without a query")

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        self._say(
            "saved",
            record.entry_id,
            subject(record),
            wire(record.entry.start_time),
            record.origin.account_id,
        )

    @Slot(object)
    def _on_answered(self, answer: QueryAnswer) -> None:
        self._query = answer

    @Slot(object)
    def _on_salvaged(self, salvage: Any) -> None:
        self._say("salvaged", salvage.kept_as, salvage.entries)

    @Slot(object)
    def _on_crashed(self, error: BaseException) -> None:
        text = "".join(traceback.format_exception(error))
        self._say("finding", text[-3000:])


def live(life: Life, key: Secret, say: Say) -> int:
    """Run one window in this process, which has no `QApplication` yet; return its exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # What the buttons of dialogs save goes here: files, and the start at login.
    os.chdir(life.folder)
    os.environ["HOME"] = str(life.folder)
    os.environ["XDG_CONFIG_HOME"] = str(life.folder / "config")
    MovedClock.ahead = timedelta(seconds=life.ahead)
    world = World(key, life.port, life.seed, say)
    MixedWindow.world, MixedWindow.life = world, life
    # The gateway is at the other end of the line, so it outlives a window that is killed.
    with ExitStack() as stack:
        for place, name, value in (
            (app, "MainWindow", MixedWindow),
            # The next life is the start after the end.
            (app, "_start_again", lambda _: 0),
            (assembly, "SystemClock", MovedClock),
            (assembly, "_keyring_vault", lambda: world.keyring),
            (TrainingGateway, "receive", lambda _, path, body: world.receive(path, body)),
            ("sqlite3", "connect", connect_with_troubles),
            (SqliteHistory, "page", read_slowly),
            (journal_status, "ARCHIVE_INTERVAL_MS", 400),
            (journal_status, "BACKUP_INTERVAL_MS", 700),
            (archiving, "MEASURED_MARGIN", 0.0),
            (archiving, "LOOK_INTERVAL", 0.0),
            (outbox, "SHORTEST_INTERVAL", 0.02),
            (keys, "RETRY_MS", 300),
            (keys, "ITEM_RETRY_MS", 300),
        ):
            target = __import__(place) if isinstance(place, str) else place
            stack.enter_context(mock.patch.object(target, name, value))
        world.gateway.start()
        # A log that the full disk refuses is no finding.
        logging.raiseExceptions = False
        try:
            code = app.main(["--data-dir", str(life.directory), "--lang", "zh_CN"])
        finally:
            world.end_troubles()
            world.gateway.stop()
    names = _threads_left() if life.ends_calmly else []
    if names:
        say("finding", f"threads left: {', '.join(names)}")
    return code


def _threads_left() -> list[str]:
    """Return the names of the threads that do not end in time, though nothing holds them."""
    end = time.monotonic() + THREADS_END_WITHIN
    alive = (thread for thread in threading.enumerate() if thread.ident is not None)
    threads = [thread for thread in alive if thread.name not in MAY_STAY]
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return sorted(thread.name for thread in threads if thread.is_alive())
