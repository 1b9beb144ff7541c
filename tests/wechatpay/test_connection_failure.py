"""The first step of a connection that failed, its code, and whether it concerns all entries."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.transport import failure
from wxpark_gui.transport.deadline import Deadline, Stage
from wxpark_gui.transport.failure import Failure, diagnose, has_route
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.route import Route

if TYPE_CHECKING:
    from tests.wechatpay.conftest import Bench, FakeTime, Handler, Peer


def _raise(error: BaseException) -> Callable[..., Any]:
    def function(*_: Any, **__: Any) -> None:
        raise error

    return function


NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
UNREACHABLE = OSError(errno.ENETUNREACH, "Network is unreachable")


@contextlib.contextmanager
def full_listener() -> Iterator[int]:
    """Port of a listener whose queue is full, so that it accepts no further connection."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def answer_with(bench: Bench, body: bytes, status: str = "200 OK") -> Handler:
    def handler(peer: Peer) -> None:
        peer.read_request()
        peer.send(bench.pen.http(body, status))

    return handler


class TestNotReached:
    """No request reached the gateway, so that the failure concerns all entries."""

    @pytest.fixture
    def check(self, client: GatewayClient, bench: Bench) -> Callable[..., None]:
        def check(url: str, cause: Cause, code: str) -> None:
            outcome = bench.ask(client, url)
            assert (outcome.cause, outcome.code) == (cause, code)
            assert not outcome.reached

        return check

    @pytest.mark.parametrize("error", [NO_NAME, socket.gaierror(socket.EAI_AGAIN, "try again")])
    def test_unknown_name(
        self, error: OSError, check: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", _raise(error))
        monkeypatch.setattr(failure, "has_route", lambda: True)
        check("https://gateway.example", Cause.OFFLINE, "DNS")

    @pytest.mark.parametrize(
        ("place", "name", "error"),
        [
            (socket, "getaddrinfo", socket.gaierror(socket.EAI_AGAIN, "try again")),
            (socket.socket, "connect", UNREACHABLE),
        ],
    )
    def test_no_network(
        self,
        place: Any,
        name: str,
        error: OSError,
        check: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(place, name, _raise(error))
        monkeypatch.setattr(failure, "has_route", lambda: False)
        check("http://127.0.0.1:9", Cause.OFFLINE, "NO_NETWORK")

    def test_refused_connection(self, check: Callable[..., None], bench: Bench) -> None:
        check(bench.dead_url, Cause.OFFLINE, "CONNECT")

    def test_connection_not_accepted_in_time(self, check: Callable[..., None]) -> None:
        with full_listener() as port:
            check(f"http://127.0.0.1:{port}", Cause.OFFLINE, "CONNECT_TIMEOUT")

    def test_server_that_speaks_no_tls(self, check: Callable[..., None], bench: Bench) -> None:
        server = bench.serve(lambda peer: peer.send(b"220 mail ready\r\n" * 10))
        check(server.url.replace("http:", "https:"), Cause.TLS_FAILED, "TLS")

    def test_handshake_that_is_cut_off(self, check: Callable[..., None], bench: Bench) -> None:
        server = bench.serve(lambda peer: peer.read_some())
        check(server.url.replace("http:", "https:"), Cause.TLS_FAILED, "TLS")

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (b"<html>log in</html>", "200 OK", "WEB_PAGE"),
            (b"", "200 OK", "EMPTY"),
            (b"", "302 Found", "HTTP 302"),
            (b"", "403 Forbidden", "HTTP 403"),
        ],
    )
    def test_reply_of_a_middle_box(
        self, body: bytes, status: str, code: str, check: Callable[..., None], bench: Bench
    ) -> None:
        server = bench.serve(answer_with(bench, body, status))
        check(server.url, Cause.INTERCEPTED, code)

    def test_unreadable_key(self) -> None:
        assert not Outcome(Cause.KEY_UNAVAILABLE, code="KEYRING_LOCKED").reached


class TestConnect:
    def test_open_connection_is_no_failure(self, client: GatewayClient, bench: Bench) -> None:
        server = bench.serve(bench.pen.answer_always)
        assert client.connect(bench.at(server.url)) is None

    def test_first_failing_step_is_returned(self, client: GatewayClient, bench: Bench) -> None:
        assert client.connect(bench.at(bench.dead_url)) is ConnectionFailure.CONNECT
        silent = bench.serve(lambda peer: peer.wait_until_client_leaves())
        url = silent.url.replace("http:", "https:")
        assert client.connect(bench.at(url)) is ConnectionFailure.TLS_TIMEOUT


class TestReached:
    """The gateway received the request, so that the failure may concern this entry only."""

    def test_silence_after_the_request(self, client: GatewayClient, bench: Bench) -> None:
        def be_silent(peer: Peer) -> None:
            peer.read_request()
            peer.wait_until_client_leaves()

        outcome = bench.ask(client, bench.serve(be_silent).url)
        assert (outcome.cause, outcome.code, outcome.reached) == (Cause.OFFLINE, "TIMEOUT", True)

    def test_reset_after_the_request(self, client: GatewayClient, bench: Bench) -> None:
        def reset(peer: Peer) -> None:
            peer.read_request()
            peer.reset()

        outcome = bench.ask(client, bench.serve(reset).url)
        assert (outcome.cause, outcome.code, outcome.reached) == (Cause.OFFLINE, "RESET", True)

    def test_silence_after_a_request_over_tls(self, bench: Bench) -> None:
        def be_silent(peer: Peer) -> None:
            peer.read_request()
            peer.wait_until_client_leaves()

        authority = trustme.CA()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(tls)
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.configure_trust(trust)
        outcome = bench.ask(bench.open_client(trust=trust), bench.serve(be_silent, tls).url)
        assert (outcome.code, outcome.reached) == ("TIMEOUT", True)

    @pytest.mark.parametrize(
        ("changes", "cause"),
        [
            ({"err_code": "SYSTEMERROR"}, Cause.BUSY),
            ({"err_code": "FREQUENCY_LIMITED"}, Cause.RATE_LIMITED),
            ({"err_code": "PARAM_ERROR"}, Cause.CONTENT_REFUSED),
            ({"err_code": "SIGNERROR"}, Cause.SIGNATURE_REFUSED),
            ({"err_code": "NEW"}, Cause.OTHER_REFUSAL),
        ],
    )
    def test_refusal(
        self, changes: dict[str, str], cause: Cause, client: GatewayClient, bench: Bench
    ) -> None:
        body = bench.pen.reply(result_code="FAIL", **changes)
        outcome = bench.ask(client, bench.serve(answer_with(bench, body)).url)
        assert (outcome.cause, outcome.reached) == (cause, True)

    @pytest.mark.parametrize(
        ("body", "status", "cause"),
        [
            (b"<xml><return_code>FAIL</return_code></xml>", "200 OK", Cause.UNCLEAR_REFUSAL),
            (b"<xml><return_code>SUCCESS</return_code></xml>", "200 OK", Cause.UNTRUSTED),
            (b"", "503 Busy", Cause.BUSY),
            (b"", "429 Too Many Requests", Cause.RATE_LIMITED),
        ],
    )
    def test_other_reply(
        self, body: bytes, status: str, cause: Cause, client: GatewayClient, bench: Bench
    ) -> None:
        outcome = bench.ask(client, bench.serve(answer_with(bench, body, status)).url)
        assert (outcome.cause, outcome.reached) == (cause, True)

    def test_host_that_was_reached_outweighs_a_standby_that_was_not(
        self, bench: Bench, fake_time: FakeTime
    ) -> None:
        def reset(peer: Peer) -> None:
            peer.read_request()
            peer.reset()

        main = bench.serve(reset)
        client = bench.open_client(route=Route(fake_time, main.url, bench.dead_url))
        outcome = bench.ask(client, "")
        assert (outcome.code, outcome.host, outcome.reached) == ("RESET", main.address, True)


class TestDiagnosis:
    def test_codes_of_transport_and_domain_are_the_same(self) -> None:
        assert [one.value for one in Failure] == [one.value for one in ConnectionFailure]

    @pytest.mark.parametrize(
        ("code", "found"),
        [
            (9, Failure.TLS_CLOCK),  # OpenSSL: not yet valid
            (10, Failure.TLS_CLOCK),  # expired
            (18, Failure.TLS_TRUST),  # self-signed
            (19, Failure.TLS_TRUST),  # self-signed in the chain
            (20, Failure.TLS_TRUST),  # no issuer
            (62, Failure.TLS_HOST),
            (64, Failure.TLS_HOST),
            (0x800B0101, Failure.TLS_CLOCK),  # Windows: CERT_E_EXPIRED
            (0x800B0101 - (1 << 32), Failure.TLS_CLOCK),
            (0x800B0109, Failure.TLS_TRUST),  # CERT_E_UNTRUSTEDROOT
            (0x800B010F, Failure.TLS_HOST),  # CERT_E_CN_NO_MATCH
            (-67818, Failure.TLS_CLOCK),  # macOS: errSecCertificateExpired
            (-67819, Failure.TLS_CLOCK),
            (-67843, Failure.TLS_TRUST),  # errSecNotTrusted
            (-67602, Failure.TLS_HOST),
        ],
    )
    def test_certificate_errors_of_each_system(self, code: int, found: Failure) -> None:
        error = ssl.SSLCertVerificationError("certificate verify failed")
        error.verify_code = code
        deadline = Deadline(time.monotonic)
        deadline.stage = Stage.SECURING
        assert diagnose(error, deadline) is found

    @pytest.mark.parametrize(
        ("request_sent", "timed_out", "found"),
        [
            (False, False, Failure.SEND),
            (False, True, Failure.SEND),
            (True, False, Failure.RESET),
            (True, True, Failure.TIMEOUT),
        ],
    )
    def test_conversation_that_broke(
        self, request_sent: bool, timed_out: bool, found: Failure
    ) -> None:
        deadline = Deadline(time.monotonic)
        deadline.request_sent, deadline.timed_out = request_sent, timed_out
        assert diagnose(OSError(), deadline) is found
        assert ConnectionFailure(found.value).after_sending is request_sent

    def test_no_route_without_an_address_that_has_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket.socket, "connect", _raise(UNREACHABLE))
        assert not has_route()

    def test_loopback_has_a_route(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(failure, "_PROBES", ((socket.AF_INET, ("127.0.0.1", 9)),))
        assert has_route()

    @pytest.mark.parametrize("cause", [Cause.OFFLINE, Cause.TLS_FAILED])
    @pytest.mark.parametrize("code", ["", "A CODE OF TOMORROW"])
    def test_unknown_code_is_no_known_step(self, cause: Cause, code: str) -> None:
        outcome = Outcome(cause, code=code)
        assert outcome.connection_failure is None
        assert not outcome.reached
