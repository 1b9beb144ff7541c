"""An entry between form and panel: submitted, followed, taken back, corrected, sent again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers.entries import Duplicate, Entries, Refused, Submitted
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import InvalidInputError, NotSetUpError, ReadableError
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.entry.undo_button import UndoButton
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.verdict.sounds import SoundPlayer
from wxpark_gui.wording import Label


class EntryFlow(QObject):
    """Submits drafts and follows the entry in hand on the panel.

    The panel speaks of the car in hand only: a refusal, a question or the next key of a plate takes
    the last verdict away; a late answer for an earlier car changes its row in the list.

    Signals:
        answerShown(): the panel has something new about the car in hand.
        notSetUp(NotSetUpError): nothing can be sent before a merchant is entered.
    """

    answerShown = Signal()
    notSetUp = Signal(object)

    def __init__(
        self,
        entries: Entries,
        *,
        appearance: Appearance,
        form: EntryForm,
        panel: VerdictPanel,
        undo_button: UndoButton,
        sounds: SoundPlayer,
    ) -> None:
        super().__init__(form)
        self._entries = entries
        self._appearance = appearance
        self._form = form
        self._panel = panel
        self._undo_button = undo_button
        self._sounds = sounds
        self._pending: dict[str, EntryDraft] = {}
        self._draft: EntryDraft | None = None
        self._last: EntryRecord | None = None
        self._shown_id = ""
        self._asked_about = ""
        self._correcting: EntryRecord | None = None
        form.submitted.connect(self.submit)
        form.edited.connect(self._on_edited)
        undo_button.clicked.connect(self.take_back)
        undo_button.keyboardLeft.connect(form.plate.setFocus)
        entries.saved.connect(self._on_saved)
        entries.changed.connect(self._on_changed)
        entries.started.connect(self._on_started)
        entries.notSaved.connect(self._on_not_saved)
        entries.takenBack.connect(self._on_taken_back)
        entries.notTakenBack.connect(self._on_not_taken_back)

    @property
    def shown(self) -> EntryRecord | None:
        """The entry on the panel, once it is saved."""
        return self._last if self._last and self._last.entry_id == self._shown_id else None

    @Slot(object)
    def submit(self, draft: EntryDraft) -> None:
        """Save and send a draft; the form is free for the next car at once."""
        if self._correcting is not None:
            self._handle(self._entries.correct(self._correcting, draft), draft)
            return
        confirmed = bool(draft.plate) and self._asked_about == _plate_of(draft)
        self._handle(self._entries.submit(draft, confirmed=confirmed), draft)

    @Slot()
    def clear(self) -> None:
        """Empty the form; a correction that was begun is dropped."""
        self._asked_about = ""
        if self._correcting is not None:
            self._correcting = None
            self._panel.show_idle()
        self._form.clear()

    @Slot()
    def take_back(self) -> None:
        """Take back the last entry of this window, or say why not."""
        self._form.plate.setFocus()
        if self._pending:
            self._entries.take_back(next(reversed(self._pending)))
            return
        if self._last is None or self._last.state is DeliveryState.VOIDED:
            self._form.remark(self._appearance.wording.label(Label.NOTHING_TO_TAKE_BACK))
            return
        self._undo_button.withdraw()
        self._entries.take_back(self._last.entry_id)

    def resend(self, record: EntryRecord | None) -> None:
        """Send the selected entry again, else the one on the panel."""
        self._form.plate.setFocus()
        record = record or self.shown
        if record is None:
            self._form.remark(self._appearance.wording.label(Label.NOTHING_TO_RESEND))
            return
        result = self._entries.resend(record)
        if isinstance(result, Refused):
            self._remark(result.error)
        elif result.entry_id != record.entry_id:
            self._follow(result.entry_id, record.entry.label)

    def correct(self, record: EntryRecord | None) -> None:
        """Let the plate of the selected entry, else of the one on the panel, be typed anew."""
        self._form.plate.setFocus()
        record = record or self.shown
        if record is None or record.replaced_by or record.state is DeliveryState.VOIDED:
            self._form.remark(self._appearance.wording.label(Label.NOTHING_TO_CORRECT))
            return
        self._correcting = record
        self._form.restore(_draft_of(record))
        self._shown_id = ""
        self._panel.show_correcting(record.entry.label)

    def _handle(self, result: Submitted | Refused | Duplicate, draft: EntryDraft) -> None:
        match result:
            case Refused(error):
                self._refuse(error, draft)
            case Duplicate():
                self._ask(result, draft)
            case Submitted(entry_id):
                self._pending[entry_id] = draft
                self._correcting = None
                self._asked_about = ""
                self._form.clear()
                self._follow(entry_id, _label_of(draft))

    def _follow(self, entry_id: str, label: str) -> None:
        self._undo_button.withdraw()
        self._shown_id = entry_id
        self._panel.show_saving(label)

    def _refuse(self, error: ReadableError, draft: EntryDraft) -> None:
        """Nothing was saved and the draft stays where it is."""
        self._shown_id = ""
        if isinstance(error, InvalidInputError):
            self._form.show_errors(error.errors)
            self._panel.show_refused(error.errors, _label_of(draft))
            return
        self._panel.show_not_saved(error, _label_of(draft))
        self._sounds.play(Severity.FAILED)
        if isinstance(error, NotSetUpError):
            self.notSetUp.emit(error)

    def _ask(self, duplicate: Duplicate, draft: EntryDraft) -> None:
        """The same plate again: Enter on the unchanged plate enters it once more."""
        self._asked_about = _plate_of(draft)
        self._shown_id = ""
        self._form.show_question(
            self._appearance.wording.duplicate(duplicate.minutes_ago, duplicate.count)
        )
        self._panel.show_question(duplicate.minutes_ago, duplicate.count, duplicate.label)

    @Slot()
    def _on_edited(self) -> None:
        """A key for the next car: the last verdict leaves the panel."""
        self._asked_about = ""
        if self._correcting is None:
            self._shown_id = ""
            self._panel.show_typing(self._last)

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        self._draft = self._pending.pop(record.entry_id, None)
        is_in_hand = record.entry_id == self._shown_id or self._form.untouched
        self._last = record
        if is_in_hand:
            self._show(record)
        self._undo_button.offer()

    @Slot(object)
    def _on_changed(self, record: EntryRecord) -> None:
        """A late answer for an earlier car never shows on the panel of this one."""
        if self._last is None or record.entry_id != self._last.entry_id:
            return
        before, self._last = self._last, record
        if record.entry_id == self._shown_id:
            self._show(record)
        else:
            self._panel.renew_last(record)
        self._sounds.play_news(record)
        if record.state is not DeliveryState.WAITING:
            self._undo_button.withdraw()
        elif before.state is not DeliveryState.WAITING:
            # Once when the line fails, not at every try.
            self._undo_button.offer()

    @Slot(object)
    def _on_started(self, record: EntryRecord) -> None:
        if self._last and record.entry_id == self._last.entry_id:
            self._undo_button.withdraw()

    @Slot(str, object)
    def _on_not_saved(self, entry_id: str, error: ReadableError) -> None:
        draft = self._pending.pop(entry_id, None)
        self._bring_back(draft)
        self._shown_id = ""
        self._panel.show_not_saved(error, _label_of(draft) if draft else "")
        self._sounds.play(Severity.FAILED)

    @Slot(object)
    def _on_taken_back(self, record: EntryRecord) -> None:
        if self._last is None or record.entry_id != self._last.entry_id:
            return
        draft, self._draft = self._draft, None
        self._bring_back(draft)
        if draft and self._form.plate.text() == draft.plate:
            self._show(record)

    @Slot(str, object)
    def _on_not_taken_back(self, _entry_id: str, error: ReadableError) -> None:
        self._remark(error)

    def _show(self, record: EntryRecord) -> None:
        self._shown_id = record.entry_id
        self._panel.show_record(record)
        self._sounds.play_news(record)
        self.answerShown.emit()

    def _bring_back(self, draft: EntryDraft | None) -> None:
        """Put a draft into the form again, unless the next car stands there already."""
        if draft and self._form.untouched:
            self._form.restore(draft)
            self._form.plate.setFocus()

    def _remark(self, error: ReadableError) -> None:
        words = self._appearance.wording.failure(error)
        self._form.remark(f"{words.message} {words.action}")


def _plate_of(draft: EntryDraft) -> str:
    return read_plate(draft.plate).text


def _label_of(draft: EntryDraft) -> str:
    """The plate of a draft, else its bay."""
    return read_plate(draft.plate).spaced or draft.space_number


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
