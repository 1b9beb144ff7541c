"""Room for a window on its screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

FRAME = QSize(16, 40)
"""Pixels assumed for title bar and borders; their true size is unknown before the window shows."""


def screen_room(window: QWidget) -> QSize:
    """Return the size of the screen without desktop panels and `FRAME`."""
    return window.screen().availableGeometry().size() - FRAME
