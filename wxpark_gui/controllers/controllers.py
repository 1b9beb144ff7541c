"""The controllers of one window, connected to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.controllers.autostart import AutostartSwitch
from wxpark_gui.controllers.backfills import Backfills
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
from wxpark_gui.controllers.link import Link
from wxpark_gui.controllers.live import LiveSender
from wxpark_gui.controllers.queries import Queries
from wxpark_gui.controllers.settings import SettingsController
from wxpark_gui.controllers.setup import SetupController
from wxpark_gui.controllers.shifts import ShiftController
from wxpark_gui.controllers.statistics import StatisticsController
from wxpark_gui.controllers.updates import UpdateChecker

_Crashing: TypeAlias = (
    Entries
    | LiveSender
    | JournalStatus
    | SettingsController
    | Link
    | UpdateChecker
    | KeyReader
    | Queries
    | StatisticsController
    | Exports
    | ShiftController
    | HistoryBrowser
    | Checkup
    | DiagnosticsSaver
    | Backfills
    | DoorController
    | DocumentSaver
    | SetupController
    | Approvals
    | KeyChanger
    | BackupKeeper
    | AutostartSwitch
)


@dataclass(frozen=True, slots=True)
class Controllers:
    """The window's controllers.

    Attributes:
        entries: saves, resends, corrects and takes back entries.
        live: sends new entries at once.
        backlog: sends the waiting entries.
        journal: opens, counts, backs up and archives the journal.
        settings: saves the settings and puts them in force.
        link: tracks the connection to the gateway.
        updates: looks for a newer version.
        keys: reads the merchant keys from the keyring.
        queries: asks for the state of a plate.
        statistics: reads the statistics of a period.
        exports: writes entries to a file.
        shifts: signs attendants in, hands shifts over, and edits the list of attendants.
        history: reads all entries, archived ones included.
        checkup: runs the doctor's checks.
        diagnostics: collects and saves what a support call needs.
        backfills: saves entries from paper.
        door: takes plates that a camera or scanner offers.
        documents: saves sheets to print.
        setup: tries the keyring and the connection for the set-up.
        approvals: lets a manager approve single acts, and edits the list of managers.
        key_changer: tests a new merchant key and switches to it.
        backups: lists, saves and restores backups.
        autostart: reads and changes the start at login.
    """

    entries: Entries
    live: LiveSender
    backlog: BacklogSender
    journal: JournalStatus
    settings: SettingsController
    link: Link
    updates: UpdateChecker
    keys: KeyReader
    queries: Queries
    statistics: StatisticsController
    exports: Exports
    shifts: ShiftController
    history: HistoryBrowser
    checkup: Checkup
    diagnostics: DiagnosticsSaver
    backfills: Backfills
    door: DoorController
    documents: DocumentSaver
    setup: SetupController
    approvals: Approvals
    key_changer: KeyChanger
    backups: BackupKeeper
    autostart: AutostartSwitch

    @property
    def crashing(self) -> tuple[_Crashing, ...]:
        """The controllers that have a signal `crashed`."""
        return (
            self.entries,
            self.live,
            self.journal,
            self.settings,
            self.link,
            self.updates,
            self.keys,
            self.queries,
            self.statistics,
            self.exports,
            self.shifts,
            self.history,
            self.checkup,
            self.diagnostics,
            self.backfills,
            self.door,
            self.documents,
            self.setup,
            self.approvals,
            self.key_changer,
            self.backups,
            self.autostart,
        )

    @property
    def is_saving(self) -> bool:
        """True while an entry is being saved or voided, or a change of the shift is being saved."""
        is_voiding = bool(self.entries.leaving or self.backfills.leaving)
        is_appending = bool(self.entries.unsaved or self.backfills.unsaved)
        return is_appending or is_voiding or self.shifts.is_changing

    def connect(self) -> None:
        """Connect the controllers' signals to each other. Call it once."""
        entries, backlog, journal = self.entries, self.backlog, self.journal
        entries.saved.connect(journal.survey)
        entries.saved.connect(backlog.note_saved)
        entries.changed.connect(journal.survey)
        entries.notSaved.connect(journal.survey)
        self.backfills.notSaved.connect(journal.survey)
        entries.restored.connect(backlog.step)
        self.live.settled.connect(backlog.note_outcome)
        self.live.settled.connect(self.link.note_record)
        self.live.interrupted.connect(backlog.requeue)
        self.live.failed.connect(journal.report)
        backlog.changed.connect(entries.note_sent)
        backlog.changed.connect(self.link.note_record)
        backlog.moved.connect(journal.survey)
        backlog.failed.connect(journal.report)
        journal.opened.connect(entries.load)
        journal.opened.connect(backlog.start)
        journal.opened.connect(self.shifts.load)
        journal.clockSet.connect(self.shifts.refresh)
        journal.opened.connect(self.approvals.load)
        journal.opened.connect(self.backups.note_opened)
        self.shifts.changed.connect(self.approvals.note_shift)
        self.settings.changed.connect(self.updates.apply_settings)
        self.settings.saved.connect(backlog.release)
        self.settings.accountKept.connect(backlog.release)
        self.settings.changed.connect(self.keys.note_settings)
        self.live.settled.connect(self.keys.note_record)
        backlog.changed.connect(self.keys.note_record)
        self.keys.changed.connect(backlog.step)
        entries.saved.connect(self.history.note_saved)
        journal.salvaged.connect(self.history.reopen)
        self.backups.restored.connect(self.history.reopen)
        self.backups.restored.connect(self.settings.note_restored)
        self.settings.changed.connect(self.door.apply_settings)
        self.key_changer.switched.connect(self.keys.note_settings)
        self.key_changer.switched.connect(backlog.release)
        self._connect_backfills()

    def _connect_backfills(self) -> None:
        saved = self.backfills.saved
        saved.connect(self.entries.note_backfilled)
        saved.connect(self.journal.survey)
        saved.connect(self.backlog.step)
        saved.connect(self.history.note_saved)
        self.backfills.changed.connect(self.entries.note_changed)

    def start(self) -> None:
        """Start reading the keys, checking for updates and opening the journal.

        The open journal starts the queue and loads the recent entries.
        """
        self.keys.start()
        self.updates.apply_settings(self.settings.current)
        self.door.apply_settings(self.settings.current)
        self.journal.open()

    def stop(self) -> None:
        """Stop timers and queue; cancel reading, exporting and checks. The threads still run."""
        self.entries.stop()
        self.backlog.stop()
        self.journal.stop()
        self.updates.stop()
        self.keys.stop()
        self.statistics.stop()
        self.exports.stop()
        self.history.close()
        self.checkup.stop()
        self.diagnostics.stop()
        self.door.stop()
        self.setup.stop()
        self.backups.stop()
