"""Page to hand over a shift: message, sums, and the PIN of the next person."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.pin import read_pin
from wxpark_gui.domain.shift import MESSAGE_LENGTH, Person
from wxpark_gui.domain.shift_errors import PinFormatError
from wxpark_gui.domain.shift_report import ShiftReport
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.shift.person_picker import PersonPicker
from wxpark_gui.ui.shift.sheet import Sheet, make_pin_box
from wxpark_gui.ui.shift.summary_view import SummaryView
from wxpark_gui.ui.widgets.fields import FieldBox
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording.shifts import ShiftLabel


class HandOverPage(Sheet):
    """Page to close the shift; Enter moves from the message to the next person and then to the PIN.

    Signals:
        handOverRequested(str, str): message and id of the next person; `typed_pin` has the PIN.
        closeRequested(str): message of a closing without a successor.
        messageTyped(str): the message as typed until now.
    """

    handOverRequested = Signal(str, str)
    closeRequested = Signal(str)
    messageTyped = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self._people: tuple[Person, ...] = ()
        self._nobody_asked = False
        edit = QLineEdit(self.content)
        edit.setMaxLength(MESSAGE_LENGTH)
        self.message = FieldBox(edit, parent=self.content)
        self.summary = SummaryView(appearance, self.content)
        self._caption = wrapping_label(self.content, role="heading")
        self.picker = PersonPicker(self.content)
        self.pin = make_pin_box(self.content)
        for part in (self.message, self.summary, self._caption, self.picker, self.pin):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self._nobody = self.add_button(self._close_alone)
        self._back = self.add_button(self.backRequested.emit)
        self._hand_over = self.add_button(self.on_enter, primary=True)
        self.picker.picked.connect(self._focus_pin)
        for field in (self.message.entry, self.pin.entry):
            field.textChanged.connect(self._on_typed)
        edit.textEdited.connect(self.messageTyped)

    def show_report(
        self, report: ShiftReport, people: tuple[Person, ...], message: str = ""
    ) -> None:
        """Show the sums to hand over, the possible successors and the message; clear the PIN."""
        self._people = people
        self.message.entry.setText(message)
        self.pin.entry.clear()
        self._forget_question()
        self.summary.show_report(report)
        self.picker.choose(None)
        self.renew()
        self.scroll_to_top()

    def renew(self) -> None:
        words = self.words
        self.title.setText(words.label(ShiftLabel.HAND_OVER_TITLE))
        self.message.set_caption(words.label(ShiftLabel.MESSAGE))
        self._caption.setText(words.label(ShiftLabel.SUCCESSOR))
        labels = [person.label for person in self._people]
        self.picker.show_people(self._people, labels, words.label(ShiftLabel.NAME))
        self.pin.set_caption(words.label(ShiftLabel.PIN))
        self._nobody.setText(words.label(ShiftLabel.NOBODY_FOLLOWS))
        self._back.setText(words.label(ShiftLabel.BACK))
        self._hand_over.setText(words.label(ShiftLabel.HAND_OVER_NOW))
        self.summary.renew()
        self.resized.emit()

    def take_focus(self) -> None:
        self.message.entry.setFocus()

    def on_enter(self) -> None:
        if self.message.entry.hasFocus():
            self._focus_picker()
            return
        person = self.picker.person
        if person is None:
            self.say(self.words.label(ShiftLabel.CHOOSE_PERSON))
            self._focus_picker()
            return
        try:
            self.typed_pin()
        except PinFormatError as error:
            self.show_failure(error)
            self._focus_pin()
            return
        self.set_busy(busy=True)
        self.handOverRequested.emit(self.message.entry.text(), person.person_id)

    def typed_pin(self) -> Secret:
        """Return the PIN typed by the next person. Raises `PinFormatError`."""
        return read_pin(self.pin.entry.text())

    def refused(self) -> None:
        """Clear the PIN, and focus it if a person is chosen. The error shown stays."""
        self.pin.entry.blockSignals(True)
        self.pin.entry.clear()
        self.pin.entry.blockSignals(False)
        if self.picker.person is not None:
            self._focus_pin()

    def _close_alone(self) -> None:
        """Ask for confirmation at the first press; at the second, close without a successor."""
        if not self._nobody_asked:
            self._nobody_asked = True
            self.say(self.words.label(ShiftLabel.NOBODY_CONFIRM))
            return
        self._forget_question()
        self.set_busy(busy=True)
        self.closeRequested.emit(self.message.entry.text())

    def _focus_picker(self) -> None:
        self.picker.take_focus()
        self.show_part(self.pin)

    @Slot()
    def _focus_pin(self) -> None:
        self._forget_question()
        self.pin.entry.setFocus()
        self.show_part(self.pin)

    @Slot()
    def _on_typed(self) -> None:
        self._forget_question()

    def _forget_question(self) -> None:
        self._nobody_asked = False
        self.say("")
