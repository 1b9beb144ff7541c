"""Size and position of the window, stored between two runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QSize, Qt, Slot
from PySide6.QtWidgets import QMainWindow

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.window.screen_changes import ScreenChanges

DRAWN = QSize(1280, 800)
LEAST = QSize(800, 600)

_KEY = "window/geometry"


class WindowPlacement(QObject):
    """Stores and restores size and position, and limits the minimum size to the window's screen.

    It also paints everything again when the window comes to a screen with another scale factor,
    and keeps all windows in sight when the screens change.

    The minimum size shows plate and verdict without scrolling, as far as the screen allows.
    """

    def __init__(self, window: QMainWindow, appearance: Appearance, file: Path) -> None:
        """Keep the given parts. `file` is an INI file, which need not exist."""
        super().__init__(window)
        self._window = window
        self._appearance = appearance
        self._file = file
        appearance.changed.connect(self._limit)
        screens = ScreenChanges(window)
        screens.changed.connect(self._limit)
        window.installEventFilter(self)

    def restore(self) -> None:
        """Restore the stored size and position; Qt moves a window from a missing screen.

        Without a stored one, use `DRAWN`, and maximise the window if the screen is smaller.
        """
        self._limit()
        stored = self._settings().value(_KEY)
        if isinstance(stored, QByteArray) and self._window.restoreGeometry(stored):
            return
        room = screen_room(self._window)
        if DRAWN.boundedTo(room) == DRAWN:
            self._window.resize(DRAWN)
        else:
            self._window.resize(DRAWN.boundedTo(room))
            self._window.setWindowState(Qt.WindowState.WindowMaximized)

    @Slot()
    def store(self) -> None:
        """Write size and position. A failure to write is ignored."""
        settings = self._settings()
        settings.setValue(_KEY, self._window.saveGeometry())
        settings.sync()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show:
            handle = self._window.windowHandle()
            if handle is not None:
                unique = Qt.ConnectionType.UniqueConnection
                handle.screenChanged.connect(self._limit, unique)
        elif event.type() is QEvent.Type.DevicePixelRatioChange:
            self._appearance.refresh()
        return False

    @Slot()
    def _limit(self) -> None:
        length = self._appearance.length
        least = QSize(length(LEAST.width()), length(LEAST.height()))
        self._window.setMinimumSize(least.boundedTo(screen_room(self._window)))

    def _settings(self) -> QSettings:
        return QSettings(str(self._file), QSettings.Format.IniFormat)
