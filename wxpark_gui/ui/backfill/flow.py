"""Saves typed rows, asks about odd or repeated ones, and refills the fields with unsaved ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers import Controllers
from wxpark_gui.controllers.entries import Refused
from wxpark_gui.domain.backfill import BackfillRepeatedError, PaperNumber
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import BEIJING, CarType
from wxpark_gui.domain.errors import InvalidInputError, ReadableError
from wxpark_gui.domain.manager import Act
from wxpark_gui.domain.plate import PlatePolicy, read_plate
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.backfill.form import PaperForm
from wxpark_gui.ui.backfill.model import PaperModel, PaperRow
from wxpark_gui.ui.backfill.paper_time import PaperDay
from wxpark_gui.ui.backfill.reading import TypedRow, read_row, time_meaning
from wxpark_gui.wording import BackfillLabel, Wording

Sentence = Callable[[Wording], str]


class BackfillFlow(QObject):
    """Saves the rows that a person types, one after the other, and follows their state.

    The class exceeds the project's limit of 20 methods: each signal has a slot, and each command a
    method.

    Signals:
        said(Sentence | None, bool): a sentence about the last command, True if it is a problem;
            None removes the sentence shown.
        changed(): rows, or the meaning of the time field, may have changed.
    """

    said = Signal(object, bool)
    changed = Signal()

    def __init__(
        self,
        controllers: Controllers,
        form: PaperForm,
        model: PaperModel,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(form)
        self._backfills = controllers.backfills
        self._approvals = controllers.approvals
        self._settings = controllers.settings
        self._form = form
        self._model = model
        self._now = now
        self._run = PaperDay()
        self._next: PaperNumber | None = None
        self._editing: PaperRow | None = None
        self._set_aside: tuple[str, str, str, CarType] | None = None
        self._corrected: dict[str, PaperRow] = {}
        self._asked: tuple[str, str, str] | None = None
        self._repeat: tuple[str, str, str] | None = None
        form.submitted.connect(self.submit)
        form.edited.connect(self._on_edited)
        self._backfills.saved.connect(self._on_saved)
        self._backfills.notSaved.connect(self._on_not_saved)
        self._backfills.notVoided.connect(self._on_not_voided)
        controllers.entries.changed.connect(self._on_changed)
        controllers.entries.started.connect(self._on_changed)
        controllers.settings.changed.connect(self.apply_settings)
        self.apply_settings(controllers.settings.current)

    @property
    def is_busy(self) -> bool:
        """True while a row is corrected or a question is open."""
        return self._editing is not None or self._asked is not None or self._repeat is not None

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        self._form.plate.set_prefix(settings.booth.plate_prefix)

    @Slot()
    def submit(self) -> None:
        """Check the row and save it.

        If only the plate is typed, check it and focus the time field. An unusual plate is saved
        when it is submitted again.
        """
        form = self._form
        if form.plate.state.letters or form.is_empty:
            # Nothing was typed since the last row: Enter was pressed twice.
            form.plate.setFocus()
            return
        plate_only = form.plate.hasFocus() and not form.time.entry.text().strip()
        try:
            typed = read_row(form, self._now(), self._run, plate_only=plate_only)
        except InvalidInputError as error:
            self._show_errors(error)
            return
        if plate_only:
            form.time.entry.setFocus()
            return
        plate = read_plate(typed.draft.plate)
        if plate.policy is PlatePolicy.CONFIRM and self._asked != form.content:
            self._asked = form.content
            self.said.emit(lambda wording: wording.label(BackfillLabel.UNUSUAL), True)
            return
        self._save(typed)

    @Slot()
    def cancel(self) -> None:
        """End a correction or question; clear the fields for the next row."""
        self._ready_for_next()
        self.said.emit(None, False)

    def correct(self, row: PaperRow | None) -> None:
        """Fill the fields with a row, to correct it.

        None is the last row that was not saved, or if all are saved the last row. Submitting the
        correction of a saved row replaces its entry. A row typed before comes back then.
        """
        row = row or self._last_row()
        if not self._is_changeable(row) or row is None:
            return
        if self._editing is None and not self._form.is_empty:
            self._set_aside = (*self._form.content, self._form.car_type.value)
        self._editing, self._asked, self._repeat = row, None, None
        self._fill(row)
        label = row.label
        self.said.emit(lambda w: w.label(BackfillLabel.CORRECTING, plate=label), False)

    def void(self, row: PaperRow | None) -> None:
        """Void the entry of a saved row, or remove a row that was not saved.

        None is the last row that was not saved, or if all are saved the last row. A manager must
        approve the void of an answered entry.
        """
        row = row or self._last_row()
        if not self._is_changeable(row) or row is None:
            return
        if self._editing is row:
            self._ready_for_next()
        if row.record is None:
            self._model.remove(row)
            self.changed.emit()
        else:
            reason = self._form.wording.label(BackfillLabel.VOID_REASON)
            void = partial(self._backfills.void, row.record, reason)
            if row.record.state is DeliveryState.ANSWERED:
                entry_id = row.record.entry_id
                self._approvals.approve(Act.VOID_ANSWERED, void, entry_id, row.label)
            else:
                void()

    def meaning(self, wording: Wording) -> str:
        """Return the sentence under the time field; see `time_meaning`."""
        limit = self._settings.current.booth.backfill_hours
        written = self._form.time.entry.text()
        return time_meaning(written, self._now(), self._run, limit, wording)

    def _save(self, typed: TypedRow) -> None:
        number = typed.number.text if typed.number else ""
        editing = self._editing
        corrects = editing.record if editing else None
        if editing and corrects and (typed.draft, number) == (editing.draft, editing.number):
            self._ready_for_next()
            label = editing.label
            self.said.emit(lambda w: w.label(BackfillLabel.UNCHANGED, plate=label), False)
            return
        result = self._backfills.submit(
            typed.draft,
            number,
            confirmed=self._repeat == self._form.content,
            corrects=corrects,
        )
        if isinstance(result, Refused):
            self._refuse(result.error)
            return
        row = PaperRow(result.entry_id, typed.draft, typed.written, number)
        if editing is not None and corrects is not None:
            self._corrected[row.entry_id] = editing
        self._model.add(row, editing)
        if editing is None:
            self._next = typed.number.following if typed.number else None
            if typed.draft.start_time is not None:
                self._run = self._run.after(typed.draft.start_time, typed.written)
        self._ready_for_next()
        self.said.emit(None, False)
        self.changed.emit()

    def _refuse(self, error: ReadableError) -> None:
        if isinstance(error, InvalidInputError):
            self._show_errors(error)
        else:
            self.said.emit(lambda wording: wording.failure(error).sentences, True)

    def _show_errors(self, error: InvalidInputError) -> None:
        if others := self._form.show_errors(error.errors):
            self.said.emit(lambda _: " ".join(others), True)

    def _ready_for_next(self) -> None:
        self._editing = self._asked = self._repeat = None
        number = self._next.text if self._next else ""
        typed, self._set_aside = self._set_aside, None
        self._form.fill(*(typed or ("", number, "", None)))
        self.changed.emit()

    def _fill(self, row: PaperRow) -> None:
        start = row.draft.start_time
        time = start.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if start else row.written
        self._form.fill(row.draft.plate, row.number, time, row.draft.car_type)
        self.changed.emit()

    def _last_row(self) -> PaperRow | None:
        rows = self._model.rows
        unsaved = (row for row in rows if row.error is not None)
        return next(unsaved, rows[0] if rows else None)

    def _is_changeable(self, row: PaperRow | None) -> bool:
        """Test if a row can be corrected or voided; emit `said` with the reason if not."""
        if row is None:
            self.said.emit(lambda wording: wording.label(BackfillLabel.NO_ROW), True)
            return False
        label, record = row.label, row.record
        if row.is_saving:
            self.said.emit(lambda w: w.label(BackfillLabel.STILL_SAVING, plate=label), True)
            return False
        if record and (record.replaced_by or record.state is DeliveryState.VOIDED):
            self.said.emit(lambda w: w.label(BackfillLabel.NOT_CORRECTED, plate=label), True)
            return False
        return True

    @Slot()
    def _on_edited(self) -> None:
        self._asked = self._repeat = None
        if self._editing is None:
            self.said.emit(None, False)
        self.changed.emit()

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        self._corrected.pop(record.entry_id, None)
        self._on_changed(record)

    @Slot(object)
    def _on_changed(self, record: EntryRecord) -> None:
        if self._model.find(record.entry_id) is not None:
            self._model.note_record(record)
            self.changed.emit()

    @Slot(str, object)
    def _on_not_saved(self, entry_id: str, error: ReadableError) -> None:
        """Show that a row was not saved; fill the fields with it if nothing was typed since."""
        row = self._model.find(entry_id)
        if row is None:
            return
        self._model.note_error(entry_id, error)
        row = self._model.find(entry_id) or row
        before = self._corrected.pop(entry_id, None)
        if before is not None:
            # The model shows the saved row again; the correction is in the fields.
            self._model.add(before, row)
        self.changed.emit()
        if not self._form.is_empty or self._editing is not None:
            reason = self._reason(error, row.label)
            label = row.label
            self.said.emit(
                lambda w: w.label(BackfillLabel.LEFT, plate=label, reason=reason(w)), True
            )
            return
        self._editing = before or row
        self._fill(row)
        if isinstance(error, BackfillRepeatedError):
            self._repeat = self._form.content
            self._ask_about_repeat(error, row.label)
        else:
            self.said.emit(lambda wording: wording.failure(error).sentences, True)

    def _ask_about_repeat(self, error: BackfillRepeatedError, label: str) -> None:
        reason = self._reason(error, label)
        self.said.emit(lambda w: w.label(BackfillLabel.ASK_AGAIN, reason=reason(w)), True)

    def _reason(self, error: ReadableError, label: str) -> Sentence:
        if isinstance(error, BackfillRepeatedError):
            return lambda wording: wording.backfill.repeated(error, label)
        return lambda wording: wording.failure(error).message

    @Slot(str, object)
    def _on_not_voided(self, entry_id: str, error: ReadableError) -> None:
        if self._model.find(entry_id) is not None:
            self.said.emit(lambda wording: wording.failure(error).sentences, True)
