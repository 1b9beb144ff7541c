"""Bounded reading of one connection, and the limit of requests per second."""

from __future__ import annotations

import re
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable

_LINGER_SECONDS = 0.5
_LINGER_SILENCE = 0.05
"""Seconds without a byte after which a client has sent all; some never close their connection."""

_LINGER_BYTES = 65536
_CHUNK_LINE_BYTES = 1024
_CRLF = b"\r\n"
_HEX = re.compile(rb"[0-9A-Fa-f]{1,8}")


class StreamEndedError(Exception):
    """The client ended or exceeded its request, or the server stops."""


class Stream:
    """One connection, with its limit in time."""

    def __init__(self, connection: socket.socket, stopping: socket.socket, seconds: float) -> None:
        """Keep the given parts.

        Args:
            stopping: becomes readable when the server stops.
            seconds: from now to the end of the request.
        """
        self._connection = connection
        self._stopping = stopping
        self._ends_at = time.monotonic() + seconds
        self._unread = b""
        connection.setblocking(False)

    def read_until(self, end: bytes, most: int) -> bytes:
        """Return the bytes up to and including `end`.

        Raises:
            StreamEndedError: `most` bytes do not have it, or the connection ended.
        """
        while end not in self._unread:
            if len(self._unread) >= most:
                raise StreamEndedError
            self._unread += self._more()
        head, _, self._unread = self._unread.partition(end)
        if len(head) + len(end) > most:
            raise StreamEndedError
        return head + end

    def read(self, length: int) -> bytes:
        """Return exactly `length` bytes.

        Raises:
            StreamEndedError: the connection ended before.
        """
        while len(self._unread) < length:
            self._unread += self._more()
        taken, self._unread = self._unread[:length], self._unread[length:]
        return taken

    def read_chunks(self, most: int) -> bytes | None:
        """Return a body in chunks (RFC 9112, 7.1); None if malformed or longer than `most` bytes.

        Raises:
            StreamEndedError: the connection ended before.
        """
        body = b""
        while True:
            line = self.read_until(_CRLF, _CHUNK_LINE_BYTES)
            digits = line.partition(b";")[0].strip()
            if not _HEX.fullmatch(digits):
                return None
            size = int(digits, 16)
            if len(body) + size > most:
                return None
            if size == 0:
                break
            chunk = self.read(size + len(_CRLF))
            if not chunk.endswith(_CRLF):
                return None
            body += chunk[:size]
        # Trailer fields mean nothing here.
        while self.read_until(_CRLF, _CHUNK_LINE_BYTES) != _CRLF:
            pass
        return body

    def send(self, data: bytes) -> None:
        """Send all bytes; a reply always fits into the empty buffer of the system.

        Raises:
            OSError: the client is gone.
        """
        self._connection.settimeout(_LINGER_SECONDS)
        self._connection.sendall(data)
        self._connection.setblocking(False)

    def linger(self) -> None:
        """Read on until the client closes or is silent.

        Unread bytes would cut off the reply.
        """
        self._connection.shutdown(socket.SHUT_WR)
        end = time.monotonic() + _LINGER_SECONDS
        left = _LINGER_BYTES
        while left > 0:
            self._ends_at = min(end, time.monotonic() + _LINGER_SILENCE)
            left -= len(self._more())

    def _more(self) -> bytes:
        """Wait for bytes and return at most 4 KiB.

        Raises:
            StreamEndedError: the time is over, the client closed, or the server stops.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection, selectors.EVENT_READ)
            selector.register(self._stopping, selectors.EVENT_READ)
            ready = selector.select(max(0.0, self._ends_at - time.monotonic()))
        if not ready or self._stopping in [key.fileobj for key, _ in ready]:
            raise StreamEndedError
        received = self._connection.recv(4096)
        if not received:
            raise StreamEndedError
        return received


class RateLimit:
    """Admits a number of requests within any second. Thread-safe.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, per_second: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._admitted: deque[tuple[float, str]] = deque(maxlen=per_second)

    def admits(self, plate: str) -> bool:
        """Test if a request may pass, and count it if it may.

        Args:
            plate: the plate that it offers; empty for none.
        """
        with self._lock:
            now = self._clock()
            is_full = len(self._admitted) == self._admitted.maxlen
            if is_full and now - self._admitted[0][0] < 1:
                return False
            self._admitted.append((now, plate))
            return True

    def repeats(self, plate: str) -> bool:
        """Test if a request with this plate was admitted within the last second."""
        with self._lock:
            now = self._clock()
            return any(plate == each and now - at < 1 for at, each in self._admitted)
