"""Closes a window as a person does with the mouse."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget


class _ByHand(QCloseEvent):
    """Close event that comes from the window system."""

    def spontaneous(self) -> bool:
        return True


def close_by_hand(window: QWidget) -> None:
    """Send the close event that the button in the title bar causes."""
    window.closeEvent(_ByHand())
