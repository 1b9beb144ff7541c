"""Voids the last entry, at the attendant's request, while it is open and not being sent."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers.entries import Entries
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.entry.undo_button import UndoButton
from wxpark_gui.ui.verdict.presenter import VerdictPresenter
from wxpark_gui.wording import Label


class Undo(QObject):
    """Shows the undo button, and puts the draft of a voided entry back into an untouched form.

    Signals:
        broughtBack(): the draft of the last entry is in the form again.
    """

    broughtBack = Signal()

    def __init__(
        self,
        entries: Entries,
        *,
        form: EntryForm,
        presenter: VerdictPresenter,
        button: UndoButton,
    ) -> None:
        super().__init__(form)
        self._entries = entries
        self._form = form
        self._presenter = presenter
        self._button = button
        self._draft: EntryDraft | None = None
        button.keyboardLeft.connect(form.plate.setFocus)
        entries.started.connect(self._on_started)
        entries.takenBack.connect(self._on_taken_back)
        entries.notTakenBack.connect(self._on_not_taken_back)

    def take_back(self, unsaved_id: str) -> None:
        """Void the entry `unsaved_id`, or if empty the last one saved or sent again.

        Show a note if there is none or it was voided already.
        """
        last = self._presenter.last
        if unsaved_id:
            self._entries.take_back(unsaved_id)
        elif last is None or last.state is DeliveryState.VOIDED:
            self._presenter.show_note(lambda wording: wording.label(Label.NOTHING_TO_TAKE_BACK))
        else:
            self._button.withdraw()
            self._entries.take_back(last.entry_id)

    def withdraw(self) -> None:
        """Hide the undo button, because another entry was submitted or sent again."""
        self._button.withdraw()

    def note_saved(self, draft: EntryDraft | None) -> None:
        """Offer undo for the entry just saved.

        Args:
            draft: put into the form if the entry is voided; None for an entry sent again.
        """
        self._draft = draft
        self._button.offer()

    def forget_draft(self) -> None:
        """Put no draft back if the last entry is voided, because another one became the last."""
        self._draft = None

    def note_changed(self, before: EntryRecord, record: EntryRecord) -> None:
        """Offer undo when the last entry starts to wait for a retry, not at every retry."""
        if record.state is not DeliveryState.WAITING:
            self._button.withdraw()
        elif before.state is not DeliveryState.WAITING:
            self._button.offer()

    def bring_back(self, draft: EntryDraft | None) -> bool:
        """Put a draft into the form and focus the plate.

        Return False, and do nothing, if `draft` is None or the form is not untouched.
        """
        if draft is None or not self._form.untouched:
            return False
        self._form.restore(draft)
        self._form.plate.setFocus()
        return True

    @Slot(object)
    def _on_started(self, record: EntryRecord) -> None:
        if self._presenter.last and record.entry_id == self._presenter.last.entry_id:
            self._button.withdraw()

    @Slot(object)
    def _on_taken_back(self, record: EntryRecord) -> None:
        last = self._presenter.last
        if last is None or record.entry_id != last.entry_id:
            return
        draft, self._draft = self._draft, None
        is_back = self.bring_back(draft)
        if draft and self._form.plate.text() == draft.plate:
            self._presenter.show_record(record)
        if is_back:
            self.broughtBack.emit()

    @Slot(str, object)
    def _on_not_taken_back(self, _entry_id: str, error: ReadableError) -> None:
        self._presenter.show_note(lambda wording: wording.failure(error).sentences)
