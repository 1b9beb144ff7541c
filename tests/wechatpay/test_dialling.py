from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from wxpark_gui.domain.delivery import Cause
from wxpark_gui.transport import dialling
from wxpark_gui.transport.deadline import Deadline
from wxpark_gui.transport.dialling import LATE_SECONDS, Address, choose, dial, resolve
from wxpark_gui.wechatpay.client import GatewayClient

if TYPE_CHECKING:
    from tests.wechatpay.conftest import Bench

SIX, SIX_MORE = (Address(socket.AF_INET6, (f"::{n}", 443, 0, 0)) for n in (1, 2))
FOUR, FOUR_MORE = (Address(socket.AF_INET, (f"10.0.0.{n}", 443)) for n in (1, 2))

GETADDRINFO: Callable[..., list[tuple[Any, ...]]] = socket.getaddrinfo


@pytest.mark.parametrize(
    ("found", "tried"),
    [
        ([], []),
        ([FOUR], [FOUR]),
        ([FOUR, FOUR_MORE], [FOUR, FOUR_MORE]),
        ([SIX, SIX_MORE, FOUR, FOUR_MORE], [SIX, FOUR]),
        ([FOUR, FOUR_MORE, SIX], [FOUR, SIX]),
    ],
)
def test_two_addresses_are_tried_one_of_each_family_if_possible(
    found: list[Address], tried: list[Address]
) -> None:
    assert list(choose(found)) == tried


def test_second_address_is_reached_after_a_dead_first_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as dead, socket.create_server(("127.0.0.1", 0)) as alive:
        dead.bind(("127.0.0.1", 0))
        found: list[tuple[Any, ...]] = [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", one.getsockname()) for one in (dead, alive)
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with dial("gateway.example", 443, lasting(2)) as connected:
            assert connected.getpeername() == alive.getsockname()


def test_family_that_worked_is_tried_first_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialling, "_working", {})
    tried: list[int] = []

    class Noting(socket.socket):
        def connect(self, address: Any) -> None:
            tried.append(self.family)
            super().connect(address)

    with socket.create_server(("127.0.0.1", 0)) as alive:
        port = alive.getsockname()[1]
        found = [
            (socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)),
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        monkeypatch.setattr(socket, "socket", Noting)
        for name in ("gateway.example", "gateway.example", "standby.example"):
            dial(name, port, lasting(2)).close()
    assert tried == [
        *(socket.AF_INET6, socket.AF_INET),
        socket.AF_INET,
        *(socket.AF_INET6, socket.AF_INET),
    ]


def lasting(seconds: float) -> Deadline:
    deadline = Deadline(time.monotonic)
    end = time.monotonic() + seconds
    deadline.begin(connect_by=end, first_byte_by=end, end=end)
    return deadline


def test_hanging_name_service_ends_with_the_deadline(
    client: GatewayClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(5) and [])
    outcome = bench.ask(client, "https://gateway.example")
    release.set()
    assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "DNS")
    assert outcome.elapsed_ms < 1000


class TestLateAnswer:
    """Name service whose first server is dead: each answer comes after the limit of a lookup."""

    @pytest.fixture(autouse=True)
    def without_kept_ones(self) -> Iterator[None]:
        dialling._late.clear()
        yield
        dialling._late.clear()

    @pytest.fixture
    def service(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[NameService]:
        service = NameService()
        monkeypatch.setattr(socket, "getaddrinfo", service.look_up)
        yield service
        service.answer()

    def miss(self, service: NameService) -> None:
        """Give up a lookup, and let its answer come after that."""
        with pytest.raises(TimeoutError):
            resolve("gateway.example", 443, 0.01)
        service.answer()

    def test_is_used_by_the_next_attempt_while_its_own_lookup_waits(
        self, service: NameService
    ) -> None:
        self.miss(service)
        assert list(resolve("gateway.example", 443, 30)) == [FOUR]

    def test_is_renewed_by_the_lookup_of_each_attempt(self, service: NameService) -> None:
        self.miss(service)
        resolve("gateway.example", 443, 0)
        service.found = FOUR_MORE
        service.answer()
        assert list(resolve("gateway.example", 443, 0)) == [FOUR_MORE]

    def test_is_kept_by_a_clock_that_did_not_advance_meanwhile(
        self, service: NameService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = time.monotonic()
        with monkeypatch.context() as patch:
            patch.setattr("wxpark_gui.transport.dialling.time.monotonic", lambda: now)
            self.miss(service)
        assert list(resolve("gateway.example", 443, 0)) == [FOUR]

    def test_of_another_host_is_not_used(self, service: NameService) -> None:
        self.miss(service)
        with pytest.raises(TimeoutError):
            resolve("standby.example", 443, 0.01)

    def test_is_dropped_after_a_while(
        self, service: NameService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.miss(service)
        later = time.monotonic() + LATE_SECONDS
        with monkeypatch.context() as patch:
            patch.setattr("wxpark_gui.transport.dialling.time.monotonic", lambda: later)
            with pytest.raises(TimeoutError):
                resolve("gateway.example", 443, 0.01)

    def test_is_dropped_after_an_answer_in_time(
        self, service: NameService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.miss(service)
        with monkeypatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", service.fail)
            with pytest.raises(socket.gaierror):
                dialling._look_up(("gateway.example", 443), 30, threading.Event())
        with pytest.raises(TimeoutError):
            resolve("gateway.example", 443, 0.01)

    def test_lets_the_second_exchange_succeed(
        self, service: NameService, client: GatewayClient, bench: Bench
    ) -> None:
        server = bench.serve(bench.pen.answer_always)
        service.found = Address(socket.AF_INET, ("127.0.0.1", server.port))
        url = f"http://gateway.example:{server.port}"
        assert bench.ask(client, url).code == "DNS"
        service.answer()
        assert bench.ask(client, url).cause is Cause.ANSWERED


class NameService:
    """Replaces `getaddrinfo`; its lookups wait for `answer`."""

    def __init__(self) -> None:
        self.found = FOUR
        self._go_on = threading.Event()

    def look_up(self, host: str, *rest: Any, **options: Any) -> list[tuple[Any, ...]]:
        if not host.endswith(".example"):
            return GETADDRINFO(host, *rest, **options)
        self._go_on.wait(10)
        return [(self.found.family, socket.SOCK_STREAM, 0, "", self.found.target)]

    def fail(self, *_: Any, **__: Any) -> None:
        raise socket.gaierror(-2, "unknown")

    def answer(self) -> None:
        """Answer the lookups begun so far, and wait until their threads have ended."""
        self._go_on.set()
        for thread in threading.enumerate():
            if thread.name == "resolve":
                thread.join(5)
        self._go_on = threading.Event()


@pytest.mark.parametrize("trouble", [socket.gaierror(-2, "unknown"), UnicodeError("label")])
def test_unknown_name_is_a_failure_of_the_name_service(
    trouble: Exception, client: GatewayClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise trouble

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    outcome = bench.ask(client, "https://gateway.example")
    assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "DNS")
