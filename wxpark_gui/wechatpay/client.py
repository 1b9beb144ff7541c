"""One exchange with the gateway: fresh signature, one budget, two hosts, one warm connection.

`requests` as it comes follows redirects with the signed body, unpacks what it is sent without
bound, keeps cookies and takes proxies, passwords and trust from files and the environment. All of
that lives in its session; the adapter below it is used alone.
"""

from __future__ import annotations

import logging
import platform
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from wxpark_gui import __version__
from wxpark_gui.domain.address import is_loopback
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.errors import FieldError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.transport.connection import DeadlinePool, DeadlineTlsPool
from wxpark_gui.transport.deadline import Budget, Deadline
from wxpark_gui.transport.trust import harden, operating_system_trust
from wxpark_gui.wechatpay.notification import (
    NOTIFICATION_PATH,
    check_size,
    request_fields,
    to_xml,
)
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.reply import REPLY_BYTES, clean_message, read_reply
from wxpark_gui.wechatpay.route import Route

_log = logging.getLogger(__name__)

_OK = 200
_HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "Accept": "text/xml",
    "Accept-Encoding": "identity",
    "User-Agent": f"wxpark-gui/{__version__} ({platform.system()})",
}
_FRAMING = {"content-length", "transfer-encoding"}
_POOLS = {"http": DeadlinePool, "https": DeadlineTlsPool}


class GatewayClient:
    """A line to the gateway: implements the `Gateway` port for one thread.

    Signed replies that were accepted are claimed in `seen`, hosts that answered told to `route`;
    both are shared by all lines.
    """

    def __init__(
        self,
        *,
        nonces: Callable[[], str],
        clock: Callable[[], float],
        seen: SeenReplies,
        route: Route,
        proxy_url: str = "",
        trust: ssl.SSLContext | None = None,
        budget: Budget | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            nonces: gives a fresh `nonce_str` for every attempt.
            clock: monotonic, in seconds.
            proxy_url: `http://host:port`, or empty for a direct line. A loopback address is always
                reached directly.
            trust: whom to trust in place of the operating system's store.
            budget: the time an exchange may take.

        Raises:
            ValueError: `trust` does not verify certificates and host names.
        """
        self._nonces = nonces
        self._clock = clock
        self._seen = seen
        self._route = route
        self._budget = budget or Budget()
        self._deadline = Deadline(clock)
        self._adapter = _Adapter(
            harden(trust or operating_system_trust()), self._deadline, proxy_url
        )

    def check(self, entry: ParkingEntry, merchant: MerchantProfile) -> Sequence[FieldError]:
        return check_size(entry, merchant)

    def exchange(self, entry: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        began = self._clock()
        question = _Question(entry, merchant, key)
        outcome = self._ask_hosts(question, began + self._budget.total)
        elapsed_ms = round((self._clock() - began) * 1000)
        _log.info("%s: %s %s in %d ms", outcome.host, outcome.cause.value, outcome.code, elapsed_ms)
        return replace(outcome, elapsed_ms=elapsed_ms)

    def warm_up(self, merchant: MerchantProfile) -> bool:
        url = self._hosts(merchant)[0]
        now = self._clock()
        until = now + self._budget.connect
        self._deadline.begin(connect_by=until, first_byte_by=until, end=until)
        try:
            self._adapter.warm_up(url + NOTIFICATION_PATH)
        except (requests.RequestException, HTTPError, OSError) as error:
            _log.info("%s not reached: %s", _host(url), _reason(error))
            return False
        return True

    def close(self) -> None:
        self._adapter.close()

    def _hosts(self, merchant: MerchantProfile) -> tuple[str, ...]:
        """Base URLs in the order to try; another gateway than WeChat's has no standby."""
        return (merchant.gateway_url,) if merchant.gateway_url else self._route.order()

    def _ask_hosts(self, question: _Question, end: float) -> Outcome:
        """One host after the other until one begins to reply, whatever the reply then is."""
        urls = self._hosts(question.merchant)
        outcome = Outcome(Cause.OFFLINE)
        for url in urls:
            silent_until = end if url == urls[-1] else end - self._budget.second_host
            outcome = self._ask_host(url, question, silent_until, end)
            if self._deadline.first_byte_came:
                if not question.merchant.gateway_url:
                    self._route.answered(url)
                break
        return outcome

    def _ask_host(self, url: str, question: _Question, silent_until: float, end: float) -> Outcome:
        """Ask once; once more where a warm connection turned out to be dead.

        A server may close an idle connection in the moment it is used. Nothing was answered then,
        and asking again repeats the same plate and time, as any retry does.
        """
        outcome = self._ask(url, question, silent_until, end)
        deadline = self._deadline
        if not (deadline.dialled or deadline.first_byte_came or deadline.timed_out):
            outcome = self._ask(url, question, silent_until, end)
        return outcome

    def _ask(self, url: str, question: _Question, silent_until: float, end: float) -> Outcome:
        """One attempt, with a nonce and a signature of its own."""
        self._deadline.begin(
            connect_by=self._clock() + self._budget.connect, first_byte_by=silent_until, end=end
        )
        message = question.write(self._nonces())
        try:
            status, headers, body = self._adapter.post(url + NOTIFICATION_PATH, message)
        except (requests.RequestException, HTTPError, OSError) as error:
            self._adapter.close()
            return self._offline(url, error)
        outcome = read_reply(
            status,
            body,
            headers,
            merchant=question.merchant,
            key=question.key,
            seen=self._seen,
        )
        if not outcome.fingerprint:
            # Who said this is not certain, so the connection is not to be asked again.
            self._adapter.close()
        return replace(outcome, host=_host(url))

    def _offline(self, url: str, error: Exception) -> Outcome:
        is_tls = isinstance(error, requests.exceptions.SSLError)
        return Outcome(
            Cause.OFFLINE,
            code="TLS" if is_tls else self._deadline.failure_code,
            message=clean_message(_reason(error)),
            host=_host(url),
        )


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, of whichever host and however often."""

    entry: ParkingEntry
    merchant: MerchantProfile
    key: Secret

    def write(self, nonce_str: str) -> bytes:
        return to_xml(request_fields(self.entry, self.merchant, nonce_str, self.key))


class _Adapter(HTTPAdapter):
    """`requests`' adapter with one warm connection, a deadline, and one trust store."""

    def __init__(self, trust: ssl.SSLContext, deadline: Deadline, proxy_url: str) -> None:
        self._trust = trust
        self._deadline = deadline
        self._proxy_url = proxy_url
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def post(self, url: str, message: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and raw body, which is read for status 200 only, to just over the cap."""
        response = self.send(_prepare(url, message), stream=True, proxies=self._proxies(url))
        if response.status_code != _OK:
            response.raw.close()
            return response.status_code, response.headers, b""
        body = _read_capped(response.raw)
        if len(body) > REPLY_BYTES:
            response.raw.close()
        if not body and not _FRAMING & {name.lower() for name in response.headers}:
            # Headers may have been cut off too: http.client takes an end of stream for their end.
            raise ConnectionResetError("the connection ended before the reply did")
        return _OK, response.headers, body

    def warm_up(self, url: str) -> None:
        pool = self.get_connection_with_tls_context(
            _prepare(url, b""), verify=True, proxies=self._proxies(url)
        )
        pool.warm_up()

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        super().init_poolmanager(
            connections, maxsize, block, ssl_context=self._trust, **pool_kwargs
        )
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._trust, **proxy_kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.deadline = self._deadline
        return pool

    def cert_verify(self, conn: Any, *_: Any) -> None:
        """Always verify, and not against the bundle that requests would add to the trust store."""
        conn.cert_reqs = "CERT_REQUIRED"

    def _proxies(self, url: str) -> dict[str, str]:
        if not self._proxy_url or is_loopback(urlsplit(url).hostname or ""):
            return {}
        return {"http": self._proxy_url, "https": self._proxy_url}


def _prepare(url: str, message: bytes) -> requests.PreparedRequest:
    return requests.Request("POST", url, headers=_HEADERS, data=message).prepare()


def _read_capped(source: Any) -> bytes:
    """The body as sent, to just over the cap. An end before the announced length raises."""
    body = b""
    while len(body) <= REPLY_BYTES:
        # Only a read that finds nothing compares what came with what was announced.
        more = source.read(REPLY_BYTES + 1 - len(body), decode_content=False)
        if not more:
            break
        body += more
    return body


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _reason(error: Exception) -> str:
    """What lies at the bottom of an error: the operating system's or OpenSSL's words.

    The errors above it hold the request, signed text and all, and are neither shown nor logged.
    """
    root: BaseException = error
    while root.__context__ is not None:
        root = root.__context__
    is_own_words = isinstance(root, OSError) and not isinstance(root, requests.RequestException)
    return str(root) if is_own_words else type(root).__name__
