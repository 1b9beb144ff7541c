"""Passes characters of a plate from a menu or question, which gets all keys, to the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

_COMMAND_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class PlateKeys(QObject):
    """Event filter, owned by the widget it watches.

    A car may come, or a scanner read its plate, while the menu or question is shown.

    Args:
        popup: the widget that gets the keys.
        window: gets the keys that are passed on.
        leave: closes the popup.
    """

    def __init__(self, popup: QWidget, window: QWidget, leave: Callable[[], object]) -> None:
        super().__init__(popup)
        self._window = window
        self._leave = leave
        popup.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if not event.text().isalnum() or event.modifiers() & _COMMAND_KEYS:
            return False
        self._leave()
        QCoreApplication.postEvent(self._window, event.clone())
        return True
