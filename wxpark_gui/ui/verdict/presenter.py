"""Keeps the panel on the car in hand."""

from __future__ import annotations

from wxpark_gui.domain.plate import PlateNumber
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.verdict import message as messages
from wxpark_gui.ui.verdict.message import PanelMessage, Sentence
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.verdict.sounds import SoundPlayer

_PREFIX_LENGTH = 2


class VerdictPresenter:
    """Decides what the panel shows.

    A refusal, a question or the next key of a plate takes the last verdict away; a late answer for
    an earlier car changes the small line and its row in the list, never the panel's colour.

    Attributes:
        last: the entry saved or sent again last; None before the first.
        set_up: a merchant is entered.
    """

    def __init__(self, panel: VerdictPanel, sounds: SoundPlayer) -> None:
        self._panel = panel
        self._sounds = sounds
        self._shown_id = ""
        self._unsaved = ""
        self._prefix: str | None = None
        self._untouched = True
        self.last: EntryRecord | None = None
        self.set_up = True

    @property
    def shown(self) -> EntryRecord | None:
        """The entry on the panel, once it is saved."""
        return self.last if self.last and self.last.entry_id == self._shown_id else None

    @property
    def shows_entry(self) -> bool:
        """An entry is on the panel, saved or on its way to the disk."""
        return bool(self._shown_id)

    @property
    def rests(self) -> bool:
        """The panel speaks of no car."""
        return self._panel.message.rests

    def is_shown(self, entry_id: str) -> bool:
        return entry_id == self._shown_id

    def follow(self, entry_id: str, label: str) -> None:
        """Show an entry that is on its way to the disk."""
        self._unsaved = ""
        self._panel.show_message(messages.saving(label))
        self._shown_id = entry_id

    def show_record(self, record: EntryRecord) -> None:
        """Show the state of the entry in hand, with its sound."""
        self._shown_id = record.entry_id
        self._panel.show_message(messages.of_record(record))
        self._sounds.play_news(record)

    def show_news(self, record: EntryRecord) -> bool:
        """Show a new state of the last entry; False where it is not the car in hand."""
        self.last = record
        if self.is_shown(record.entry_id):
            self.show_record(record)
            return True
        if self.rests:
            self._panel.show_message(self._resting())
        self._sounds.play_news(record)
        return False

    def show_failure(self, message: PanelMessage) -> None:
        self.show(message)
        self._sounds.play(Severity.FAILED)

    def show_not_saved(self, message: PanelMessage, lost: str) -> None:
        """Show that an entry is not on disk.

        Args:
            lost: plate or bay that stands nowhere but on the panel; empty where the form has it.
        """
        self._unsaved = lost
        self.show_failure(message)

    def show(self, message: PanelMessage) -> None:
        """Show something about no saved entry."""
        self._shown_id = ""
        self._panel.show_message(message)

    def show_note(self, say: Sentence, about: EntryRecord | None = None) -> None:
        """Say why a key did nothing. A later answer for the entry in hand replaces it.

        Args:
            about: the entry concerned, where it may be another than the one in hand.
        """
        shown = self.shown
        if shown and (about is None or about.entry_id == shown.entry_id):
            self._panel.show_message(messages.annotated(shown, say))
        else:
            label = about.entry.label if about else ""
            self._panel.show_message(messages.note(say, self.last, label))

    def follow_form(self, plate: PlateNumber, *, untouched: bool, asks_prefix: bool) -> None:
        """Show that the next plate is typed, or that the form is ready for it."""
        is_prefix = asks_prefix and len(plate.text) <= _PREFIX_LENGTH
        self._prefix = plate.text if is_prefix else None
        self._untouched = untouched
        self.show(self._resting())

    def _resting(self) -> PanelMessage:
        if self._prefix is not None:
            return messages.prefix_question(self._prefix, self.last)
        if self._untouched and not self._unsaved:
            return messages.idle(self.last, set_up=self.set_up)
        return messages.typing(self.last, self._unsaved)
