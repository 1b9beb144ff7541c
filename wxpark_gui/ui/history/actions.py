"""Sends an entry of the history again, and tests if it may be corrected or voided."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from wxpark_gui.controllers.entries import Entries, Refused
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.history import HistoryEntry
from wxpark_gui.ui.history.status import HistoryStatus
from wxpark_gui.wording import HistoryLabel, Label


class EntryActions(QObject):
    """Passes requests to the entries controller and shows the result in the status line."""

    def __init__(self, entries: Entries, status: HistoryStatus) -> None:
        super().__init__(status)
        self._entries = entries
        self._status = status
        self._sent: set[str] = set()
        self._voided: set[str] = set()
        entries.notSaved.connect(self._on_not_saved)
        entries.notTakenBack.connect(self._on_not_voided)

    def resend(self, found: HistoryEntry | None) -> None:
        """Send an entry again; show in the status line that this began, or why it did not.

        Args:
            found: None if no entry is selected.
        """
        if found is None:
            self._status.say(lambda wording: wording.label(Label.NOTHING_TO_RESEND))
            return
        result = self._entries.resend(found.record)
        if isinstance(result, Refused):
            self._say_failure(result.error)
            return
        self._sent.add(result.entry_id)
        plate = found.record.entry.label
        self._status.say(lambda wording: wording.label(HistoryLabel.SENDING, plate=plate))

    def may_correct(self, found: HistoryEntry | None) -> bool:
        """Test if an entry can be corrected: it is neither voided nor replaced.

        Otherwise show in the status line that nothing can be corrected. The result is also False if
        no entry is given.
        """
        if found is None or found.record.replaced_by or found.record.state is DeliveryState.VOIDED:
            self._status.say(lambda wording: wording.label(Label.NOTHING_TO_CORRECT))
            return False
        return True

    def may_void(self, found: HistoryEntry | None) -> bool:
        """Test if an entry is not voided yet, and so can be voided.

        Otherwise show in the status line that nothing can be voided. The result is also False if no
        entry is given.
        """
        if found is None or found.record.state is DeliveryState.VOIDED:
            self._status.say(lambda wording: wording.label(Label.NOTHING_TO_VOID))
            return False
        self._voided.add(found.record.entry_id)
        return True

    @Slot(str, object)
    def _on_not_saved(self, entry_id: str, error: ReadableError) -> None:
        if entry_id in self._sent:
            self._say_failure(error)

    @Slot(str, object)
    def _on_not_voided(self, entry_id: str, error: ReadableError) -> None:
        if entry_id in self._voided:
            self._say_failure(error)

    def _say_failure(self, error: ReadableError) -> None:
        self._status.say(lambda wording: wording.failure(error).sentences)
