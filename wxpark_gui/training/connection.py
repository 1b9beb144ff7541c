"""One client's HTTP/1.1 connection to the training gateway, with faults in place of replies."""

from __future__ import annotations

import io
import selectors
import socket
import struct
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Protocol, cast

from wxpark_gui.training.answering import PATHS
from wxpark_gui.training.faults import Fault, HttpReply

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

REQUEST_BYTES = 16 * 1024
"""Limit of a request's body in bytes; a notification has about 2 KiB at most."""

_IDLE_SECONDS = 60.0
_LINGER = "hh" if sys.platform == "win32" else "ii"
_NO_ANSWER = frozenset({Fault.TIMEOUT, Fault.RESET, Fault.CLOSE_AFTER_READ})


class Responder(Protocol):
    """The gateway behind a connection."""

    stopping: threading.Event
    slow_seconds: float
    drip_seconds: float

    def receive(self, path: str, body: bytes) -> tuple[HttpReply, Fault | None]:
        """Return the reply to a request to one of `PATHS`, and the fault in force or None."""
        ...


class _StoppableSocket(io.RawIOBase):
    """One direction of a socket, whose waits end when the gateway stops.

    Reading then returns the end of the stream; writing raises `BrokenPipeError`. A wait of 60 s
    raises `TimeoutError`.
    """

    def __init__(self, connection: socket.socket, event: int, stop_signal: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self._event = event
        self._selector = selectors.DefaultSelector()
        self._selector.register(connection, event)
        self._stop = self._selector.register(stop_signal, selectors.EVENT_READ)

    def readable(self) -> bool:
        return self._event == selectors.EVENT_READ

    def writable(self) -> bool:
        return self._event == selectors.EVENT_WRITE

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._connection.recv_into(buffer) if self._wait() else 0

    def write(self, data: ReadableBuffer) -> int:
        unsent = memoryview(data)
        while unsent:
            if not self._wait():
                raise BrokenPipeError("the gateway stops")
            unsent = unsent[self._connection.send(unsent) :]
        return memoryview(data).nbytes

    def close(self) -> None:
        self._selector.close()
        super().close()

    def _wait(self) -> bool:
        """Wait for the socket; return False if the gateway stops.

        Raises:
            TimeoutError: nothing happened for 60 s.
        """
        ready = {key for key, _ in self._selector.select(_IDLE_SECONDS)}
        if not ready:
            raise TimeoutError("the client is silent")
        return self._stop not in ready


class Connection(BaseHTTPRequestHandler):
    """Serves one connection until the client or the gateway ends it, in a thread of its own."""

    protocol_version = "HTTP/1.1"
    server_version = "wxpark-training"
    sys_version = ""
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    responder: Responder
    stop_signal: socket.socket

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(self._stoppable(selectors.EVENT_READ))
        self.wfile = cast("io.BufferedIOBase", self._stoppable(selectors.EVENT_WRITE))

    def do_POST(self) -> None:
        body = self._read_body()
        if body is None:
            return
        if self.path not in PATHS:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        reply, fault = self.responder.receive(self.path, body)
        if fault in _NO_ANSWER:
            self._leave_unanswered(fault)
        elif fault is Fault.DRIP:
            self._drip(reply)
        else:
            if fault is Fault.SLOW:
                self.responder.stopping.wait(self.responder.slow_seconds)
            if fault is Fault.EARLY_HINTS:
                self._send_early_hints()
            self._send(reply)

    def do_GET(self) -> None:
        if self.path not in PATHS:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)

    do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Log nothing: the base class would write each request to the console."""

    def _stoppable(self, event: int) -> _StoppableSocket:
        return _StoppableSocket(self.connection, event, self.stop_signal)

    def _read_body(self) -> bytes | None:
        """Return the body; None if it was refused or cut off."""
        stated = self.headers.get("Content-Length")
        if stated is None:
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return None
        if not (stated.isascii() and stated.isdigit()):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return None
        # Count the digits first: converting thousands of them is slow.
        length = int(stated) if len(stated) < len(str(sys.maxsize)) else sys.maxsize
        if length > REQUEST_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: HTTPStatus) -> None:
        """Send an empty reply and close the connection, because its body may be unread."""
        self.send_response(status)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "POST")
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def _send(self, reply: HttpReply) -> None:
        self._send_head(reply)
        self.wfile.write(reply.body)

    def _send_head(self, reply: HttpReply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.sized:
            self.send_header("Content-Length", str(len(reply.body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()

    def _send_early_hints(self) -> None:
        self.send_response_only(HTTPStatus.EARLY_HINTS)
        self.send_header("Link", "</>; rel=preconnect")
        self.end_headers()

    def _drip(self, reply: HttpReply) -> None:
        self._send_head(reply)
        for position in range(len(reply.body)):
            self.wfile.write(reply.body[position : position + 1])
            self.wfile.flush()
            if self.responder.stopping.wait(self.responder.drip_seconds):
                self.close_connection = True
                return

    def _leave_unanswered(self, fault: Fault | None) -> None:
        self.close_connection = True
        if fault is Fault.TIMEOUT:
            self._wait_for_the_end()
        elif fault is Fault.RESET:
            # With a linger time of 0, closing sends RST in place of FIN.
            linger = struct.pack(_LINGER, 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def _wait_for_the_end(self) -> None:
        """Discard input until the client closes the connection or the gateway stops."""
        while self.rfile.read(1):
            pass
