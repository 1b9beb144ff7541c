"""Fixtures: a merchant, an entry, signed replies, and faulty servers on real sockets."""

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
from wxpark_gui.transport.deadline import Budget
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.call import to_xml
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.flat_xml import parse_flat_xml
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

Handler = Callable[["Peer"], None]

SHORT = Budget(connect=0.5, total=1.0, second_host=0.5)
SHORTEST = Budget(connect=0.2, total=0.2, second_host=0.1)
"""Time limits for exchanges that are expected to fail."""
KEY_TEXT = "192006250b4c09247ec02edce69f6a2d"
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


class Peer:
    """The server's side of one connection. Its methods raise OSError once the client has closed."""

    def __init__(self, connection: socket.socket, server: Server) -> None:
        self._socket = connection
        self._server = server

    def read_request(self) -> bytes:
        """Return head and body of the next request, or b"" if the client closed the connection."""
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

    def read_some(self) -> None:
        """Wait for the first byte, and discard it."""
        self._socket.recv(1)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def drip(self, data: bytes) -> None:
        """Send one byte every 20 ms, so that no single read of the client waits long."""
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
        """Copy bytes in both directions to a local port, until either side closes."""
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
    """Listens on the loopback address and handles each connection in its own thread.

    Attributes:
        connections: number of accepted connections.
        requests: complete requests, in order.
        received: all bytes received, without the TLS layer and including incomplete requests.
    """

    def __init__(
        self, handler: Handler, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.received = b""
        self.stopping = threading.Event()
        self._handler = handler
        self._tls = tls
        is_ipv6 = ":" in host
        family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
        self._host = host
        self._listener = socket.create_server((host, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self.address = f"[{host}]:{self.port}" if is_ipv6 else f"{host}:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.address}"
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def settle(self) -> None:
        """Wait until all connections have ended; from then on `received` is complete."""
        for thread in self._threads:
            thread.join(5)

    def stop(self) -> None:
        """Close the listener and all open connections."""
        self.stopping.set()
        # Closing a listener does not wake its accept on every system; a call does.
        with contextlib.suppress(OSError):
            socket.create_connection((self._host, self.port)).close()
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
    """Makes replies as the gateway does, and handlers that send them."""

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
        """Return the signed fields of a successful reply with changes.

        A value of "-" removes a field.
        """
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
        """Answer every request on the connection with `NORMAL` and keep it open."""
        while peer.read_request():
            peer.send(self.http(self.reply()))


class FakeTime:
    """A monotonic clock that moves only when a test moves it."""

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
    """A merchant, a key and an entry, with functions that make servers and clients.

    Attributes:
        dead_url: address with a bound port on which nothing listens.
    """

    def __init__(
        self, stack: contextlib.ExitStack, entry: ParkingEntry, merchant: MerchantProfile
    ) -> None:
        # Clients close first: not every system lets a server end a read of its own connection.
        self._servers = stack.enter_context(contextlib.ExitStack())
        self._clients = stack.enter_context(contextlib.ExitStack())
        self._numbers = itertools.count()
        self.entry = entry
        self.merchant = merchant
        self.key = Secret(KEY_TEXT)
        self.pen = Pen(merchant, self.key)
        bound = stack.enter_context(socket.socket())
        bound.bind(("127.0.0.1", 0))
        self.dead_url = f"http://127.0.0.1:{bound.getsockname()[1]}"

    def serve(
        self, handler: Handler, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> Server:
        server = Server(handler, tls, host)
        self._servers.callback(server.stop)
        return server

    def serve_first(self, first: Handler, tls: ssl.SSLContext | None = None) -> Server:
        """Start a server that handles the first connection with `first`, and others correctly."""
        turns = iter([first])

        def take_turns(peer: Peer) -> None:
            handler = next(turns, self.pen.answer_always)
            handler(peer)

        return self.serve(take_turns, tls)

    def open_client(self, **changes: Any) -> GatewayClient:
        """Return a client with short time limits.

        `changes` replace arguments of `GatewayClient`.
        """
        options: dict[str, Any] = {
            "nonces": lambda: f"{next(self._numbers):032}",
            "clock": time.monotonic,
            "seen": SeenReplies(()),
            "route": Route(time.monotonic),
            "budget": SHORT,
            **changes,
        }
        client = GatewayClient(**options)
        self._clients.callback(client.close)
        return client

    def at(self, url: str) -> MerchantProfile:
        """Return the merchant with the gateway's address `url`.

        "" stands for WeChat's own hosts.
        """
        return replace(self.merchant, gateway_url=url)

    def proxy_at(self, server: Server) -> Callable[[], str]:
        """Return a function that returns the server's address, for use as the proxy setting."""
        return lambda: server.url

    def ask(self, client: GatewayClient, url: str) -> Outcome:
        """Run one exchange with the gateway at `url`."""
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
