"""A connection whose every wait obeys the deadline: urllib3's, with its four waits taken over.

They are reaching the host, the proxy's and the server's headers, and the body. What urllib3 offers
for this is a timeout per `recv`, which a dripping server never meets.
"""

from __future__ import annotations

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
"""Seconds of silence after which a line is not used again. Load balancers give up an idle line
after a minute or more, and a router that forgot it says nothing: the question would just vanish."""

FRESH_IDLE = 30.0
"""Seconds of silence after which warming up opens a new line: the old one might grow too old to be
used while the plate is being typed."""


class _DeadlineReader(io.RawIOBase):
    """A socket's incoming bytes; each wait for more is given what is left of the deadline."""

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
        self.fp.close()
        self.fp = io.BufferedReader(_DeadlineReader(sock, deadline))


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
        connected = dial(self.host, self.port, self.deadline)
        self.deadline.stage = Stage.TUNNELLING if self.proxy_is_tunneling else Stage.SECURING
        return connected

    def _tunnel(self) -> None:
        super()._tunnel()
        self.deadline.stage = Stage.SECURING
        self.sock.settimeout(self.deadline.remaining())

    def send(self, data: Any) -> None:
        # The timeout left on a warm socket is that of its last read.
        if self.sock is not None:
            self.sock.settimeout(self.deadline.remaining())
        super().send(data)
        self._used_at = self.deadline.now()

    @property
    def idle_seconds(self) -> float:
        """How long ago the line was opened or last asked, on the deadline's clock."""
        return self.deadline.now() - self._used_at

    @property
    def is_connected(self) -> bool:
        """Whether the line can be used: not idle for too long, not closed, not talking unasked.

        Bytes nobody asked for would be taken for the reply to the next question. Only a read tells
        them from what TLS sends for itself, such as session tickets.
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
    """The same over TLS."""


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
    """The same over TLS, through the tunnel of a proxy where there is one."""

    ConnectionCls = DeadlineTlsConnection

    def _open(self, connection: DeadlineConnection) -> None:
        if self.proxy is None:
            connection.connect()
        else:
            self._prepare_proxy(cast("HTTPSConnection", connection))
