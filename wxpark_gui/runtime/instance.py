"""One window per data directory: a second start raises the first and goes away."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import tempfile
from pathlib import Path

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
    hashed = "wxpark-gui-" + hashlib.sha256(str(directory).encode()).hexdigest()[:32]
    if sys.platform == "win32":
        return hashed
    socket = str(directory / "window.sock")
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return str(Path(runtime) / hashed)


class FirstWindow(QObject):
    """Listens for later starts. Make it only while holding the directory's lock.

    Signals:
        raiseRequested(): someone started the program again: come to the front.
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
