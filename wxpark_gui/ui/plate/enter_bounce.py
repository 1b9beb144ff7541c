"""Tells a second Enter that no person pressed: the key bounced, or a scanner sent CR and LF."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

BOUNCE_MS = 80
"""Milliseconds after an Enter within which no person can have read what it led to."""


class EnterBounce:
    """Compares each Enter with the one before, by the times at which the system saw the keys.

    A busy window handles late keys one right after the other, so its own time does not count.
    """

    def __init__(self) -> None:
        self._pressed_at = 0

    def is_unmeant(self, event: QKeyEvent) -> bool:
        """Test if a key is an Enter that repeats the one before: held, or within `BOUNCE_MS`.

        Any other key between them makes it one of its own. An Enter without a time is no bounce.
        """
        if event.key() not in ENTER_KEYS:
            self._pressed_at = 0
            return False
        if event.isAutoRepeat():
            return True
        before, self._pressed_at = self._pressed_at, event.timestamp()
        return 0 < before <= self._pressed_at < before + BOUNCE_MS
