"""The controllers of one window, connected to each other."""

from __future__ import annotations

from dataclasses import dataclass

from wxpark_gui.controllers.backlog import BacklogSender
from wxpark_gui.controllers.entries import Entries
from wxpark_gui.controllers.journal_status import JournalStatus
from wxpark_gui.controllers.link import Link
from wxpark_gui.controllers.settings import SettingsController
from wxpark_gui.controllers.updates import UpdateChecker


@dataclass(frozen=True, slots=True)
class Controllers:
    """Everything the window talks to.

    Attributes:
        entries: the attendant's entries.
        backlog: sends what waits.
        journal: the journal as a whole.
        settings: the settings in force.
        link: the connection to the gateway.
        updates: looks for a newer version.
    """

    entries: Entries
    backlog: BacklogSender
    journal: JournalStatus
    settings: SettingsController
    link: Link
    updates: UpdateChecker

    def connect(self) -> None:
        """Let each hear of what concerns it. Called once."""
        entries, backlog, journal = self.entries, self.backlog, self.journal
        entries.saved.connect(journal.survey)
        entries.saved.connect(backlog.note_saved)
        entries.changed.connect(journal.survey)
        entries.sent.connect(backlog.note_outcome)
        entries.sent.connect(self.link.note_record)
        entries.interrupted.connect(backlog.requeue)
        backlog.changed.connect(entries.note_changed)
        backlog.changed.connect(self.link.note_record)
        backlog.moved.connect(journal.survey)
        backlog.failed.connect(journal.report)
        journal.opened.connect(entries.load)
        journal.opened.connect(backlog.start)
        self.settings.changed.connect(self.updates.apply_settings)
        self.settings.saved.connect(backlog.release)

    def start(self) -> None:
        """Open the journal; the rest follows from it."""
        self.updates.apply_settings(self.settings.current)
        self.journal.open()

    def stop(self) -> None:
        """Start nothing further. The threads are their owner's to stop."""
        self.backlog.stop()
        self.journal.stop()
        self.updates.stop()
