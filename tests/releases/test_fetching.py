"""Version file fetched over real sockets from a web server that may be malicious."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Callable, Iterator

import pytest
import trustme

from tests.releases.signer import DOCUMENT, Signer
from tests.systems import not_under_wine
from tests.wechatpay.conftest import Handler, Peer, Server
from wxpark_gui import __version__
from wxpark_gui.domain.errors import (
    VersionFileNotUnderstoodError,
    VersionFileUnreachableError,
    VersionFileUntrustedError,
)
from wxpark_gui.domain.release import Version
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.releases import VersionFile
from wxpark_gui.releases.fetching import FILE_BYTES

SECONDS = 1.0
SLACK = 2.0
"""Seconds that a busy machine may add."""
SECONDS_IN_VAIN = 0.3
"""Time limit in seconds in tests in which the server never answers in time."""
PATH = "/apps/wxpark.toml"

Serve = Callable[..., Server]


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def serve() -> Iterator[Serve]:
    with contextlib.ExitStack() as stack:

        def serve(handler: Handler, tls: ssl.SSLContext | None = None) -> Server:
            server = Server(handler, tls)
            stack.callback(server.stop)
            return server

        yield serve


@pytest.fixture
def publish(signer: Signer) -> Handler:
    """Return a correct server, which sends file and signature over one connection."""
    contents = {PATH: DOCUMENT, f"{PATH}.minisig": signer.sign(DOCUMENT)}

    def handle(peer: Peer) -> None:
        while request := peer.read_request():
            peer.send(http(contents[request.split()[1].decode()]))

    return handle


def http(body: bytes, status: str = "200 OK", head: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body


def answer(reply: bytes) -> Handler:
    """Return a server that sends `reply` to every request."""

    def handle(peer: Peer) -> None:
        while peer.read_request():
            peer.send(reply)

    return handle


def ask(
    url: str,
    signer: Signer,
    *,
    proxy_url: str = "",
    trust: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Version:
    source = ReleaseSource(url + PATH, signer.public, proxy_url)
    return VersionFile(seconds=seconds, trust=trust).announced(source).version


def unreachable(url: str, signer: Signer, **options: ssl.SSLContext) -> str:
    began = time.monotonic()
    with pytest.raises(VersionFileUnreachableError) as caught:
        ask(url, signer, **options)  # type: ignore[arg-type]
    assert time.monotonic() - began < SECONDS + SLACK
    return caught.value.detail


def timed_out(url: str, signer: Signer) -> bool:
    began = time.monotonic()
    with pytest.raises(VersionFileUnreachableError) as caught:
        ask(url, signer, seconds=SECONDS_IN_VAIN)
    assert time.monotonic() - began < SECONDS_IN_VAIN + SLACK
    return caught.value.detail == "TIMEOUT"


def test_file_and_signature_come_over_one_connection(
    serve: Serve, publish: Handler, signer: Signer
) -> None:
    server = serve(publish)
    assert ask(server.url, signer) == Version(1, 2, 0)
    assert server.connections == 1
    assert [request.split()[1] for request in server.requests] == [
        PATH.encode(),
        f"{PATH}.minisig".encode(),
    ]


def test_request_contains_the_program_name_and_no_more(
    serve: Serve, publish: Handler, signer: Signer
) -> None:
    server = serve(publish)
    ask(server.url, signer)
    lines = server.requests[0].decode().splitlines()
    names = {line.partition(":")[0].lower() for line in lines[1:] if line}
    assert names == {"host", "accept-encoding", "user-agent"}
    assert any(line.startswith(f"User-Agent: wxpark-gui/{__version__} (") for line in lines)
    assert "Accept-Encoding: identity" in lines


def test_redirect_is_not_followed(serve: Serve, publish: Handler, signer: Signer) -> None:
    elsewhere = serve(publish)
    server = serve(answer(http(b"", "302 Found", f"Location: {elsewhere.url}{PATH}\r\n")))
    assert unreachable(server.url, signer) == "HTTP 302"
    assert elsewhere.connections == 0


@pytest.mark.parametrize("status", ["204 No Content", "404 Not Found", "500 Oh", "206 Part"])
def test_status_other_than_200_is_unreachable(serve: Serve, signer: Signer, status: str) -> None:
    server = serve(answer(http(DOCUMENT, status)))
    assert unreachable(server.url, signer) == f"HTTP {status[:3]}"
    assert len(server.requests) == 1, "it is not asked again"


@pytest.mark.parametrize(
    "drip",
    [
        lambda peer: peer.drip(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000),
        lambda peer: peer.drip(http(b"x" * 1000)),
        lambda peer: peer.wait_until_client_leaves(),
    ],
    ids=["head", "body", "silence"],
)
def test_server_that_drips_times_out(
    serve: Serve, signer: Signer, drip: Callable[[Peer], None]
) -> None:
    def handle(peer: Peer) -> None:
        peer.read_request()
        drip(peer)

    assert timed_out(serve(handle).url, signer)


def test_both_files_share_one_time_limit(serve: Serve, signer: Signer) -> None:
    """Each of the two replies alone would arrive within the limit."""
    reply = http(DOCUMENT)

    def handle(peer: Peer) -> None:
        while peer.read_request():
            time.sleep(SECONDS_IN_VAIN * 0.7)
            peer.send(reply)

    assert timed_out(serve(handle).url, signer)


@pytest.mark.parametrize("announced", [True, False])
def test_oversized_file_is_not_read_to_its_end(
    serve: Serve, signer: Signer, announced: bool
) -> None:
    sent = 0

    def handle(peer: Peer) -> None:
        nonlocal sent
        peer.read_request()
        length = "Content-Length: 1000000000\r\n" if announced else ""
        peer.send(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode())
        while sent < 1 << 30:
            peer.send(b"x" * 65536)
            sent += 65536

    server = serve(handle)
    with pytest.raises(VersionFileNotUnderstoodError, match=str(FILE_BYTES)):
        ask(server.url, signer)
    server.settle()
    assert sent < 1 << 25


def test_compressed_file_is_not_decompressed(serve: Serve, signer: Signer) -> None:
    server = serve(answer(http(b"\x1f\x8b" + b"x" * 100, head="Content-Encoding: gzip\r\n")))
    with pytest.raises(VersionFileUntrustedError):
        ask(server.url, signer)


def test_truncated_file_is_unreachable_with_reset(serve: Serve, signer: Signer) -> None:
    def handle(peer: Peer) -> None:
        peer.read_request()
        peer.send(http(DOCUMENT)[:-5])
        peer.close()

    assert unreachable(serve(handle).url, signer) == "RESET"


def test_login_page_is_untrusted(serve: Serve, signer: Signer) -> None:
    server = serve(answer(http(b"<html>please log in</html>")))
    with pytest.raises(VersionFileUntrustedError):
        ask(server.url, signer)


def test_proxies_of_the_environment_are_ignored(
    serve: Serve, publish: Handler, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(http(b"")))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv(name.upper(), proxy.url)
    monkeypatch.delenv("no_proxy", raising=False)
    assert ask(serve(publish).url, signer) == Version(1, 2, 0)
    assert proxy.connections == 0


def test_proxy_whose_name_cannot_be_one_is_unreachable(signer: Signer) -> None:
    with pytest.raises(VersionFileUnreachableError) as raised:
        ask("https://files.example", signer, proxy_url="http://xn--ü:3128")
    assert raised.value.detail == "PROXY_UNREACHABLE"


def test_loopback_address_bypasses_the_proxy_of_the_settings(
    serve: Serve, publish: Handler, signer: Signer
) -> None:
    proxy = serve(answer(http(b"")))
    assert ask(serve(publish).url, signer, proxy_url=proxy.url) == Version(1, 2, 0)
    assert proxy.connections == 0


def test_refused_connection_is_named(signer: Signer) -> None:
    assert unreachable("http://127.0.0.1:1", signer) == "CONNECT"


class TestTls:
    NAME = "park.example"

    @pytest.fixture
    def trust(self, authority: trustme.CA) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.configure_trust(context)
        return context

    @staticmethod
    def server_context(authority: trustme.CA, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return context

    def test_trusted_server_receives_the_request(
        self,
        serve: Serve,
        publish: Handler,
        signer: Signer,
        authority: trustme.CA,
        trust: ssl.SSLContext,
    ) -> None:
        server = serve(publish, self.server_context(authority, "127.0.0.1"))
        assert ask(server.url, signer, trust=trust) == Version(1, 2, 0)
        assert trust.minimum_version is ssl.TLSVersion.TLSv1_2

    @pytest.mark.parametrize(
        ("flaw", "code"), [("wrong host", "TLS_HOST"), ("unknown authority", "TLS_TRUST")]
    )
    def test_untrusted_server_receives_nothing(
        self,
        serve: Serve,
        publish: Handler,
        signer: Signer,
        authority: trustme.CA,
        trust: ssl.SSLContext,
        flaw: str,
        code: str,
    ) -> None:
        stranger = trustme.CA() if flaw == "unknown authority" else authority
        name = "other.example" if flaw == "wrong host" else "127.0.0.1"
        server = serve(publish, self.server_context(stranger, name))
        assert unreachable(server.url, signer, trust=trust) == code
        server.settle()
        assert server.received == b""

    @not_under_wine("a distrusted certificate is refused for its host")
    def test_default_trust_store_is_the_operating_systems(
        self, serve: Serve, publish: Handler, signer: Signer, authority: trustme.CA
    ) -> None:
        server = serve(publish, self.server_context(authority, "127.0.0.1"))
        assert unreachable(server.url, signer) == "TLS_TRUST"

    def test_proxy_of_the_settings_is_used_as_a_tunnel(
        self,
        serve: Serve,
        publish: Handler,
        signer: Signer,
        authority: trustme.CA,
        trust: ssl.SSLContext,
    ) -> None:
        server = serve(publish, self.server_context(authority, self.NAME))

        def tunnel(peer: Peer) -> None:
            peer.read_request()
            peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
            peer.relay_to(server.port)

        proxy = serve(tunnel)
        found = ask(f"https://{self.NAME}", signer, proxy_url=proxy.url, trust=trust)
        assert found == Version(1, 2, 0)
        assert proxy.requests[0].startswith(b"CONNECT park.example:443 ")
        assert (proxy.connections, server.connections) == (1, 1)


def test_openssl_that_allows_no_tls_is_a_failure_of_tls(
    monkeypatch: pytest.MonkeyPatch, signer: Signer
) -> None:
    def refuse() -> ssl.SSLContext:
        raise ssl.SSLError(1, "library has no ciphers")

    monkeypatch.setattr("wxpark_gui.releases.fetching.operating_system_trust", refuse)
    source = ReleaseSource("https://files.example/wxpark.toml", signer.public)
    with pytest.raises(VersionFileUnreachableError, match="TLS"):
        VersionFile().announced(source)
