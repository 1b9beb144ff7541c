"""urllib3's connections and pools, with every wait limited by a `Deadline`.

The waits are name lookup, TCP, proxy, TLS, request, headers and body. urllib3's own read timeout
restarts with every `recv`, so a server that sends a byte now and then never exceeds it.
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
from urllib3.exceptions import ProtocolError

from wxpark_gui.transport.deadline import Deadline, Stage
from wxpark_gui.transport.dialling import dial

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

TRUSTED_IDLE = 60.0
"""Idle time in seconds after which a connection is not reused.

Load balancers close an idle connection after a minute or more, and a router may then discard the
next request without error.
"""

FRESH_IDLE = 30.0
"""Idle time in seconds after which `warm_up` opens a new connection, because the old one might
exceed `TRUSTED_IDLE` before the next request."""

INFORMATIONAL_REPLIES = 10
"""Largest number of 1xx replies skipped before the final reply."""


class _DeadlineReader(io.RawIOBase):
    """Stream of a socket's incoming bytes. A read waits no longer than the deadline allows.

    Bytes that are read after the deadline are refused: the computer slept meanwhile, and they may
    have lain in the system's buffer for hours.
    """

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
        if count:
            self._deadline.remaining()
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
        """Return version, status and reason of the final reply; skip informational (1xx) replies.

        `http.client` itself skips only status 100, but without limit. The status of a proxy's reply
        to CONNECT is stored in the deadline.

        Raises:
            http.client.BadStatusLine: more than `INFORMATIONAL_REPLIES` came before the final
                reply.
        """
        for _ in range(INFORMATIONAL_REPLIES + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not _is_informational(status):
                if self._deadline.stage is Stage.TUNNELLING:
                    self._deadline.proxy_status = status
                return version, status, _decode(reason)
            http.client.parse_headers(self.fp)
        raise http.client.BadStatusLine("too many informational replies")


def _decode(reason: str) -> str:
    """Return the reason of a status line, which `http.client` reads as Latin-1.

    Proxies in China write it in UTF-8 or GBK.
    """
    raw = reason.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _is_informational(status: int) -> bool:
    """Test if a status is 1xx, except 101, after which no further HTTP reply comes."""
    switching = http.HTTPStatus.SWITCHING_PROTOCOLS
    return status < http.HTTPStatus.OK and status != switching


class DeadlineConnection(HTTPConnection):
    """An HTTP connection with a deadline, which `attach` sets before the first use."""

    deadline: Deadline
    _used_at: float
    _parts: list[bytes] | None = None

    def attach(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self._used_at = deadline.now()
        # http.client only calls `response_class`, so a partial can replace the class.
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
        """Send headers and body at once: in one packet, and one record of TLS."""
        self._parts = []
        try:
            super().request(*args, **options)
        finally:
            parts, self._parts = self._parts, None
        self.send(b"".join(parts))
        self.deadline.request_sent = True

    def send(self, data: Any) -> None:
        """Send bytes, or keep those of a request until it is complete."""
        if self._parts is not None:
            self._parts.append(data)
            return
        # A reused socket still has the timeout of its last read.
        if self.sock is not None:
            self.sock.settimeout(self.deadline.remaining())
        super().send(data)
        self._used_at = self.deadline.now()

    @property
    def idle_seconds(self) -> float:
        """Seconds since the connection was opened or last sent data, on the deadline's clock."""
        return self.deadline.now() - self._used_at

    @property
    def is_connected(self) -> bool:
        """True if the connection is open, idle for at most `TRUSTED_IDLE`, and has no unread bytes.

        Unread bytes would be mistaken for the reply to the next request. Only a read can tell them
        from records of TLS itself, such as session tickets. It leaves the socket non-blocking. The
        connection must also be routed as before: see `_is_routed_as_before`.
        """
        if self.sock is None or self.idle_seconds > TRUSTED_IDLE:
            return False
        self.sock.settimeout(0)
        try:
            self.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return self._is_routed_as_before()
        except OSError:
            return False
        return False

    def _is_routed_as_before(self) -> bool:
        """Test if a new connection would have this one's address of this computer.

        After a change of the network, or of a VPN, the old connection stays open, but nothing of it
        arrives. A datagram socket that connects only looks up the routing table.
        """
        try:
            with socket.socket(self.sock.family, socket.SOCK_DGRAM) as probe:
                probe.connect(self.sock.getpeername())
                return bool(probe.getsockname()[0] == self.sock.getsockname()[0])
        except OSError:
            return False


class DeadlineTlsConnection(DeadlineConnection, HTTPSConnection):
    """A `DeadlineConnection` over TLS."""


class DeadlinePool(HTTPConnectionPool):
    """Keeps one connection to one host. The caller sets `deadline` before the first use."""

    ConnectionCls = DeadlineConnection
    deadline: Deadline

    def _new_conn(self) -> Any:  # urllib3 declares unrelated types for its two pools
        connection = cast("DeadlineConnection", super()._new_conn())
        connection.attach(self.deadline)
        return connection

    def warm_up(self) -> None:
        """Connect, unless a connection is open and idle for at most `FRESH_IDLE`.

        Errors of connecting are passed on as a request passes them on.
        """
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
    """A `DeadlinePool` over TLS, through a CONNECT tunnel if a proxy is set."""

    ConnectionCls = DeadlineTlsConnection

    def _open(self, connection: DeadlineConnection) -> None:
        if self.proxy is None:
            connection.connect()
            return
        try:
            self._prepare_proxy(cast("HTTPSConnection", connection))
        except http.client.HTTPException as error:
            # A request reports a proxy that does not speak HTTP in the same way.
            raise ProtocolError("no HTTP reply to CONNECT", error) from error
