"""A merchant, an entry, a pen for replies, and servers on real sockets that misbehave as told."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from wxpark_gui.domain.delivery import Outcome
from wxpark_gui.domain.entry import BEIJING, CarType, ParkingEntry, Scene
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.notification import to_xml
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.reply import parse_flat_xml
from wxpark_gui.wechatpay.route import Route
from wxpark_gui.wechatpay.watch import Budget

Handler = Callable[["Peer"], None]

SHORT = Budget(connect=0.5, total=1.0, second_host=0.5)
SHORTEST = Budget(connect=0.2, total=0.2, second_host=0.1)
"""For exchanges that may fail as they like."""
KEY_TEXT = "192006250b4c09247ec02edce69f6a2d"
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


class Peer:
    """The server's side of one connection. Raises OSError once the client is gone."""

    def __init__(self, connection: socket.socket, server: Server) -> None:
        self._socket = connection
        self._server = server

    def read_request(self) -> bytes:
        """Head and body of the next request; empty when the client closed instead."""
        data = b""
        while True:
            head, end, body = data.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if end and len(body) >= (int(length[1]) if length else 0):
                self._server.requests.append(data)
                return data
            more = self._socket.recv(65536)
            self._server.received += more
            if not more:
                return b""
            data += more

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def drip(self, data: bytes) -> None:
        """A byte every 20 ms: no single read ever waits long."""
        for value in data:
            self.send(bytes([value]))
            self._server.stopping.wait(0.02)

    def reset(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def close(self) -> None:
        self._socket.close()

    def wait_until_client_leaves(self) -> None:
        while self._socket.recv(65536):
            pass

    def relay_to(self, port: int) -> None:
        """Pass bytes both ways until either end closes."""
        with socket.create_connection(("127.0.0.1", port)) as onward:
            back = threading.Thread(target=_pump, args=(onward, self._socket))
            back.start()
            _pump(self._socket, onward)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class Server:
    """Listens on loopback; every connection is handled in a thread of its own.

    Attributes:
        connections: how many were accepted.
        requests: whole requests read, in order.
        received: every byte of the application that arrived, of unfinished requests too.
    """

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.received = b""
        self.stopping = threading.Event()
        self._handler = handler
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.address}"
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def settle(self) -> None:
        """Wait until every connection has ended; then what was received is complete."""
        for thread in self._threads:
            thread.join(5)

    def stop(self) -> None:
        """End every connection that is still open."""
        self.stopping.set()
        # Closing a listener does not wake its accept on every system; a call does.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._acceptor.join(5)
        for connection in self._open:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        self.settle()
        self._listener.close()

    def bodies(self) -> list[dict[str, str]]:
        return [parse_flat_xml(request.partition(b"\r\n\r\n")[2]) for request in self.requests]

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                stack.callback(connection.close)
            self._open.append(connection)
            self._handler(Peer(connection, self))


class Pen:
    """Writes replies as the gateway does, and handlers that send them."""

    def __init__(self, merchant: MerchantProfile, key: Secret) -> None:
        self._key = key
        self._nonces = (f"nonce{number:027}" for number in itertools.count())
        self._ids = {
            "appid": merchant.appid,
            "mch_id": merchant.mch_id,
            "sub_appid": merchant.sub_appid,
            "sub_mch_id": merchant.sub_mch_id,
        }

    def fields(self, **changes: str) -> dict[str, str]:
        """A fresh success, signed over the changes; a field changed to "-" is left out."""
        plain = {
            "return_code": "SUCCESS",
            **self._ids,
            "nonce_str": next(self._nonces),
            "result_code": "SUCCESS",
            **changes,
        }
        present = {name: value for name, value in plain.items() if value != "-"}
        return {**present, "sign": signing.sign(present, self._key)}

    def reply(self, **changes: str) -> bytes:
        return to_xml(self.fields(**{"user_state": "NORMAL", **changes}))

    def http(
        self, body: bytes, status: str = "200 OK", headers: Mapping[str, str] | None = None
    ) -> bytes:
        lines = {"Content-Type": "text/xml", "Content-Length": str(len(body)), **(headers or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body

    def answer_always(self, peer: Peer) -> None:
        """The well-behaved handler: `NORMAL` to every request, the connection kept open."""
        while peer.read_request():
            peer.send(self.http(self.reply()))


class FakeTime:
    """A monotonic clock that moves by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def merchant() -> MerchantProfile:
    return MerchantProfile(
        appid="wxcbda96de0b165486",
        mch_id="10000098",
        sub_mch_id="1900000109",
        sub_appid="wxcbda96de0b165489",
        parking_name="欢乐海岸停车场",
        free_time=1200,
    )


@pytest.fixture
def key() -> Secret:
    return Secret(KEY_TEXT)


@pytest.fixture
def entry() -> ParkingEntry:
    return ParkingEntry(
        scene=Scene.PARKING,
        start_time=datetime(2017, 8, 26, 10, 43, 39, tzinfo=BEIJING),
        plate=read_plate("粤B12345"),
        car_type=CarType.SMALL,
    )


@pytest.fixture(scope="session")
def vectors() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(
        Path(__file__).with_name("vectors.json").read_text(encoding="utf-8")
    )
    return loaded


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


class Bench:
    """A booth with a merchant, a key and an entry, and the servers and clients it has opened.

    Attributes:
        dead_url: an address where nothing listens and, while it is bound, nothing will.
    """

    def __init__(
        self, stack: contextlib.ExitStack, entry: ParkingEntry, merchant: MerchantProfile
    ) -> None:
        self._stack = stack
        self._numbers = itertools.count()
        self.entry = entry
        self.merchant = merchant
        self.key = Secret(KEY_TEXT)
        self.pen = Pen(merchant, self.key)
        bound = stack.enter_context(socket.socket())
        bound.bind(("127.0.0.1", 0))
        self.dead_url = f"http://127.0.0.1:{bound.getsockname()[1]}"

    def serve(self, handler: Handler, tls: ssl.SSLContext | None = None) -> Server:
        server = Server(handler, tls)
        self._stack.callback(server.stop)
        return server

    def serve_first(self, first: Handler, tls: ssl.SSLContext | None = None) -> Server:
        """Handle the first connection specially, and every further one well."""
        turns = iter([first])

        def take_turns(peer: Peer) -> None:
            handler = next(turns, self.pen.answer_always)
            handler(peer)

        return self.serve(take_turns, tls)

    def open_client(self, **changes: Any) -> GatewayClient:
        """A client with a short budget and changes as given."""
        options: dict[str, Any] = {
            "nonces": lambda: f"{next(self._numbers):032}",
            "clock": time.monotonic,
            "seen": SeenReplies(()),
            "route": Route(time.monotonic),
            "budget": SHORT,
            **changes,
        }
        client = GatewayClient(**options)
        self._stack.callback(client.close)
        return client

    def at(self, url: str) -> MerchantProfile:
        """The merchant with a gateway at an address; an empty one stands for WeChat's hosts."""
        return replace(self.merchant, gateway_url=url)

    def ask(self, client: GatewayClient, url: str) -> Outcome:
        """Make one exchange with the gateway at an address."""
        return client.exchange(self.entry, self.at(url), self.key)


@pytest.fixture
def bench(entry: ParkingEntry, merchant: MerchantProfile) -> Iterator[Bench]:
    with contextlib.ExitStack() as stack:
        yield Bench(stack, entry, merchant)


@pytest.fixture
def client(bench: Bench) -> GatewayClient:
    return bench.open_client()


@pytest.fixture
def pen(bench: Bench) -> Pen:
    return bench.pen
