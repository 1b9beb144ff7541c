"""Size and place of the window: drawn size at first, then as it was left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, QSize, Qt, Slot
from PySide6.QtWidgets import QMainWindow

from wxpark_gui.ui.look.appearance import Appearance

DRAWN = QSize(1280, 800)
LEAST = QSize(800, 600)
FRAME = QSize(16, 40)
"""Title bar and edges that a window manager adds; their true size is known only afterwards."""

_KEY = "window/geometry"


class WindowPlacement(QObject):
    """Restores the window's size and place, and keeps its least size on the screen.

    The least size shows plate and verdict without scrolling, as far as the screen allows.
    """

    def __init__(self, window: QMainWindow, appearance: Appearance, file: Path) -> None:
        """`file` is an INI file, which need not exist."""
        super().__init__(window)
        self._window = window
        self._appearance = appearance
        self._file = file
        appearance.changed.connect(self._limit)

    def restore(self) -> None:
        """Place the window as it was left; on a screen that is gone it moves to one that is there.

        Where the drawn size does not fit into the screen, a new window is maximised.
        """
        self._limit()
        stored = self._settings().value(_KEY)
        if isinstance(stored, QByteArray) and self._window.restoreGeometry(stored):
            return
        room = self._room()
        if DRAWN.boundedTo(room) == DRAWN:
            self._window.resize(DRAWN)
        else:
            self._window.resize(DRAWN.boundedTo(room))
            self._window.setWindowState(Qt.WindowState.WindowMaximized)

    @Slot()
    def store(self) -> None:
        """Write size and place. No error is reported: the window would open as at first."""
        settings = self._settings()
        settings.setValue(_KEY, self._window.saveGeometry())
        settings.sync()

    @Slot()
    def _limit(self) -> None:
        length = self._appearance.length
        least = QSize(length(LEAST.width()), length(LEAST.height()))
        self._window.setMinimumSize(least.boundedTo(self._room()))

    def _room(self) -> QSize:
        """The screen without the desktop's bars and the window's frame."""
        return self._window.screen().availableGeometry().size() - FRAME

    def _settings(self) -> QSettings:
        return QSettings(str(self._file), QSettings.Format.IniFormat)
