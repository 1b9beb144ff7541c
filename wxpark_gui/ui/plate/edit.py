"""Where a plate is typed: cells, the line that says what kind it is, and the province keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    QMouseEvent,
)
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.domain.plate import PlateFlaw, read_plate
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.cells import PlateCells
from wxpark_gui.ui.plate.hint import PlateLine
from wxpark_gui.ui.plate.keypad import ProvinceKeypad
from wxpark_gui.ui.plate.provinces import ProvinceSearch
from wxpark_gui.ui.plate.recall import PlateHistory
from wxpark_gui.ui.plate.suggestions import Offer, OfferKind, PlateOffers
from wxpark_gui.ui.plate.text import PlateText
from wxpark_gui.wording import Label, Wording

_NEARLY_COMPLETE = 6
_COMMAND_KEYS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class PlateEdit(QWidget):
    """A plate number.

    Signals:
        plateChanged(str): the normalised text after every change.
        submitted(): Enter was pressed.
    """

    plateChanged = Signal(str)
    submitted = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._plate = PlateText()
        self._offers = PlateOffers(self._plate)
        self._history = PlateHistory()
        self._search = ProvinceSearch()
        self._remark = ""
        self._problem = ""
        self._bad: int | None = None
        self._composing = ""
        self.setObjectName("plateEdit")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self._cells = PlateCells(appearance, self)
        self._line = PlateLine(appearance, self)
        self._keypad = ProvinceKeypad(appearance, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self._cells, self._line, self._keypad):
            layout.addWidget(part)
        self._cells.cellClicked.connect(self._on_cell_clicked)
        self._keypad.wordChosen.connect(self._choose)
        self._keypad.left.connect(self.setFocus)
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def keypad(self) -> ProvinceKeypad:
        return self._keypad

    @property
    def untouched(self) -> bool:
        """Whether nothing but the lot's prefix stands there."""
        return self._plate.untouched

    @property
    def _wording(self) -> Wording:
        return self._appearance.wording

    def text(self) -> str:
        """Normalised, complete or not."""
        return self._plate.text

    @Slot(object)
    def know(self, known: KnownPlates) -> None:
        """The plates seen before, which are guessed at; it may grow meanwhile."""
        self._offers.know(known)
        self._show()

    def set_history(self, plates: Sequence[str]) -> None:
        """The plates entered before, newest first."""
        self._history.renew(plates)

    def set_text(self, text: str) -> None:
        self._plate.replace(text)
        self._changed()

    def set_prefix(self, prefix: str) -> None:
        """The lot's own province and letter; an untouched field takes it at once."""
        if prefix == self._plate.prefix:
            # Settings come again for other reasons; a province may just be looked for.
            return
        untouched = self._plate.untouched
        self._search.home = prefix[:1]
        self._search.clear()
        if untouched:
            self._plate.clear_to(prefix)
            self._changed()
        else:
            text = self._plate.text
            self._plate.clear_to(prefix)
            self._plate.replace(text)

    def clear_to_prefix(self) -> None:
        self._search.clear()
        self._history.leave()
        self._plate.clear_to(self._plate.prefix)
        self._changed()

    @Slot()
    def choose_province(self) -> None:
        """Make the first cell the current one; if it is already, go back to the end."""
        self._search.clear()
        self._plate.move_to(len(self._plate.text) if self._plate.cursor == 0 else 0)
        self.setFocus()
        self._show()

    def show_remark(self, sentence: str) -> None:
        """The line beneath: what kind of plate it is."""
        self._remark = sentence
        self._show()

    def show_problem(self, position: int | None, sentence: str) -> None:
        """Mark a cell, where one is to blame, and say why. The next change takes it away."""
        self._bad, self._problem = position, sentence
        self._show()
        if sentence:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def take(self, typed: str) -> None:
        """Characters typed, pasted or composed."""
        fitted = self._plate.put(typed)
        self._changed()
        if not fitted:
            self.show_problem(None, self._wording.label(Label.PLATE_FULL))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isprintable() and event.text():
            # A key that was pressed on the keypad, and that it did not want.
            self.setFocus()
        if event.matches(QKeySequence.StandardKey.Paste):
            self.take(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._plate.text)
        elif event.modifiers() & _COMMAND_KEYS or not self._take_key(event):
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = event.preeditString()
        if event.commitString():
            self._search.clear()
            self.take(event.commitString())
        else:
            self._show()
        event.accept()

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> Any:
        if query is Qt.InputMethodQuery.ImEnabled:
            return True
        if query is Qt.InputMethodQuery.ImCursorRectangle:
            return QRect(self._cells.x(), self._cells.y(), 10, self._cells.height())
        return super().inputMethodQuery(query)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._show()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._search.clear()
        self._show()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
            and self._search.letters
        ):
            # Escape drops half a pinyin first, and clears the form only when there is none.
            event.accept()
            return True
        return super().event(event)

    def _take_key(self, event: QKeyEvent) -> bool:
        """Whether the key meant something here."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_enter()
        elif key == Qt.Key.Key_Backspace:
            self._on_backspace()
        elif key == Qt.Key.Key_Escape and self._search.letters:
            self._search.clear()
            self._show()
        elif key == Qt.Key.Key_Up:
            self._on_up()
        elif key == Qt.Key.Key_Down:
            self._on_down()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            self._move(key)
        elif key == Qt.Key.Key_Delete:
            self._plate.delete()
            self._changed()
        elif event.text() and event.text().isprintable():
            self._on_character(event.text())
        else:
            return False
        return True

    def _on_character(self, character: str) -> None:
        if self._plate.cursor == 0 and character.isascii() and character.isalpha():
            if word := self._search.type(character):
                self._choose(word)
            elif not self._search.candidates():
                self._take_letters()
            else:
                self._show()
        elif self._search.letters and character.isascii() and character.isdigit():
            if word := self._search.pick(int(character)):
                self._choose(word)
            elif character == "0":
                self._take_letters()
            else:
                QApplication.beep()
        elif self._search.letters and character == " ":
            self._on_enter()
        elif character == " " and self._offers.accept():
            self._changed()
        elif character == "+" and self._plate.alternative:
            # Beside Enter on the numeric pad: the Enter of the other reading.
            self._plate.switch_reading()
            self._changed()
            self.submitted.emit()
        else:
            self._search.clear()
            self.take(character)

    def _on_enter(self) -> None:
        if word := self._search.pick(1):
            self._choose(word)
        else:
            self.submitted.emit()

    def _on_backspace(self) -> None:
        if self._search.letters:
            self._search.drop_letter()
            self._show()
        else:
            self._plate.backspace()
            self._changed()

    def _on_up(self) -> None:
        """The plate entered before: only where nothing typed would be lost by it."""
        if not (self._plate.untouched or self._history.browsing):
            return
        if plate := self._history.back():
            self._plate.replace(plate)
            self._changed()

    def _on_down(self) -> None:
        if self._plate.cursor == 0 and not self._history.browsing:
            self._keypad.enter()
            return
        if not self._history.browsing:
            if self._offers.next():
                self._show()
            return
        plate = self._history.forth()
        self._plate.replace(plate) if plate else self._plate.clear_to(self._plate.prefix)
        self._changed()

    def _move(self, key: int) -> None:
        offer = self._offers.current()
        if key == Qt.Key.Key_Right and offer and offer.kind is OfferKind.KNOWN:
            self._offers.accept()
            self._changed()
            return
        targets = {
            Qt.Key.Key_Left: self._plate.cursor - 1,
            Qt.Key.Key_Right: self._plate.cursor + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._plate.text),
        }
        self._search.clear()
        self._plate.move_to(targets[Qt.Key(key)])
        self._show()

    def _take_letters(self) -> None:
        """No province sounds like this: a military plate, which begins with letters."""
        letters = self._search.letters
        self._search.clear()
        self.take(letters)

    @Slot(str)
    def _choose(self, word: str) -> None:
        self._search.clear()
        self._plate.choose(word)
        self.setFocus()
        self._changed()

    @Slot(int)
    def _on_cell_clicked(self, cell: int) -> None:
        self._search.clear()
        self._plate.move_to(cell)
        self.setFocus()
        self._show()

    @Slot()
    def _renew(self) -> None:
        self.setAccessibleName(self._wording.label(Label.PLATE))
        self._show()

    def _changed(self) -> None:
        self._bad, self._problem, self._remark = None, "", ""
        self._offers.restart()
        plate = read_plate(self._plate.text)
        if plate.flaw is PlateFlaw.BAD_CHARACTER and plate.position is not None:
            self._bad = plate.position
            self._problem = self._wording.label(
                Label.KEY_NOT_TAKEN, found=plate.text[plate.position]
            )
        self._show()
        QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, self._plate.text))
        self.plateChanged.emit(self._plate.text)

    def _show(self) -> None:
        plate = self._plate
        self._search.near_end = len(plate.text) >= _NEARLY_COMPLETE
        choosing = plate.cursor == 0
        offer = None if choosing else self._offers.current()
        guess = offer.text if offer and offer.kind is OfferKind.KNOWN else ""
        self._cells.show_plate(plate.text, plate.cursor, self._bad, active=self.hasFocus())
        self._cells.show_guess(guess)
        self._keypad.setVisible(choosing)
        self._keypad.show_candidates(self._shown_candidates())
        self._show_line(offer, choosing=choosing)
        self.setAccessibleDescription(f"{plate.text} {self._line.text()}".strip())

    def _show_line(self, offer: Offer | None, *, choosing: bool) -> None:
        if self._problem:
            self._line.show_problem(self._problem)
        elif self._composing:
            self._line.show_composing(self._composing)
        elif self._search.letters:
            self._line.show_search(self._search)
        elif choosing:
            self._line.show_choosing()
        else:
            self._line.show_plate(self._remark, offer)

    def _shown_candidates(self) -> tuple[str, ...]:
        return self._search.candidates() if self._search.letters else ()
