from __future__ import annotations

import gzip
import logging
import socket
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from tests.wechatpay.conftest import SHORT, SHORTEST
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause
from wxpark_gui.domain.errors import Field
from wxpark_gui.transport.connection import INFORMATIONAL_REPLIES
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.route import Route

if TYPE_CHECKING:
    from tests.wechatpay.conftest import Bench, FakeTime, Handler, Peer, Pen

MakeHandler = Callable[["Pen"], "Handler"]

SLACK = 0.5
"""Seconds by which a busy test machine may exceed a time limit."""


class TestOneExchange:
    def test_a_verified_state_comes_back(self, client: GatewayClient, bench: Bench) -> None:
        server = bench.serve(bench.pen.answer_always)
        outcome = bench.ask(client, server.url)
        assert (outcome.cause, outcome.user_state) == (Cause.ANSWERED, "NORMAL")
        assert outcome.host == server.address
        assert outcome.fingerprint
        assert outcome.reply_hash

    def test_the_request_is_the_documented_one(self, client: GatewayClient, bench: Bench) -> None:
        server = bench.serve(bench.pen.answer_always)
        bench.ask(client, server.url)
        head = server.requests[0].partition(b"\r\n\r\n")[0].decode().split("\r\n")
        assert head[0] == "POST /vehicle/partnerpay/notification HTTP/1.1"
        assert "Content-Type: text/xml; charset=utf-8" in head
        assert "Accept-Encoding: identity" in head
        assert any(line.startswith("User-Agent: wxpark-gui/") for line in head)
        assert signing.verify(server.bodies()[0], bench.key)

    def test_a_hundred_exchanges_use_one_connection_and_a_hundred_nonces(
        self, client: GatewayClient, bench: Bench
    ) -> None:
        server = bench.serve(bench.pen.answer_always)
        assert {bench.ask(client, server.url).cause for _ in range(100)} == {Cause.ANSWERED}
        assert server.connections == 1
        assert len({body["nonce_str"] for body in server.bodies()}) == 100

    def test_a_chunked_reply_is_read(self, client: GatewayClient, bench: Bench) -> None:
        def answer_in_chunks(peer: Peer) -> None:
            while peer.read_request():
                whole = bench.pen.reply()
                first, rest = whole[:50], whole[50:]
                peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for chunk in (first, rest, b""):
                    peer.send(b"%x\r\n%b\r\n" % (len(chunk), chunk))

        server = bench.serve(answer_in_chunks)
        assert [bench.ask(client, server.url).cause for _ in range(2)] == [Cause.ANSWERED] * 2
        assert server.connections == 1

    def test_cookies_are_not_kept(self, client: GatewayClient, bench: Bench) -> None:
        def set_cookie(peer: Peer) -> None:
            while peer.read_request():
                peer.send(bench.pen.http(bench.pen.reply(), headers={"Set-Cookie": "a=b"}))

        server = bench.serve(set_cookie)
        bench.ask(client, server.url)
        bench.ask(client, server.url)
        assert b"cookie" not in server.requests[1].lower()

    def test_size_of_the_message_is_checked_without_a_connection(
        self, client: GatewayClient, bench: Bench
    ) -> None:
        errors = client.check(bench.entry, replace(bench.merchant, parking_name="停" * 400))
        assert [error.field for error in errors] == [Field.PARKING_NAME]


def _drip_headers(pen: Pen) -> Handler:
    def handler(peer: Peer) -> None:
        peer.read_request()
        peer.drip(pen.http(pen.reply()))

    return handler


def _drip_body(pen: Pen) -> Handler:
    def handler(peer: Peer) -> None:
        peer.read_request()
        reply = pen.reply()
        peer.send(pen.http(reply)[: -len(reply)])
        peer.drip(reply)

    return handler


def _continue_for_ever(_: Pen) -> Handler:
    def handler(peer: Peer) -> None:
        peer.read_request()
        while True:
            peer.drip(b"HTTP/1.1 100 Continue\r\n\r\n")

    return handler


def _be_silent(_: Pen) -> Handler:
    def handler(peer: Peer) -> None:
        peer.read_request()
        peer.wait_until_client_leaves()

    return handler


def _reset(_: Pen) -> Handler:
    def handler(peer: Peer) -> None:
        peer.read_request()
        peer.reset()

    return handler


def _reset_in_the_body(pen: Pen) -> Handler:
    def handler(peer: Peer) -> None:
        peer.read_request()
        peer.send(pen.http(pen.reply())[:-20])
        peer.reset()

    return handler


def _say(data: Callable[[Pen], bytes]) -> MakeHandler:
    def make(pen: Pen) -> Handler:
        def handler(peer: Peer) -> None:
            peer.read_request()
            peer.send(data(pen))

        return handler

    return make


# Packed beforehand: a host that is busy packing is a silent host.
BOMB = gzip.compress(b" " * 50_000_000, 1)


def _bomb(pen: Pen) -> bytes:
    return pen.http(BOMB, headers={"Content-Encoding": "gzip"})


HOSTILE: dict[str, tuple[MakeHandler, Cause, str]] = {
    "drips the headers": (_drip_headers, Cause.OFFLINE, "TIMEOUT"),
    "drips the body": (_drip_body, Cause.OFFLINE, "TIMEOUT"),
    "says continue for ever": (_continue_for_ever, Cause.OFFLINE, "TIMEOUT"),
    "never answers": (_be_silent, Cause.OFFLINE, "TIMEOUT"),
    "resets": (_reset, Cause.OFFLINE, "RESET"),
    "resets in the body": (_reset_in_the_body, Cause.OFFLINE, "RESET"),
    "hangs up": (_say(lambda _: b""), Cause.OFFLINE, "RESET"),
    "hangs up in the status line": (_say(lambda _: b"HTTP/1."), Cause.OFFLINE, "RESET"),
    "hangs up in the headers": (
        _say(lambda pen: pen.http(pen.reply())[:40]),
        Cause.OFFLINE,
        "RESET",
    ),
    "hangs up in the body": (
        _say(lambda pen: pen.http(pen.reply())[:-1]),
        Cause.OFFLINE,
        "RESET",
    ),
    "hangs up in a body without a length": (
        _say(lambda pen: b"HTTP/1.0 200 OK\r\n\r\n" + pen.reply()[:-1]),
        Cause.OFFLINE,
        "RESET",
    ),
    "is a captive portal without a length": (
        _say(lambda _: b"HTTP/1.0 200 OK\r\n\r\n<html>login"),
        Cause.INTERCEPTED,
        "WEB_PAGE",
    ),
    "speaks no HTTP": (_say(lambda _: b"220 mail\r\n"), Cause.OFFLINE, "RESET"),
    "sends endless headers": (
        _say(lambda _: b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000),
        Cause.OFFLINE,
        "RESET",
    ),
    "sends too much": (
        _say(lambda pen: pen.http(b"<xml>" + b" " * 70_000)),
        Cause.UNTRUSTED,
        "MALFORMED",
    ),
    "packs a bomb": (_say(_bomb), Cause.INTERCEPTED, "ENCODED"),
    "packs a bomb into a redirect": (
        _say(
            lambda pen: _bomb(pen).replace(
                b"200 OK", b"307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/"
            )
        ),
        Cause.INTERCEPTED,
        "HTTP 307",
    ),
    "sends nothing": (_say(lambda pen: pen.http(b"")), Cause.INTERCEPTED, "EMPTY"),
    "is a captive portal": (
        _say(lambda pen: pen.http(b"<html>login</html>")),
        Cause.INTERCEPTED,
        "WEB_PAGE",
    ),
    "is a captive portal that redirects": (
        _say(lambda pen: pen.http(b"", "302 Found", {"Location": "http://portal.example/"})),
        Cause.INTERCEPTED,
        "HTTP 302",
    ),
    "is out of order": (
        _say(lambda pen: pen.http(b"", "503 Busy", {"Retry-After": "7"})),
        Cause.BUSY,
        "HTTP 503",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_misbehaving_server_is_classified_in_time_and_gets_a_new_connection(
    name: str, bench: Bench
) -> None:
    make, cause, code = HOSTILE[name]
    server, client = bench.serve_first(make(bench.pen)), bench.open_client()
    began = time.monotonic()
    outcome = bench.ask(client, server.url)
    assert time.monotonic() - began < 0.6 + SLACK
    assert (outcome.cause, outcome.code, outcome.host) == (cause, code, server.address)
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert server.connections == 2


@pytest.mark.parametrize(("slept", "cause"), [(0.9, Cause.ANSWERED), (3600.0, Cause.OFFLINE)])
def test_reply_that_lay_in_the_buffer_while_the_computer_slept_is_no_answer(
    slept: float,
    cause: Cause,
    bench: Bench,
    fake_time: FakeTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A state of an hour ago must not be shown as that of now."""
    read = socket.SocketIO.readinto

    def read_after_sleep(stream: socket.SocketIO, buffer: bytearray) -> int | None:
        fake_time.seconds += slept
        return read(stream, buffer)

    def answer(peer: Peer) -> None:
        peer.read_request()
        peer.send(bench.pen.http(bench.pen.reply()))

    monkeypatch.setattr(socket.SocketIO, "readinto", read_after_sleep)
    server = bench.serve(answer)
    outcome = bench.ask(bench.open_client(clock=fake_time), server.url)
    assert outcome.cause is cause
    assert outcome.code == ("" if cause is Cause.ANSWERED else "TIMEOUT")
    assert len(server.requests) == 1


HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nDate: nonsense\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class TestInformationalReplies:
    @pytest.mark.parametrize(
        "before",
        [HINTS, PROCESSING, CONTINUE, CONTINUE + PROCESSING + HINTS, HINTS * INFORMATIONAL_REPLIES],
        ids=["103", "102", "100", "three", "the most"],
    )
    def test_they_are_skipped_and_the_connection_stays_in_step(
        self, before: bytes, client: GatewayClient, bench: Bench
    ) -> None:
        def answer(peer: Peer) -> None:
            while peer.read_request():
                peer.send(before + bench.pen.http(bench.pen.reply()))

        server = bench.serve(answer)
        assert [bench.ask(client, server.url).cause for _ in range(3)] == [Cause.ANSWERED] * 3
        assert server.connections == 1

    @pytest.mark.parametrize("informational", [HINTS, CONTINUE], ids=["103", "100"])
    def test_too_many_end_the_exchange_at_once(
        self, informational: bytes, client: GatewayClient, bench: Bench
    ) -> None:
        def flood(peer: Peer) -> None:
            peer.read_request()
            peer.send(informational * (INFORMATIONAL_REPLIES + 1))
            peer.wait_until_client_leaves()

        outcome = bench.ask(client, bench.serve(flood).url)
        assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "RESET")
        assert outcome.elapsed_ms < 500

    def test_dripped_ones_end_with_the_deadline(self, client: GatewayClient, bench: Bench) -> None:
        def drip(peer: Peer) -> None:
            peer.read_request()
            peer.drip(HINTS * INFORMATIONAL_REPLIES)

        outcome = bench.ask(client, bench.serve(drip).url)
        assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "TIMEOUT")

    def test_switching_protocols_is_no_announcement(
        self, client: GatewayClient, bench: Bench
    ) -> None:
        def switch(peer: Peer) -> None:
            peer.read_request()
            peer.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")

        outcome = bench.ask(client, bench.serve(switch).url)
        assert (outcome.cause, outcome.code) == (Cause.INTERCEPTED, "HTTP 101")


NOON = datetime(2026, 11, 25, 12, 0, 0, tzinfo=timezone.utc)


class TestClockOffset:
    @pytest.mark.parametrize(
        ("date", "offset"),
        [
            ("Wed, 25 Nov 2026 12:00:00 GMT", 0.0),
            ("Wed, 25 Nov 2026 11:58:30 GMT", 90.0),
            ("Wed, 25 Nov 2026 20:00:10 +0800", -10.0),
            ("Tue, 01 Jan 2008 00:00:00 GMT", 596462400.0),
            ("", None),
            ("soon", None),
            ("Wed, 99 Nov 2026 12:00:00 GMT", None),
            ("Wed, 25 Nov 99999 12:00:00 GMT", None),
            ("Wed, 25 Nov 2026 12:00:00", None),
        ],
    )
    @pytest.mark.parametrize("status", ["200 OK", "503 Busy", "302 Found"])
    def test_offset_is_the_wall_clock_less_the_date_of_the_reply(
        self, date: str, offset: float | None, status: str, bench: Bench, fake_time: FakeTime
    ) -> None:
        def answer(peer: Peer) -> None:
            peer.read_request()
            peer.send(bench.pen.http(bench.pen.reply(), status, {"Date": date}))

        client = bench.open_client(wall_clock=lambda: NOON, clock=fake_time)
        assert bench.ask(client, bench.serve(answer).url).clock_offset == offset

    def test_unanswered_exchange_has_none(self, client: GatewayClient, bench: Bench) -> None:
        assert bench.ask(client, bench.dead_url).clock_offset is None


class TestNothingLeaksElsewhere:
    @pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
    def test_the_target_of_a_redirect_receives_nothing(
        self, status: str, client: GatewayClient, bench: Bench
    ) -> None:
        target = bench.serve(bench.pen.answer_always)

        def redirect(peer: Peer) -> None:
            peer.read_request()
            peer.send(bench.pen.http(b"", status, {"Location": f"{target.url}/"}))

        outcome = bench.ask(client, bench.serve(redirect).url)
        assert outcome.cause is Cause.INTERCEPTED
        assert target.connections == 0

    def test_proxies_of_the_environment_are_ignored(
        self, monkeypatch: pytest.MonkeyPatch, bench: Bench
    ) -> None:
        proxy, gateway = bench.serve(bench.pen.answer_always), bench.serve(bench.pen.answer_always)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.upper(), proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert bench.ask(bench.open_client(), gateway.url).cause is Cause.ANSWERED
        assert proxy.connections == 0

    def test_proxies_of_the_desktop_are_ignored(
        self, monkeypatch: pytest.MonkeyPatch, bench: Bench
    ) -> None:
        """Windows stores them in the registry, macOS in its network settings."""
        proxy, gateway = bench.serve(bench.pen.answer_always), bench.serve(bench.pen.answer_always)
        system = {"http": proxy.url, "https": proxy.url}
        monkeypatch.setattr(urllib.request, "getproxies", lambda: system)
        monkeypatch.setattr("requests.utils.getproxies", lambda: system)
        assert bench.ask(bench.open_client(), gateway.url).cause is Cause.ANSWERED
        assert proxy.connections == 0

    def test_this_computer_is_reached_without_the_proxy_of_the_settings(self, bench: Bench) -> None:
        proxy, gateway = bench.serve(bench.pen.answer_always), bench.serve(bench.pen.answer_always)
        assert (
            bench.ask(bench.open_client(proxy=lambda: proxy.url), gateway.url).cause
            is Cause.ANSWERED
        )
        assert proxy.connections == 0

    def test_time_for_reading_the_proxy_is_no_part_of_that_for_connecting(
        self, bench: Bench, fake_time: FakeTime
    ) -> None:
        def read_slowly() -> str:
            fake_time.seconds += SHORT.connect
            return ""

        gateway = bench.serve(bench.pen.answer_always)
        client = bench.open_client(clock=fake_time, proxy=read_slowly)
        assert client.connect(bench.at(gateway.url)) is None
        client.close()
        assert bench.ask(client, gateway.url).cause is Cause.ANSWERED

    def test_neither_key_nor_plate_nor_signed_text_is_logged_or_returned(
        self, caplog: pytest.LogCaptureFixture, bench: Bench
    ) -> None:
        caplog.set_level(logging.DEBUG)
        outcomes = [bench.ask(bench.open_client(), bench.dead_url)]
        for make, _, _ in HOSTILE.values():
            client = bench.open_client(budget=SHORTEST)
            outcomes.append(bench.ask(client, bench.serve(make(bench.pen)).url))
        written = caplog.text + repr(outcomes)
        found = [word for word in (bench.key.reveal(), "粤B12345", "scene_info") if word in written]
        assert found == []


class TestFailover:
    def test_a_dead_main_host_is_replaced_by_the_standby_for_three_minutes(
        self, fake_time: FakeTime, bench: Bench
    ) -> None:
        main, standby = bench.serve(_reset(bench.pen)), bench.serve(bench.pen.answer_always)
        route = Route(fake_time, main.url, standby.url)
        client = bench.open_client(route=route)

        first = bench.ask(client, "")
        assert (first.cause, first.host) == (Cause.ANSWERED, standby.address)
        fake_time.seconds += 179
        bench.ask(client, "")
        assert (main.connections, len(standby.requests)) == (1, 2)
        fake_time.seconds += 1
        bench.ask(client, "")
        assert (main.connections, len(standby.requests)) == (2, 3)

    def test_preferred_host_is_shared_by_all_clients(
        self, fake_time: FakeTime, bench: Bench
    ) -> None:
        main, standby = bench.serve(_reset(bench.pen)), bench.serve(bench.pen.answer_always)
        route = Route(fake_time, main.url, standby.url)
        bench.ask(bench.open_client(route=route), "")
        bench.ask(bench.open_client(route=route), "")
        assert (main.connections, len(standby.requests)) == (1, 2)

    @pytest.mark.parametrize("make", [_reset, _be_silent, _say(lambda _: b"")])
    def test_no_first_byte_leads_to_the_standby_within_the_same_budget(
        self, make: MakeHandler, fake_time: FakeTime, bench: Bench
    ) -> None:
        main, standby = bench.serve(make(bench.pen)), bench.serve(bench.pen.answer_always)
        client = bench.open_client(route=Route(fake_time, main.url, standby.url))
        began = time.monotonic()
        outcome = bench.ask(client, "")
        assert time.monotonic() - began < 0.6 + SLACK
        assert (outcome.cause, outcome.host) == (Cause.ANSWERED, standby.address)
        nonces = {body["nonce_str"] for server in (main, standby) for body in server.bodies()}
        assert len(nonces) == 2

    def test_an_unreachable_main_host_leads_to_the_standby(
        self, fake_time: FakeTime, bench: Bench
    ) -> None:
        standby = bench.serve(bench.pen.answer_always)
        client = bench.open_client(route=Route(fake_time, bench.dead_url, standby.url))
        assert bench.ask(client, "").host == standby.address

    ANSWERS = (
        "drips the headers",
        "drips the body",
        "resets in the body",
        "hangs up in the status line",
        "packs a bomb",
        "is a captive portal",
        "is a captive portal that redirects",
        "is out of order",
    )

    @pytest.mark.parametrize("name", ANSWERS)
    def test_host_that_begins_to_reply_is_not_failed_over(
        self, name: str, fake_time: FakeTime, bench: Bench
    ) -> None:
        make, cause, _ = HOSTILE[name]
        main, standby = bench.serve(make(bench.pen)), bench.serve(bench.pen.answer_always)
        client = bench.open_client(route=Route(fake_time, main.url, standby.url))
        outcome = bench.ask(client, "")
        assert (outcome.cause, outcome.host) == (cause, main.address)
        assert standby.connections == 0

    def test_a_business_refusal_does_not_lead_to_the_standby(
        self, fake_time: FakeTime, bench: Bench
    ) -> None:
        refusal = bench.pen.http(bench.pen.reply(result_code="FAIL", err_code="SYSTEMERROR"))
        main, standby = (
            bench.serve(_say(lambda _: refusal)(bench.pen)),
            bench.serve(bench.pen.answer_always),
        )
        client = bench.open_client(route=Route(fake_time, main.url, standby.url))
        assert bench.ask(client, "").cause is Cause.BUSY
        assert standby.connections == 0

    def test_two_dead_hosts_leave_the_main_host_first(
        self, fake_time: FakeTime, bench: Bench
    ) -> None:
        main, standby = bench.serve(_reset(bench.pen)), bench.serve(_reset(bench.pen))
        route = Route(fake_time, main.url, standby.url)
        outcome = bench.ask(bench.open_client(route=route), "")
        assert (outcome.cause, outcome.host) == (Cause.OFFLINE, standby.address)
        assert route.order() == (main.url, standby.url)

    def test_a_dead_standby_leads_back_to_the_main_host(
        self, fake_time: FakeTime, bench: Bench
    ) -> None:
        main, standby = bench.serve(bench.pen.answer_always), bench.serve(_reset(bench.pen))
        route = Route(fake_time, main.url, standby.url)
        route.answered(standby.url)
        assert bench.ask(bench.open_client(route=route), "").host == main.address
        assert route.order() == (main.url, standby.url)

    def test_another_gateway_has_no_standby(self, fake_time: FakeTime, bench: Bench) -> None:
        main, standby = bench.serve(bench.pen.answer_always), bench.serve(bench.pen.answer_always)
        other = bench.serve(_reset(bench.pen))
        client = bench.open_client(route=Route(fake_time, main.url, standby.url))
        assert bench.ask(client, other.url).cause is Cause.OFFLINE
        assert (main.connections, standby.connections) == (0, 0)

    @pytest.mark.parametrize("status", ["200 OK", "405 Method Not Allowed", "502 Bad Gateway"])
    def test_probe_sends_no_entry_and_compares_the_clocks(
        self, bench: Bench, fake_time: FakeTime, status: str
    ) -> None:
        def answer(peer: Peer) -> None:
            request = peer.read_request()
            assert request.startswith(b"HEAD ")
            assert request.endswith(b"\r\n\r\n")
            peer.send(bench.pen.http(b"", status, {"Date": "Sun, 01 Mar 2026 11:58:00 GMT"}))

        client = bench.open_client(wall_clock=lambda: NOON, clock=fake_time)
        expected = (NOON - datetime(2026, 3, 1, 11, 58, tzinfo=timezone.utc)).total_seconds()
        server = bench.serve(answer)
        check = client.probe(bench.at(server.url))
        assert (check.failure, check.clock_offset) == (None, expected)
        assert [name for name, _ in check.steps] == ["dns", "tcp", "answer"]

    def test_probe_names_the_step_that_failed_and_those_before_it(
        self, client: GatewayClient, bench: Bench
    ) -> None:
        refused = client.probe(bench.at(bench.dead_url))
        assert (refused.failure, refused.clock_offset) == (ConnectionFailure.CONNECT, None)
        assert [name for name, _ in refused.steps] == ["dns"]
        server = bench.serve(lambda peer: peer.wait_until_client_leaves())
        silent = client.probe(bench.at(server.url))
        assert silent.failure is ConnectionFailure.TIMEOUT
        assert "answer" not in [name for name, _ in silent.steps]
