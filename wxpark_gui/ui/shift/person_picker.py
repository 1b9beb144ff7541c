"""Numbered buttons to pick a person by digit, name, arrow keys or touch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from wxpark_gui.domain.shift import Person
from wxpark_gui.ui.shift.picking import find_person
from wxpark_gui.ui.widgets.labels import literal
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow

_GAP = 8
_TYPING_MS = 1200
"""Milliseconds after which the next character begins a new number or name."""

_STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}


class PersonPicker(QWidget):
    """One button for each person; that of the chosen person is checked.

    Signals:
        picked(): a person was chosen by Enter or a click, or by typing that fits only one person.
    """

    picked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._people: tuple[Person, ...] = ()
        self._typed = ""
        self._group = QButtonGroup(self)
        self._row = WrappingRow(_GAP, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPING_MS)
        self._timer.timeout.connect(self._forget_typed)
        self._group.buttonClicked.connect(self._on_clicked)

    @property
    def person(self) -> Person | None:
        """The chosen person; None for nobody."""
        index = self._group.checkedId()
        return self._people[index] if 0 <= index < len(self._people) else None

    @property
    def buttons(self) -> list[QPushButton]:
        return [button for button in self._group.buttons() if isinstance(button, QPushButton)]

    def show_people(self, people: Sequence[Person], captions: Sequence[str], name: str) -> None:
        """Show these people; the chosen person stays chosen if still among them.

        Args:
            captions: text of each button, without its number.
            name: accessible name of the group.
        """
        before = self.person
        self._forget_typed()
        self.setAccessibleName(name)
        texts = [
            f"{number}  {literal(caption)}" for number, caption in enumerate(captions, start=1)
        ]
        if tuple(people) == self._people and texts == [b.text() for b in self.buttons]:
            return
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.deleteLater()
            button.hide()
        self._people = tuple(people)
        for index, (text, caption) in enumerate(zip(texts, captions, strict=True)):
            button = QPushButton(text, self)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{name}: {caption}")
            button.installEventFilter(self)
            self._group.addButton(button, index)
            self._row.addWidget(button)
            button.show()
        self.choose(before)

    def choose(self, person: Person | None) -> None:
        """Check the button of a person; uncheck all for None or a person without a button."""
        ids = [each.person_id for each in self._people]
        if person is not None and person.person_id in ids:
            self._group.button(ids.index(person.person_id)).setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)

    def take_focus(self) -> None:
        """Give the focus to the button of the chosen person, else to the first one."""
        button = self._group.checkedButton() or self._group.button(0)
        if button is not None:
            button.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        """Handle a key press on a button; return False to let the button handle it."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, QPushButton):
                focused.setChecked(True)
            self.picked.emit()
            return True
        if key in _STEPS:
            self._step(_STEPS[key])
            return True
        typed = event.text()
        if not typed or not typed.isprintable() or typed == " ":
            return False
        self._type(typed)
        return True

    def _step(self, step: int) -> None:
        focused = self.focusWidget()
        at = self._group.id(focused) if isinstance(focused, QPushButton) else -1
        button = self._group.button(max(0, min(at + step, len(self._people) - 1)))
        if button is not None:
            button.setFocus()
            button.setChecked(True)

    def _type(self, typed: str) -> None:
        labels = [person.label for person in self._people]
        text = self._typed + typed
        index, final = find_person(text, labels)
        if index is None:
            text = typed
            index, final = find_person(text, labels)
        self._typed = text if index is not None else ""
        self._timer.start()
        if index is None:
            return
        button = self._group.button(index)
        button.setFocus()
        button.setChecked(True)
        if final:
            self._forget_typed()
            self.picked.emit()

    @Slot()
    def _on_clicked(self) -> None:
        self.picked.emit()

    @Slot()
    def _forget_typed(self) -> None:
        self._typed = ""
