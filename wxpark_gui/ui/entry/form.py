"""The form of one entry: plate, car type, scene, time, and the fields of a single bay."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QWidget

from wxpark_gui.domain.entry import CarType, EntryDraft, Scene
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError
from wxpark_gui.ui.entry.arrangement import FormArrangement
from wxpark_gui.ui.entry.details import BAY_FIELDS, EntryDetails
from wxpark_gui.ui.entry.offer_row import OfferRow
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.edit import PlateEdit
from wxpark_gui.ui.plate.enter_bounce import ENTER_KEYS
from wxpark_gui.ui.widgets.fields import SegmentedChoice
from wxpark_gui.wording import Label


class EntryForm(QFrame):
    """The fields the attendant fills in.

    Signals:
        submitted(EntryDraft): Enter or the send button was pressed.
        rejected(InvalidInputError, None): the same, but the entry time cannot be read.
        edited(): plate, car type, scene or a bay field changed, except by `restore` and `clear`;
            not emitted for the time field.

    Attributes:
        plate, car_type, scene: the inputs.
        details: the text fields.
        offers: the plates that devices offered.
        arrangement: the layout.
    """

    submitted = Signal(object)
    rejected = Signal(object, object)
    edited = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._is_filling = False
        self._language = ""
        self.setProperty("card", True)
        self.plate = PlateEdit(appearance, self)
        self.offers = OfferRow(appearance, self)
        self.car_type = SegmentedChoice(list(CarType), self)
        self.scene = SegmentedChoice(list(Scene), self)
        self.details = EntryDetails(appearance, self)
        self._send = _make_send_button(self)
        self._lay_out()
        self.plate.plateChanged.connect(self._on_changed)
        self.plate.submitted.connect(self.submit)
        self.car_type.chosen.connect(self._on_changed)
        self.scene.chosen.connect(self._on_changed)
        self.details.edited.connect(self.edited)
        self._send.clicked.connect(self.submit)
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def untouched(self) -> bool:
        """True while the attendant has typed nothing.

        The plate is then the lot's prefix alone, or one that a device offered.
        """
        state = self.plate.state
        return (state.untouched or state.offered) and self.details.is_empty

    @property
    def is_empty(self) -> bool:
        """True while the attendant has typed nothing and no device has offered a plate."""
        return self.plate.state.untouched and self.details.is_empty

    def draft(self, *, keeps_time: bool = True) -> EntryDraft:
        """Return the content of the form. In a single bay, an untouched plate is left out.

        Args:
            keeps_time: False leaves out the entry time, which then cannot raise the error.

        Raises:
            InvalidInputError: the entry time cannot be read.
        """
        in_bay = self.scene.value is Scene.PARKING_SPACE
        return EntryDraft(
            plate="" if in_bay and self.plate.state.untouched else self.plate.text(),
            scene=self.scene.value,
            car_type=self.car_type.value,
            start_time=self.details.entry_time() if keeps_time else None,
            space_number=self.details.typed(Field.SPACE_NUMBER),
            openid=self.details.typed(Field.OPENID),
            sub_openid=self.details.typed(Field.SUB_OPENID),
        )

    def restore(self, draft: EntryDraft) -> None:
        """Fill the form from a draft; plate and time stay if the draft has none."""
        with self._filling():
            self.scene.choose(draft.scene)
            self.car_type.choose(draft.car_type or CarType.SMALL)
            if draft.plate:
                self.plate.set_text(draft.plate)
            self.details.fill(draft)

    def fill_offered(self, plate: str, *, touched: bool = False) -> None:
        """Put a plate that a device offered into the plate field; `edited` is not emitted.

        Args:
            touched: True to treat it as typed by the attendant from now on.
        """
        with self._filling():
            self.plate.set_text(plate, offered=not touched)

    def show_errors(
        self, errors: Sequence[FieldError], *, under_plate: bool = False
    ) -> list[FieldError]:
        """Mark the fields, show a sentence under each text field, and focus the first error.

        The plate is focused if the first error is not in a text field.

        Args:
            under_plate: True shows the first sentence of the other fields under the plate.

        Returns:
            Errors of all other fields, one per field.
        """
        wording, entries = self._appearance.wording, self.details.entries
        first_by_field: dict[Field, FieldError] = {}
        for error in errors:
            first_by_field.setdefault(error.field, error)
        position = self.plate.state.number.position if Field.PLATE in first_by_field else None
        self.plate.show_problem(position, "")
        self.details.show_problems(
            {field: wording.field_error(error) for field, error in first_by_field.items()}
        )
        first = next(iter(first_by_field), Field.PLATE)
        entries.get(first, self.plate).setFocus()
        unplaced = [error for field, error in first_by_field.items() if field not in entries]
        if under_plate and unplaced:
            self.plate.show_problem(position, wording.field_error(unplaced[0]))
        return unplaced

    def problem(self, field: Field) -> str:
        """Return the sentence under a text field (entry time or `BAY_FIELDS`); empty for none."""
        return self.details.problem(field)

    def ready_for_answer(self) -> None:
        """Remove the problems shown, and focus the plate, where Enter answers a question."""
        self._clear_problems()
        self.plate.setFocus()

    def show_time(self, now: datetime) -> None:
        """Show `now`, aware, as the placeholder of the time field."""
        self.details.show_time(now)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.details.show_time()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS:
            if not self.plate.bounce.is_unmeant(event):
                self.submit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def submit(self) -> None:
        """Emit `submitted` or `rejected`; while pinyin is typed, only focus the plate."""
        if self.plate.state.letters:
            self.plate.setFocus()
            return
        try:
            draft = self.draft()
        except InvalidInputError as error:
            self.rejected.emit(error, None)
            return
        self.submitted.emit(draft)

    @Slot()
    def clear(self) -> None:
        """Reset all fields except the scene, and focus the plate. `edited` is not emitted."""
        with self._filling():
            self.details.clear()
            self._clear_problems()
            self.car_type.choose(CarType.SMALL)
            self.plate.clear_to_prefix()
        self.plate.setFocus()

    @contextlib.contextmanager
    def _filling(self) -> Iterator[None]:
        """Suppress `edited` for changes made in the block."""
        self._is_filling = True
        try:
            yield
        finally:
            self._is_filling = False

    def _clear_problems(self) -> None:
        self.plate.show_problem(None, "")
        self.details.show_problems({})

    @Slot()
    def _renew(self) -> None:
        """Show captions in the current language.

        After a change of language, remove the problems shown.
        """
        wording = self._appearance.wording
        self.car_type.say(
            wording.label(Label.CAR_TYPE), [wording.car_type(kind) for kind in CarType]
        )
        self.scene.say(wording.label(Label.SCENE), [wording.scene(scene) for scene in Scene])
        self._send.setText(wording.label(Label.SEND))
        if self._appearance.language != self._language:
            self._language = self._appearance.language
            self._clear_problems()
        self._follow_choices()
        self.details.retranslate()

    @Slot()
    def _on_changed(self) -> None:
        self._follow_choices()
        if not self._is_filling:
            self.edited.emit()

    def _follow_choices(self) -> None:
        self.plate.car_type = self.car_type.value
        self.details.bay_row.setVisible(self.scene.value is Scene.PARKING_SPACE)

    def _lay_out(self) -> None:
        lines = (self.offers, self.details.bay_row)
        row = (self.car_type, self.scene, self.details.time_box, self._send)
        self.arrangement = FormArrangement(self, self.plate, lines, row)
        entries = self.details.entries
        stops = [
            self.plate,
            self.offers.button,
            *(entries[field] for field in BAY_FIELDS),
            *self.car_type.buttons,
            *self.scene.buttons,
            entries[Field.START_TIME],
            self._send,
        ]
        for stop, following in pairwise(stops):
            self.setTabOrder(stop, following)


def _make_send_button(parent: QWidget) -> QPushButton:
    button = QPushButton(parent)
    button.setObjectName("sendButton")
    button.setProperty("primary", True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
    return button
