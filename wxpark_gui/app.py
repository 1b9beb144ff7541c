"""`wxpark-gui`: builds the parts of the window program, connects them and runs Qt's event loop.

Only what the first paint needs is imported and made before it. The other parts are `deferred`: each
is imported by the thread that uses it first, or by `Background` after the first paint. The module
exceeds the project's limit of 300 lines: every controller and thread is made here.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject, QTimer, Slot, qVersion
from PySide6.QtWidgets import QApplication

import wxpark_gui.runtime.garbage
import wxpark_gui.runtime.import_hook  # noqa: F401 - imported for its effect
from wxpark_gui import __version__
from wxpark_gui.assembly import Assembly
from wxpark_gui.concurrency import deferred
from wxpark_gui.controllers import Controllers
from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.controllers.autostart import AutostartSwitch
from wxpark_gui.controllers.backfills import Backfills
from wxpark_gui.controllers.background import Background
from wxpark_gui.controllers.backlog import BacklogSender
from wxpark_gui.controllers.backups import BackupKeeper
from wxpark_gui.controllers.checkup import Checkup
from wxpark_gui.controllers.diagnostics import DiagnosticsSaver
from wxpark_gui.controllers.documents import DocumentSaver
from wxpark_gui.controllers.door import DoorController
from wxpark_gui.controllers.entries import Entries
from wxpark_gui.controllers.exports import Exports
from wxpark_gui.controllers.history import HistoryBrowser
from wxpark_gui.controllers.journal_status import JournalStatus
from wxpark_gui.controllers.key_change import KeyChanger
from wxpark_gui.controllers.keys import KeyReader
from wxpark_gui.controllers.known_plates import KnownPlatesReader
from wxpark_gui.controllers.link import Link
from wxpark_gui.controllers.live import LiveSender
from wxpark_gui.controllers.queries import Queries
from wxpark_gui.controllers.settings import SettingsController
from wxpark_gui.controllers.setup import SetupController
from wxpark_gui.controllers.shifts import ShiftController
from wxpark_gui.controllers.statistics import StatisticsController
from wxpark_gui.controllers.updates import UpdateChecker
from wxpark_gui.controllers.workers import CLOSE_SECONDS, SAVE_SECONDS, Workers
from wxpark_gui.domain.errors import DataDirectoryInUseError, NotRestartedError, ReadableError
from wxpark_gui.domain.settings import LANGUAGES, Settings
from wxpark_gui.runtime.core_dumps import forbid_core_dumps
from wxpark_gui.runtime.crash import CrashReporter
from wxpark_gui.runtime.crash_reports import CrashReports
from wxpark_gui.runtime.first_paint import FirstPaint
from wxpark_gui.runtime.garbage import pause, resume
from wxpark_gui.runtime.input_method import input_method
from wxpark_gui.runtime.library_path import restore_library_path
from wxpark_gui.runtime.malloc_options import limit_malloc
from wxpark_gui.runtime.platform_plugin import platform_plugin
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.session_bus import find_session_bus
from wxpark_gui.runtime.switch_interval import use_short_turns
from wxpark_gui.runtime.utf8_mode import use_utf8_mode
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate import accessible as plate_accessible
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.placement import WindowPlacement

if TYPE_CHECKING:
    from wxpark_gui.domain.about import ProgramFacts
    from wxpark_gui.service.connection_test import ConnectionTest
    from wxpark_gui.service.diagnostics import Diagnostics
    from wxpark_gui.service.examination import Check
    from wxpark_gui.service.key_change import KeyChange
    from wxpark_gui.service.ports import Gateway
    from wxpark_gui.wording import Wording

DESKTOP_FILE_NAME = "io.github.wxpark.booth"
"""Name of the desktop entry, from which a Linux desktop takes the program's name and icon."""

RESTART, RESTART_TRAINING, RESTART_LIVE = 1000, 1001, 1002
"""Exit codes of the event loop that start the program again; never the program's own.

The second and third one start it with and without the training mode.
"""
_TRAINING = "--training"

STOP_SECONDS = 2.0
"""Seconds to wait for the worker threads at quit."""

ENDING_SECONDS = STOP_SECONDS + CLOSE_SECONDS
"""Seconds that a window which was closed may keep the data directory locked."""

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, and return the exit code when it closes.

    If another process has a window open for the data directory, raise that window and return 0. A
    `ReadableError` at the start is shown in a message box and decides the exit code.

    Args:
        arguments: without the program's name; None for those of the process.
    """
    if arguments is None:
        use_utf8_mode()
    pause()
    forbid_core_dumps()
    limit_malloc()
    use_short_turns()
    options = _parse(sys.argv[1:] if arguments is None else arguments)
    restore_library_path(os.environ)
    find_session_bus(os.environ)
    with input_method() as options.can_type_chinese, platform_plugin(partial(_no_display, options)):
        # By the option, as `setStyle` returns a `QStyle`, whose enumerations take 9 ms.
        application = QApplication([sys.argv[0], "-style", "Fusion"])
    application.setApplicationName("wxpark-gui")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(DESKTOP_FILE_NAME)
    plate_accessible.install()
    appearance = Appearance(Settings(), options.lang)
    try:
        if options.tour:
            import tempfile

            with tempfile.TemporaryDirectory(prefix="wxpark-tour-") as directory:
                return _open(application, Path(directory), options, appearance)
        code = _open(application, options.data_dir, options, appearance)
        # The lock on the data directory is released, so the new process can take it.
        own = sys.argv[1:] if arguments is None else arguments
        if code < RESTART:
            return code
        _start_again(_after(code, own))
        return 0
    except ReadableError as error:
        from wxpark_gui.console.report import exit_code_for

        _tell(error, appearance.wording)
        return exit_code_for(error)
    finally:
        resume()


def _tell(error: ReadableError, wording: Wording) -> None:
    """Show an error in a box of its own, and wait until it is closed."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QMessageBox

    words = wording.failure(error)
    box = QMessageBox(
        QMessageBox.Icon.Critical, wording.program_name, f"{words.message}\n{words.action}"
    )
    # The detail may name a file, whose name is no mark-up.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.exec()


def _no_display(options: argparse.Namespace) -> str:
    """Return the sentence for a display that cannot be used."""
    from wxpark_gui.wording import Label, Wording

    language = options.lang or Settings().appearance.language
    return Wording.for_language(language).label(Label.NO_DISPLAY)


def _after(code: int, own: Sequence[str]) -> Sequence[str]:
    """Return the arguments after a restart by one of the three exit codes."""
    if code == RESTART:
        return own
    live = [argument for argument in own if argument != _TRAINING]
    return [*live, _TRAINING] if code == RESTART_TRAINING else live


def _start_again(arguments: Sequence[str]) -> None:
    """Start the program again with these arguments, as a detached process.

    Raises:
        NotRestartedError: the system did not start it.
    """
    from PySide6.QtCore import QProcess

    from wxpark_gui.runtime.autostart import start_command

    program, *own = start_command(arguments)
    started, _ = QProcess.startDetached(program, own)
    if not started:
        raise NotRestartedError


def _open(
    application: QApplication,
    data_directory: Path | None,
    options: argparse.Namespace,
    appearance: Appearance,
) -> int:
    with Assembly(data_directory, training=options.training) as parts:
        is_ours = _claim(parts, appearance)
        return _run(application, parts, options, appearance) if is_ours else 0


def _claim(parts: Assembly, appearance: Appearance) -> bool:
    """Lock the data directory; return False if a window that is open was raised instead.

    A window that was closed keeps the lock until its threads have ended, and one that is starting
    does not answer yet. Both are waited for, with a small window that says so.

    Raises:
        DataDirectoryInUseError: another process still holds the lock after `ENDING_SECONDS`.
    """
    if _locks(parts):
        return True
    from wxpark_gui.runtime.instance import raise_first_window
    from wxpark_gui.ui.window.waiting import WaitingWindow

    end = time.monotonic() + ENDING_SECONDS

    def attempt() -> bool | None:
        if raise_first_window(parts.directory.root):
            return False
        if _locks(parts):
            return True
        if time.monotonic() >= end:
            raise DataDirectoryInUseError
        return None

    is_ours = attempt()
    return WaitingWindow(appearance).wait(attempt) if is_ours is None else is_ours


def _locks(parts: Assembly) -> bool:
    """Lock the data directory; return False if another process holds the lock."""
    try:
        parts.claim(restores=False)
    except DataDirectoryInUseError:
        return False
    return True


def _run(
    application: QApplication,
    parts: Assembly,
    options: argparse.Namespace,
    appearance: Appearance,
) -> int:
    reports = CrashReports(parts.directory.logs, partial(_describe, parts))
    crashes = CrashReporter(reports)
    crashes.install()
    unreadable = _read_settings(parts)
    appearance.follow(parts.current.value)
    workers = _make_workers()
    controllers, gateways = _make_controllers(parts, workers)
    _connect_crashes(crashes, controllers, workers)
    quitter = _Quitter(application)
    quitter.handle_signals()
    background = Background(controllers, workers.live, gateways, parts.directory.root)
    if options.tour and parts.training_gateway:
        from wxpark_gui.tour import Tour

        tour = Tour(controllers, appearance, parts.training_gateway, parts.current, options.tour)
        tour.finished.connect(application.exit)
        # `application.exit` has no effect before the event loop runs.
        QTimer.singleShot(0, tour.start)
        background.listen()
    else:
        controllers.settings.changed.connect(appearance.follow)
        qt = (("Qt", qVersion()), ("PySide6", pyside_version))
        facts = deferred(partial(_facts, parts, qt, can_type_chinese=options.can_type_chinese))
        window = MainWindow(controllers, appearance, training=parts.training, facts=facts)
        crashes.reported.connect(window.support.note_crash)
        crashes.crashed.connect(window.notices.bug)
        window.support.restartRequested.connect(quitter.restart)
        window.setup.trainingRequested.connect(quitter.restart_in_training)
        window.setup.liveRequested.connect(quitter.restart_live)
        window.care.restartRequested.connect(quitter.restart)
        background.raiseRequested.connect(window.come_to_front)
        placement = WindowPlacement(window, appearance, parts.directory.window)
        placement.restore()
        application.aboutToQuit.connect(placement.store)
        FirstPaint(window).painted.connect(background.start)
        window.show()
        if unreadable is not None:
            window.settings_unreadable(unreadable)
        if (report := reports.take_unseen()) is not None:
            window.support.note_crash_before(report)
            window.notices.crashed_before()
        if unreadable is None and not parts.training:
            if parts.is_restoring:
                # The backup may have the settings.
                controllers.backups.restored.connect(window.setup.offer)
            else:
                window.setup.offer()
    code = application.exec()
    background.stop()
    _finish_saving(application, controllers, appearance, quitter)
    controllers.stop()
    workers.stop(STOP_SECONDS, controllers.journal.close, CLOSE_SECONDS)
    crashes.uninstall()
    return code


def _ending_signals() -> Sequence[signal.Signals]:
    """Return the signals that end the window; SIGHUP, of a closed terminal, unless `nohup` is used.

    Windows has no SIGHUP.
    """
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is None or signal.getsignal(hang_up) is signal.SIG_IGN:
        return (signal.SIGINT, signal.SIGTERM)
    return (signal.SIGINT, signal.SIGTERM, hang_up)


def _finish_saving(
    application: QApplication, controllers: Controllers, appearance: Appearance, quitter: _Quitter
) -> None:
    """Hide all windows. If something is being saved, show a small one until it is, or is given up.

    From a termination signal or the end of the desktop session on, wait at most `SAVE_SECONDS`.
    """
    for window in application.topLevelWidgets():
        window.hide()
    if not controllers.is_saving:
        return
    from wxpark_gui.ui.window.saving import SavingWindow

    saving = SavingWindow(controllers, appearance)
    saving.ended.connect(quitter.end)
    quitter.patience_ms = int(SAVE_SECONDS * 1000)
    if quitter.was_signalled or application.isSavingSession():
        QTimer.singleShot(quitter.patience_ms, quitter.end)
    application.exec()
    saving.hide()


def _connect_crashes(crashes: CrashReporter, controllers: Controllers, workers: Workers) -> None:
    for part in controllers.crashing:
        part.crashed.connect(crashes.report)
    crashes.display_lost = partial(_save_without_display, controllers, workers)


def _save_without_display(controllers: Controllers, workers: Workers) -> None:
    """If something is being saved, wait until it is, at most `SAVE_SECONDS`, and end the threads.

    Call it when the display server has ended: no window can be shown, and no event comes.
    """
    if controllers.is_saving:
        workers.stop(0.0, controllers.journal.close, SAVE_SECONDS)


def _make_workers() -> Workers:
    return Workers(
        journal=Worker("wxpark-journal"),
        live=Worker("wxpark-live"),
        backlog=Worker("wxpark-backlog"),
        settings=Worker("wxpark-settings"),
        keyring=Worker("wxpark-keyring"),
        updates=Worker("wxpark-updates"),
        query=Worker("wxpark-query"),
        statistics=Worker("wxpark-statistics"),
        export=Worker("wxpark-export"),
        shifts=Worker("wxpark-shifts"),
        history=Worker("wxpark-history"),
        checkup=Worker("wxpark-checkup"),
        diagnostics=Worker("wxpark-diagnostics"),
        door=Worker("wxpark-door-control"),
        setup=Worker("wxpark-setup"),
        connection_test=Worker("wxpark-connection-test"),
        key_change=Worker("wxpark-key-change"),
        backups=Worker("wxpark-backups"),
    )


def _make_controllers(parts: Assembly, workers: Workers) -> tuple[Controllers, Sequence[Gateway]]:
    """Build the controllers and connect them to each other.

    Returns:
        The controllers, and the deferred gateways.
    """
    journal = parts.journal_on(workers.journal)
    gateways = [deferred(parts.open_gateway) for _ in range(3)]
    live = parts.submission(journal, gateways[0])
    again = parts.submission(journal, gateways[1])
    sender = LiveSender(live, workers.live)
    controllers = Controllers(
        entries=Entries(
            live,
            journal,
            parts.clock,
            workers.journal,
            sender,
            plates=KnownPlatesReader(parts.read_journal, parts.clock, workers.history),
        ),
        live=sender,
        backlog=BacklogSender(Outbox(journal, again, parts.clock), workers.backlog),
        journal=JournalStatus(
            journal,
            partial(parts.open_on, journal),
            parts.clock,
            workers.journal,
            lambda: parts.current.value.booth.retention_days,
        ),
        settings=SettingsController(
            deferred(partial(parts.merchants, journal)), parts.current, workers.settings
        ),
        link=Link(live, parts.clock, workers.live),
        updates=UpdateChecker(
            deferred(lambda: parts.upgrades), workers.updates, enabled=not parts.training
        ),
        keys=KeyReader(parts.keys, parts.current, workers.keyring),
        queries=Queries(deferred(partial(parts.plate_query, journal, gateways[2])), workers.query),
        statistics=StatisticsController(deferred(parts.statistics), workers.statistics),
        exports=Exports(deferred(lambda: parts.export), workers.export),
        shifts=ShiftController(
            deferred(partial(parts.shifts, journal, workers.journal)),
            parts.documents,
            workers.shifts,
        ),
        history=HistoryBrowser(
            parts.open_history, deferred(lambda: parts.searches), workers.history
        ),
        checkup=Checkup(partial(_checks, parts), workers.checkup),
        diagnostics=DiagnosticsSaver(deferred(partial(_diagnostics, parts)), workers.diagnostics),
        backfills=Backfills(live, journal, parts.documents, workers.journal, workers.shifts),
        door=DoorController(deferred(parts.door), workers.door),
        documents=DocumentSaver(parts.documents, workers.shifts),
        setup=SetupController(
            parts.vault,
            parts.keys,
            deferred(partial(_connection_test, parts)),
            workers.setup,
            Checkup(tuple, workers.connection_test),
        ),
        approvals=Approvals(deferred(parts.managers), workers.shifts),
        key_changer=KeyChanger(deferred(partial(_key_change, parts)), workers.key_change),
        backups=BackupKeeper(deferred(lambda: parts.backups), parts.take_restored, workers.backups),
        autostart=AutostartSwitch(deferred(lambda: parts.start_at_login), workers.settings),
    )
    controllers.connect()
    return controllers, gateways


def _checks(parts: Assembly) -> Sequence[Check]:
    from wxpark_gui.support import make_doctor

    return make_doctor(parts).checks()


def _diagnostics(parts: Assembly) -> Diagnostics:
    from wxpark_gui.support import make_diagnostics

    return make_diagnostics(parts)


def _facts(
    parts: Assembly, qt: tuple[tuple[str, str], ...], *, can_type_chinese: bool
) -> ProgramFacts:
    from wxpark_gui.support import program_facts

    return program_facts(parts, qt, can_type_chinese=can_type_chinese)


def _key_change(parts: Assembly) -> KeyChange:
    from wxpark_gui.service.key_change import KeyChange

    return KeyChange(parts.keys, parts.current, _connection_test(parts))


def _connection_test(parts: Assembly) -> ConnectionTest:
    from wxpark_gui.support import make_connection_test

    return make_connection_test(parts)


def _describe(parts: Assembly) -> str:
    from wxpark_gui.support import describe

    return describe(parts)


def _read_settings(parts: Assembly) -> ReadableError | None:
    """Load the settings into `parts.current`; return the error, for the window to show, or None.

    On an error the defaults stay in `parts.current`.
    """
    try:
        parts.load_settings()
    except ReadableError as error:
        # The window does not name the line.
        _log.warning("settings not read: %s", error)
        return error
    return None


class _Quitter(QObject):
    """Ends the event loop after a termination signal, or to restart the program.

    It does not call `quit`, which has no effect while a dialog refuses to close, as during an
    export. Further signals have no effect: at log-out, the desktop and systemd send several, which
    must not give up an entry that is being saved.

    Attributes:
        was_signalled: True after a termination signal.
        patience_ms: milliseconds from the signal to the end of the event loop.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self.was_signalled = False
        self.patience_ms = 0

    def handle_signals(self) -> None:
        """Handle the signals that end the window."""
        for number in _ending_signals():
            # Python runs signal handlers between bytecodes, so at the 1 s timer at the latest.
            signal.signal(number, self.on_signal)

    @Slot()
    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.was_signalled:
            return
        self.was_signalled = True
        # `exit` has no effect before the event loop runs; a single-shot timer waits for it.
        QTimer.singleShot(self.patience_ms, self.end)

    @Slot()
    def end(self) -> None:
        """End the event loop."""
        self._application.exit()

    @Slot()
    def restart(self) -> None:
        """End the event loop with the exit code `RESTART`."""
        self._application.exit(RESTART)

    @Slot()
    def restart_in_training(self) -> None:
        """End the event loop with the exit code `RESTART_TRAINING`."""
        self._application.exit(RESTART_TRAINING)

    @Slot()
    def restart_live(self) -> None:
        """End the event loop with the exit code `RESTART_LIVE`."""
        self._application.exit(RESTART_LIVE)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="wxpark-gui", allow_abbrev=False)
    parser.add_argument(_TRAINING, action="store_true", help="train; nothing goes to WeChat")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep everything in DIR")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the window")
    parser.add_argument("--tour", type=Path, metavar="DIR", help="save a picture of every state")
    parser.add_argument("--version", action="version", version=__version__)
    options = parser.parse_args(arguments)
    options.training = options.training or bool(options.tour)
    return options


if __name__ == "__main__":
    sys.exit(main())
