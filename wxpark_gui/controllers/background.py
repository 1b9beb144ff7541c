"""Starts the work that the first paint of the window does not wait for.

The window's thread alone imports modules of PySide and their classes. PySide makes a class when it
is asked for the first time, and is not safe for two threads then: a worker that imported QtNetwork
ended the process by a segmentation fault while a dialog was being opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from wxpark_gui.concurrency import make_now
from wxpark_gui.controllers.controllers import Controllers
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.runtime.garbage import pause, resume
from wxpark_gui.runtime.network import NetworkMonitor
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.ports import Gateway

if TYPE_CHECKING:
    from wxpark_gui.runtime.instance import FirstWindow

LISTEN_MS = 300
"""Milliseconds from the first paint to the import of QtNetwork, which takes 10."""

_NO_PLATE = "0000000"
"""Text of a plate's length that is none, for which every pattern is tried."""


class Background(QObject):
    """Starts controllers, network monitor and socket, and imports what the first entry needs.

    Signals:
        raiseRequested(): the program was started again.
    """

    raiseRequested = Signal()

    def __init__(
        self,
        controllers: Controllers,
        live: Worker,
        gateways: Sequence[Gateway],
        directory: Path,
    ) -> None:
        """Start nothing yet.

        Args:
            live: the thread that sends new entries.
            gateways: stand-ins that `concurrency.deferred` returned.
            directory: the data directory, whose lock is held.
        """
        super().__init__()
        self._controllers = controllers
        self._live = live
        self._gateways = gateways
        self._directory = directory
        self._network = NetworkMonitor()
        self._network.cameBack.connect(controllers.backlog.release)
        self._first_window: FirstWindow | None = None
        self._is_stopped = False
        self._listen_soon = QTimer(self, singleShot=True)
        self._listen_soon.setInterval(LISTEN_MS)
        self._listen_soon.timeout.connect(self.listen)

    @Slot()
    def start(self) -> None:
        """Resume garbage collection, start the controllers, load the gateways, then `listen`."""
        resume()
        self._controllers.start()
        self._live.submit(self._load, None, self._controllers.live.crashed.emit)
        self._listen_soon.start()

    @Slot()
    def listen(self) -> None:
        """Watch the network, and listen for a second start of the program; a no-op after `stop`."""
        # QtNetwork would delay the first paint.
        from wxpark_gui.runtime.instance import FirstWindow  # noqa: PLC0415

        if self._is_stopped:
            return
        self._network.start()
        self._first_window = FirstWindow(self._directory)
        self._first_window.raiseRequested.connect(self.raiseRequested)

    def stop(self) -> None:
        """Pause garbage collection, and stop listening and watching; the controllers still run.

        Before the start there is nothing to stop.
        """
        # A collection in a worker thread would delete there what the window leaves behind.
        pause()
        self._is_stopped = True
        if self._first_window is not None:
            self._first_window.close()
        self._network.stop()

    def _load(self) -> None:
        """Import and compile what the first entry needs, so that it does not wait for that."""
        read_plate(_NO_PLATE)
        for gateway in self._gateways:
            make_now(gateway)
