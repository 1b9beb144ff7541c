"""Form widgets: an input with caption and problem, and a row of exclusive choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.restyle import restyle

Choice = TypeVar("Choice")

CAPTION_GAP = 3
"""Pixels between an input and its caption."""


class FieldBox(QWidget):
    """Input with a caption above, and a remark and a problem below while they are set."""

    def __init__(self, entry: QLineEdit, caption: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self._caption = wrapping_label(self)
        self._caption.setBuddy(entry)
        self._remark = wrapping_label(self, role="muted")
        self._problem = wrapping_label(self, role="problem")
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(CAPTION_GAP)
        for part in (self._caption, entry, self._remark, self._problem):
            layout.addWidget(part)
        for sentence in (self._caption, self._remark, self._problem):
            sentence.hide()
        if caption:
            self.set_caption(caption)

    def put_above(self, caption: QWidget, part: QWidget) -> None:
        """Put another input with its caption above the caption of this one."""
        self._column.insertWidget(0, caption)
        self._column.insertWidget(1, part, 0, Qt.AlignmentFlag.AlignLeft)

    def set_caption(self, caption: str) -> None:
        """Set the caption above the input, which is its accessible name too."""
        self._caption.setText(caption)
        self._caption.show()
        self.entry.setAccessibleName(caption)

    def show_remark(self, sentence: str) -> None:
        """Show a remark below the input; an empty sentence removes it."""
        self._remark.setText(sentence)
        self._remark.setVisible(bool(sentence))

    def problem(self) -> str:
        """Return the problem shown; empty for none."""
        return "" if self._problem.isHidden() else self._problem.text()

    def show_problem(self, sentence: str) -> None:
        """Show a problem below the input; an empty sentence removes it."""
        if sentence == self.problem():
            # Styling the input again takes longer than the rest of a key press.
            return
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self.entry.setAccessibleDescription(sentence)
        self.entry.setProperty("problem", bool(sentence))
        restyle(self.entry)


class SegmentedChoice(QWidget, Generic[Choice]):
    """A few exclusive choices side by side.

    Signals:
        chosen(): the choice changed, by hand or by program.
    """

    chosen = Signal()

    def __init__(self, choices: Sequence[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = list(choices)
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for index in range(len(self._choices)):
            button = QPushButton(self)
            button.setCheckable(True)
            button.setProperty("segment", True)
            # A click must not take the focus from the plate field.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button, index)
            layout.addWidget(button)
        self._group.button(0).setChecked(True)
        self._group.idToggled.connect(self._on_toggled)

    def say(self, name: str, captions: Sequence[str]) -> None:
        """Set the accessible name and the captions of the buttons, from left to right."""
        self.setAccessibleName(name)
        for index, caption in enumerate(captions):
            button = self._group.button(index)
            button.setText(caption)
            button.setAccessibleName(f"{name}: {caption}")

    @property
    def buttons(self) -> list[QAbstractButton]:
        """The buttons from left to right."""
        return self._group.buttons()

    @property
    def value(self) -> Choice:
        return self._choices[self._group.checkedId()]

    def choose(self, value: Choice) -> None:
        self._group.button(self._choices.index(value)).setChecked(True)

    @Slot()
    def choose_next(self) -> None:
        """Choose the next value; after the last one the first."""
        self.choose(self._choices[(self._group.checkedId() + 1) % len(self._choices)])

    @Slot(int, bool)
    def _on_toggled(self, _index: int, checked: bool) -> None:
        if checked:
            self.chosen.emit()
