"""Keys for the Chinese characters of a plate, for a mouse, a finger, or a search by pinyin."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from wxpark_gui.ui.appearance import Appearance
from wxpark_gui.ui.provinces import PREFIX_PINYIN, SUFFIX_PINYIN

_COLUMNS = 15
_HEIGHT = 42
_WIDE_WORDS = ("民航", "应急")


class ProvinceKeypad(QWidget):
    """One key for each word; the keyboard stays with the plate.

    Signals:
        wordChosen(str): 粤, 使, 民航, WJ, 学 …
    """

    wordChosen = Signal(str)

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

    def show_candidates(self, candidates: tuple[str, ...]) -> None:
        """Mark the words that the letters typed so far stand for; all can be clicked."""
        for word, key in self._keys.items():
            chosen = word in candidates
            if key.property("candidate") != chosen:
                key.setProperty("candidate", chosen)
                key.style().polish(key)

    @Slot()
    def _renew(self) -> None:
        for key in self._keys.values():
            key.setFixedHeight(self._appearance.length(_HEIGHT))

    def _make_key(self, word: str) -> QToolButton:
        key = QToolButton(self)
        key.setText(word)
        key.setProperty("province", True)
        key.setAccessibleName(word)
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
