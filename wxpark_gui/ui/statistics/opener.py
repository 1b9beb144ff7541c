"""Opens the statistics window, at most one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers.statistics import StatisticsController
from wxpark_gui.ui.look.appearance import Appearance

if TYPE_CHECKING:
    from wxpark_gui.ui.statistics.window import StatisticsWindow


class StatisticsOpener(QObject):
    """Opens the statistics window, and keeps it until it is closed.

    Signals:
        closed(): the window was closed; the plate field must take the focus.
    """

    closed = Signal()

    def __init__(
        self, controller: StatisticsController, appearance: Appearance, window: QWidget
    ) -> None:
        super().__init__(window)
        self._controller = controller
        self._appearance = appearance
        self._window = window
        self._open: StatisticsWindow | None = None

    @property
    def open_window(self) -> StatisticsWindow | None:
        """The open window, or None."""
        return self._open

    @Slot()
    def open(self) -> None:
        """Open the window over the main window and read its first period.

        If it is open, activate it and read its period anew: it may have been open for a day.
        """
        if self._open is not None:
            self._open.activateWindow()
            self._open.read()
            return
        from wxpark_gui.ui.statistics.window import StatisticsWindow

        self._open = StatisticsWindow(self._controller, self._appearance, self._window)
        self._open.finished.connect(self._on_finished)
        self._open.setGeometry(self._window.geometry())
        self._open.show()
        self._open.read()

    @Slot()
    def _on_finished(self) -> None:
        window, self._open = self._open, None
        self._controller.cancel()
        if window is not None:
            window.deleteLater()
        self.closed.emit()
