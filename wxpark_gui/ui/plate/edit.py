"""The plate field: a widget of cells, hint and province keypad."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QRect, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleValueChangeEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QApplication, QWidget

from wxpark_gui.domain.entry import CarType
from wxpark_gui.domain.plate import PlateFlaw, PlateNumber
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.arrangement import PlateArrangement
from wxpark_gui.ui.plate.cells import PlateCells
from wxpark_gui.ui.plate.enter_bounce import EnterBounce
from wxpark_gui.ui.plate.field import Effect, PlateField
from wxpark_gui.ui.plate.hint import PlateHint
from wxpark_gui.ui.plate.key_reading import COMMAND_KEYS, as_enter, held_modifier
from wxpark_gui.ui.plate.keypad import ProvinceKeypad
from wxpark_gui.ui.plate.keystrokes import PlateKeystrokes
from wxpark_gui.ui.widgets.pasting import clipboard_text
from wxpark_gui.wording import Label, Wording

if TYPE_CHECKING:
    from wxpark_gui.domain.known_plates import KnownPlates

_HISTORY_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down)
_HINTS_OF_A_SERIAL = (
    Qt.InputMethodHint.ImhLatinOnly
    | Qt.InputMethodHint.ImhPreferUppercase
    | Qt.InputMethodHint.ImhPreferLatin
    | Qt.InputMethodHint.ImhNoPredictiveText
)


class PlateEdit(QWidget):
    """Input of one plate number.

    Signals:
        plateChanged(str): normalised text after an edit, which may have left it the same.
        prefixChosen(str): province and letter, entered for a lot without a prefix.
        historyRequested(): an arrow key is about to read the plates of `set_history`, which may be
            renewed now.
        submitted(): Enter submits the plate, or + its alternative reading.

    Attributes:
        state: text, cursor and suggestions after the last change.
        composing: text of an input method that is not committed yet.
        bounce: tells a second Enter that no person pressed.
        arrangement: the layout.
    """

    plateChanged = Signal(str)
    prefixChosen = Signal(str)
    historyRequested = Signal()
    submitted = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._field = PlateField()
        self._keystrokes = keys = PlateKeystrokes(self._field)
        self.state = self._field.state()
        self._car_type: CarType | None = None
        self._problem = ""
        self._bad: int | None = None
        self.composing = ""
        self.bounce = EnterBounce()
        self._handlers: dict[int, Callable[[], Effect]] = {
            Qt.Key.Key_Return: keys.enter,
            Qt.Key.Key_Enter: keys.enter,
            Qt.Key.Key_Backspace: keys.backspace,
            Qt.Key.Key_Delete: keys.delete,
            Qt.Key.Key_Escape: keys.escape,
            Qt.Key.Key_Up: keys.up,
            Qt.Key.Key_Down: keys.down,
            Qt.Key.Key_Left: keys.left,
            Qt.Key.Key_Right: keys.right,
            Qt.Key.Key_Home: keys.home,
            Qt.Key.Key_End: keys.end,
        }
        self.setObjectName("plateEdit")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self._cells = PlateCells(appearance, self)
        self._hint = PlateHint(appearance, self)
        self._keypad = ProvinceKeypad(appearance, self)
        self.arrangement = PlateArrangement(appearance, self, self._cells, self._hint, self._keypad)
        self._cells.cellClicked.connect(self._on_clicked)
        self._keypad.wordChosen.connect(self._on_clicked)
        self._keypad.left.connect(self.setFocus)
        appearance.changed.connect(self._show)
        self._show()

    @property
    def car_type(self) -> CarType | None:
        """Car type by which the hint names the class of the plate; None omits the class."""
        return self._car_type

    @car_type.setter
    def car_type(self, car_type: CarType | None) -> None:
        if car_type is not self._car_type:
            self._car_type = car_type
            self._show()

    def text(self) -> str:
        """Return the normalised plate, complete or not."""
        return self.state.number.text

    @Slot(object)
    def set_known_plates(self, known: KnownPlates) -> None:
        """Suggest from these plates, and from those added to `known` later."""
        self._apply(self._field.set_known_plates(known))

    def set_history(self, plates: Sequence[str]) -> None:
        """Set the plates that the Up and Down keys browse, newest first."""
        self._field.history.set_plates(plates)

    def set_text(self, text: str, *, offered: bool = False) -> None:
        """Replace the text. `offered` marks it as a device's, which the next character replaces."""
        field = self._field
        self._apply(field.fill_offered(text) if offered else field.set_text(text))

    def set_prefix(self, prefix: str) -> None:
        """Set the lot's prefix, `粤B`, `粤` or empty; an untouched field shows it at once."""
        self._apply(self._field.set_prefix(prefix))

    def clear_to_prefix(self) -> None:
        self._apply(self._field.clear())

    @Slot()
    def choose_province(self) -> None:
        """Focus the field and move to the first cell, or from there to the end."""
        self.setFocus()
        self._apply(self._field.choose_province())

    def show_problem(self, position: int | None, sentence: str) -> None:
        """Mark a cell and show a sentence until the next edit; screen readers announce it.

        Args:
            position: index of the cell; None marks none.
            sentence: the problem; empty removes the sentence shown.
        """
        if (position, sentence) != (self._bad, self._problem):
            self._bad, self._problem = position, sentence
            self._show()
        if sentence:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def insert(self, typed: str) -> None:
        """Insert typed, pasted or committed characters; a whole plate replaces all cells."""
        self._apply(self._field.insert(typed))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event = as_enter(event)
        if event.text().isprintable() and event.text():
            # The keypad passes its unused keys here; the plate takes the focus back.
            self.setFocus()
        if self.bounce.is_unmeant(event):
            # A held or bouncing Enter neither answers a question nor submits twice.
            return
        if event.key() in _HISTORY_KEYS:
            self.historyRequested.emit()
        effect = self._effect_of(event)
        if not effect:
            super().keyPressEvent(event)
        self._apply(effect)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        composed, self.composing = self.composing, event.preeditString()
        committed = event.commitString()
        self._apply(self._keystrokes.commit(committed, composed) if committed else Effect.SHOW)
        event.accept()

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> Any:
        if query is Qt.InputMethodQuery.ImEnabled:
            # In the serial, a key must not be held back for a word that no plate has.
            return self.state.choosing
        if query is Qt.InputMethodQuery.ImCursorRectangle:
            return QRect(self._cells.x(), self._cells.y(), 10, self._cells.height())
        return super().inputMethodQuery(query)

    def event(self, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and self.state.letters and event.type() is QEvent.Type.ShortcutOverride:
            # Escape drops typed pinyin; only without any does the window clear the form.
            event.accept()
            return True
        handled = super().event(event)
        if isinstance(event, QFocusEvent) and event.lostFocus():
            # An open menu takes the focus for a moment only.
            if event.reason() is not Qt.FocusReason.PopupFocusReason:
                self._apply(self._keystrokes.escape() or Effect.SHOW)
        elif event.type() is QEvent.Type.FocusIn:
            self._show()
        return handled

    def _effect_of(self, event: QKeyEvent) -> Effect:
        """Apply a key to the model; return `UNUSED` for a key that the plate does not use."""
        if event.matches(QKeySequence.StandardKey.Paste):
            return self._field.insert(clipboard_text())
        if event.matches(QKeySequence.StandardKey.Undo):
            return self._field.undo()
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
            return Effect.SHOW
        if event.modifiers() & COMMAND_KEYS:
            if not (held := held_modifier(event)):
                return Effect.UNUSED
            self.show_problem(None, self._appearance.wording.label(Label.KEY_HELD, key=held))
            return Effect.SHOW
        if handler := self._handlers.get(event.key()):
            return handler()
        if (typed := event.text()) and typed.isprintable():
            return self._keystrokes.type(typed, repeated=event.isAutoRepeat())
        return Effect.UNUSED

    @Slot(int)
    @Slot(str)
    def _on_clicked(self, target: int | str) -> None:
        """Move to the clicked cell (an index), or insert the clicked word of the keypad."""
        field = self._field
        self.setFocus()
        self._apply(field.move_to(target) if isinstance(target, int) else field.choose(target))

    def _apply(self, effect: Effect) -> None:
        if not effect:
            return
        if not effect & ~Effect.SUBMIT:
            self.submitted.emit()
            return
        self.state = self._field.state()
        if Effect.CHANGE in effect:
            self._bad, self._problem = _input_problem(self.state.number, self._appearance.wording)
        self._show()
        if Effect.FULL in effect:
            self.show_problem(None, self._appearance.wording.label(Label.PLATE_FULL))
        if Effect.CHANGE in effect:
            QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, self.text()))
            self.plateChanged.emit(self.text())
        if Effect.ENTER_KEYPAD in effect:
            self._keypad.enter()
        if Effect.BEEP in effect:
            QApplication.beep()
        if Effect.PREFIX_CHOSEN in effect:
            self.prefixChosen.emit(self._field.text.prefix)
        if Effect.SUBMIT in effect:
            self.submitted.emit()

    @Slot()
    def _show(self) -> None:
        state = self.state
        if self._problem:
            self._hint.show_problem(self._problem)
        elif self.composing:
            self._hint.show_composing(self.composing)
        else:
            self._hint.show_state(state, self._car_type)
        self._cells.show_plate(self.text(), state.cursor, self._bad, active=self.hasFocus())
        self._cells.show_guess(state.guess)
        self._keypad.setVisible(state.choosing)
        self._keypad.show_candidates(state.candidates)
        self.setAccessibleName(self._appearance.wording.label(Label.PLATE))
        self.setAccessibleDescription(f"{self.text()} {self._hint.text()}".strip())
        hints = Qt.InputMethodHint.ImhNone if state.choosing else _HINTS_OF_A_SERIAL
        if self.inputMethodHints() != hints:
            self.setInputMethodHints(hints)
            # Not `WA_InputMethodEnabled`, which would commit a text that is being committed now.
            self.updateMicroFocus(Qt.InputMethodQuery.ImEnabled)


def _input_problem(number: PlateNumber, wording: Wording) -> tuple[int | None, str]:
    """Return cell and sentence for a character that no plate has; `(None, "")` for none."""
    if number.flaw is not PlateFlaw.BAD_CHARACTER or number.position is None:
        return None, ""
    found = number.text[number.position]
    # A character outside ASCII comes from an input method: 的 for the key D.
    label = Label.KEY_NOT_TAKEN if found.isascii() else Label.SWITCH_INPUT_METHOD
    return number.position, wording.label(label, found=found)
