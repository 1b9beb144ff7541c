"""A connection whose every wait obeys the watch: urllib3's, with its four waits taken over.

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

from wxpark_gui.transport.budget import Stage, Watch
from wxpark_gui.transport.dialling import dial

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

TRUSTED_IDLE = 60.0
"""Seconds of silence after which a line is not used again. Load balancers give up an idle line
after a minute or more, and a router that forgot it says nothing: the question would just vanish."""

FRESH_IDLE = 30.0
"""Seconds of silence after which warming up opens a new line: the old one might grow too old to be
used while the plate is being typed."""


class _WatchedReader(io.RawIOBase):
    """A socket's incoming bytes; each wait for more is given what is left of the watch."""

    def __init__(self, source: socket.socket, watch: Watch) -> None:
        super().__init__()
        self._socket = source
        self._stream = source.makefile("rb", buffering=0)
        self._watch = watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._socket.settimeout(self._watch.remaining())
        try:
            count = self._stream.readinto(buffer)
        except TimeoutError:
            self._watch.timed_out = True
            raise
        if count and self._watch.stage is Stage.CONVERSING:
            self._watch.first_byte_came = True
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


class _WatchedResponse(http.client.HTTPResponse):
    """`http.client`'s response, read through a `_WatchedReader`."""

    def __init__(self, watch: Watch, sock: socket.socket, **options: Any) -> None:
        super().__init__(sock, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_WatchedReader(sock, watch))


class WatchedConnection(HTTPConnection):
    """One connection; `attach` gives it its watch before the first use."""

    watch: Watch
    _used_at: float

    def attach(self, watch: Watch) -> None:
        self.watch = watch
        self._used_at = watch.now()
        # http.client only ever calls it, so a function does for the class.
        self.response_class = cast(
            "type[http.client.HTTPResponse]", partial(_WatchedResponse, watch)
        )

    def connect(self) -> None:
        self.watch.dialled = True
        super().connect()
        self.watch.stage = Stage.CONVERSING
        self._used_at = self.watch.now()

    def _new_conn(self) -> socket.socket:
        connected = dial(self.host, self.port, self.watch)
        self.watch.stage = Stage.TUNNELLING if self.proxy_is_tunneling else Stage.SECURING
        return connected

    def _tunnel(self) -> None:
        super()._tunnel()
        self.watch.stage = Stage.SECURING
        self.sock.settimeout(self.watch.remaining())

    def send(self, data: Any) -> None:
        # The timeout left on a warm socket is that of its last read.
        if self.sock is not None:
            self.sock.settimeout(self.watch.remaining())
        super().send(data)
        self._used_at = self.watch.now()

    @property
    def idle_seconds(self) -> float:
        """How long ago the line was opened or last asked, on the watch's clock."""
        return self.watch.now() - self._used_at

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


class WatchedTlsConnection(WatchedConnection, HTTPSConnection):
    """The same over TLS."""


class WatchedPool(HTTPConnectionPool):
    """Keeps one connection to one host; `watch` is set before the first use."""

    ConnectionCls = WatchedConnection
    watch: Watch

    def _new_conn(self) -> Any:  # the types urllib3 gives its two pools have nothing in common
        connection = cast("WatchedConnection", super()._new_conn())
        connection.attach(self.watch)
        return connection

    def warm_up(self) -> None:
        """Connect, unless a fresh connection stands ready. Raises what connecting raises."""
        connection = cast("WatchedConnection", self._get_conn())
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

    def _open(self, connection: WatchedConnection) -> None:
        connection.connect()


class WatchedTlsPool(WatchedPool, HTTPSConnectionPool):
    """The same over TLS, through the tunnel of a proxy where there is one."""

    ConnectionCls = WatchedTlsConnection

    def _open(self, connection: WatchedConnection) -> None:
        if self.proxy is None:
            connection.connect()
        else:
            self._prepare_proxy(cast("HTTPSConnection", connection))
