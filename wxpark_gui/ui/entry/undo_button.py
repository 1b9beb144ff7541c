"""The undo button, visible for five seconds after each offer."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.enter_bounce import ENTER_KEYS
from wxpark_gui.wording import Label

SECONDS = 5
GRACE_MS = 250
"""Milliseconds before the button appears, so that it does not flicker for an entry sent at once."""

_SECOND_MS = 1000


class UndoButton(QPushButton):
    """Button that counts five seconds down, then hides.

    Signals:
        visibilityChanged(): the button was shown, hidden or given a new text; the parent must
            position it again.
        keyboardLeft(): the button was hidden while it had the focus.
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
        """Seconds until the button hides: 5 to 1 while visible, else 0."""
        return 0 if self.isHidden() else self._left

    def offer(self) -> None:
        """Hide now; appear after `GRACE_MS`, for five seconds."""
        self.withdraw()
        self._left = SECONDS
        self._timer.start(GRACE_MS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button with Enter too, as no default button does it in this window."""
        if event.key() in ENTER_KEYS and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    @Slot()
    def withdraw(self) -> None:
        """Hide the button, or cancel an offer that is not visible yet."""
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
