"""Single instance per data directory: a second start asks the first to raise its window."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import tempfile
from pathlib import Path, PureWindowsPath

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PATIENCE = 0.05
"""Seconds that one attempt waits for the first window."""

LONGEST_SOCKET_PATH = 100
"""Longest path of a socket in bytes; systems allow 107 (Linux) and 103 (macOS)."""

_log = logging.getLogger(__name__)


def server_name(directory: Path) -> str:
    """Return the name of the `QLocalServer` of a data directory.

    On Windows it is the name of a pipe, otherwise the path of a socket in the directory, whose mode
    protects it. If that path is longer than `LONGEST_SOCKET_PATH` or not UTF-8, which Qt cannot
    open, the socket is in `XDG_RUNTIME_DIR` or else in the folder for temporary files, under a hash
    of the directory.

    All paths of a directory, as by symbolic links, give the same name.
    """
    real = directory.resolve()
    if sys.platform == "win32":
        return pipe_name(PureWindowsPath(real))
    socket = str(real / "window.sock")
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH and _is_utf8(socket):
        return socket
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return str(Path(runtime) / _hashed(str(real)))


def pipe_name(directory: PureWindowsPath) -> str:
    """Return the name of a directory's pipe; letter case and kind of slash make no difference."""
    normal = str(directory).lower()
    return _hashed(normal)


def _is_utf8(path: str) -> bool:
    """Test if a path is UTF-8 on disk; Python reads other bytes as surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in path)


def _hashed(path: str) -> str:
    return "wxpark-gui-" + hashlib.sha256(path.encode(errors="surrogatepass")).hexdigest()[:32]


class FirstWindow(QObject):
    """Listens for later starts. Create it only while holding the directory's lock.

    Signals:
        raiseRequested(): the program was started again.
    """

    raiseRequested = Signal()

    def __init__(self, directory: Path) -> None:
        super().__init__()
        name = server_name(directory)
        # The directory's lock is held, so an existing socket was left by a crash.
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


def raise_first_window(directory: Path, patience: float = PATIENCE) -> bool:
    """Ask the directory's window to raise itself; False if none answers within `patience` seconds.

    A window that is starting listens only after its first paint, so a refusal should be tried
    again.
    """
    socket = QLocalSocket()
    socket.connectToServer(server_name(directory))
    reached = socket.waitForConnected(round(1000 * patience))
    socket.abort()
    return reached
