"""A connection is opened before an entry is sent, and replaced if the network has dropped it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wxpark_gui.domain.delivery import Cause
from wxpark_gui.transport.connection import FRESH_IDLE, TRUSTED_IDLE
from wxpark_gui.wechatpay.client import GatewayClient

if TYPE_CHECKING:
    from tests.wechatpay.conftest import Bench, FakeTime, Peer

HOUR = 3600.0


@pytest.fixture
def client(bench: Bench, fake_time: FakeTime) -> GatewayClient:
    return bench.open_client(clock=fake_time)


@pytest.mark.parametrize(
    ("idle", "connections"), [(0.0, 1), (FRESH_IDLE, 1), (FRESH_IDLE + 1, 2), (HOUR, 2)]
)
def test_warming_up_replaces_a_connection_idle_for_too_long(
    client: GatewayClient, bench: Bench, fake_time: FakeTime, idle: float, connections: int
) -> None:
    server = bench.serve(bench.pen.answer_always)
    bench.ask(client, server.url)
    fake_time.seconds += idle
    assert client.warm_up(bench.at(server.url))
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert server.connections == connections


@pytest.mark.parametrize(
    ("idle", "connections"), [(FRESH_IDLE + 1, 1), (TRUSTED_IDLE, 1), (TRUSTED_IDLE + 1, 2)]
)
def test_request_is_not_sent_over_a_connection_idle_for_too_long(
    client: GatewayClient, bench: Bench, fake_time: FakeTime, idle: float, connections: int
) -> None:
    server = bench.serve(bench.pen.answer_always)
    bench.ask(client, server.url)
    fake_time.seconds += idle
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert server.connections == connections


def test_connection_ages_from_its_last_request(
    client: GatewayClient, bench: Bench, fake_time: FakeTime
) -> None:
    server = bench.serve(bench.pen.answer_always)
    for _ in range(10):
        bench.ask(client, server.url)
        fake_time.seconds += FRESH_IDLE
    assert client.warm_up(bench.at(server.url))
    bench.ask(client, server.url)
    assert server.connections == 1


@pytest.mark.parametrize(("idle", "connections"), [(FRESH_IDLE, 1), (FRESH_IDLE + 1, 2)])
def test_unused_connection_ages_from_its_opening(
    client: GatewayClient, bench: Bench, fake_time: FakeTime, idle: float, connections: int
) -> None:
    server = bench.serve(bench.pen.answer_always)
    assert client.warm_up(bench.at(server.url))
    fake_time.seconds += idle
    assert client.warm_up(bench.at(server.url))
    # Only once it has answered has the server certainly accepted all that was opened.
    bench.ask(client, server.url)
    assert server.connections == connections


def test_connection_dropped_in_silence_costs_no_waiting(
    client: GatewayClient, bench: Bench, fake_time: FakeTime
) -> None:
    def answer_once_and_forget(peer: Peer) -> None:
        peer.read_request()
        peer.send(bench.pen.http(bench.pen.reply()))
        peer.wait_until_client_leaves()

    server = bench.serve_first(answer_once_and_forget)
    bench.ask(client, server.url)
    fake_time.seconds += HOUR
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert len(server.requests) == 2


def test_connection_that_cannot_be_reopened_is_not_taken_for_open(
    client: GatewayClient, bench: Bench, fake_time: FakeTime
) -> None:
    server = bench.serve(bench.pen.answer_always)
    assert client.warm_up(bench.at(server.url))
    server.stop()
    fake_time.seconds += HOUR
    assert client.warm_up(bench.at(server.url)) is False
