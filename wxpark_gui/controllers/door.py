"""Passes plates that a camera or scanner offers to the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from wxpark_gui.domain.door import OfferedPlate
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.settings import DoorSettings, Settings
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.door import Door

RETRY_MS = 30_000


class DoorController(QObject):
    """Opens and closes the door on a thread of its own, as the settings say.

    A door that cannot be opened is tried again every 30 s.

    Signals:
        offered(OfferedPlate): a device offered a plate.
        changed(ReadableError | None): the door is in the state of the settings (None), or cannot be
            opened.
        crashed(Exception): an exception that is a bug.
    """

    offered = Signal(object)
    changed = Signal(object)
    crashed = Signal(object)
    _arrived = Signal(object)

    def __init__(self, door: Door, worker: Worker) -> None:
        super().__init__()
        self._door = door
        self._worker = worker
        self._settings: DoorSettings | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RETRY_MS)
        self._timer.timeout.connect(self._apply)
        # Emitted on a thread of the server.
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        """Open or close the door; a no-op if its settings are unchanged."""
        if settings.door != self._settings:
            self._settings = settings.door
            self._apply()

    def stop(self) -> None:
        """Close the door without waiting for it; no more plates are offered."""
        self._timer.stop()
        self._settings = DoorSettings()
        self._worker.submit(self._door.close, None, self._on_failed)

    @Slot()
    def _apply(self) -> None:
        wanted = self._settings
        self._timer.stop()
        if wanted is not None:
            self._worker.submit(
                lambda: self._door.apply(wanted, self._arrived.emit),
                self._on_applied,
                self._on_failed,
            )

    @Slot(object)
    def _on_arrived(self, offer: OfferedPlate) -> None:
        if self._settings is not None and self._settings.enabled:
            self.offered.emit(offer)

    @Slot(object)
    def _on_applied(self, _result: None) -> None:
        self.changed.emit(None)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self._timer.start()
            self.changed.emit(error)
        else:
            self.crashed.emit(error)
