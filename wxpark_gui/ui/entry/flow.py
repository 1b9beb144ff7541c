"""Connects form, entries controller and panel: submit, undo, correct and resend an entry.

The module exceeds the project's limit of 300 lines: each result of an entry has its slot here.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers.entries import Duplicate, Entries, Refused, Submitted
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import CarType, EntryDraft
from wxpark_gui.domain.errors import (
    EntryNotFoundError,
    InvalidInputError,
    NothingToResendError,
    NotSetUpError,
    ReadableError,
)
from wxpark_gui.domain.plate import PlateNumber, PlatePolicy, read_plate
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.entry.paint_pause import PaintPause
from wxpark_gui.ui.entry.questions import Question, Questions
from wxpark_gui.ui.entry.undo import Undo
from wxpark_gui.ui.entry.undo_button import UndoButton
from wxpark_gui.ui.plate.text import without_lookalikes
from wxpark_gui.ui.verdict import message as messages
from wxpark_gui.ui.verdict.presenter import VerdictPresenter
from wxpark_gui.wording import Label, Wording


class EntryFlow(QObject):
    """Submits drafts, asks about unusual and duplicate ones, and shows results on the panel.

    The class exceeds the project's limit of 20 methods: each result of an entry has its slot.

    Signals:
        answerShown(): the panel shows an entry that was saved or has changed.
        notSetUp(NotSetUpError): a draft was refused because no merchant is set up.
    """

    answerShown = Signal()
    notSetUp = Signal(object)

    def __init__(
        self,
        entries: Entries,
        *,
        form: EntryForm,
        presenter: VerdictPresenter,
        undo_button: UndoButton,
    ) -> None:
        super().__init__(form)
        self._entries = entries
        self._form = form
        self._presenter = presenter
        self._undo = Undo(entries, form=form, presenter=presenter, button=undo_button)
        self._questions = Questions()
        self._asked: messages.PanelMessage | None = None
        self._pending: dict[str, EntryDraft] = {}
        self._correcting: EntryRecord | None = None
        self._set_aside: EntryDraft | None = None
        self._corrected: dict[str, EntryRecord] = {}
        self._corrected_by_last: EntryRecord | None = None
        self._account: Account | None = None
        self._settings_failure: ReadableError | None = None
        presenter.saving = lambda: map(_label_of, self._pending.values())
        self._paint_pause = PaintPause(form, presenter.panel, entries)
        form.submitted.connect(self.submit)
        form.rejected.connect(self._refuse)
        form.edited.connect(self._on_edited)
        undo_button.clicked.connect(self.take_back)
        entries.saved.connect(self._on_saved)
        entries.changed.connect(self._on_changed)
        entries.notSaved.connect(self._on_not_saved)
        entries.questioned.connect(self._on_questioned)
        entries.restored.connect(self._on_restored)
        self._undo.broughtBack.connect(self._on_brought_back)

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        """Tell the panel if a merchant is set up; reset it after a change of account.

        It is not reset while an entry is being saved or corrected. A question about the draft is
        dropped, because the answer may differ for the other account.
        """
        is_other = settings.account != self._account
        if is_other:
            self._questions.clear()
        self._account = settings.account
        self._settings_failure = None
        self._presenter.set_up = settings.account is not None
        is_busy = self._pending or self._correcting is not None
        if self._presenter.rests or (is_other and not is_busy):
            self._follow_form()

    @Slot(object)
    def submit(self, draft: EntryDraft) -> None:
        """Submit a draft, or ask first about an unusual plate or a duplicate.

        The form is cleared as soon as saving starts; a refused draft stays. During a correction,
        the draft replaces the corrected entry, unless nothing was changed.
        """
        if self._presenter.panel.message is not self._asked:
            # A note or a query has replaced the question; nobody can have answered it.
            self._questions.clear()
        plate = read_plate(draft.plate)
        if plate.policy is PlatePolicy.CONFIRM and self._must_ask(Question.UNUSUAL, plate):
            self._ask(plate, Label.CONFIRM_TITLE, lambda w: _unusual(w, plate))
            return
        confirmed = self._questions.was_asked(Question.DUPLICATE, plate.text)
        if self._correcting is None:
            self._handle(self._entries.submit(draft, confirmed=confirmed), draft)
        elif _is_unchanged(draft, self._correcting):
            label = self._correcting.entry.label
            self.clear()
            self._presenter.show(messages.not_corrected(label, self._presenter.last))
        else:
            result = self._entries.correct(self._correcting, draft, confirmed=confirmed)
            self._handle(result, draft)

    @Slot()
    def clear(self) -> None:
        """Empty the form, and drop a question or correction; an entry on the panel stays.

        What was typed before the correction comes back. If there is nothing to drop, no longer name
        the entries that could not be saved.
        """
        if self._form.is_empty and self._presenter.rests:
            self._presenter.forget_unsaved()
        self._questions.clear()
        self._correcting = None
        self._form.clear()
        self._resume()
        if not self._presenter.shows_entry:
            self._follow_form()

    @Slot()
    def take_back(self) -> None:
        """Void the last entry of this window while it is not sent.

        If that fails, show the reason.
        """
        self._form.plate.setFocus()
        self._questions.clear()
        self._undo.take_back(next(reversed(self._pending), ""))

    def resend(self, record: EntryRecord | None) -> None:
        """Send `record` again, or for None the entry on the panel.

        If that fails, show the reason.
        """
        self._form.plate.setFocus()
        record = record or self._presenter.shown
        if record is None:
            self._note(lambda wording: wording.label(Label.NOTHING_TO_RESEND))
            return
        result = self._entries.resend(record)
        if isinstance(result, Refused):
            error = result.error
            self._note(lambda wording: wording.failure(error).sentences, record)
        elif result.entry_id != record.entry_id:
            self._follow(result.entry_id, record.entry.label)
        else:
            last = self._presenter.last
            if last is None or last.entry_id != record.entry_id:
                # What was typed for the entry before must not come back if this one is taken back.
                self._undo.forget_draft()
                self._corrected_by_last = None
            self._presenter.last = record
            self._presenter.show_record(record)

    def correct(self, record: EntryRecord | None) -> None:
        """Put `record`, or for None the entry on the panel, into the form for correction.

        What is typed there comes back after the correction. Show a note if there is no entry, or if
        it was replaced or voided.
        """
        self._form.plate.setFocus()
        record = record or self._presenter.shown
        if record is None or record.replaced_by or record.state is DeliveryState.VOIDED:
            self._note(lambda wording: wording.label(Label.NOTHING_TO_CORRECT), record)
            return
        self._questions.clear()
        if self._correcting is None:
            typed = _typed_into(self._form)
            # The scene of the next car stays, but not a plate that a device offered.
            self._set_aside = replace(typed, plate="") if self._form.untouched else typed
        self._correcting = record
        self._form.restore(_draft_of(record))
        self._presenter.show_correction(record.entry.label)

    def _handle(self, result: Submitted | Refused | Duplicate, draft: EntryDraft) -> None:
        match result:
            case Refused(error):
                self._refuse(error, draft)
            case Duplicate():
                self._ask_about_duplicate(result, draft)
            case Submitted(entry_id):
                self._paint_pause.begin()
                self._pending[entry_id] = draft
                if self._correcting is not None:
                    self._corrected[entry_id], self._correcting = self._correcting, None
                self._questions.clear()
                self._form.clear()
                self._follow(entry_id, _label_of(draft))
                self._resume()

    def _resume(self) -> None:
        """Put back into the empty form what it had before a correction."""
        typed, self._set_aside = self._set_aside, None
        if typed is not None:
            self._form.restore(typed)

    def _follow(self, entry_id: str, label: str) -> None:
        self._undo.withdraw()
        self._presenter.follow(entry_id, label)

    @Slot(object, object)
    def _refuse(self, error: ReadableError, draft: EntryDraft | None) -> None:
        """Show why nothing was saved; the form keeps its content.

        A second Enter after an entry leaves its verdict on the panel.

        Args:
            draft: the refused draft; None if the entry time cannot be read.
        """
        label = _label_of(draft) if draft else self._form.plate.state.number.spaced
        if isinstance(error, InvalidInputError):
            is_empty = self._form.is_empty and self._correcting is None
            is_second_enter = is_empty and not self._presenter.rests
            unplaced = self._form.show_errors(error.errors, under_plate=is_second_enter)
            if is_second_enter:
                return
            is_marked = len(unplaced) < len({each.field for each in error.errors})
            self._presenter.show(messages.refused(unplaced, label, marked=is_marked))
            return
        is_not_set_up = isinstance(error, NotSetUpError)
        cause = self._settings_failure if is_not_set_up else None
        self._presenter.show_failure(messages.not_saved(cause or error, label))
        if is_not_set_up:
            self.notSetUp.emit(error)

    def note_unreadable(self, error: ReadableError) -> None:
        """Take why the settings cannot be read, the cause of a refusal until they change."""
        self._settings_failure = error

    def _must_ask(self, question: Question, plate: PlateNumber) -> bool:
        if self._questions.was_asked(question, plate.text):
            return False
        self._questions.ask(question, plate.text)
        return True

    def _ask_about_duplicate(self, found: Duplicate, draft: EntryDraft) -> None:
        plate = read_plate(draft.plate)
        self._questions.ask(Question.DUPLICATE, plate.text)
        self._ask(
            plate, Label.QUESTION_TITLE, lambda w: w.duplicate(found.minutes_ago, found.count)
        )

    def _ask(self, plate: PlateNumber, title: Label, ask: messages.Sentence) -> None:
        self._form.ready_for_answer()
        self._asked = messages.question(ask, plate.spaced, title)
        self._presenter.show(self._asked)

    @Slot()
    def _on_edited(self) -> None:
        """Drop the question, and show the state of the form or of the correction on the panel."""
        self._questions.clear()
        if self._correcting is None:
            self._follow_form()
        else:
            self._presenter.show(messages.correcting(self._correcting.entry.label))

    def _follow_form(self) -> None:
        state = self._form.plate.state
        self._presenter.follow_form(
            state.number, untouched=self._form.untouched, asks_prefix=state.asks_prefix
        )

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        draft = self._pending.pop(record.entry_id, None)
        self._corrected_by_last = self._corrected.pop(record.entry_id, None)
        is_free = self._form.untouched and not self._pending and self._correcting is None
        self._presenter.last = record
        if is_free or self._presenter.is_shown(record.entry_id):
            self._show(record)
        else:
            self._presenter.show_news(record)
        self._undo.note_saved(draft)

    @Slot(object)
    def _on_changed(self, record: EntryRecord) -> None:
        self._follow_corrected(record)
        last = self._presenter.last
        if last is None or record.entry_id != last.entry_id:
            return
        if self._presenter.show_news(record):
            self.answerShown.emit()
        self._undo.note_changed(last, record)

    @Slot()
    def _on_brought_back(self) -> None:
        """Correct the same entry again if the draft is that of a correction taken back."""
        corrected, self._corrected_by_last = self._corrected_by_last, None
        self._correcting = corrected
        if corrected is not None:
            self._presenter.show(messages.correction_taken_back(corrected.entry.label))

    @Slot(object)
    def _on_restored(self, record: EntryRecord) -> None:
        """Make the entry the last one in place of its replacement, which was taken back.

        A replacement that the panel shows stays there, with its keys.
        """
        last = self._presenter.last
        if last is None or last.replaces != record.entry_id or last.state.is_open:
            return
        if self._presenter.is_shown(last.entry_id):
            return
        self._presenter.last = record
        if self._presenter.rests:
            self._follow_form()

    def _follow_corrected(self, record: EntryRecord) -> None:
        """Keep the newest state of the entry being corrected; a voided one ends the correction."""
        if self._correcting is None or record.entry_id != self._correcting.entry_id:
            return
        if record.state is DeliveryState.VOIDED and not record.replaced_by:
            self._correcting = None
            self._presenter.show(messages.correction_gone(record, self._presenter.last))
        else:
            self._correcting = record

    @Slot(str, object)
    def _on_not_saved(self, entry_id: str, error: ReadableError) -> None:
        if entry_id and entry_id not in self._pending and not self._presenter.is_shown(entry_id):
            # An entry that was sent again from the history, which says it.
            return
        draft = self._pending.pop(entry_id, None)
        label = _label_of(draft) if draft else ""
        corrected = self._corrected.pop(entry_id, None)
        if corrected and isinstance(error, EntryNotFoundError):
            # Each Enter would be refused, and a new entry would tell WeChat of a car long gone.
            label = corrected.entry.label
            self._presenter.show_failure(messages.correction_lost(error, label))
            return
        is_lost = not self._undo.bring_back(draft)
        if not is_lost and corrected and isinstance(error, NothingToResendError):
            # The old entry was voided meanwhile. Enter must save a new one.
            self._presenter.show(messages.correction_gone(corrected, self._presenter.last))
            return
        if not is_lost:
            # Enter must try the correction again, not save a second entry of the car.
            self._correcting = corrected
        message = messages.not_saved(error, label)
        if is_lost and corrected is not None:
            # Entered again, the car would be registered twice.
            self._presenter.show_not_saved(message, "", uncorrected=corrected.entry.label)
        else:
            self._presenter.show_not_saved(message, label if is_lost else "")

    @Slot(str, object)
    def _on_questioned(self, entry_id: str, found: Duplicate) -> None:
        """Ask about a duplicate that was found after the form was cleared."""
        draft = self._pending.pop(entry_id, None)
        if draft is None:
            return
        if self._undo.bring_back(draft):
            self._correcting = None
            self._ask_about_duplicate(found, draft)
            return
        label = _label_of(draft)
        message = messages.question(
            lambda w: w.duplicate(found.minutes_ago, found.count), label, Label.QUESTION_TITLE
        )
        self._presenter.show_not_saved(message, label)

    def _show(self, record: EntryRecord) -> None:
        self._presenter.show_record(record)
        self.answerShown.emit()

    def _note(self, say: messages.Sentence, about: EntryRecord | None = None) -> None:
        """Show why a key did nothing, and drop the question.

        Args:
            about: the entry concerned; None for the one on the panel, if any.
        """
        self._questions.clear()
        self._presenter.show_note(say, about)


def _unusual(wording: Wording, plate: PlateNumber) -> str:
    if corrected := without_lookalikes(plate.text):
        return wording.label(Label.CONFIRM_LOOKALIKE, plate=read_plate(corrected).spaced)
    return wording.label(Label.CONFIRM_PLATE)


def _label_of(draft: EntryDraft) -> str:
    """Return the plate of a draft, else its bay number, which may be empty."""
    return read_plate(draft.plate).spaced or draft.space_number


def _is_unchanged(draft: EntryDraft, record: EntryRecord) -> bool:
    """Test if a correction changes nothing; its start time is that of the entry anyway."""
    # The form has no choice for an entry without a car type.
    old = replace(_draft_of(record), car_type=record.entry.car_type or CarType.SMALL)
    return replace(draft, start_time=None) == replace(old, start_time=None)


def _typed_into(form: EntryForm) -> EntryDraft:
    """Return the content of the form, without an entry time that cannot be read."""
    try:
        return form.draft()
    except InvalidInputError:
        return form.draft(keeps_time=False)


def _draft_of(record: EntryRecord) -> EntryDraft:
    entry = record.entry
    return EntryDraft(
        plate=entry.plate.text if entry.plate else "",
        scene=entry.scene,
        car_type=entry.car_type,
        start_time=entry.start_time,
        space_number=entry.space_number,
        openid=entry.openid,
        sub_openid=entry.sub_openid,
    )
