"""Opens the history window, at most one at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.look.appearance import Appearance

if TYPE_CHECKING:
    from wxpark_gui.domain.history import Search
    from wxpark_gui.ui.history.window import HistoryWindow


class HistoryOpener(QObject):
    """Opens the history window, and keeps it until it is closed.

    A new window starts with the last window's search.

    Signals:
        closed(): the window was closed; the plate field must take the focus.
        correctRequested(EntryRecord): the entry must be corrected in the form.
        exportRequested(EntryFilter): the entries that meet the filter must be exported.
        voidRequested(EntryRecord, QWidget): the entry must be voided; the widget is the history
            window, as parent of a dialog.
    """

    closed = Signal()
    correctRequested = Signal(object)
    exportRequested = Signal(object)
    voidRequested = Signal(object, QWidget)

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        parent: QWidget,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(parent)
        self._controllers = controllers
        self._appearance = appearance
        self._parent = parent
        self._now = now
        self._window: HistoryWindow | None = None
        self._search: Search | None = None

    @property
    def window(self) -> HistoryWindow | None:
        """The open window, or None."""
        return self._window

    @Slot()
    def open(self) -> None:
        """Open the window and start its search, or activate the open window."""
        if self._window is not None:
            self._window.activateWindow()
            return
        from wxpark_gui.domain.history import Search
        from wxpark_gui.ui.history.window import HistoryWindow

        self._window = HistoryWindow(
            self._controllers, self._appearance, self._parent, now=self._now
        )
        self._window.correctRequested.connect(self.correctRequested)
        self._window.exportRequested.connect(self.exportRequested)
        self._window.voidRequested.connect(self._on_void)
        self._window.finished.connect(self._on_finished)
        self._controllers.journal.dayChanged.connect(self._window.follow_day)
        self._window.show()
        self._window.start(self._search or Search())

    @Slot(object)
    def _on_void(self, record: EntryRecord) -> None:
        self.voidRequested.emit(record, self._window)

    @Slot()
    def _on_finished(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            self._search = window.search
            # Deleted with the window, a question would not say that it has ended.
            for question in window.findChildren(QDialog):
                question.reject()
            window.deleteLater()
        self._controllers.history.close()
        self._parent.activateWindow()
        self.closed.emit()
