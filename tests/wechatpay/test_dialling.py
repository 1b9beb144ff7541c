from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from wxpark_gui.domain.delivery import Cause
from wxpark_gui.transport.deadline import Deadline
from wxpark_gui.transport.dialling import Address, choose, dial
from wxpark_gui.wechatpay.client import GatewayClient

if TYPE_CHECKING:
    from tests.wechatpay.conftest import Bench

SIX, SIX_MORE = (Address(socket.AF_INET6, (f"::{n}", 443, 0, 0)) for n in (1, 2))
FOUR, FOUR_MORE = (Address(socket.AF_INET, (f"10.0.0.{n}", 443)) for n in (1, 2))


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
        deadline = Deadline(time.monotonic)
        end = time.monotonic() + 2
        deadline.begin(connect_by=end, first_byte_by=end, end=end)
        with dial("gateway.example", 443, deadline) as connected:
            assert connected.getpeername() == alive.getsockname()


def test_hanging_name_service_ends_with_the_deadline(
    client: GatewayClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(5) and [])
    outcome = bench.ask(client, "https://gateway.example")
    release.set()
    assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "DNS")
    assert outcome.elapsed_ms < 1000


@pytest.mark.parametrize("trouble", [socket.gaierror(-2, "unknown"), UnicodeError("label")])
def test_unknown_name_is_a_failure_of_the_name_service(
    trouble: Exception, client: GatewayClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise trouble

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    outcome = bench.ask(client, "https://gateway.example")
    assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "DNS")
