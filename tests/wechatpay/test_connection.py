from __future__ import annotations

import http.client
import socket
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from wxpark_gui.domain.delivery import Cause
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies

if TYPE_CHECKING:
    from tests.wechatpay.conftest import Bench, Peer


def test_warm_connection_is_used(client: GatewayClient, bench: Bench) -> None:
    server = bench.serve(bench.pen.answer_always)
    assert [client.warm_up(bench.at(server.url)) for _ in range(2)] == [True, True]
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert server.connections == 1


def test_request_is_sent_in_one_piece(
    client: GatewayClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In two pieces it would take two records of TLS, and wait twice for the GIL."""
    sent: list[bytes] = []
    send = http.client.HTTPConnection.send

    def note(connection: http.client.HTTPConnection, data: bytes) -> None:
        sent.append(data)
        send(connection, data)

    monkeypatch.setattr(http.client.HTTPConnection, "send", note)
    server = bench.serve(bench.pen.answer_always)
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    (request,) = sent
    assert request.startswith(b"POST ")
    assert request.endswith(b"</xml>")


def test_warming_up_without_a_server_returns_false(client: GatewayClient, bench: Bench) -> None:
    assert client.warm_up(bench.at(bench.dead_url)) is False


def test_connection_closed_by_the_server_while_idle_is_replaced(
    client: GatewayClient, bench: Bench
) -> None:
    closed = threading.Event()

    def answer_and_close(peer: Peer) -> None:
        peer.read_request()
        peer.send(bench.pen.http(bench.pen.reply()))
        peer.close()
        closed.set()

    server = bench.serve(answer_and_close)
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert closed.wait(2)
    assert bench.ask(client, server.url).cause is Cause.ANSWERED


def test_warm_connection_that_dies_under_a_request_is_replaced_once_with_a_fresh_nonce(
    client: GatewayClient, bench: Bench
) -> None:
    def answer_once_and_die_at_the_next(peer: Peer) -> None:
        peer.read_request()
        peer.send(bench.pen.http(bench.pen.reply()))
        peer.read_request()

    server = bench.serve(answer_once_and_die_at_the_next)
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert (server.connections, len(server.requests)) == (2, 3)
    bodies = server.bodies()
    assert len({body["nonce_str"] for body in bodies}) == 3
    assert len({body["scene_info"] for body in bodies}) == 1


def test_warm_connection_that_the_server_ends_with_408_is_replaced_once(
    client: GatewayClient, bench: Bench
) -> None:
    def time_out(peer: Peer) -> None:
        peer.read_request()
        peer.send(bench.pen.http(bench.pen.reply()))
        peer.read_request()
        peer.send(b"HTTP/1.0 408 Request Time-out\r\nConnection: close\r\n\r\n<html></html>")

    server = bench.serve_first(time_out)
    assert [bench.ask(client, server.url).cause for _ in range(2)] == [Cause.ANSWERED] * 2
    assert (server.connections, len(server.requests)) == (2, 3)


def test_new_connection_that_the_server_ends_with_408_is_not_retried(
    client: GatewayClient, bench: Bench
) -> None:
    def time_out(peer: Peer) -> None:
        peer.read_request()
        peer.send(b"HTTP/1.0 408 Request Time-out\r\n\r\n")

    server = bench.serve(time_out)
    assert bench.ask(client, server.url).code == "HTTP 408"
    assert server.connections == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have 127.0.0.1 alone")
def test_connection_from_an_address_that_is_no_longer_used_is_replaced(
    client: GatewayClient, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = socket.socket.connect

    def connect_from_another(source: socket.socket, target: tuple[str, int]) -> None:
        if source.type == socket.SOCK_STREAM:
            source.bind(("127.0.0.2", 0))
        connect(source, target)

    server = bench.serve(bench.pen.answer_always)
    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_from_another)
        assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert [bench.ask(client, server.url).cause for _ in range(2)] == [Cause.ANSWERED] * 2
    assert server.connections == 2


def test_new_connection_that_dies_under_a_request_is_not_retried(
    client: GatewayClient, bench: Bench
) -> None:
    def reset(peer: Peer) -> None:
        peer.read_request()
        peer.reset()

    server = bench.serve(reset)
    assert bench.ask(client, server.url).cause is Cause.OFFLINE
    assert server.connections == 1


def test_unsolicited_bytes_are_not_taken_for_the_next_reply(
    client: GatewayClient, bench: Bench
) -> None:
    def answer_twice_at_first(peer: Peer) -> None:
        peer.read_request()
        unasked = bench.pen.http(bench.pen.reply(user_state="OVERDUE")) * 50
        peer.send(bench.pen.http(bench.pen.reply()) + unasked)
        peer.wait_until_client_leaves()

    server = bench.serve_first(answer_twice_at_first)
    states = [bench.ask(client, server.url).user_state for _ in range(2)]
    assert states == ["NORMAL", "NORMAL"]
    assert server.connections == 2


def test_unverified_reply_ends_the_connection(client: GatewayClient, bench: Bench) -> None:
    def answer_to_another(peer: Peer) -> None:
        while peer.read_request():
            peer.send(bench.pen.http(bench.pen.reply(mch_id="1")))

    server = bench.serve(answer_to_another)
    assert [bench.ask(client, server.url).cause for _ in range(2)] == [Cause.UNTRUSTED] * 2
    assert server.connections == 2


def test_reply_accepted_by_one_client_is_refused_by_another(bench: Bench) -> None:
    recorded = bench.pen.http(bench.pen.reply())

    def repeat(peer: Peer) -> None:
        while peer.read_request():
            peer.send(recorded)

    server = bench.serve(repeat)
    seen = SeenReplies(())
    causes = [bench.ask(bench.open_client(seen=seen), server.url).cause for _ in range(2)]
    assert causes == [Cause.ANSWERED, Cause.UNTRUSTED]
