"""urllib3's connection and pool, with every wait limited by a `Deadline`.

The waits are dialling, the proxy's and the server's headers, and the body. urllib3 itself offers a
timeout per `recv` only, which a dripping server never exceeds.
"""

from __future__ import annotations

import http
import http.client
import io
import socket
import ssl
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from wxpark_gui.transport.deadline import Deadline, Stage
from wxpark_gui.transport.dialling import dial

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

TRUSTED_IDLE = 60.0
"""Seconds of idleness after which a connection is not used again. Load balancers close an idle
connection after a minute or more; a router that forgot it drops the next request in silence."""

FRESH_IDLE = 30.0
"""Seconds of idleness after which warming up opens a new connection: the old one might exceed
`TRUSTED_IDLE` while the plate is being typed."""

INFORMATIONAL_REPLIES = 10
"""The number of 1xx replies that are skipped before the real one."""


class _DeadlineReader(io.RawIOBase):
    """The incoming bytes of a socket; each read waits for the rest of the deadline at most."""

    def __init__(self, source: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._socket = source
        self._stream = source.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._socket.settimeout(self._deadline.remaining())
        try:
            count = self._stream.readinto(buffer)
        except TimeoutError:
            self._deadline.timed_out = True
            raise
        if count and self._deadline.stage is Stage.CONVERSING:
            self._deadline.first_byte_came = True
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


class _DeadlineResponse(http.client.HTTPResponse):
    """`http.client`'s response, read through a `_DeadlineReader`."""

    def __init__(self, deadline: Deadline, sock: socket.socket, **options: Any) -> None:
        super().__init__(sock, **options)
        self._deadline = deadline
        self.fp.close()
        self.fp = io.BufferedReader(_DeadlineReader(sock, deadline))

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the real reply: informational ones (1xx) before it are skipped.

        `http.client` skips 100 only, and any number of them.
        """
        for _ in range(INFORMATIONAL_REPLIES + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not _is_informational(status):
                if self._deadline.stage is Stage.TUNNELLING:
                    self._deadline.proxy_status = status
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.BadStatusLine("too many informational replies")


def _is_informational(status: int) -> bool:
    """True for a 1xx status that announces a further one; 101 is the last on its connection."""
    switching = http.HTTPStatus.SWITCHING_PROTOCOLS
    return status < http.HTTPStatus.OK and status != switching


class DeadlineConnection(HTTPConnection):
    """One connection; `attach` gives it its deadline before the first use."""

    deadline: Deadline
    _used_at: float

    def attach(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self._used_at = deadline.now()
        # http.client only ever calls it, so a function does for the class.
        self.response_class = cast(
            "type[http.client.HTTPResponse]", partial(_DeadlineResponse, deadline)
        )

    def connect(self) -> None:
        self.deadline.dialled = True
        super().connect()
        self.deadline.stage = Stage.CONVERSING
        self._used_at = self.deadline.now()

    def _new_conn(self) -> socket.socket:
        self.deadline.through_proxy = self.proxy is not None
        connected = dial(self.host, self.port, self.deadline)
        self.deadline.stage = Stage.TUNNELLING if self.proxy_is_tunneling else Stage.SECURING
        return connected

    def _tunnel(self) -> None:
        super()._tunnel()
        self.deadline.stage = Stage.SECURING
        self.sock.settimeout(self.deadline.remaining())

    def request(self, *args: Any, **options: Any) -> None:
        super().request(*args, **options)
        self.deadline.request_sent = True

    def send(self, data: Any) -> None:
        # The timeout left on a warm socket is that of its last read.
        if self.sock is not None:
            self.sock.settimeout(self.deadline.remaining())
        super().send(data)
        self._used_at = self.deadline.now()

    @property
    def idle_seconds(self) -> float:
        """Seconds since the connection was opened or last sent to, on the deadline's clock."""
        return self.deadline.now() - self._used_at

    @property
    def is_connected(self) -> bool:
        """True when the connection can be used: not idle for too long, open, nothing unread.

        Unread bytes would be taken for the reply to the next request. Only a read tells them from
        records of TLS itself, such as session tickets.
        """
        if self.sock is None or self.idle_seconds > TRUSTED_IDLE:
            return False
        self.sock.settimeout(0)
        try:
            self.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False


class DeadlineTlsConnection(DeadlineConnection, HTTPSConnection):
    """A `DeadlineConnection` over TLS."""


class DeadlinePool(HTTPConnectionPool):
    """Keeps one connection to one host; `deadline` is set before the first use."""

    ConnectionCls = DeadlineConnection
    deadline: Deadline

    def _new_conn(self) -> Any:  # the types urllib3 gives its two pools have nothing in common
        connection = cast("DeadlineConnection", super()._new_conn())
        connection.attach(self.deadline)
        return connection

    def warm_up(self) -> None:
        """Connect, unless a fresh connection stands ready. Raises what connecting raises."""
        connection = cast("DeadlineConnection", self._get_conn())
        try:
            if connection.idle_seconds > FRESH_IDLE:
                connection.close()
            if connection.is_closed:
                self._open(connection)
        except BaseException:
            connection.close()
            raise
        finally:
            self._put_conn(connection)

    def _open(self, connection: DeadlineConnection) -> None:
        connection.connect()


class DeadlineTlsPool(DeadlinePool, HTTPSConnectionPool):
    """A `DeadlinePool` over TLS, through the tunnel of a proxy where there is one."""

    ConnectionCls = DeadlineTlsConnection

    def _open(self, connection: DeadlineConnection) -> None:
        if self.proxy is None:
            connection.connect()
        else:
            self._prepare_proxy(cast("HTTPSConnection", connection))
