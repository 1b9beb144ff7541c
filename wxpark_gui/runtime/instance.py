"""Single instance per data directory: a second start raises the first window and exits."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path, PureWindowsPath

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_TIMEOUT_MS = 1000


def _server_name(directory: Path) -> str:
    """The name under which the window of a directory can be called.

    A socket of the file system lives inside the directory, so that its mode protects it; Windows
    has named pipes instead, told apart by a hash of the path, whose case does not matter there.
    """
    if sys.platform == "win32":
        return pipe_name(PureWindowsPath(directory))
    return str(directory / "window.sock")


def pipe_name(directory: PureWindowsPath) -> str:
    """Name of the pipe for a directory, the same for each way to write its path."""
    normal = str(directory).lower()
    return "wxpark-gui-" + hashlib.sha256(normal.encode()).hexdigest()[:32]


class FirstWindow(QObject):
    """Listens for later starts. Create it only while holding the directory's lock.

    Signals:
        raiseRequested(): the program was started again.
    """

    raiseRequested = Signal()

    def __init__(self, directory: Path) -> None:
        super().__init__()
        name = _server_name(directory)
        # The caller holds the lock, so an existing socket is a leftover of a crash.
        QLocalServer.removeServer(name)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        self._server.listen(name)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    @Slot()
    def _on_connection(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            connection.disconnected.connect(connection.deleteLater)
            connection.disconnectFromServer()
            self.raiseRequested.emit()


def raise_first_window(directory: Path) -> bool:
    """Ask the window that holds the directory to come to the front; False if none answers."""
    socket = QLocalSocket()
    socket.connectToServer(_server_name(directory))
    reached = socket.waitForConnected(_TIMEOUT_MS)
    socket.abort()
    return reached
