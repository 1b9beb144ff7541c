"""Page to add, rename and retire attendants and to set a new PIN."""

from __future__ import annotations

from enum import Enum
from itertools import pairwise
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.pin import read_pin
from wxpark_gui.domain.shift import NAME_LENGTH, Person, read_name
from wxpark_gui.domain.shift_errors import NameFormatError, PinFormatError
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.shift.person_picker import PersonPicker
from wxpark_gui.ui.shift.sheet import Sheet, make_pin_box
from wxpark_gui.ui.widgets.fields import FieldBox, SegmentedChoice
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording.shifts import ShiftLabel


class PeopleAct(Enum):
    """Kind of change to a person. The values are the labels of the buttons."""

    ADD = ShiftLabel.ADD
    RENAME = ShiftLabel.RENAME
    NEW_PIN = ShiftLabel.NEW_PIN
    RETIRE = ShiftLabel.RETIRE


_NOTES = {PeopleAct.NEW_PIN: ShiftLabel.NEW_PIN_NOTE, PeopleAct.RETIRE: ShiftLabel.RETIRE_NOTE}
_ACTS = tuple(PeopleAct)


class PeopleState(Protocol):
    """People to list: `ShiftState` of attendants, `GuardState` of managers."""

    @property
    def people(self) -> tuple[Person, ...]:
        """Everyone, retired people too."""
        ...

    @property
    def active(self) -> tuple[Person, ...]:
        """People who are not retired."""
        ...


class PeoplePage(Sheet):
    """Page of the attendants. The kind of change chosen on top decides which fields are shown.

    Signals:
        addRequested(str): name of the new person; `typed_pin` has the PIN.
        renameRequested(str, str): id of the person and new name.
        pinRequested(str): id of the person; `typed_pin` has the new PIN.
        retireRequested(str): id of the person.
    """

    addRequested = Signal(str)
    renameRequested = Signal(str, str)
    pinRequested = Signal(str)
    retireRequested = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self._state: PeopleState = ShiftState()
        self.act = SegmentedChoice(_ACTS, self.content)
        self._note = wrapping_label(self.content, role="muted")
        self._caption = wrapping_label(self.content)
        self.picker = PersonPicker(self.content)
        edit = QLineEdit(self.content)
        edit.setMaxLength(NAME_LENGTH)
        self.name = FieldBox(edit, parent=self.content)
        self.pin, self.pin_again = make_pin_box(self.content), make_pin_box(self.content)
        self.column.addWidget(self.act, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._note, self._caption, self.picker, self.name, self.pin, self.pin_again):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self._back = self.add_button(self.backRequested.emit)
        self._save = self.add_button(self.on_enter, primary=True)
        self.act.chosen.connect(self._on_act)
        self.picker.picked.connect(self._on_picked)

    def show_state(self, state: PeopleState) -> None:
        """Show the page with the choice `ADD` and empty fields."""
        self._state = state
        self.picker.choose(None)
        self.act.choose(PeopleAct.ADD)
        self._empty()
        self.say("")
        self.renew()

    def saved(self, state: PeopleState) -> None:
        """Confirm the stored change, clear the fields and accept input again."""
        before = {person.person_id for person in self._state.people}
        added = [person for person in state.people if person.person_id not in before]
        chosen = self.picker.person
        self._state = state
        self.set_busy(busy=False)
        self._empty()
        self.renew()
        for person in added or [
            p for p in state.people if chosen and p.person_id == chosen.person_id
        ]:
            self._confirm(person, is_new=bool(added))
        self.take_focus()

    def has_input(self) -> bool:
        """Test if a name or PIN is typed, or a change is being stored."""
        typed = any(box.entry.text() for box in (self.name, self.pin, self.pin_again))
        return typed or not self.content.isEnabled()

    def renew(self) -> None:
        words, act = self.words, self.act.value
        title, note = self.title_words(), self.note_words(act)
        self.title.setText(title)
        self.act.say(title, [words.label(each.value) for each in _ACTS])
        self._note.setText(note)
        self._caption.setText(words.label(ShiftLabel.PERSON))
        people = self._state.people if act is PeopleAct.NEW_PIN else self._state.active
        captions = [
            words.label(ShiftLabel.RETIRED, name=p.label) if p.is_retired else p.label
            for p in people
        ]
        self.picker.show_people(people, captions, words.label(ShiftLabel.NAME))
        self.name.set_caption(words.label(ShiftLabel.NAME))
        self.name.entry.setPlaceholderText(words.label(ShiftLabel.NAME_HINT))
        self.pin.set_caption(words.label(ShiftLabel.PIN))
        self.pin.entry.setPlaceholderText(words.label(ShiftLabel.PIN_HINT))
        self.pin_again.set_caption(words.label(ShiftLabel.PIN_AGAIN))
        self._back.setText(words.label(ShiftLabel.BACK))
        self._save.setText(words.label(ShiftLabel.SAVE))
        self._note.setVisible(bool(note))
        is_add, has_pin = act is PeopleAct.ADD, act in (PeopleAct.ADD, PeopleAct.NEW_PIN)
        self._caption.setVisible(not is_add)
        self.picker.setVisible(not is_add)
        self.name.setVisible(act in (PeopleAct.ADD, PeopleAct.RENAME))
        self.pin.setVisible(has_pin)
        self.pin_again.setVisible(has_pin)
        self.act.setVisible(bool(self._state.people))
        self.resized.emit()

    def title_words(self) -> str:
        """Return the title; a page of other people overrides it."""
        return self.words.label(ShiftLabel.PEOPLE)

    def note_words(self, act: PeopleAct) -> str:
        """Return the note for a kind of change, empty for none; such a page overrides it too."""
        note = _NOTES.get(act)
        return self.words.label(note) if note else ""

    def take_focus(self) -> None:
        if self.act.value is PeopleAct.ADD:
            self.name.entry.setFocus()
        elif self.picker.person is None:
            self.picker.take_focus()
        else:
            self._focus_field()

    def on_enter(self) -> None:
        if self._goes_on():
            return
        act, person = self.act.value, self.picker.person
        if act is not PeopleAct.ADD and person is None:
            self.say(self.words.label(ShiftLabel.CHOOSE_PERSON))
            self.picker.take_focus()
            return
        try:
            self._request(act, person.person_id if person else "")
        except (NameFormatError, PinFormatError) as error:
            self.show_failure(error)
            field = self.name if isinstance(error, NameFormatError) else self.pin
            field.entry.setFocus()

    def typed_pin(self) -> Secret:
        """Return the typed PIN. Raises `PinFormatError`."""
        return read_pin(self.pin.entry.text())

    def _request(self, act: PeopleAct, person_id: str) -> None:
        """Emit the request for the kind of change; if the two PINs differ, only say so.

        Raises:
            NameFormatError, PinFormatError: the typed name or PIN is malformed.
        """
        has_name = act in (PeopleAct.ADD, PeopleAct.RENAME)
        name = read_name(self.name.entry.text()) if has_name else ""
        if act in (PeopleAct.ADD, PeopleAct.NEW_PIN):
            self.typed_pin()
            if self.pin_again.entry.text() != self.pin.entry.text():
                self.say(self.words.label(ShiftLabel.PINS_DIFFER))
                self.pin_again.entry.clear()
                self.pin_again.entry.setFocus()
                return
        self.set_busy(busy=True)
        if act is PeopleAct.ADD:
            self.addRequested.emit(name)
        elif act is PeopleAct.RENAME:
            self.renameRequested.emit(person_id, name)
        elif act is PeopleAct.NEW_PIN:
            self.pinRequested.emit(person_id)
        else:
            self.retireRequested.emit(person_id)

    def _goes_on(self) -> bool:
        """Move the focus from a filled field to an empty next one; return True if it moved."""
        fields = [box.entry for box in (self.name, self.pin, self.pin_again) if box.isVisible()]
        for field, following in pairwise(fields):
            if field.hasFocus() and field.text() and not following.text():
                following.setFocus()
                return True
        return False

    def _confirm(self, person: Person, *, is_new: bool) -> None:
        if is_new and person.label != person.name:
            self.say_label(ShiftLabel.PERSON_NUMBERED, name=person.name, other=person.label)
        else:
            self.say_label(ShiftLabel.PERSON_SAVED, name=person.label)

    def _empty(self) -> None:
        for box in (self.name, self.pin, self.pin_again):
            box.entry.clear()

    def _focus_field(self) -> None:
        fields = {PeopleAct.RENAME: self.name, PeopleAct.NEW_PIN: self.pin}
        field = fields.get(self.act.value)
        if field is None:
            self._save.setFocus()
            return
        field.entry.setFocus()
        self.show_part(field)

    @Slot()
    def _on_picked(self) -> None:
        self.say("")
        self._focus_field()

    @Slot()
    def _on_act(self) -> None:
        # Arrow keys keep the focus on the choice; otherwise it moves to the first field.
        is_choosing = any(button.hasFocus() for button in self.act.buttons)
        self.say("")
        self._empty()
        self.renew()
        if not is_choosing:
            self.take_focus()
