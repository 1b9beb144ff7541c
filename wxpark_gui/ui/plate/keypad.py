"""Keys for the Chinese characters of a plate, for a mouse, a finger, or a search by pinyin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.provinces import PREFIX_PINYIN, SUFFIX_PINYIN

_COLUMNS = 15
_HEIGHT = 42
_WIDE_WORDS = ("民航", "应急")
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class _Key(QToolButton):
    """Leaves its keyboard to the keypad, and what that does not want to the plate."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class ProvinceKeypad(QWidget):
    """One key for each word, for a mouse and for arrow keys; typing belongs to the plate.

    Signals:
        wordChosen(str): 粤, 使, 民航, WJ, 学 …
        left(): someone goes back to the plate without choosing.
    """

    wordChosen = Signal(str)
    left = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: dict[str, QToolButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(5)
        place = 0
        for word in (*PREFIX_PINYIN, *SUFFIX_PINYIN):
            key = self._keys[word] = self._make_key(word)
            span = 2 if word in _WIDE_WORDS else 1
            grid.addWidget(key, place // _COLUMNS, place % _COLUMNS, 1, span)
            place += span
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self._appearance = appearance
        appearance.changed.connect(self._renew)
        self._renew()

    def key(self, word: str) -> QToolButton:
        """The key that chooses `word`."""
        return self._keys[word]

    def enter(self) -> None:
        """Give the keyboard to the first key."""
        self._focus(next(iter(self._keys.values())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and isinstance(focused, QToolButton):
            self._move(focused, *step)
        elif event.key() in _CHOOSING and isinstance(focused, QToolButton):
            focused.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() is QEvent.Type.ShortcutOverride:
            # Escape leaves the keys first; only then it clears the form.
            event.accept()
            return True
        return super().event(event)

    def _move(self, key: QToolButton, right: int, down: int) -> None:
        """To the nearest key in that direction; above the first row lies the plate."""
        here = key.geometry().center()
        ahead = [
            other
            for other in self._keys.values()
            if (right * (other.x() - key.x()) > 0 and abs(other.y() - key.y()) < key.height())
            or down * (other.y() - key.y()) > 0
        ]
        if ahead:
            self._focus(min(ahead, key=lambda k: (k.geometry().center() - here).manhattanLength()))
        elif down < 0:
            self.left.emit()

    def _focus(self, key: QToolButton) -> None:
        """One key at a time is a stop of the Tab key: all of them would be too many."""
        for other in self._keys.values():
            other.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        key.setFocus()

    def show_candidates(self, candidates: tuple[str, ...]) -> None:
        """Mark the words that the letters typed so far stand for; all can be clicked."""
        for word, key in self._keys.items():
            chosen = word in candidates
            if key.property("candidate") != chosen:
                key.setProperty("candidate", chosen)
                key.style().polish(key)

    @Slot()
    def _renew(self) -> None:
        for word, key in self._keys.items():
            key.setFixedHeight(self._appearance.length(_HEIGHT))
            key.setAccessibleName(self._appearance.wording.plate_word(word))

    def _make_key(self, word: str) -> QToolButton:
        key = _Key(self)
        key.setText(word)
        key.setProperty("province", True)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        key.clicked.connect(self._on_clicked)
        return key

    @Slot()
    def _on_clicked(self) -> None:
        clicked = self.sender()
        for word, key in self._keys.items():
            if key is clicked:
                self.wordChosen.emit(word)
