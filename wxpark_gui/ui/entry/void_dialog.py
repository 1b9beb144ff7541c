"""The dialog that asks for the reason to void an entry."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.domain.settings import REASON_LENGTH
from wxpark_gui.domain.shift import read_message
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import breakable, literal, plain_label, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.wording import Label

_PAD = 24
_WIDTH = 420
_SPACING = 10
_SCROLL_BAR = 14


class VoidDialog(QDialog):
    """Lists the operator's reasons, each with a digit, and has a field for another one.

    Esc voids nothing. Not modal, so that a plate can be entered meanwhile.

    Args:
        label: plate or bay of the entry, with its time.
        reasons: at most nine.

    Signals:
        chosen(str): the reason; the dialog closes.
    """

    chosen = Signal(str)

    def __init__(
        self, appearance: Appearance, label: str, reasons: Sequence[str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        wording = appearance.wording
        self.setObjectName("voidDialog")
        self.setWindowTitle(wording.label(Label.VOID_TITLE, plate=label))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        layout.setSpacing(_SPACING)
        title = plain_label(self, role="heading")
        title.setText(self.windowTitle())
        advice = wrapping_label(self)
        advice.setText(wording.label(Label.VOID_ADVICE))
        layout.addWidget(title)
        layout.addWidget(advice)
        self._reasons: list[QPushButton] = []
        choices = self._make_choices(reasons)
        page = Page(choices, self)
        page.setFixedHeight(0)
        layout.addWidget(page)
        self._own = QLineEdit(self)
        self._own.setMaxLength(REASON_LENGTH)
        self._own.setPlaceholderText(wording.label(Label.VOID_OWN))
        self._own.setAccessibleName(wording.label(Label.VOID_OWN))
        self._own.returnPressed.connect(self._on_own)
        self._own.textChanged.connect(self._follow_text)
        layout.addWidget(self._own)
        self._void = QPushButton(wording.label(Label.VOID_KEY), self)
        self._void.setAutoDefault(False)
        self._void.clicked.connect(self._on_own)
        cancel = QPushButton(wording.label(Label.VOID_CANCEL), self)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        keys = QHBoxLayout()
        keys.addStretch(1)
        keys.addWidget(self._void)
        keys.addWidget(cancel)
        layout.addLayout(keys)
        # A layout in a window of its own ignores height for width.
        width = max(layout.totalSizeHint().width(), _least_width(choices, appearance))
        rest = layout.totalHeightForWidth(width)
        needed = choices.sizeHint().height()
        page.setFixedHeight(min(needed, screen_room(self).height() - rest))
        self.setMinimumSize(width, layout.totalHeightForWidth(width))
        self._follow_text()
        # Not in a text field: the first digit must choose.
        (self._reasons[0] if self._reasons else self._own).setFocus()

    def _make_choices(self, reasons: Sequence[str]) -> QWidget:
        """Return a column with a button for each reason."""
        choices = QWidget()
        column = QVBoxLayout(choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_SPACING)
        for digit, reason in enumerate(reasons, start=1):
            button = QPushButton(f"{digit} · {literal(breakable(reason))}", choices)
            button.setAutoDefault(False)
            button.setProperty("reason", reason)
            button.clicked.connect(self._on_reason)
            self._reasons.append(button)
            column.addWidget(button)
        return choices

    def has_input(self) -> bool:
        """Test if words were typed that closing would lose."""
        return bool(self._own_reason())

    def take_focus(self) -> None:
        """Activate the dialog; typed words get the focus, so that a digit continues them."""
        if self.has_input():
            self._own.setFocus()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the reason of a digit; 0 focuses the field for another reason."""
        digit = event.key() - Qt.Key.Key_0
        if 1 <= digit <= len(self._reasons):
            self._reasons[digit - 1].click()
        elif digit == 0:
            self._own.setFocus()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _follow_text(self) -> None:
        self._void.setEnabled(self.has_input())

    @Slot()
    def _on_reason(self) -> None:
        self._finish(str(self.sender().property("reason")))

    @Slot()
    def _on_own(self) -> None:
        if reason := self._own_reason():
            self._finish(reason)

    def _own_reason(self) -> str:
        """Return the typed words as one line; pasted text may have line ends, or nothing to see."""
        return read_message(self._own.text())

    def _finish(self, reason: str) -> None:
        self.accept()
        self.chosen.emit(reason)


def _least_width(choices: QWidget, appearance: Appearance) -> int:
    """Return the width in pixels that shows every reason beside a scroll bar."""
    needed = choices.sizeHint().width() + 2 * _PAD + _SCROLL_BAR
    return max(needed, appearance.length(_WIDTH))
