"""Decides which message the verdict panel shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from wxpark_gui.domain.plate import PROVINCES, PlateNumber
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.verdict import message as messages
from wxpark_gui.ui.verdict.message import PanelMessage, Sentence
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.verdict.sounds import SoundPlayer

_BEGUN_PREFIX = re.compile(f"(?:[{PROVINCES}][A-HJ-Z]?)?")
"""Pattern of what is typed of a prefix: nothing, a province, or a province and a letter."""

MOST_UNSAVED = 9
"""Largest number of plates named as not saved or being saved; the oldest are dropped."""


class VerdictPresenter:
    """Chooses the panel's message and plays its sound.

    A refusal, a question or a key typed into the form replaces the verdict shown. If the replaced
    entry is answered later, the panel's small line may change, but never its colour.

    Attributes:
        last: the entry saved or resent last, in its newest state; None before the first.
        set_up: True if a merchant is set up.
        saving: returns the plates or bays of the entries that are being saved, oldest first.
    """

    def __init__(self, panel: VerdictPanel, sounds: SoundPlayer) -> None:
        self._panel = panel
        self._sounds = sounds
        self._shown_id = ""
        self._unsaved: tuple[str, ...] = ()
        self._uncorrected: tuple[str, ...] = ()
        self._prefix: str | None = None
        self._untouched = True
        self.last: EntryRecord | None = None
        self.set_up = True
        self.saving: Callable[[], Iterable[str]] = tuple

    @property
    def panel(self) -> VerdictPanel:
        return self._panel

    @property
    def shown(self) -> EntryRecord | None:
        """The saved entry that the panel shows; None if it shows none or one not saved yet."""
        return self.last if self.last and self.last.entry_id == self._shown_id else None

    @property
    def shows_entry(self) -> bool:
        """True if the panel shows an entry that is saved or being saved."""
        return bool(self._shown_id)

    @property
    def rests(self) -> bool:
        """True if the panel shows a message that only reflects the form's state."""
        return self._panel.message.rests

    def is_shown(self, entry_id: str) -> bool:
        return entry_id == self._shown_id

    def follow(self, entry_id: str, label: str) -> None:
        """Show that the entry with this id is being saved."""
        self._unsaved = _without(self._unsaved, label)
        self._panel.show_message(messages.saving(label))
        self._shown_id = entry_id

    def show_record(self, record: EntryRecord) -> None:
        """Show the verdict of an entry, and play its sound."""
        self._shown_id = record.entry_id
        self._panel.show_message(messages.of_record(record))
        self._sounds.play_news(record)

    def show_news(self, record: EntryRecord) -> bool:
        """Make `record` the last entry and play its sound; True if the panel shows its verdict.

        Otherwise only the small line of a note or of the form's message is updated.
        """
        self.last = record
        if self.is_shown(record.entry_id):
            self.show_record(record)
            return True
        if self.rests:
            self._panel.show_message(self._resting())
        else:
            self._panel.renew()
        self._sounds.play_news(record)
        return False

    def show_failure(self, message: PanelMessage) -> None:
        self.show(message)
        self._sounds.play(Severity.FAILED)

    def show_not_saved(self, message: PanelMessage, lost: str, *, uncorrected: str = "") -> None:
        """Show that an entry could not be saved, with the sound of a failure.

        Args:
            lost: the entry's plate or bay if its draft could not be put back into the form, else
                empty. The panel's small line names it until it is entered again, or until
                `forget_unsaved`.
            uncorrected: instead, plate or bay of the entry that a lost draft would have corrected.
                It is named until it is corrected, or until `forget_unsaved`.
        """
        others, old = _without(self._unsaved, lost), _without(self._uncorrected, uncorrected)
        self._unsaved = (*others, *filter(None, (lost,)))[-MOST_UNSAVED:]
        self._uncorrected = (*old, *filter(None, (uncorrected,)))[-MOST_UNSAVED:]
        self.show_failure(messages.with_unsaved(message, others, old))

    def forget_unsaved(self) -> None:
        """Name no entry any more that could not be saved or corrected."""
        self._unsaved = self._uncorrected = ()

    def show_correction(self, label: str) -> None:
        """Show that the entry with this plate or bay is being corrected."""
        self._uncorrected = _without(self._uncorrected, label)
        self.show(messages.correcting(label))

    def show(self, message: PanelMessage) -> None:
        """Show a message that belongs to no saved entry."""
        self._shown_id = ""
        self._panel.show_message(message)

    def show_query(self, label: str) -> PanelMessage:
        """Show that a query runs; return the message, which `answer_query` needs."""
        message = messages.asking(label)
        self.show(message)
        return message

    def answer_query(self, asked: PanelMessage | None, answer: PanelMessage) -> bool:
        """Show the result of a query and play its sound, if the panel still shows `asked`.

        Return False, and do nothing, if it shows another message or `asked` is None.
        """
        if asked is None or self._panel.message is not asked:
            return False
        self.show(answer)
        if answer.severity is not None:
            self._sounds.play(answer.severity)
        return True

    def show_note(self, say: Sentence, about: EntryRecord | None = None) -> None:
        """Show the reason a key did nothing, until the entry shown changes.

        Args:
            say: returns the reason as a sentence in a given wording.
            about: the entry that the key was meant for; None for the one shown.
        """
        shown = self.shown
        if shown and (about is None or about.entry_id == shown.entry_id):
            self._panel.show_message(messages.annotated(shown, say))
        else:
            label = about.entry.label if about else ""
            self._panel.show_message(messages.note(say, lambda: self.last, label))

    def follow_form(self, plate: PlateNumber, *, untouched: bool, asks_prefix: bool) -> None:
        """Show the message for the form's state: ready, typing, or the question for a prefix.

        Args:
            untouched: True if nothing is typed.
            asks_prefix: True if the default prefix of plates is not known yet.
        """
        is_prefix = asks_prefix and _BEGUN_PREFIX.fullmatch(plate.text)
        self._prefix = plate.text if is_prefix else None
        self._untouched = untouched
        self.show(self._resting())

    def _resting(self) -> PanelMessage:
        if self._prefix is not None:
            return messages.prefix_question(self._prefix, self.last)
        saving = tuple(self.saving())[-MOST_UNSAVED:]
        if self._untouched and not (self._unsaved or self._uncorrected or saving):
            return messages.idle(self.last, set_up=self.set_up)
        return messages.typing(self.last, self._unsaved, self._uncorrected, saving)


def _without(labels: tuple[str, ...], label: str) -> tuple[str, ...]:
    return tuple(each for each in labels if each != label)
