"""Single instance per data directory: a second start raises the first window and exits."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import tempfile
from pathlib import Path, PureWindowsPath

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_TIMEOUT_MS = 1000

LONGEST_SOCKET_PATH = 100
"""Bytes of a socket's path that every system takes: 107 on Linux, 103 on macOS."""

_log = logging.getLogger(__name__)


def server_name(directory: Path) -> str:
    """Name of the local server of a directory's window.

    A socket lies inside the directory, which its mode protects. Where its path would be too long it
    lies in the session's runtime directory, named by a hash of the path. Windows has named pipes
    instead, with that name.
    """
    if sys.platform == "win32":
        return pipe_name(PureWindowsPath(directory))
    socket = str(directory / "window.sock")
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return str(Path(runtime) / _hashed(str(directory)))


def pipe_name(directory: PureWindowsPath) -> str:
    """Name of the pipe for a directory, the same for each way to write its path."""
    normal = str(directory).lower()
    return _hashed(normal)


def _hashed(path: str) -> str:
    return "wxpark-gui-" + hashlib.sha256(path.encode()).hexdigest()[:32]


class FirstWindow(QObject):
    """Listens for later starts. Create it only while holding the directory's lock.

    Signals:
        raiseRequested(): the program was started again.
    """

    raiseRequested = Signal()

    def __init__(self, directory: Path) -> None:
        super().__init__()
        name = server_name(directory)
        # The lock is held, so a socket found here was left by a crash.
        QLocalServer.removeServer(name)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        if not self._server.listen(name):
            _log.error("a second start cannot be noticed: %s", self._server.errorString())

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
    socket.connectToServer(server_name(directory))
    reached = socket.waitForConnected(_TIMEOUT_MS)
    socket.abort()
    return reached
