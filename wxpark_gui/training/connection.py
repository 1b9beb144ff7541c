"""One client's connection to the training gateway: HTTP/1.1 in, a reply or a fault out."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Protocol

from wxpark_gui.training.faults import Fault, HttpReply
from wxpark_gui.wechatpay.notification import NOTIFICATION_PATH

REQUEST_BYTES = 16 * 1024
"""A notification has about 2 KiB at most; what is longer is not one."""

_IDLE_SECONDS = 60.0
_LINGER = "hh" if sys.platform == "win32" else "ii"
_NO_ANSWER = frozenset({Fault.TIMEOUT, Fault.RESET, Fault.CLOSE_AFTER_READ})


class Office(Protocol):
    """What a connection asks of the gateway behind it."""

    stopping: threading.Event
    slow_seconds: float
    drip_seconds: float

    def receive(self, body: bytes) -> tuple[HttpReply, Fault | None]:
        """The reply to a request's body, and the fault that is to befall it on its way."""
        ...


class Connection(BaseHTTPRequestHandler):
    """Serves one connection until the client or the gateway ends it, in a thread of its own."""

    protocol_version = "HTTP/1.1"
    server_version = "wxpark-training"
    sys_version = ""
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    office: Office

    def do_POST(self) -> None:
        body = self._read_body()
        if body is None:
            return
        if self.path != NOTIFICATION_PATH:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        reply, fault = self.office.receive(body)
        if fault in _NO_ANSWER:
            self._leave_unanswered(fault)
        elif fault is Fault.DRIP:
            self._drip(reply)
        else:
            if fault is Fault.SLOW:
                self.office.stopping.wait(self.office.slow_seconds)
            self._send(reply)

    def do_GET(self) -> None:
        if self.path != NOTIFICATION_PATH:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)

    do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Nothing: a request line is no news, and the console belongs to the person at it."""

    def _read_body(self) -> bytes | None:
        """The body, or None after having refused it."""
        stated = self.headers.get("Content-Length")
        if stated is None:
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return None
        if not (stated.isascii() and stated.isdigit()):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return None
        # Compared by digits first: a number of a thousand digits is not worth converting.
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
        """An empty reply that ends the connection, since a body may lie unread in it."""
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

    def _drip(self, reply: HttpReply) -> None:
        self._send_head(reply)
        for position in range(len(reply.body)):
            self.wfile.write(reply.body[position : position + 1])
            self.wfile.flush()
            if self.office.stopping.wait(self.office.drip_seconds):
                self.close_connection = True
                return

    def _leave_unanswered(self, fault: Fault | None) -> None:
        self.close_connection = True
        if fault is Fault.TIMEOUT:
            self._wait_for_the_end()
        elif fault is Fault.RESET:
            # Closing with no time to linger sends RST in place of FIN.
            linger = struct.pack(_LINGER, 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def _wait_for_the_end(self) -> None:
        """Until the client gives up, or the gateway shuts this socket down to stop."""
        self.connection.settimeout(None)
        while self.connection.recv(4096):
            pass
