"""The training gateway: an HTTP server on loopback that behaves as WeChat's does, faults included.

With it the program can be learned and tested without a merchant's account: it checks signature,
fields and lengths as WeChat does, and `scenario` holds the answers.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import socketserver
import sys
import threading
import time
from collections import deque
from collections.abc import Collection
from types import TracebackType
from typing import Any, final

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.answering import (
    ReceivedNotification,
    ReceivedQuery,
    answer_request,
    write_xml,
)
from wxpark_gui.training.connection import Connection
from wxpark_gui.training.faults import Fault, HttpReply, http_page, spoil_content

HOST = "127.0.0.1"
REMEMBERED = 1000
"""The number of notifications kept in `received`, and of queries in `queried`."""

STOP_SECONDS = 0.7
"""Limit of waiting for the threads of connections when the gateway stops."""

THREAD_NAME = "wxpark-training-gateway"
CONNECTION_THREAD_NAME = "wxpark-training-connection"

_logger = logging.getLogger(__name__)


@final
class TrainingGateway:
    """WeChat's end of the wire, for one merchant key.

    Start and stop it in one thread; every other method is thread-safe.

    Attributes:
        slow_seconds: the delay of the fault `slow`.
        drip_seconds: the pause after each byte of the fault `drip`.
        stopping: set once the gateway is being stopped.
    """

    def __init__(
        self,
        key: Secret,
        *,
        port: int = 0,
        faults: Collection[Fault] = (),
        slow_seconds: float = 2.0,
        drip_seconds: float = 0.1,
    ) -> None:
        """
        Args:
            key: any merchant's ids are taken if the request is signed with it.
            port: 0 for a free one.
            faults: see `set_faults`.
        """
        self.slow_seconds = slow_seconds
        self.drip_seconds = drip_seconds
        self.stopping = threading.Event()
        self._key = key
        self._port = port
        self._lock = threading.Lock()
        self._faults: deque[Fault] = deque(dict.fromkeys(faults))
        self._replayed: HttpReply | None = None
        self._received: deque[ReceivedNotification] = deque(maxlen=REMEMBERED)
        self._queried: deque[ReceivedQuery] = deque(maxlen=REMEMBERED)
        self._request_count = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a path.

        Raises:
            RuntimeError: before the first start with a port of the system's choice.
        """
        if not self._port:
            raise RuntimeError("the training gateway has no port before it is started")
        return f"http://{HOST}:{self._port}"

    @property
    def received(self) -> tuple[ReceivedNotification, ...]:
        """The last notifications that passed the checks, oldest first."""
        with self._lock:
            return tuple(self._received)

    @property
    def queried(self) -> tuple[ReceivedQuery, ...]:
        """The last queries that passed the checks, oldest first; none of them is an entry."""
        with self._lock:
            return tuple(self._queried)

    @property
    def request_count(self) -> int:
        """The number of requests read since the first start, rejected ones included."""
        with self._lock:
            return self._request_count

    def set_faults(self, faults: Collection[Fault]) -> None:
        """Spoil replies from now on; several faults take turns, in the order given.

        An empty collection ends all faults, except in exchanges under way.
        """
        with self._lock:
            self._faults = deque(dict.fromkeys(faults))
            self._replayed = None

    def start(self) -> None:
        """Listen. A no-op when it does already.

        Raises:
            OSError: when the port is taken.
        """
        if self._server:
            return
        self.stopping.clear()
        self._server = _Server(self, self._port)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.accept_until, args=(self.stopping,), name=THREAD_NAME, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End every connection, waiting clients' too, and all threads; well within a second."""
        server, thread = self._server, self._thread
        if not server or not thread:
            return
        self.stopping.set()
        server.wake()
        thread.join()
        server.end_connections()
        server.server_close()
        self._server = self._thread = None

    def __enter__(self) -> TrainingGateway:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def receive(self, path: str, body: bytes) -> tuple[HttpReply, Fault | None]:
        """The reply to a request, spoilt by a fault of content, and the fault.

        Args:
            path: one of `answering.PATHS`.
        """
        with self._lock:
            self._request_count += 1
            fault = self._next_fault()
        page = http_page(fault)
        if page:
            return page, fault
        answer = answer_request(path, body, self._key)
        self._remember(answer.received)
        if not answer.signed:
            return HttpReply(write_xml(answer.fields)), fault
        reply = spoil_content(fault, answer.fields, self._key)
        return (self._replay(reply) if fault is Fault.REPLAY else reply), fault

    def _remember(self, received: ReceivedNotification | ReceivedQuery | None) -> None:
        with self._lock:
            if isinstance(received, ReceivedNotification):
                self._received.append(received)
            elif received is not None:
                self._queried.append(received)

    def _next_fault(self) -> Fault | None:
        """The fault of this request; advances the turn."""
        if not self._faults:
            return None
        self._faults.rotate(-1)
        return self._faults[-1]

    def _replay(self, reply: HttpReply) -> HttpReply:
        with self._lock:
            self._replayed = self._replayed or reply
            return self._replayed


class _Server(socketserver.TCPServer):
    """Accepts connections, gives each a thread, and can end them all at once."""

    # On Windows this option would let a second process take the port of the first.
    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 128

    def __init__(self, gateway: TrainingGateway, port: int) -> None:
        self._stop_signal, self._stop_sender = socket.socketpair()
        values = {"responder": gateway, "stop_signal": self._stop_signal}
        try:
            super().__init__((HOST, port), type("_ConnectionToGateway", (Connection,), values))
        except OSError:
            self._close_stop_signal()
            raise
        self._threads: list[threading.Thread] = []

    def accept_until(self, stopping: threading.Event) -> None:
        """Accept connections, without polling, until the event is set and `wake` called."""
        while not stopping.is_set():
            self.handle_request()

    def wake(self) -> None:
        """Make `accept_until` look at its event, by a connection of our own."""
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, self.server_address[1]), timeout=1).close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve the connection in a thread of its own."""
        thread = threading.Thread(
            target=self._serve,
            args=(request, client_address),
            name=CONNECTION_THREAD_NAME,
            daemon=True,
        )
        thread.start()
        # Ended threads are removed here only, so that end_connections can join all others.
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]

    def end_connections(self) -> None:
        """End every connection's thread, once `accept_until` is over.

        Reads and writes wake by the stop signal: not on every system do `shutdown` and `close` end
        the wait of another thread.
        """
        self._stop_sender.sendall(b"x")
        end = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            _logger.warning("a connection to the training gateway did not end in time")

    def server_close(self) -> None:
        super().server_close()
        self._close_stop_signal()

    def _close_stop_signal(self) -> None:
        self._stop_signal.close()
        self._stop_sender.close()

    def _serve(self, request: socket.socket, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError:
            # The client went away before its reply, or the gateway stops.
            pass
        except Exception:
            _logger.exception("the training gateway could not serve a request")
        finally:
            self.shutdown_request(request)
