"""The training gateway: an HTTP server on loopback that answers as WeChat's does, with faults.

It lets people learn, and tests run, the program without a merchant's account. It checks signature,
fields and lengths as WeChat does; `scenario` contains the answers.
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
"""Number of newest notifications kept in `received`, and of newest queries in `queried`."""

STOP_SECONDS = 0.7
"""Seconds that `stop` waits for the threads of all connections together."""

THREAD_NAME = "wxpark-training-gateway"
CONNECTION_THREAD_NAME = "wxpark-training-connection"

_logger = logging.getLogger(__name__)


@final
class TrainingGateway:
    """An HTTP server that answers as WeChat's gateway, for one merchant key.

    Start and stop it in one thread; every other method is thread-safe.

    Attributes:
        slow_seconds: the delay of the fault `slow`, in seconds.
        drip_seconds: the pause after each byte of the fault `drip`, in seconds.
        stopping: set by `stop`, cleared by `start`.
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
        """Keep the given parts; `start` opens the port.

        Args:
            key: verifies requests and signs replies; the merchant's ids are not checked.
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
            RuntimeError: the port is 0 and the gateway was never started.
        """
        if not self._port:
            raise RuntimeError("the training gateway has no port before it is started")
        return f"http://{HOST}:{self._port}"

    @property
    def received(self) -> tuple[ReceivedNotification, ...]:
        """The newest notifications that passed the checks, oldest first, at most `REMEMBERED`."""
        with self._lock:
            return tuple(self._received)

    @property
    def queried(self) -> tuple[ReceivedQuery, ...]:
        """The newest queries that passed the checks, oldest first, at most `REMEMBERED`."""
        with self._lock:
            return tuple(self._queried)

    @property
    def request_count(self) -> int:
        """Number of notifications and queries received since creation, refused ones included."""
        with self._lock:
            return self._request_count

    def set_faults(self, faults: Collection[Fault]) -> None:
        """Apply faults to the requests from now on, one per request, in turn and in this order.

        An empty collection ends the faults. Repeated faults count once.
        """
        with self._lock:
            self._faults = deque(dict.fromkeys(faults))
            self._replayed = None

    def start(self) -> None:
        """Listen in a thread of its own; a no-op if started already.

        Raises:
            OSError: the port is taken or not allowed.
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
        """Stop listening, close all connections and wait for the threads; a no-op if not started.

        The wait for the threads of connections is limited to `STOP_SECONDS`.
        """
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
        """Return the reply to a request, and the fault in force; None for no fault.

        A fault of content is applied to the reply; the caller applies one of transport.

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
        """Return the next fault in turn; None without faults. Call it with the lock held."""
        if not self._faults:
            return None
        self._faults.rotate(-1)
        return self._faults[-1]

    def _replay(self, reply: HttpReply) -> HttpReply:
        with self._lock:
            self._replayed = self._replayed or reply
            return self._replayed


class _Server(socketserver.TCPServer):
    """Accepts connections, serves each in a thread, and can end all of them."""

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
        """Make `accept_until` check its event, by connecting to this server."""
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
        """End the threads of all connections; call it after `accept_until` has returned.

        The stop signal wakes reads and writes, because `shutdown` and `close` do not end another
        thread's wait on every system. Threads alive after `STOP_SECONDS` are logged and left.
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
            # The client closed the connection before the reply, or the gateway stops.
            pass
        except Exception:
            _logger.exception("the training gateway could not serve a request")
        finally:
            self.shutdown_request(request)
