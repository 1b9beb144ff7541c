"""Client of WeChat's gateway: signed requests to two hosts within one time limit.

One connection stays open between the requests. The module exceeds the project's limit of 300 lines:
each step of a request handles two hosts and one retry.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.errors import FieldError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.transport.deadline import Budget, Deadline, Stage
from wxpark_gui.transport.failure import Failure, diagnose
from wxpark_gui.transport.trust import harden, operating_system_trust
from wxpark_gui.wechatpay.call import Call, signed_fields, to_xml
from wxpark_gui.wechatpay.message import clean_message
from wxpark_gui.wechatpay.notification import NOTIFICATION_PATH, check_size, notification_call
from wxpark_gui.wechatpay.posting import PostingAdapter
from wxpark_gui.wechatpay.querystate import query_call, read_plate_state
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.reply import ReadState, read_reply, read_user_state
from wxpark_gui.wechatpay.route import Route
from wxpark_gui.wechatpay.server_time import ServerTime

if TYPE_CHECKING:
    from wxpark_gui.domain.health import GatewayCheck

_log = logging.getLogger(__name__)


_RIGHT_CLOCK_SECONDS = 3600.0
"""Clock offset in seconds below which the clock is not the reason for a certificate error."""

_IDLE_TOO_LONG = "HTTP 408"
"""`Outcome.code` of a server that waited too long for a request."""

_CAUSES = {
    Failure.PROXY_REFUSED: Cause.PROXY_REFUSED,
    Failure.TLS_CLOCK: Cause.TLS_FAILED,
    Failure.TLS_TRUST: Cause.TLS_FAILED,
    Failure.TLS_HOST: Cause.TLS_FAILED,
    Failure.TLS: Cause.TLS_FAILED,
}

_STEPS = {
    Stage.RESOLVING: "dns",
    Stage.CONNECTING: "tcp",
    Stage.TUNNELLING: "proxy",
    Stage.SECURING: "tls",
    Stage.CONVERSING: "answer",
}


def _no_proxy() -> str:
    return ""


def _system_trust() -> ssl.SSLContext:
    return harden(operating_system_trust())


def _system_time() -> datetime:
    return datetime.now(timezone.utc)


class GatewayClient:
    """Implements the `Gateway` port, for one thread.

    All clients share `seen`, the record of accepted replies, and `route`, the order of the hosts.
    """

    def __init__(
        self,
        *,
        nonces: Callable[[], str],
        clock: Callable[[], float],
        seen: SeenReplies,
        route: Route,
        proxy: Callable[[], str] = _no_proxy,
        wall_clock: Callable[[], datetime] = _system_time,
        trust: ssl.SSLContext | None = None,
        budget: Budget | None = None,
    ) -> None:
        """Open no connection yet.

        Args:
            nonces: returns a new `nonce_str`; called for every attempt.
            clock: monotonic, in seconds. It must run while the computer sleeps, so that an old
                connection is not reused after that.
            proxy: returns `http://host:port`, or an empty text for none; called before every
                request. A loopback address is always reached directly.
            wall_clock: returns the present, aware; compared with the server's `Date`.
            trust: replaces the operating system's trust store.
            budget: time limits of an exchange; None for the defaults of `Budget`.

        Raises:
            ValueError: `trust` does not verify certificates and host names.
        """
        self._nonces = nonces
        self._clock = clock
        self._seen = seen
        self._route = route
        self._budget = budget or Budget()
        self._server_time = ServerTime(clock, wall_clock)
        self._deadline = Deadline(clock)
        given = trust and harden(trust)
        make_trust = (lambda: given) if given else _system_trust
        self._adapter = PostingAdapter(make_trust, self._deadline, proxy)

    def check(self, entry: ParkingEntry, merchant: MerchantProfile) -> Sequence[FieldError]:
        return check_size(entry, merchant)

    def exchange(self, entry: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        call = notification_call(entry, merchant)
        return self._exchange(_Request(call, merchant, key, read_user_state))

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome:
        read_state = partial(read_plate_state, plate=plate)
        return self._exchange(_Request(query_call(plate), merchant, key, read_state))

    def warm_up(self, merchant: MerchantProfile) -> bool:
        return self.connect(merchant) is None

    def connect(self, merchant: MerchantProfile) -> ConnectionFailure | None:
        """Open a connection to the first host unless one is open and fresh; sends no request.

        Returns:
            The first step that failed, or None when a connection is open.
        """
        url = self._hosts(merchant)[0]
        self._adapter.follow_proxy()
        until = self._clock() + self._budget.connect
        self._deadline.begin(connect_by=until, first_byte_by=until, end=until)
        try:
            self._adapter.warm_up(url + NOTIFICATION_PATH)
        except (requests.RequestException, HTTPError, OSError) as error:
            failure = self._diagnose(error)
            _log.info("%s not reached: %s, %s", _host(url), failure.value, _reason(error))
            return ConnectionFailure(failure.value)
        return None

    def probe(self, merchant: MerchantProfile) -> GatewayCheck:
        """Open a new connection to the first host and send a HEAD request, but no entry.

        A reply of any HTTP status is a success. Its header `Date` gives the offset of this
        computer's clock.
        """
        from wxpark_gui.domain.health import GatewayCheck  # noqa: PLC0415 - not for an exchange

        self._adapter.close()
        url = self._hosts(merchant)[0]
        failure = self.connect(merchant)
        is_plain = url.startswith("http:")
        steps = tuple(
            (_STEPS[stage], _ms(took))
            for stage, took in self._deadline.durations
            if not (is_plain and stage is Stage.SECURING)
        )
        status = self._deadline.proxy_status
        if failure:
            return GatewayCheck(failure, proxy_status=status, steps=steps)
        now = self._clock()
        end = now + self._budget.total
        self._deadline.begin(connect_by=now + self._budget.connect, first_byte_by=end, end=end)
        try:
            headers = self._adapter.head(url + NOTIFICATION_PATH)
        except (requests.RequestException, HTTPError, OSError) as error:
            found = self._diagnose(error)
            _log.info("%s gave no answer: %s, %s", _host(url), found.value, _reason(error))
            return GatewayCheck(ConnectionFailure(found.value), proxy_status=status, steps=steps)
        finally:
            self._adapter.close()
        answer = ("answer", _ms(self._clock() - now))
        offset = self._server_time.compare(headers.get("Date", ""))
        return GatewayCheck(None, offset, status, (*steps, answer))

    def close(self) -> None:
        self._adapter.close()

    def _exchange(self, request: _Request) -> Outcome:
        began = self._clock()
        outcome = self._ask_hosts(request, began + self._budget.total)
        elapsed_ms = round((self._clock() - began) * 1000)
        _log.info("%s: %s %s in %d ms", outcome.host, outcome.cause.value, outcome.code, elapsed_ms)
        return replace(outcome, elapsed_ms=elapsed_ms)

    def _hosts(self, merchant: MerchantProfile) -> tuple[str, ...]:
        """Return the base URLs in the order to try; a gateway other than WeChat's has only one."""
        return (merchant.gateway_url,) if merchant.gateway_url else self._route.order()

    def _ask_hosts(self, request: _Request, end: float) -> Outcome:
        """Ask one host after the other until one begins to reply.

        Return the outcome of the last host for which `Outcome.reached` is true, else of the last
        host asked.
        """
        urls = self._hosts(request.merchant)
        outcome = Outcome(Cause.OFFLINE)
        for url in urls:
            silent_until = end if url == urls[-1] else end - self._budget.second_host
            latest = self._ask_host(url, request, silent_until, end)
            if latest.reached or not outcome.reached:
                outcome = latest
            if self._deadline.first_byte_came:
                if not request.merchant.gateway_url:
                    self._route.answered(url)
                break
        return outcome

    def _ask_host(self, url: str, request: _Request, silent_until: float, end: float) -> Outcome:
        """Ask one host, and once more if the connection was an old one that proved to be closed.

        A server may close an idle connection at the moment it is used. Some announce that with 408.
        """
        outcome = self._ask(url, request, silent_until, end)
        deadline = self._deadline
        got_nothing = not (deadline.first_byte_came or deadline.timed_out)
        if not deadline.dialled and (got_nothing or outcome.code == _IDLE_TOO_LONG):
            outcome = self._ask(url, request, silent_until, end)
        return outcome

    def _ask(self, url: str, request: _Request, silent_until: float, end: float) -> Outcome:
        """Make one attempt, with a nonce and a signature of its own.

        Args:
            silent_until: time of the clock by which the reply must begin.
            end: time of the clock by which the reply must be complete.
        """
        self._adapter.follow_proxy()
        self._deadline.begin(
            connect_by=self._clock() + self._budget.connect, first_byte_by=silent_until, end=end
        )
        message = request.write(self._nonces())
        try:
            status, headers, body = self._adapter.post(url + request.call.path, message)
        except (requests.RequestException, HTTPError, OSError) as error:
            self._adapter.close()
            return self._offline(url, error)
        outcome = read_reply(
            status,
            body,
            headers,
            merchant=request.merchant,
            key=request.key,
            seen=self._seen,
            read_state=request.read_state,
        )
        if not outcome.fingerprint:
            # The reply was not verified, so its connection is not used again.
            self._adapter.close()
        offset = self._server_time.compare(headers.get("Date", ""))
        return replace(outcome, host=_host(url), clock_offset=offset)

    def _offline(self, url: str, error: Exception) -> Outcome:
        failure = self._diagnose(error)
        return Outcome(
            _CAUSES.get(failure, Cause.OFFLINE),
            code=failure.value,
            message=clean_message(_reason(error)),
            host=_host(url),
        )

    def _diagnose(self, error: Exception) -> Failure:
        offset = self._server_time.offset()
        clock_is_right = offset is not None and abs(offset) < _RIGHT_CLOCK_SECONDS
        return diagnose(error, self._deadline, clock_is_right=clock_is_right)


@dataclass(frozen=True, slots=True)
class _Request:
    """One call of one merchant; every attempt has its own nonce and signature."""

    call: Call
    merchant: MerchantProfile
    key: Secret
    read_state: ReadState = field(repr=False)

    def write(self, nonce_str: str) -> bytes:
        return to_xml(signed_fields(self.call, self.merchant, nonce_str, self.key))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _reason(error: Exception) -> str:
    """Return the text of the innermost exception if it is an `OSError`, else its class name.

    Other exceptions, those of `requests` included, may quote the signed request, so their text is
    neither shown nor logged.
    """
    root: BaseException = error
    while root.__context__ is not None:
        root = root.__context__
    is_own_words = isinstance(root, OSError) and not isinstance(root, requests.RequestException)
    return str(root) if is_own_words else type(root).__name__
