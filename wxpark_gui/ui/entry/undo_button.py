"""A button that stands for five seconds: the entry just made can still be taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.wording import Label

SECONDS = 5
GRACE_MS = 250
"""An entry that goes out at once is not offered: the button would only flicker."""

_SECOND_MS = 1000


class UndoButton(QPushButton):
    """Counts the seconds down and goes.

    Signals:
        visibilityChanged(): it came, went or changed its size; whoever placed it makes room.
        keyboardLeft(): it went while it had the keyboard.
    """

    visibilityChanged = Signal()
    keyboardLeft = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._left = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_time)
        self.setObjectName("takeBackOffer")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def seconds_left(self) -> int:
        """5 to 1 while it stands, 0 when it does not."""
        return 0 if self.isHidden() else self._left

    def offer(self) -> None:
        """Come in a moment, and stand for five seconds."""
        self.withdraw()
        self._left = SECONDS
        self._timer.start(GRACE_MS)

    @Slot()
    def withdraw(self) -> None:
        """There is nothing to take back any more."""
        self._timer.stop()
        if self.isHidden():
            return
        had_keyboard = self.hasFocus()
        self.hide()
        self.visibilityChanged.emit()
        if had_keyboard:
            self.keyboardLeft.emit()

    @Slot()
    def _on_time(self) -> None:
        if self.isHidden():
            self._timer.start(_SECOND_MS)
            self._renew()
            self.show()
            self.visibilityChanged.emit()
            return
        self._left -= 1
        if self._left:
            self._renew()
        else:
            self.withdraw()

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        self.setText(wording.label(Label.TAKE_BACK_OFFER, count=self._left))
        self.setAccessibleName(wording.label(Label.HELP_TAKE_BACK))
        if not self.isHidden():
            self.visibilityChanged.emit()
