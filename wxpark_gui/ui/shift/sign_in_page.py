"""Page to sign in: pick a name, type the PIN, press Enter."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.pin import read_pin
from wxpark_gui.domain.shift import Person
from wxpark_gui.domain.shift_errors import PinFormatError
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.shift.person_picker import PersonPicker
from wxpark_gui.ui.shift.sheet import Sheet, make_pin_box
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording.shifts import ShiftLabel, since


class SignInPage(Sheet):
    """Page to sign in, to unlock the shift or to relieve the person signed in.

    In a booth without people it offers to add one.

    Signals:
        signInRequested(str): id of the person; `typed_pin` has the PIN.
        peopleRequested(): the page of the attendants must be shown.
    """

    signInRequested = Signal(str)
    peopleRequested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self._state = ShiftState()
        self._now: datetime | None = None
        self._is_switch = False
        self._note = wrapping_label(self.content, name="shiftNote", role="note")
        self._caption = wrapping_label(self.content)
        self.picker = PersonPicker(self.content)
        self.pin = make_pin_box(self.content)
        self.column.addWidget(self._note)
        self.column.addWidget(self._caption)
        self.column.addWidget(self.picker)
        self.column.addWidget(self.pin)
        self.column.addStretch(1)
        self._people = self.add_button(self.peopleRequested.emit)
        self._back = self.add_button(self.backRequested.emit)
        self._sign_in = self.add_button(self.on_enter, primary=True)
        self.picker.picked.connect(self._on_picked)
        self.pin.entry.textChanged.connect(self._on_typed)

    def show_state(self, state: ShiftState, now: datetime, *, switch: bool) -> None:
        """Show the people who can sign in.

        Args:
            now: the current time, aware; decides if the open shift is overdue.
            switch: True to relieve the person signed in.
        """
        self._state, self._now, self._is_switch = state, now, switch
        self.pin.entry.clear()
        self.say("")
        self.renew()
        shift = state.shift
        person = shift.present if shift and not switch else None
        offered = self._people_offered()
        self.picker.choose(person or (offered[0] if len(offered) == 1 else None))

    def renew(self) -> None:
        words, has_people = self.words, bool(self._state.active)
        title = ShiftLabel.SWITCH_TITLE if self._is_switch else ShiftLabel.SIGN_IN_TITLE
        self.title.setText(words.label(title if has_people else ShiftLabel.NO_PEOPLE_TITLE))
        self._note.setText(self._note_words())
        self._note.setVisible(bool(self._note.text()))
        self._note.setProperty("role", "problem" if self._is_overdue() else "note")
        self._note.style().polish(self._note)
        self._caption.setText(words.label(ShiftLabel.PERSON))
        people = self._people_offered()
        labels = [person.label for person in people]
        self.picker.show_people(people, labels, words.label(ShiftLabel.NAME))
        self.pin.set_caption(words.label(ShiftLabel.PIN))
        for part in (self._caption, self.picker, self.pin, self._people):
            part.setVisible(has_people)
        self._people.setText(words.label(ShiftLabel.PEOPLE))
        self._back.setText(words.label(ShiftLabel.BACK if self._is_switch else ShiftLabel.CLOSE))
        main = ShiftLabel.SIGN_IN if has_people else ShiftLabel.FIRST_PERSON
        self._sign_in.setText(words.label(main))
        self.resized.emit()

    def take_focus(self) -> None:
        if not self._state.active:
            self._sign_in.setFocus()
        elif self.picker.person is not None:
            self._focus_pin()
        else:
            self.picker.take_focus()

    def on_enter(self) -> None:
        if not self._state.active:
            self.peopleRequested.emit()
            return
        person = self.picker.person
        if person is None:
            self.say(self.words.label(ShiftLabel.CHOOSE_PERSON))
            self.picker.take_focus()
            return
        try:
            self.typed_pin()
        except PinFormatError as error:
            self.show_failure(error)
            self._focus_pin()
            return
        self.set_busy(busy=True)
        self.signInRequested.emit(person.person_id)

    def typed_pin(self) -> Secret:
        """Return the typed PIN. Raises `PinFormatError`."""
        return read_pin(self.pin.entry.text())

    def refused(self) -> None:
        """Clear and focus the PIN. The error shown stays."""
        self.pin.entry.blockSignals(True)
        self.pin.entry.clear()
        self.pin.entry.blockSignals(False)
        self._focus_pin()

    def _people_offered(self) -> list[Person]:
        """Return all active people; for a relief, without the person signed in."""
        shift = self._state.shift
        at_work = shift.present.person_id if shift and self._is_switch else ""
        return [person for person in self._state.active if person.person_id != at_work]

    def _focus_pin(self) -> None:
        self.pin.entry.setFocus()
        self.show_part(self.pin)

    def _is_overdue(self) -> bool:
        shift, now = self._state.shift, self._now
        return shift is not None and now is not None and shift.is_overdue(now)

    def _note_words(self) -> str:
        shift, now = self._state.shift, self._now
        if not self._state.active:
            return self.words.label(ShiftLabel.NO_PEOPLE)
        if shift is None or now is None:
            pending = self._state.handed_over is not None
            return self.words.label(ShiftLabel.PENDING_NOTE) if pending else ""
        if self._is_overdue():
            time = since(shift.opened_at, now)
            return self.words.label(ShiftLabel.OVERDUE_NOTE, name=shift.main.label, time=time)
        if shift.is_locked:
            return self.words.label(ShiftLabel.LOCKED_NOTE, name=shift.present.label)
        return ""

    @Slot()
    def _on_picked(self) -> None:
        self.say("")
        self._focus_pin()

    @Slot()
    def _on_typed(self) -> None:
        self.say("")
