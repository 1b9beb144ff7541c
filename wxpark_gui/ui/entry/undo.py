"""Taking back the entry just made, while it still waits."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

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
    """Offers the undo button while it helps; an entry taken back returns to the form."""

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
        """Take back the entry that is being saved, else the last one; say why where neither can."""
        last = self._presenter.last
        if unsaved_id:
            self._entries.take_back(unsaved_id)
        elif last is None or last.state is DeliveryState.VOIDED:
            self._presenter.show_note(lambda wording: wording.label(Label.NOTHING_TO_TAKE_BACK))
        else:
            self._button.withdraw()
            self._entries.take_back(last.entry_id)

    def withdraw(self) -> None:
        """Another entry is in hand: no offer for the one before."""
        self._button.withdraw()

    def note_saved(self, draft: EntryDraft | None) -> None:
        """The last entry is on disk; `draft` returns to the form if it is taken back."""
        self._draft = draft
        self._button.offer()

    def note_changed(self, before: EntryRecord, record: EntryRecord) -> None:
        """Offer once when the connection fails, not at every try."""
        if record.state is not DeliveryState.WAITING:
            self._button.withdraw()
        elif before.state is not DeliveryState.WAITING:
            self._button.offer()

    def bring_back(self, draft: EntryDraft | None) -> bool:
        """Put a draft into the form again, unless the next car stands there already."""
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
        self.bring_back(draft)
        if draft and self._form.plate.text() == draft.plate:
            self._presenter.show_record(record)

    @Slot(str, object)
    def _on_not_taken_back(self, _entry_id: str, error: ReadableError) -> None:
        self._presenter.show_note(lambda wording: wording.failure(error).sentences)
