"""The client's TLS requirements, tested with certificates of a local CA."""

from __future__ import annotations

import socket
import ssl
import time
import warnings
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.systems import not_under_wine
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause
from wxpark_gui.wechatpay.client import GatewayClient

if TYPE_CHECKING:
    from tests.wechatpay.conftest import Bench, Handler, Peer, Server

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)
FAR_AHEAD = datetime(2090, 1, 1, tzinfo=timezone.utc)
FARTHER_AHEAD = datetime(2095, 1, 1, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def good_server(authority: trustme.CA) -> ssl.SSLContext:
    return server_context(authority.issue_cert("127.0.0.1"))


@pytest.fixture
def trust(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context


@pytest.fixture
def client(bench: Bench, trust: ssl.SSLContext) -> GatewayClient:
    return bench.open_client(trust=trust)


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def only_old_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    with warnings.catch_warnings():
        # Python warns of TLS 1.1, and rightly.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def refused_servers(authority: trustme.CA) -> dict[str, ssl.SSLContext]:
    return {
        "expired": server_context(authority.issue_cert("127.0.0.1", not_after=LONG_AGO)),
        "not yet valid": server_context(
            authority.issue_cert("127.0.0.1", not_before=FAR_AHEAD, not_after=FARTHER_AHEAD)
        ),
        "wrong host": server_context(authority.issue_cert("gateway.example")),
        "unknown authority": server_context(trustme.CA().issue_cert("127.0.0.1")),
        "TLS 1.1": only_old_tls(server_context(authority.issue_cert("127.0.0.1"))),
    }


@pytest.mark.parametrize(
    ("flaw", "code"),
    [
        ("expired", "TLS_CLOCK"),
        ("not yet valid", "TLS_CLOCK"),
        ("wrong host", "TLS_HOST"),
        ("unknown authority", "TLS_TRUST"),
        ("TLS 1.1", "TLS"),
    ],
)
def test_server_that_cannot_be_trusted_receives_nothing_and_its_flaw_is_named(
    flaw: str, code: str, client: GatewayClient, bench: Bench, authority: trustme.CA
) -> None:
    server = bench.serve(bench.pen.answer_always, refused_servers(authority)[flaw])
    outcome = bench.ask(client, server.url)
    client.close()
    server.settle()
    assert (outcome.cause, outcome.code) == (Cause.TLS_FAILED, code)
    assert outcome.message
    assert not outcome.reached
    assert server.connections == 1
    assert server.received == b""


@pytest.mark.parametrize(("hours_ahead", "code"), [(0, "TLS_TRUST"), (48, "TLS_CLOCK")])
def test_expired_certificate_is_no_sign_of_a_wrong_clock_that_agrees_with_the_servers(
    hours_ahead: int,
    code: str,
    bench: Bench,
    trust: ssl.SSLContext,
    good_server: ssl.SSLContext,
    authority: trustme.CA,
) -> None:
    def answer(peer: Peer) -> None:
        peer.read_request()
        date = format_datetime(datetime.now(timezone.utc), usegmt=True)
        peer.send(bench.pen.http(bench.pen.reply(), headers={"Date": date}))

    ahead = timedelta(hours=hours_ahead)
    client = bench.open_client(trust=trust, wall_clock=lambda: datetime.now(timezone.utc) + ahead)
    assert bench.ask(client, bench.serve(answer, good_server).url).cause is Cause.ANSWERED
    expired = bench.serve(bench.pen.answer_always, refused_servers(authority)["expired"])
    assert bench.ask(client, expired.url).code == code


def test_tls_1_1_is_refused_even_if_the_given_trust_allows_it(
    bench: Bench, trust: ssl.SSLContext, authority: trustme.CA
) -> None:
    trust = only_old_tls(trust)
    trust.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    server = bench.serve(bench.pen.answer_always, refused_servers(authority)["TLS 1.1"])
    assert bench.ask(bench.open_client(trust=trust), server.url).code == "TLS"
    server.settle()
    assert server.received == b""


@not_under_wine("a distrusted certificate is refused for its host")
def test_default_trust_is_the_operating_systems(bench: Bench, good_server: ssl.SSLContext) -> None:
    server = bench.serve(bench.pen.answer_always, good_server)
    assert bench.ask(bench.open_client(), server.url).code == "TLS_TRUST"
    server.settle()
    assert server.received == b""


def test_openssl_that_allows_no_tls_is_a_failure_of_tls_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> ssl.SSLContext:
        raise ssl.SSLError(1, "library has no ciphers")

    monkeypatch.setattr("wxpark_gui.wechatpay.client.operating_system_trust", refuse)
    gateway = bench.serve(bench.pen.answer_always)
    client = bench.open_client()
    url = gateway.url.replace("http:", "https:")
    assert client.connect(bench.at(url)) is ConnectionFailure.TLS
    outcome = bench.ask(client, url)
    assert (outcome.cause, outcome.code) == (Cause.TLS_FAILED, "TLS")
    assert bench.ask(client, gateway.url).cause is Cause.ANSWERED
    proxied = bench.open_client(proxy=bench.proxy_at(gateway))
    assert bench.ask(proxied, "https://gateway.example").code == "TLS"
    assert gateway.connections == 1


@not_under_wine("a distrusted certificate is refused for its host")
def test_no_variable_of_the_environment_adds_a_trusted_authority(
    bench: Bench,
    good_server: ssl.SSLContext,
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with authority.cert_pem.tempfile() as bundle:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
        monkeypatch.setenv("CURL_CA_BUNDLE", bundle)
        server = bench.serve(bench.pen.answer_always, good_server)
        assert bench.ask(bench.open_client(), server.url).code == "TLS_TRUST"


def test_verification_cannot_be_switched_off(bench: Bench) -> None:
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname = False
    with pytest.raises(ValueError, match="always verified"):
        bench.open_client(trust=blind)
    blind.verify_mode = ssl.CERT_NONE
    with pytest.raises(ValueError, match="always verified"):
        bench.open_client(trust=blind)


def test_a_good_server_gets_a_hundred_exchanges_over_one_connection(
    client: GatewayClient, bench: Bench, good_server: ssl.SSLContext
) -> None:
    server = bench.serve(bench.pen.answer_always, good_server)
    assert {bench.ask(client, server.url).cause for _ in range(100)} == {Cause.ANSWERED}
    assert server.connections == 1


def test_warm_tls_connection_is_used(
    client: GatewayClient, bench: Bench, good_server: ssl.SSLContext
) -> None:
    server = bench.serve(bench.pen.answer_always, good_server)
    assert [client.warm_up(bench.at(server.url)) for _ in range(2)] == [True, True]
    assert bench.ask(client, server.url).cause is Cause.ANSWERED
    assert server.connections == 1


def test_unsolicited_bytes_are_not_taken_for_the_next_reply(
    client: GatewayClient, bench: Bench, good_server: ssl.SSLContext
) -> None:
    def answer_twice(peer: Peer) -> None:
        peer.read_request()
        unasked = bench.pen.http(bench.pen.reply(user_state="OVERDUE")) * 50
        peer.send(bench.pen.http(bench.pen.reply()) + unasked)
        peer.wait_until_client_leaves()

    server = bench.serve_first(answer_twice, good_server)
    states = [bench.ask(client, server.url).user_state for _ in range(2)]
    assert states == ["NORMAL", "NORMAL"]
    assert server.connections == 2


def test_a_handshake_that_never_comes_ends_in_time(client: GatewayClient, bench: Bench) -> None:
    silent = bench.serve(lambda peer: peer.wait_until_client_leaves())
    outcome = bench.ask(client, silent.url.replace("http:", "https:"))
    assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "TLS_TIMEOUT")
    assert outcome.elapsed_ms < 1000
    assert not outcome.reached


def _tunnel_to(gateway: Server) -> Handler:
    def tunnel(peer: Peer) -> None:
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        peer.relay_to(gateway.port)

    return tunnel


def _know_no_name(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


class TestProxy:
    """A proxy only sees a host's name and encrypted bytes."""

    NAME = "gateway.example"

    @pytest.fixture
    def named_server(self, authority: trustme.CA) -> ssl.SSLContext:
        return server_context(authority.issue_cert(self.NAME))

    def test_the_gateway_is_asked_through_the_tunnel(
        self, bench: Bench, trust: ssl.SSLContext, named_server: ssl.SSLContext
    ) -> None:
        gateway = bench.serve(bench.pen.answer_always, named_server)
        proxy = bench.serve(_tunnel_to(gateway))
        client = bench.open_client(trust=trust, proxy=lambda: proxy.url)
        url = f"https://{self.NAME}"
        assert client.warm_up(bench.at(url))
        assert [bench.ask(client, url).cause for _ in range(2)] == [Cause.ANSWERED] * 2
        assert (proxy.connections, gateway.connections) == (1, 1)
        assert proxy.requests[0].startswith(b"CONNECT gateway.example:443 ")
        assert b"notification" not in proxy.received

    @pytest.mark.parametrize(
        ("status", "cause", "code"),
        [
            ("403 Forbidden", Cause.PROXY_REFUSED, "PROXY_REFUSED"),
            ("407 Proxy Authentication Required", Cause.PROXY_REFUSED, "PROXY_REFUSED"),
            ("302 Found", Cause.PROXY_REFUSED, "PROXY_REFUSED"),
            ("502 Bad Gateway", Cause.OFFLINE, "PROXY"),
            ("503 Unavailable", Cause.OFFLINE, "PROXY"),
        ],
    )
    def test_proxy_that_opens_no_tunnel_is_named_with_its_status(
        self, status: str, cause: Cause, code: str, bench: Bench, trust: ssl.SSLContext
    ) -> None:
        def refuse(peer: Peer) -> None:
            peer.read_request()
            peer.send(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

        client = bench.open_client(trust=trust, proxy=bench.proxy_at(bench.serve(refuse)))
        outcome = bench.ask(client, f"https://{self.NAME}")
        assert (outcome.cause, outcome.code) == (cause, code)
        assert status[:3] in outcome.message
        assert not outcome.reached

    @pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
    def test_reason_of_a_proxy_is_read_in_chinese(
        self, encoding: str, bench: Bench, trust: ssl.SSLContext
    ) -> None:
        def refuse(peer: Peer) -> None:
            peer.read_request()
            peer.send("HTTP/1.1 407 需要认证\r\nContent-Length: 0\r\n\r\n".encode(encoding))

        client = bench.open_client(trust=trust, proxy=bench.proxy_at(bench.serve(refuse)))
        assert bench.ask(client, f"https://{self.NAME}").message.endswith("407 需要认证")

    @pytest.mark.parametrize("name", ["", "no-such-proxy.invalid"])
    def test_proxy_that_cannot_be_reached_is_named(
        self,
        name: str,
        bench: Bench,
        trust: ssl.SSLContext,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        if name:
            monkeypatch.setattr(socket, "getaddrinfo", _know_no_name)
        address = f"http://{name}:3128" if name else bench.dead_url
        client = bench.open_client(trust=trust, proxy=lambda: address)
        outcome = bench.ask(client, f"https://{self.NAME}")
        assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "PROXY_UNREACHABLE")
        assert not outcome.reached

    @pytest.mark.parametrize("name", ["proxy。example", "xn--ü", "pro xy"])
    def test_proxy_whose_name_cannot_be_one_is_named(
        self, name: str, bench: Bench, trust: ssl.SSLContext
    ) -> None:
        client = bench.open_client(trust=trust, proxy=lambda: f"http://{name}:3128")
        merchant = bench.at(f"https://{self.NAME}")
        assert bench.ask(client, merchant.gateway_url).code == "PROXY_UNREACHABLE"
        assert client.connect(merchant) is ConnectionFailure.PROXY_UNREACHABLE

    @pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
    def test_proxy_of_either_address_family_is_used(
        self, host: str, bench: Bench, trust: ssl.SSLContext, named_server: ssl.SSLContext
    ) -> None:
        gateway = bench.serve(bench.pen.answer_always, named_server)
        proxy = bench.serve(_tunnel_to(gateway), host=host)
        client = bench.open_client(trust=trust, proxy=bench.proxy_at(proxy))
        assert bench.ask(client, f"https://{self.NAME}").cause is Cause.ANSWERED
        assert (proxy.connections, gateway.connections) == (1, 1)
        assert proxy.url == (f"http://[::1]:{proxy.port}" if ":" in host else proxy.url)

    def test_changed_proxy_is_used_by_the_next_exchange(
        self, bench: Bench, trust: ssl.SSLContext, named_server: ssl.SSLContext
    ) -> None:
        gateway = bench.serve(bench.pen.answer_always, named_server)
        proxies = [bench.serve(_tunnel_to(gateway)) for _ in range(2)]
        setting = [proxies[0].url]
        client = bench.open_client(trust=trust, proxy=lambda: setting[0])
        url = f"https://{self.NAME}"
        assert [bench.ask(client, url).cause for _ in range(2)] == [Cause.ANSWERED] * 2
        setting[0] = proxies[1].url
        assert [bench.ask(client, url).cause for _ in range(2)] == [Cause.ANSWERED] * 2
        assert [proxy.connections for proxy in proxies] == [1, 1]
        began = time.monotonic()
        proxies[0].settle()
        assert time.monotonic() - began < 1, "the old connection is still open"

    def test_informational_reply_before_the_tunnel_is_skipped(
        self, bench: Bench, trust: ssl.SSLContext, named_server: ssl.SSLContext
    ) -> None:
        gateway = bench.serve(bench.pen.answer_always, named_server)

        def tunnel(peer: Peer) -> None:
            peer.read_request()
            peer.send(b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n")
            peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
            peer.relay_to(gateway.port)

        client = bench.open_client(trust=trust, proxy=bench.proxy_at(bench.serve(tunnel)))
        assert bench.ask(client, f"https://{self.NAME}").cause is Cause.ANSWERED

    def test_a_proxy_that_drips_ends_in_time(self, bench: Bench, trust: ssl.SSLContext) -> None:
        def drip(peer: Peer) -> None:
            peer.read_request()
            peer.drip(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100)

        client = bench.open_client(trust=trust, proxy=bench.proxy_at(bench.serve(drip)))
        outcome = bench.ask(client, f"https://{self.NAME}")
        assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "PROXY")
        assert outcome.elapsed_ms < 1000

    @pytest.mark.parametrize(
        "reply",
        [
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"\x05\xff",
            b"<html>login</html>",
            b"HTTP/1.1 OK\r\n\r\n",
            b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20,
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        ],
        ids=["SSH", "SOCKS", "page", "no status", "too many replies", "too long"],
    )
    def test_proxy_that_speaks_no_http_is_named_before_any_entry(
        self, reply: bytes, bench: Bench, trust: ssl.SSLContext
    ) -> None:
        """The connection is opened while the plate is being typed, and by the doctor."""

        def answer(peer: Peer) -> None:
            peer.read_request()
            peer.send(reply)

        client = bench.open_client(trust=trust, proxy=bench.proxy_at(bench.serve(answer)))
        merchant = bench.at(f"https://{self.NAME}")
        assert not client.warm_up(merchant)
        assert client.connect(merchant) is ConnectionFailure.PROXY
        assert client.probe(merchant).failure is ConnectionFailure.PROXY
        assert bench.ask(client, merchant.gateway_url).connection_failure is ConnectionFailure.PROXY
