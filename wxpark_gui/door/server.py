"""HTTP server on loopback that takes one offered plate per connection.

Four threads serve four connections; further ones wait in the system's queue, where they cost
nothing. Each request has a limit in bytes and in time, so that no client can hold a thread.
"""

from __future__ import annotations

import contextlib
import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import final

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.door.listening import listen_on_loopback
from wxpark_gui.door.request import (
    BODY_BYTES,
    CONTINUE,
    END_OF_HEAD,
    HEAD_BYTES,
    Head,
    Reply,
    read_body,
    read_head,
)
from wxpark_gui.door.stream import RateLimit, Stream, StreamEndedError

CONNECTIONS = 4
"""Connections served at a time."""

REQUEST_SECONDS = 2.0
"""Seconds from accepting a connection to the end of its request."""

OFFERS_PER_SECOND = 5
STOP_SECONDS = 1.0
"""Seconds that `close` waits for the threads."""

THREAD_NAME = "wxpark-door"

_QUEUE = 16
"""Connections that the system keeps waiting."""

_STRANGER_SECONDS = 0.1
"""Seconds that a refused stranger keeps its place, which bounds the rate of wrong requests."""

_log = logging.getLogger(__name__)


@final
class DoorServer:
    """Listens on 127.0.0.1, and on ::1 if the system has it. Use it in one thread.

    Args:
        clock: monotonic seconds, for the limit of offers per second.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reception: _Reception | None = None

    def open(self, port: int, token: Secret, receive: Callable[[str], None]) -> int:
        """Listen on a port, after closing an earlier one; return the port.

        Args:
            port: 0 for a free one.
            receive: called on a thread of the server with each accepted plate, normalised. It must
                return at once.

        Raises:
            DoorPortTakenError: another program uses the port, or the system refuses it.
            DoorUnavailableError: listening failed otherwise.
        """
        self.close()
        listeners = listen_on_loopback(port, _QUEUE)
        reception = _Reception(listeners, token, receive, self._clock)
        reception.start()
        self._reception = reception
        return reception.port

    def close(self) -> None:
        """Stop listening and cut all connections; a no-op if closed."""
        reception, self._reception = self._reception, None
        if reception is not None:
            reception.stop()


class _Reception:
    """Listeners and threads from one `open` to the next `close`."""

    def __init__(
        self,
        listeners: Sequence[socket.socket],
        token: Secret,
        receive: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self.port: int = listeners[0].getsockname()[1]
        self._listeners = listeners
        self._token = token
        self._receive = receive
        self._limit = RateLimit(OFFERS_PER_SECOND, clock)
        # Closing one end makes the other readable for all threads at once.
        self._stop_end, self._stopping = socket.socketpair()
        self._threads = [
            threading.Thread(target=self._work, name=THREAD_NAME, daemon=True)
            for _ in range(CONNECTIONS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop_end.close()
        end = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        for listener in self._listeners:
            listener.close()
        if not any(thread.is_alive() for thread in self._threads):
            self._stopping.close()

    def _work(self) -> None:
        with selectors.DefaultSelector() as selector:
            for listener in self._listeners:
                selector.register(listener, selectors.EVENT_READ)
            selector.register(self._stopping, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self._stopping in ready:
                    return
                for listener in self._listeners:
                    if listener in ready:
                        self._accept(listener)

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            # Another thread accepted it.
            return
        except OSError:
            # Too many open files, or `stop` closed the listener.
            self._pause()
            return
        with connection:
            try:
                self._serve(Stream(connection, self._stopping, REQUEST_SECONDS))
            except (OSError, StreamEndedError):
                return
            except Exception:  # noqa: BLE001 - a bug must not end the thread
                _log.exception("a request to the door failed")

    def _serve(self, stream: Stream) -> None:
        head = self._read_head(stream)
        if head is None:
            self._pause()
            return
        reply = self._reply(head, stream)
        # A camera may repeat the plate in its view many times a second.
        is_repeated = bool(reply.plate) and self._limit.repeats(reply.plate)
        if not is_repeated and not self._limit.admits(reply.plate):
            reply = Reply(HTTPStatus.TOO_MANY_REQUESTS)
        if reply.plate and not is_repeated:
            self._receive(reply.plate)
        stream.send(reply.encode())
        stream.linger()

    def _read_head(self, stream: Stream) -> Head | None:
        try:
            raw = stream.read_until(END_OF_HEAD, HEAD_BYTES)
        except StreamEndedError:
            return None
        return read_head(raw, self._token, self.port)

    def _reply(self, head: Head, stream: Stream) -> Reply:
        if head.refusal is not None:
            return Reply(head.refusal)
        if head.awaits_continue:
            stream.send(CONTINUE)
        length = head.length
        body = stream.read_chunks(BODY_BYTES) if length is None else stream.read(length)
        if body is None:
            return Reply(HTTPStatus.BAD_REQUEST)
        return read_body(body, is_gbk=head.is_gbk)

    def _pause(self) -> None:
        """Wait `_STRANGER_SECONDS`, or until the server stops."""
        with selectors.DefaultSelector() as selector, contextlib.suppress(OSError, ValueError):
            selector.register(self._stopping, selectors.EVENT_READ)
            selector.select(_STRANGER_SECONDS)
