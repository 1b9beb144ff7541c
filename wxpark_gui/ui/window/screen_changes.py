"""Moves windows back into sight after a screen was unplugged or its resolution changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QRegion, QScreen
from PySide6.QtWidgets import QApplication, QWidget

SETTLING_MS = 500
"""Milliseconds after the last change until windows are moved; the desktop moves some of its own."""

_BEFORE, _MADE = "_geometryBefore", "_sizeMade"
"""Dynamic properties of a window that was moved: its geometry before, and its size after."""

_KINDS = (Qt.WindowType.Window, Qt.WindowType.Dialog)
_NOT_NORMAL = (
    Qt.WindowState.WindowMinimized
    | Qt.WindowState.WindowMaximized
    | Qt.WindowState.WindowFullScreen
)


class ScreenChanges(QObject):
    """Watches the screens. After a change, each window that is partly out of sight is moved.

    Some window managers leave only a strip of such a window on the screen, and a booth may have no
    mouse to move it. The window gets its place and size back once they are in sight again, as after
    a screen was off. A menu out of sight is closed, as it would take the keys.

    Signals:
        changed(): a screen was removed, or got another size; windows are moved a moment later.
    """

    changed = Signal()

    def __init__(self, window: QWidget) -> None:
        """Watch the screens for all windows of the program; `window` is the main one."""
        super().__init__(window)
        self._window = window
        self._is_late = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLING_MS)
        self._timer.timeout.connect(self._bring_back)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._watch)
            application.screenAdded.connect(self._on_changed)
            application.screenRemoved.connect(self._on_changed)
        for screen in QGuiApplication.screens():
            self._watch(screen)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Move a window that was maximised during the change when it is so no more."""
        if self._is_late and event.type() is QEvent.Type.WindowStateChange:
            self._timer.start()
        return False

    @Slot(QScreen)
    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._on_changed)
        screen.availableGeometryChanged.connect(self._on_changed)

    @Slot()
    def _on_changed(self) -> None:
        self._timer.start()
        self.changed.emit()

    @Slot()
    def _bring_back(self) -> None:
        self._is_late = bool(self._window.windowState() & _NOT_NORMAL)
        for window in QApplication.topLevelWidgets():
            if not window.isVisible() or window.windowState() & _NOT_NORMAL:
                continue
            kind, is_out = window.windowType(), _is_out_of_sight(window.frameGeometry())
            if kind is Qt.WindowType.Popup and is_out:
                window.close()
            elif kind in _KINDS and not _put_back(window) and is_out:
                _move_into(window, window.screen().availableGeometry())


def _is_out_of_sight(frame: QRect) -> bool:
    """Return True if a part of the rectangle is on no screen."""
    rest = QRegion(frame)
    for screen in QGuiApplication.screens():
        rest -= QRegion(screen.geometry())
    return not rest.isEmpty()


def _move_into(window: QWidget, room: QRect) -> None:
    """Make the window as small as `room` if it can be, and move it there, its title bar first."""
    before, border = window.geometry(), _border(window)
    window.resize(before.size().boundedTo(room.size() - border))
    size = window.size() + border
    left = min(window.x(), room.x() + room.width() - size.width())
    top = min(window.y(), room.y() + room.height() - size.height())
    window.move(max(left, room.x()), max(top, room.y()))
    if not _has_size_made(window, before.size()):
        window.setProperty(_BEFORE, before)
    window.setProperty(_MADE, window.size())


def _put_back(window: QWidget) -> bool:
    """Give a window its geometry before it was moved; return False if that is not possible.

    A window that a person resized since keeps its size.
    """
    before = window.property(_BEFORE)
    if not isinstance(before, QRect) or not _has_size_made(window, window.size()):
        return False
    frame = QRect(before.topLeft() - (window.geometry().topLeft() - window.pos()), before.size())
    frame.setSize(frame.size() + _border(window))
    if not any(screen.availableGeometry().contains(frame) for screen in QGuiApplication.screens()):
        return False
    window.setGeometry(before)
    window.setProperty(_BEFORE, None)
    window.setProperty(_MADE, None)
    return True


def _has_size_made(window: QWidget, size: QSize) -> bool:
    """Return True if `size` is the one that `_move_into` gave the window."""
    made = window.property(_MADE)
    # The least size grows with the screen.
    return isinstance(made, QSize) and size == made.expandedTo(window.minimumSize())


def _border(window: QWidget) -> QSize:
    """Return the size of title bar and borders together."""
    return window.frameGeometry().size() - window.size()
