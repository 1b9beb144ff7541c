"""The fields of one row from paper: plate, number, time, car type."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.domain.entry import CarType
from wxpark_gui.domain.errors import Field, FieldError
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.edit import PlateEdit
from wxpark_gui.ui.plate.enter_bounce import ENTER_KEYS
from wxpark_gui.ui.widgets.fields import CAPTION_GAP, FieldBox, SegmentedChoice
from wxpark_gui.ui.widgets.labels import plain_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import BackfillLabel, Label, Wording

_LONGEST = 24
_PADDING = 34
"""Pixels that edge and margins of an input add to its text."""


class PaperForm(QFrame):
    """Fields of one row.

    Signals:
        submitted(): Enter or the button was pressed.
        edited(): a field was changed, except by `fill`.

    Attributes:
        plate, car_type: the inputs.
        number, time: the text fields.
    """

    submitted = Signal()
    edited = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._is_filling = False
        self.setProperty("card", True)
        self.plate = PlateEdit(appearance, self)
        self.plate.setObjectName("backfillPlate")
        self.car_type = SegmentedChoice(list(CarType), self)
        self._car_type_caption = plain_label(self)
        self.number = _make_box("backfillNumber", self)
        self.time = _make_box("backfillTime", self)
        self._boxes = {Field.PAPER_NUMBER: self.number, Field.START_TIME: self.time}
        for button in self.car_type.buttons:
            # Enter submits; Space chooses.
            cast("QPushButton", button).setAutoDefault(False)
        self._save = QPushButton(self)
        self._save.setObjectName("backfillSave")
        self._save.setProperty("primary", True)
        self._save.setAutoDefault(False)
        self._lay_out()
        self.plate.plateChanged.connect(self._on_edited)
        self.plate.submitted.connect(self.submitted)
        self.car_type.chosen.connect(self._on_edited)
        for box in self._boxes.values():
            box.entry.textEdited.connect(self._on_edited)
        self._save.clicked.connect(self.submitted)

    @property
    def wording(self) -> Wording:
        return self._appearance.wording

    @property
    def is_empty(self) -> bool:
        """True while the plate has only the prefix of the settings, and no time is typed."""
        return self.plate.state.untouched and not self.time.entry.text().strip()

    @property
    def content(self) -> tuple[str, str, str]:
        """Plate, number and time as typed."""
        return self.plate.text(), self.number.entry.text(), self.time.entry.text()

    def fill(self, plate: str, number: str, time: str, car_type: CarType | None) -> None:
        """Fill all fields, remove their problems, and focus the plate.

        Args:
            plate: empty for the prefix alone.
            car_type: None for `CarType.SMALL`.
        """
        self._is_filling = True
        if plate:
            self.plate.set_text(plate)
        else:
            self.plate.clear_to_prefix()
        self.number.entry.setText(number)
        self.time.entry.setText(time)
        self.car_type.choose(car_type or CarType.SMALL)
        self.show_errors(())
        self._is_filling = False
        self.plate.setFocus()

    def show_errors(self, errors: Sequence[FieldError]) -> list[str]:
        """Show the first error of each field at the field; focus the plate, else time, else number.

        Returns:
            Sentences of the errors of other fields, which the form does not show.
        """
        wording = self._appearance.wording
        first = {error.field: error for error in reversed(errors)}
        plate = first.get(Field.PLATE)
        position = self.plate.state.number.position if plate else None
        self.plate.show_problem(position, wording.field_error(plate) if plate else "")
        for field, box in self._boxes.items():
            box.show_problem(wording.field_error(first[field]) if field in first else "")
        if plate:
            self.plate.setFocus()
        else:
            for field in (Field.START_TIME, Field.PAPER_NUMBER):
                if field in first:
                    self._boxes[field].entry.setFocus()
                    break
        return [
            wording.field_error(error)
            for field, error in first.items()
            if field is not Field.PLATE and field not in self._boxes
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Emit `submitted` for an Enter in a text field or on a car type that a person pressed."""
        if event.key() not in ENTER_KEYS:
            super().keyPressEvent(event)
        elif not self.plate.bounce.is_unmeant(event):
            self.submitted.emit()

    def renew(self) -> None:
        """Set all texts in the current language."""
        wording = self._appearance.wording
        self.number.set_caption(wording.label(BackfillLabel.NUMBER))
        self.number.entry.setPlaceholderText(wording.label(BackfillLabel.NUMBER_EMPTY))
        self.time.set_caption(wording.label(BackfillLabel.TIME))
        self.time.entry.setPlaceholderText(wording.label(BackfillLabel.TIME_EMPTY))
        for box in self._boxes.values():
            edit = box.entry
            width = edit.fontMetrics().horizontalAdvance(edit.placeholderText())
            edit.setMinimumWidth(width + _PADDING)
        self._save.setText(wording.label(BackfillLabel.SAVE))
        # The list below needs the room more than a larger plate.
        self.plate.arrangement.apply(compact=True, shrink=1 / self._appearance.scale)
        self._car_type_caption.setText(wording.label(Label.CAR_TYPE))
        self.car_type.say(
            wording.label(Label.CAR_TYPE), [wording.car_type(kind) for kind in CarType]
        )

    @Slot()
    def _on_edited(self) -> None:
        self.plate.car_type = self.car_type.value
        if self._is_filling:
            return
        for box in self._boxes.values():
            box.show_problem("")
        self.edited.emit()

    def _lay_out(self) -> None:
        row = WrappingRow(12)
        for part in (self.number, self.time, self._make_choices()):
            row.addWidget(part)
            row.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 12)
        layout.setSpacing(10)
        layout.addWidget(self.plate)
        layout.addLayout(row)
        stops = [self.plate, self.time.entry, *self.car_type.buttons, self._save, self.number.entry]
        for stop, following in pairwise(stops):
            self.setTabOrder(stop, following)

    def _make_choices(self) -> QWidget:
        """Return car type and save button below a caption, level with the other inputs."""
        choices = QWidget(self)
        # Not one layout in another: an inner one may keep the heights of another text size.
        grid = QGridLayout(choices)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(CAPTION_GAP)
        grid.addWidget(self._car_type_caption, 0, 0)
        grid.addWidget(self.car_type, 1, 0)
        grid.addWidget(self._save, 1, 1)
        return choices


def _make_box(name: str, parent: QWidget) -> FieldBox:
    edit = QLineEdit(parent)
    edit.setObjectName(name)
    edit.setMaxLength(_LONGEST)
    return FieldBox(edit, parent=parent)
