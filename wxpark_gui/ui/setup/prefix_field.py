"""Input for province and letter, which needs no Chinese input method."""

from __future__ import annotations

import string

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxpark_gui.domain.plate import PROVINCES
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.provinces import PREFIX_PINYIN
from wxpark_gui.ui.widgets.choice_box import ChoiceBox
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import SetupLabel

_COMPLETE = 2
_LETTERS = tuple(letter for letter in string.ascii_uppercase if letter != "I")
"""Letters after a province; no city has I."""


class PrefixField(QWidget):
    """Two drop-down lists with a caption above and a problem below while it is set.

    The rows of the provinces begin with their pinyin, so that a typed letter finds them.

    Signals:
        edited(): another value was chosen by hand.
    """

    edited = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.province: ChoiceBox[str] = ChoiceBox(appearance, "setupProvince", self)
        self.letter: ChoiceBox[str] = ChoiceBox(appearance, "setupLetter", self)
        self._caption = wrapping_label(self)
        self._caption.setBuddy(self.province)
        self._problem = wrapping_label(self, role="problem")
        self._problem.hide()
        row = WrappingRow(12)
        for box in (self.province, self.letter):
            box.activated.connect(self._on_activated)
            row.addWidget(box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self._caption)
        layout.addLayout(row)
        layout.addWidget(self._problem)
        self.renew()

    @property
    def value(self) -> str:
        """Province and letter, such as `粤B`; empty unless both are chosen."""
        return self.chosen if len(self.chosen) == _COMPLETE else ""

    @property
    def chosen(self) -> str:
        """Province and letter chosen so far; either may be missing."""
        return self.province.value + self.letter.value

    def fill(self, prefix: str) -> None:
        """Choose province and letter of `prefix`; what it lacks becomes not chosen."""
        self.province.choose(prefix[:1])
        self.letter.choose(prefix[1:])

    def problem(self) -> str:
        """Return the problem shown; empty for none."""
        return "" if self._problem.isHidden() else self._problem.text()

    def show_problem(self, sentence: str) -> None:
        """Show a problem below the lists; an empty sentence removes it."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        for box in (self.province, self.letter):
            box.setAccessibleDescription(sentence)

    def renew(self) -> None:
        """Set all texts in the current language. The choices stay."""
        wording = self._appearance.wording
        nothing = ("", wording.label(SetupLabel.NOT_CHOSEN))
        provinces = sorted((PREFIX_PINYIN[word], word) for word in PROVINCES)
        self._caption.setText(wording.label(SetupLabel.PREFIX))
        self.province.fill(
            wording.label(SetupLabel.PROVINCE),
            [nothing, *((word, f"{sound} {word}") for sound, word in provinces)],
        )
        self.letter.fill(
            wording.label(SetupLabel.LETTER), [nothing, *((each, each) for each in _LETTERS)]
        )

    @Slot()
    def _on_activated(self) -> None:
        self.edited.emit()
