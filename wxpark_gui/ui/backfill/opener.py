"""Opens the window for entries from paper; its rows stay until the program ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.errors import JournalDamagedError, JournalWriteError, ReadableError
from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.ui.look.appearance import Appearance

if TYPE_CHECKING:
    from wxpark_gui.ui.backfill.window import BackfillWindow


class BackfillOpener(QObject):
    """Owns the window, which keeps its rows and fields while it is closed.

    Signals:
        closed(): the window was closed; the plate field must take the focus.
        failed(ReadableError): the journal could not be read or written, so a row was not saved.
    """

    closed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        parent: QWidget,
        *,
        training: bool,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(parent)
        self._controllers = controllers
        self._appearance = appearance
        self._parent = parent
        self._training = training
        self._now = now
        self._window: BackfillWindow | None = None
        self._known = KnownPlates()
        controllers.entries.platesLoaded.connect(self._on_plates)
        controllers.backfills.notSaved.connect(self._on_not_saved)

    @property
    def window(self) -> BackfillWindow | None:
        """The window if it is open, else None."""
        window = self._window
        return window if window is not None and window.isVisible() else None

    @Slot()
    def open(self) -> None:
        """Open the window over the main window, or activate it."""
        if self._window is None:
            from wxpark_gui.ui.backfill.window import BackfillWindow

            self._window = BackfillWindow(
                self._controllers,
                self._appearance,
                self._parent,
                training=self._training,
                now=self._now,
            )
            self._window.finished.connect(self._on_finished)
            self._window.form.plate.set_known_plates(self._known)
        if not self._window.isVisible():
            self._window.setGeometry(self._parent.geometry())
            self._window.show()
        self._window.activateWindow()

    @Slot(object)
    def _on_plates(self, known: KnownPlates) -> None:
        """Suggest plates from `known`; plates of later entries are added to this object."""
        self._known = known
        if self._window is not None:
            self._window.form.plate.set_known_plates(known)

    @Slot(str, object)
    def _on_not_saved(self, _entry_id: str, error: ReadableError) -> None:
        if isinstance(error, JournalWriteError | JournalDamagedError):
            self.failed.emit(error)

    @Slot()
    def _on_finished(self) -> None:
        self._parent.activateWindow()
        self.closed.emit()
