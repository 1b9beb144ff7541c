"""The door on real sockets: devices, strangers and clients that hold on to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from wxpark_gui.domain.door import (
    DoorBusyError,
    DoorClosedError,
    DoorPortTakenError,
    PortState,
    PortUse,
)
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.door import client, server
from wxpark_gui.door.client import offer_plate, probe_port
from wxpark_gui.door.listening import listen_on_loopback
from wxpark_gui.door.request import HEAD_BYTES, probe_credentials
from wxpark_gui.door.server import CONNECTIONS, OFFERS_PER_SECOND, THREAD_NAME, DoorServer

TOKEN = Secret("0123456789abcdef0123456789abcdef")


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@dataclass
class OpenDoor:
    """An open server on a free port, with the plates it took and a clock that a test sets."""

    port: int = 0
    plates: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def exchange(self, raw: bytes, host: str = "127.0.0.1") -> bytes:
        """Send bytes and return all that comes back until the server closes."""
        with self.connect(host) as connection, contextlib.suppress(ConnectionError):
            connection.sendall(raw)
            return read_all(connection)
        return b""

    def connect(self, host: str = "127.0.0.1") -> socket.socket:
        return socket.create_connection((host, self.port), timeout=20)

    def request(self, body: bytes, *more: str, token: str = TOKEN.reveal()) -> bytes:
        lines = [
            "POST /plate HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Authorization: Bearer {token}",
            f"Content-Length: {len(body)}",
            *more,
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_all(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionError):
        while more := connection.recv(4096):
            received += more
    return received


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenDoor]:
    # A refused stranger keeps its place; the tests need not wait for that.
    monkeypatch.setattr(server, "_STRANGER_SECONDS", 0.0)
    door = OpenDoor()
    made = DoorServer(clock=lambda: door.seconds)
    door.port = made.open(0, TOKEN, door.plates.append)
    yield door
    made.close()
    assert threads() == []


@pytest.fixture
def make_hasty(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Function that sets the time limit of requests from now on, in seconds."""
    return lambda seconds: monkeypatch.setattr(server, "REQUEST_SECONDS", seconds)


def test_device_with_the_token_offers_a_plate(door: OpenDoor) -> None:
    reply = door.exchange(door.request("粤B12345".encode()))
    assert reply.startswith(b"HTTP/1.1 202 Accepted\r\n")
    assert json.loads(reply.partition(b"\r\n\r\n")[2]) == {"result": "offered"}
    assert door.plates == ["粤B12345"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_curl_offers_a_plate_with_the_token_file_as_documented(
    door: OpenDoor, tmp_path: Path
) -> None:
    file = tmp_path / "door.token"
    file.write_text(f"Authorization: Bearer {TOKEN.reveal()}\n", encoding="ascii")
    done = subprocess.run(
        [
            *("curl", "--silent", "--show-error", "--noproxy", "*", "--header", f"@{file}"),
            *("--data-binary", "粤B12345", f"http://127.0.0.1:{door.port}/plate"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == {"result": "offered"}
    assert door.plates == ["粤B12345"]


def test_reply_is_understood_by_the_client_of_the_standard_library(door: OpenDoor) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=20)
    headers = {"Authorization": f"Bearer {TOKEN.reveal()}"}
    connection.request("POST", "/plate", json.dumps({"plate": "粤B1234"}), headers)
    with connection.getresponse() as response:
        assert response.status == 422
        assert json.load(response) == {"result": "refused", "reason": "too_short"}
    connection.close()
    assert door.plates == []


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on loopback")
def test_door_listens_on_the_loopback_address_of_ipv6_too(door: OpenDoor) -> None:
    assert door.exchange(door.request("粤B12345".encode()), "::1").startswith(b"HTTP/1.1 202")


def test_door_listens_on_no_other_address(door: OpenDoor) -> None:
    # All of 127.0.0.0/8 is local on Linux; a socket bound to 0.0.0.0 would answer on it.
    with pytest.raises(OSError, match=r"refused|assign|unreachable"):
        socket.create_connection(("127.0.0.2", door.port), timeout=20)


def strangers(door: OpenDoor) -> list[bytes]:
    right = door.request("粤B12345".encode())
    return [
        b"",
        b"\r\n\r\n",
        b"\0" * 500 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\r\n\r\n",
        b"OPTIONS /plate HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a.example\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 100 + b"\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        door.request("粤B12345".encode(), token="0" * 32),
        door.request("粤B12345".encode(), "Expect: 100-continue", token="0" * 32),
        door.request("粤B12345".encode(), "Origin: https://a.example"),
        right.replace(b"127.0.0.1", b"a.example"),
        right.replace(b"Authorization", b"X-Token"),
        right.replace(b"POST", b"X-Padding: 1\r\nPOST"),
        door.request("粤B12345".encode(), "X-Padding: " + "x" * HEAD_BYTES),
    ]


def test_stranger_gets_no_byte_and_offers_nothing(door: OpenDoor) -> None:
    for raw in strangers(door):
        with door.connect() as connection:
            with contextlib.suppress(OSError):
                connection.sendall(raw)
                connection.shutdown(socket.SHUT_WR)
            assert read_all(connection) == b"", raw
    assert door.plates == []
    offer_plate("粤B12345", door.port, TOKEN)
    assert door.plates == ["粤B12345"]


def test_strangers_do_not_use_up_the_rate_of_devices(door: OpenDoor) -> None:
    for _ in range(3 * OFFERS_PER_SECOND):
        door.exchange(door.request("粤B12345".encode(), token="0" * 32))
    offer_plate("粤B12345", door.port, TOKEN)
    assert door.plates == ["粤B12345"]


def test_more_offers_than_five_a_second_are_refused(door: OpenDoor) -> None:
    for number in range(OFFERS_PER_SECOND):
        offer_plate(f"粤B1234{number}", door.port, TOKEN)
    door.seconds = 0.9
    reply = door.exchange(door.request("粤B99999".encode()))
    assert reply.startswith(b"HTTP/1.1 429 ")
    assert b"\r\nRetry-After: 1\r\n" in reply
    with pytest.raises(DoorBusyError):
        offer_plate("粤B99999", door.port, TOKEN)
    door.seconds = 1.0
    offer_plate("粤B88888", door.port, TOKEN)
    assert len(door.plates) == OFFERS_PER_SECOND + 1
    assert "粤B99999" not in door.plates


def test_plate_repeated_within_a_second_is_passed_on_once_and_keeps_out_no_other(
    door: OpenDoor,
) -> None:
    for _ in range(3 * OFFERS_PER_SECOND):
        offer_plate("粤B12345", door.port, TOKEN)
    offer_plate("粤B99999", door.port, TOKEN)
    door.seconds = 1.0
    offer_plate("粤B12345", door.port, TOKEN)
    assert door.plates == ["粤B12345", "粤B99999", "粤B12345"]


def test_only_the_first_of_pipelined_requests_is_read(door: OpenDoor) -> None:
    first, second = (door.request(plate.encode()) for plate in ("粤B11111", "粤B22222"))
    reply = door.exchange(first + second)
    assert reply.count(b"HTTP/1.1") <= 1
    assert door.plates == ["粤B11111"]


def test_request_in_single_bytes_is_read(door: OpenDoor) -> None:
    with door.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in door.request("粤B12345".encode()):
            connection.sendall(bytes([byte]))
        assert read_all(connection).startswith(b"HTTP/1.1 202")


def test_client_that_awaits_it_is_told_to_send_the_body(door: OpenDoor) -> None:
    body = "粤B12345".encode()
    request = door.request(body, "Expect: 100-continue")
    with door.connect() as connection:
        connection.sendall(request.removesuffix(body))
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert read_all(connection).startswith(b"HTTP/1.1 202 Accepted\r\n")
    assert door.plates == ["粤B12345"]


def in_chunks(door: OpenDoor, body: bytes) -> bytes:
    head = door.request(b"", "Transfer-Encoding: chunked")
    return head.replace(b"Content-Length: 0\r\n", b"") + body


@pytest.mark.parametrize(
    "body",
    [
        b'16\r\n{"plate": "\xe7\xb2\xa4B12345"}\r\n0\r\n\r\n',
        b"3;a=b\r\n\xe7\xb2\xa4\r\n006 \r\nB12345\r\n0\r\nX-Sum: 1\r\n\r\n",
    ],
    ids=["one", "two with extension and trailer"],
)
def test_body_may_come_in_chunks(door: OpenDoor, body: bytes) -> None:
    """As from .NET, which does not count the bytes of JSON before it sends them."""
    assert door.exchange(in_chunks(door, body)).startswith(b"HTTP/1.1 202 ")
    assert door.plates == ["粤B12345"]


@pytest.mark.parametrize(
    "body",
    [
        b"x\r\n",
        b"-1\r\n",
        b"1_0\r\n",
        b"\r\n",
        b"401\r\n",
        b"FFFFFFFFFF\r\n",
        b"3\r\n\xe7\xb2\xa4B12345\r\n0\r\n\r\n",
        b"1\r\nA\r\n" * 1025 + b"0\r\n\r\n",
    ],
)
def test_malformed_or_long_chunks_are_refused(door: OpenDoor, body: bytes) -> None:
    assert door.exchange(in_chunks(door, body)).startswith(b"HTTP/1.1 400 ")
    assert door.plates == []


@pytest.mark.parametrize("body", [b"", b"3\r\n\xe7", b"0\r\nX: y\r\n", b"3;" + b"x" * 2000])
def test_chunks_without_an_end_are_cut_off(
    door: OpenDoor, make_hasty: Callable[[float], None], body: bytes
) -> None:
    make_hasty(0.1)
    assert door.exchange(in_chunks(door, body)) == b""


def test_plate_in_gbk_is_taken_from_a_client_that_says_so(door: OpenDoor) -> None:
    body = "鲁B12345".encode("gbk")
    reply = door.exchange(door.request(body, "Content-Type: text/plain; charset=gbk"))
    assert reply.startswith(b"HTTP/1.1 202 ")
    assert door.plates == ["鲁B12345"]


def test_body_is_not_read_beyond_its_limit(door: OpenDoor) -> None:
    reply = door.exchange(door.request(b"x" * 1025))
    assert reply == b"" or reply.startswith(b"HTTP/1.1 413")
    assert door.plates == []


@pytest.mark.parametrize("sent", [b"", b"POST /plate HTTP/1.1\r\n", None])
def test_silent_client_is_cut_off_without_a_byte(
    door: OpenDoor, make_hasty: Callable[[float], None], sent: bytes | None
) -> None:
    make_hasty(0.1)
    raw = door.request("粤B12345".encode())[:-1] if sent is None else sent
    assert door.exchange(raw) == b""
    assert door.plates == []


def test_slow_client_is_cut_off_although_it_goes_on_sending(
    door: OpenDoor, make_hasty: Callable[[float], None]
) -> None:
    make_hasty(0.1)
    gone = threading.Event()
    with door.connect() as connection:

        def drip() -> None:
            with contextlib.suppress(OSError):
                while not gone.wait(0.01):
                    connection.sendall(b"x")

        dripping = threading.Thread(target=drip)
        dripping.start()
        assert read_all(connection) == b""
        gone.set()
        dripping.join()


def test_device_is_served_after_many_silent_clients(
    door: OpenDoor, make_hasty: Callable[[float], None]
) -> None:
    make_hasty(0.1)
    with contextlib.ExitStack() as clients:
        for _ in range(2 * CONNECTIONS):
            clients.enter_context(door.connect())
        offer_plate("粤B12345", door.port, TOKEN)
        assert len(threads()) == CONNECTIONS
    assert door.plates == ["粤B12345"]


def test_device_that_never_closes_its_connections_does_not_delay_another(door: OpenDoor) -> None:
    with contextlib.ExitStack() as clients:
        replies = []
        began = time.monotonic()
        for number in range(8 * CONNECTIONS):
            connection = clients.enter_context(door.connect())
            connection.sendall(door.request(f"粤B100{number:02}".encode()))
            replies.append(connection)
        assert [connection.recv(9) for connection in replies] == [b"HTTP/1.1 "] * len(replies)
        door.seconds = 1.0
        offer_plate("粤B99999", door.port, TOKEN)
        # Half a second for each of them would be four in all.
        assert time.monotonic() - began < 3
    assert door.plates[OFFERS_PER_SECOND:] == ["粤B99999"]


def test_close_ends_while_clients_hang(make_hasty: Callable[[float], None]) -> None:
    make_hasty(600)
    made, door = DoorServer(), OpenDoor()
    door.port = made.open(0, TOKEN, door.plates.append)
    raw = door.request("粤B12345".encode())
    with contextlib.ExitStack() as clients:
        hanging = [clients.enter_context(door.connect()) for _ in range(CONNECTIONS)]
        for length, connection in enumerate(hanging):
            connection.sendall(raw[: length * 30])
        made.close()
        assert threads() == []
        assert [read_all(connection) for connection in hanging] == [b""] * CONNECTIONS
    with pytest.raises(DoorClosedError):
        offer_plate("粤B12345", door.port, TOKEN)
    assert door.plates == []


def test_port_of_another_program_is_reported_and_left_alone(door: OpenDoor) -> None:
    other = DoorServer()
    with pytest.raises(DoorPortTakenError) as raised:
        other.open(door.port, TOKEN, door.plates.append)
    assert raised.value.detail == str(door.port)
    other.close()
    offer_plate("粤B12345", door.port, TOKEN)


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on loopback")
def test_port_that_is_taken_on_ipv6_alone_is_taken() -> None:
    with socket.socket(socket.AF_INET6) as foreign:
        foreign.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        foreign.bind(("::1", 0))
        foreign.listen()
        with pytest.raises(DoorPortTakenError):
            DoorServer().open(foreign.getsockname()[1], TOKEN, print)


def test_server_opens_again_on_the_same_port() -> None:
    made, plates = DoorServer(), list[str]()
    port = made.open(0, TOKEN, plates.append)
    offer_plate("粤B12345", port, TOKEN)
    assert made.open(port, Secret("f" * 32), plates.append) == port
    with pytest.raises(DoorClosedError):
        offer_plate("粤B12345", port, TOKEN)
    offer_plate("粤B12346", port, Secret("f" * 32))
    made.close()
    assert plates == ["粤B12345", "粤B12346"]


def test_error_in_the_receiver_ends_one_connection_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    plates: list[str] = []

    def receive(plate: str) -> None:
        if plate == "粤B00000":
            raise RuntimeError
        plates.append(plate)

    made = DoorServer()
    port = made.open(0, TOKEN, receive)
    for _ in range(2 * CONNECTIONS):
        with contextlib.suppress(DoorClosedError, DoorBusyError):
            offer_plate("粤B00000", port, TOKEN)
    made.close()
    port = made.open(0, TOKEN, receive)
    offer_plate("粤B12345", port, TOKEN)
    made.close()
    assert plates == ["粤B12345"]
    assert {record.message for record in caplog.records} == {"a request to the door failed"}


def test_client_names_no_token_in_its_errors(
    door: OpenDoor, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Secret("feedfeedfeedfeedfeedfeedfeedfeed")
    monkeypatch.setattr(client, "_TIMEOUT_SECONDS", 20.0)
    with caplog.at_level(logging.DEBUG), pytest.raises(DoorClosedError) as raised:
        offer_plate("粤B12345", door.port, wrong)
    assert wrong.reveal() not in f"{raised.value!r}{raised.value.__cause__!r}{caplog.text}"


def test_client_does_not_wait_for_a_program_that_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_TIMEOUT_SECONDS", 0.2)
    gone = threading.Event()

    def drip(listener: socket.socket) -> None:
        for _ in range(2):
            with contextlib.suppress(OSError), listener.accept()[0] as connection:
                connection.recv(4096)
                for _ in range(150):
                    connection.sendall(b"x")
                    if gone.wait(0.02):
                        break

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        dripping = threading.Thread(target=drip, args=(listener,))
        dripping.start()
        began = time.monotonic()
        with pytest.raises(DoorClosedError):
            offer_plate("粤B12345", port, TOKEN)
        assert probe_port(port, TOKEN).state is PortState.OTHER
        took = time.monotonic() - began
        gone.set()
        dripping.join()
    assert took < 2


class TestProbe:
    """The doctor finds out who listens, without telling the token."""

    def test_own_door_is_known_and_takes_no_plate(self, door: OpenDoor) -> None:
        assert probe_port(door.port, TOKEN) == PortUse(PortState.OWN)
        assert door.plates == []

    @pytest.mark.parametrize("token", [Secret("f" * 32), None], ids=["other token", "no token"])
    def test_door_of_another_directory_is_another_program(
        self, door: OpenDoor, token: Secret | None
    ) -> None:
        assert probe_port(door.port, token).state is PortState.OTHER

    def test_other_program_gets_no_token(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            received: list[bytes] = []

            def answer() -> None:
                with listener.accept()[0] as connection:
                    received.append(connection.recv(4096))
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

            thread = threading.Thread(target=answer)
            thread.start()
            assert probe_port(port, TOKEN).state is PortState.OTHER
            thread.join()
        assert b"Probe " in received[0]
        assert TOKEN.reveal().encode() not in received[0]

    @pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on loopback")
    def test_program_on_the_other_loopback_address_is_found(self) -> None:
        """It keeps the window from listening, as it would get the token of some clients."""
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
            port = listener.getsockname()[1]
            assert probe_port(port, None).state is PortState.OTHER
            with pytest.raises(DoorPortTakenError):
                listen_on_loopback(port, 1)

    @pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
    def test_other_program_is_named(self) -> None:
        code = (
            "import socket, sys; s = socket.create_server(('127.0.0.1', 0));"
            "print(s.getsockname()[1], flush=True); sys.stdin.read()"
        )
        command = [sys.executable, "-c", code]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as program:
            assert program.stdout is not None
            use = probe_port(int(program.stdout.readline()), None)
            program.communicate()
        assert use.state is PortState.OTHER
        assert use.program.startswith("python")
        assert use.program.endswith(f" ({program.pid})")

    def test_credentials_of_a_probe_offer_no_plate(self, door: OpenDoor) -> None:
        probe = probe_credentials(TOKEN, door.port).encode()
        bearer = f"Bearer {TOKEN.reveal()}".encode()
        request = door.request("粤B12345".encode()).replace(bearer, probe)
        assert door.exchange(request).startswith(b"HTTP/1.1 405 ")
        assert door.plates == []

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        assert probe_port(port, TOKEN) == PortUse(PortState.FREE)
