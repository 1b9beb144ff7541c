"""Keypad for the Chinese characters of a plate."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.provinces import PREFIX_PINYIN, SUFFIX_PINYIN

_ROWS = 3
_COLUMNS = 15
_HEIGHT = 42
_SPACING = 5
_DIGIT_POINTS = 11
_DIGIT_MARGIN = 4
_WIDTH = 4
_WIDTHS = {"民航": 7, "应急": 7, "WJ": 5}
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class KeypadKey(QToolButton):
    """Button for one word. Key events go to the keypad, which passes unused ones to the plate.

    Attributes:
        digit: digit that chooses the word now, painted in the corner; 0 for none.
    """

    def __init__(self, word: str, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self.digit = 0
        self._appearance = appearance
        self.setText(word)
        self.setProperty("province", True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_digit(self, digit: int) -> None:
        """Mark the key as candidate number `digit`; 0 removes the mark."""
        if digit == self.digit:
            return
        self.digit = digit
        self.setAccessibleDescription(str(digit or ""))
        self.setProperty("candidate", bool(digit))
        self.style().polish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.digit:
            return
        with QPainter(self) as painter:
            painter.setFont(self._appearance.font(_DIGIT_POINTS, bold=True))
            painter.setPen(QColor(self._appearance.theme.surfaces.accent))
            place = self.rect().adjusted(_DIGIT_MARGIN, _DIGIT_MARGIN // 4, -_DIGIT_MARGIN, 0)
            corner = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            painter.drawText(place, corner, str(self.digit))


class ProvinceKeypad(QWidget):
    """One button per word, for mouse, arrow keys, Enter and Space; other keys go to the plate.

    The buttons, a quarter of the window's widgets, are made when the keypad is first shown. A booth
    with a prefix for plates starts without them.

    Signals:
        wordChosen(str): word of the pressed key: 粤, 使, 民航, WJ, 学 …
        left(): Escape, or Up from the first row, was pressed.
    """

    wordChosen = Signal(str)
    left = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("provinceKeypad")
        self._appearance = appearance
        self._keys: dict[str, KeypadKey] = {}
        self._candidates: tuple[str, ...] = ()
        appearance.changed.connect(self._retranslate)
        self._retranslate()

    def key(self, word: str) -> KeypadKey:
        """Return the key that chooses `word`."""
        self._make_keys()
        return self._keys[word]

    def enter(self) -> None:
        """Focus the first key."""
        self._make_keys()
        self._focus(next(iter(self._keys.values())))

    def show_candidates(self, candidates: tuple[str, ...]) -> None:
        """Mark the keys of the candidates with digits from 1, and unmark all others."""
        self._candidates = candidates
        for word, key in self._keys.items():
            key.set_digit(candidates.index(word) + 1 if word in candidates else 0)

    def setVisible(self, visible: bool) -> None:
        """Show or hide the keypad; in a visible window, the keys are placed at once."""
        parent = self.parentWidget()
        if visible and (parent is None or parent.isVisible()):
            self._make_keys()
        super().setVisible(visible)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the keys if the keypad appears together with its window."""
        super().showEvent(event)
        self._make_keys()

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
            # Escape leaves the keypad instead of clearing the form.
            event.accept()
            return True
        return super().event(event)

    def _move(self, key: QToolButton, right: int, down: int) -> None:
        """Focus the nearest key in that direction; up from the first row, emit `left`."""
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
        """Focus `key`, and make it the only key of the keypad that Tab reaches."""
        for other in self._keys.values():
            other.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        plate = self.parentWidget()
        if plate is not None:
            # The keys are made last, and so behind the rest of the form in the tab order.
            QWidget.setTabOrder(plate, key)
        key.setFocus()

    @Slot()
    def _retranslate(self) -> None:
        for word, key in self._keys.items():
            key.setFixedHeight(self._appearance.length(_HEIGHT))
            key.setAccessibleName(self._appearance.wording.plate_word(word))

    def _make_keys(self) -> None:
        """Make the keys if there are none yet."""
        if self._keys:
            return
        words = (*PREFIX_PINYIN, *SUFFIX_PINYIN)
        self._keys = {word: KeypadKey(word, self._appearance, self) for word in words}
        self._lay_out()
        self._retranslate()
        self.show_candidates(self._candidates)
        if self.isVisible():
            # Qt shows the children of a visible widget later, which is too late for the focus.
            for key in self._keys.values():
                key.show()

    def _lay_out(self) -> None:
        """Arrange the keys in rows of `_COLUMNS`; the last row takes the remaining keys."""
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(_SPACING)
        keys = list(self._keys.items())
        for number in range(_ROWS):
            row = QHBoxLayout()
            row.setSpacing(_SPACING)
            end = (number + 1) * _COLUMNS if number < _ROWS - 1 else len(keys)
            for word, key in keys[number * _COLUMNS : end]:
                row.addWidget(key, _WIDTHS.get(word, _WIDTH))
                key.clicked.connect(self._on_clicked)
            rows.addLayout(row)

    @Slot()
    def _on_clicked(self) -> None:
        clicked = self.sender()
        if isinstance(clicked, KeypadKey):
            self.wordChosen.emit(clicked.text())
