"""The form of one entry: plate, car type, scene, time, and the fields of a single bay."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.domain.entry import BEIJING, CarType, EntryDraft, Scene
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError
from wxpark_gui.domain.plate import PlateNumber, PlatePolicy, read_plate
from wxpark_gui.ui.entry.entry_time import read_entry_time
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.edit import PlateEdit
from wxpark_gui.ui.plate.text import without_lookalikes
from wxpark_gui.ui.widgets.fields import FieldBox, SegmentedChoice
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import Label, Wording

_ENTRY_PADDING = 30
_CAPTIONS = {
    Field.SPACE_NUMBER: Label.SPACE_NUMBER,
    Field.OPENID: Label.OPENID,
    Field.SUB_OPENID: Label.SUB_OPENID,
}


class EntryForm(QFrame):
    """What the attendant fills in.

    Signals:
        submitted(EntryDraft): Enter was pressed, twice where the plate is unusual.
        edited(): a person changed something; not emitted by `restore` and `clear`.
    """

    submitted = Signal(object)
    edited = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._now = datetime.now(BEIJING)
        self._confirming = ""
        self._is_filling = False
        self.setProperty("card", True)
        self.plate = PlateEdit(appearance, self)
        self.car_type = SegmentedChoice(list(CarType), self)
        self.scene = SegmentedChoice(list(Scene), self)
        self._boxes = {
            Field.START_TIME: self._make_time_box(),
            Field.SPACE_NUMBER: self._make_box("spaceNumber"),
            Field.OPENID: self._make_box("openid"),
            Field.SUB_OPENID: self._make_box("subOpenid"),
        }
        self._send = self._make_send_button()
        self._bay = self._make_bay_row()
        self._lay_out()
        self.plate.plateChanged.connect(self._on_changed)
        self.plate.submitted.connect(self.submit)
        self.car_type.chosen.connect(self._on_changed)
        self.scene.chosen.connect(self._on_changed)
        self._send.clicked.connect(self.submit)
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def _wording(self) -> Wording:
        return self._appearance.wording

    @property
    def untouched(self) -> bool:
        """Whether nothing of the next car has been typed yet."""
        return self.plate.state.untouched and not any(self._typed(field) for field in self._boxes)

    def draft(self) -> EntryDraft:
        """What stands in the form.

        Raises:
            InvalidInputError: when the time written is not one.
        """
        in_bay = self.scene.value is Scene.PARKING_SPACE
        return EntryDraft(
            plate="" if in_bay and self.plate.state.untouched else self.plate.text(),
            scene=self.scene.value,
            car_type=self.car_type.value,
            start_time=read_entry_time(self._typed(Field.START_TIME), self._now),
            space_number=self._typed(Field.SPACE_NUMBER),
            openid=self._typed(Field.OPENID),
            sub_openid=self._typed(Field.SUB_OPENID),
        )

    def restore(self, draft: EntryDraft) -> None:
        """Put a draft back: for another try, or for a correction."""
        with self._filling():
            self._fill(draft)

    def _fill(self, draft: EntryDraft) -> None:
        self.scene.choose(draft.scene)
        self.car_type.choose(draft.car_type or CarType.SMALL)
        if draft.plate:
            self.plate.set_text(draft.plate)
        if draft.start_time:
            local = draft.start_time.astimezone(BEIJING)
            self._boxes[Field.START_TIME].entry.setText(local.strftime("%Y-%m-%d %H:%M:%S"))
        self._boxes[Field.SPACE_NUMBER].entry.setText(draft.space_number)
        self._boxes[Field.OPENID].entry.setText(draft.openid)
        self._boxes[Field.SUB_OPENID].entry.setText(draft.sub_openid)

    def show_errors(self, errors: Sequence[FieldError]) -> None:
        """Each sentence beside its field; the keyboard goes to the first of them."""
        self._clear_problems()
        sentences: dict[Field, str] = {}
        for error in errors:
            sentences.setdefault(error.field, self._wording.field_error(error))
        elsewhere = [
            sentence if field is Field.PLATE else f"{self._wording.field(field)}：{sentence}"
            for field, sentence in sentences.items()
            if field not in self._boxes
        ]
        if elsewhere:
            position = self.plate.state.number.position if Field.PLATE in sentences else None
            self.plate.show_problem(position, "\n".join(elsewhere))
        for field, box in self._boxes.items():
            box.show_problem(sentences.get(field, ""))
        first = next(iter(sentences), Field.PLATE)
        (self._boxes[first].entry if first in self._boxes else self.plate).setFocus()

    def remark(self, sentence: str) -> None:
        """Say something beneath the plate, until the next key."""
        self.plate.show_problem(None, sentence)

    def problem(self, field: Field) -> str:
        """The sentence beside a field other than the plate."""
        return self._boxes[field].problem()

    def show_time(self, now: datetime) -> None:
        """What "now" means; an aware time."""
        self._now = now
        room = self._time.width() - _ENTRY_PADDING
        caption = self._now_caption(Label.ENTERED_NOW)
        if self._time.fontMetrics().horizontalAdvance(caption) > room:
            caption = self._now_caption(Label.NOW)
        if self._time.placeholderText() != caption:
            self._time.setPlaceholderText(caption)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_time(self._now)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.submit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def submit(self) -> None:
        """Hand the draft over. An odd plate needs a second Enter."""
        try:
            draft = self.draft()
        except InvalidInputError as error:
            self.show_errors(error.errors)
            return
        plate = read_plate(draft.plate)
        if plate.policy is PlatePolicy.CONFIRM and self._confirming != plate.text:
            self._confirming = plate.text
            self._clear_problems()
            self.plate.show_problem(None, self._confirm_sentence(plate))
            self.plate.setFocus()
            return
        self._confirming = ""
        self.submitted.emit(draft)

    def show_question(self, sentence: str) -> None:
        """Ask beneath the plate; the plate keeps the keyboard."""
        self._clear_problems()
        self.plate.show_problem(None, sentence)
        self.plate.setFocus()

    @Slot()
    def clear(self) -> None:
        """Make ready for the next car; the scene stays, it belongs to the booth."""
        self._confirming = ""
        with self._filling():
            for box in self._boxes.values():
                box.entry.clear()
            self._clear_problems()
            self.car_type.choose(CarType.SMALL)
            self.plate.clear_to_prefix()
        self.plate.setFocus()

    @contextlib.contextmanager
    def _filling(self) -> Iterator[None]:
        """Changes made inside are the program's own, not a person's."""
        self._is_filling = True
        try:
            yield
        finally:
            self._is_filling = False

    def _now_caption(self, label: Label) -> str:
        return self._wording.label(label, time=self._now.astimezone(BEIJING).strftime("%H:%M"))

    def _typed(self, field: Field) -> str:
        return self._boxes[field].entry.text()

    def _confirm_sentence(self, plate: PlateNumber) -> str:
        if mended := without_lookalikes(plate.text):
            offered = read_plate(mended).spaced
            return self._wording.label(Label.CONFIRM_LOOKALIKE, plate=offered)
        return self._wording.label(Label.CONFIRM_PLATE)

    def _clear_problems(self) -> None:
        self.plate.show_problem(None, "")
        for box in self._boxes.values():
            box.show_problem("")

    @Slot()
    def _renew(self) -> None:
        """Say everything anew; what is typed and asked stays as it is."""
        wording = self._wording
        self.car_type.say(
            wording.label(Label.CAR_TYPE), [wording.car_type(kind) for kind in CarType]
        )
        self.scene.say(wording.label(Label.SCENE), [wording.scene(scene) for scene in Scene])
        for field, label in _CAPTIONS.items():
            entry = self._boxes[field].entry
            # A caption above would cost a line that 768 pixels do not have beside the keypad.
            entry.setPlaceholderText(wording.label(label))
            entry.setAccessibleName(wording.label(label))
            _make_room(entry, wording.label(label))
        self._time.setToolTip(wording.label(Label.ENTRY_TIME_HELP))
        self._time.setAccessibleName(wording.label(Label.ENTRY_TIME))
        self._send.setText(wording.label(Label.SEND))
        self._bay.setVisible(self.scene.value is Scene.PARKING_SPACE)
        self._clear_problems()
        self.plate.car_type = self.car_type.value
        _make_room(self._time, self._now_caption(Label.NOW))
        self.show_time(self._now)

    @Slot()
    def _on_changed(self) -> None:
        self._confirming = ""
        self.plate.car_type = self.car_type.value
        self._bay.setVisible(self.scene.value is Scene.PARKING_SPACE)
        if not self._is_filling:
            self.edited.emit()

    def _make_time_box(self) -> FieldBox:
        self._time = QLineEdit(self)
        self._time.setObjectName("entryTime")
        self._time.setMaxLength(len("2026-03-15 09:30:00"))
        return FieldBox(self._time, parent=self)

    def _make_box(self, name: str) -> FieldBox:
        entry = QLineEdit(self)
        entry.setObjectName(name)
        entry.textEdited.connect(self.edited)
        return FieldBox(entry, parent=self)

    def _make_send_button(self) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName("sendButton")
        button.setProperty("primary", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        return button

    def _make_bay_row(self) -> QWidget:
        row = QWidget(self)
        layout = WrappingRow(10, row)
        for field in (Field.SPACE_NUMBER, Field.OPENID, Field.SUB_OPENID):
            layout.addWidget(self._boxes[field])
            layout.setAlignment(self._boxes[field], Qt.AlignmentFlag.AlignTop)
        return row

    def _lay_out(self) -> None:
        row = WrappingRow(10)
        for part in (self.car_type, self.scene, self._boxes[Field.START_TIME], self._send):
            row.addWidget(part)
            row.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(12)
        layout.addWidget(self.plate)
        layout.addWidget(self._bay)
        layout.addLayout(row)
        bay = (Field.SPACE_NUMBER, Field.OPENID, Field.SUB_OPENID)
        stops = [
            self.plate,
            *(self._boxes[field].entry for field in bay),
            *self.car_type.buttons,
            *self.scene.buttons,
            self._time,
            self._send,
        ]
        for stop, following in pairwise(stops):
            self.setTabOrder(stop, following)


def _make_room(entry: QLineEdit, text: str) -> None:
    """Never narrower than this text."""
    entry.setMinimumWidth(entry.fontMetrics().horizontalAdvance(text) + _ENTRY_PADDING)
