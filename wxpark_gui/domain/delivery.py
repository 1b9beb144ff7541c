"""Outcome of one exchange, and the delivery state that follows from it.

Pure functions of state, outcome and numbers; the classes are those WeChat's error codes call for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.connectivity import ConnectionFailure

MAIN_HOST = "api.mch.weixin.qq.com"
STANDBY_HOST = "api2.mch.weixin.qq.com"
"""WeChat Pay's two hosts; the second is asked where the first cannot be reached."""

FIRST_WAIT = 5.0
LONGEST_WAIT = 300.0
SLOW_FIRST_WAIT = 60.0
LONGEST_RETRY_AFTER = 3600.0
UNTRUSTED_TRIES = 2


class DeliveryState(Enum):
    """Delivery state of an entry: `SAVED`, `SENDING` and `WAITING` are open, the rest final."""

    SAVED = "saved"
    SENDING = "sending"
    WAITING = "waiting"
    ANSWERED = "answered"
    REFUSED = "refused"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    VOIDED = "voided"

    @property
    def is_open(self) -> bool:
        """True while the entry waits for an answer."""
        return self in (DeliveryState.SAVED, DeliveryState.SENDING, DeliveryState.WAITING)


_CLOSED: frozenset[DeliveryState] = frozenset()
_MOVES = {
    DeliveryState.SAVED: frozenset(
        {
            DeliveryState.SENDING,
            DeliveryState.WAITING,
            DeliveryState.EXPIRED,
            DeliveryState.VOIDED,
        }
    ),
    # Begun again from `SENDING`, when it could not be kept how the exchange before ended.
    DeliveryState.SENDING: frozenset(
        {
            DeliveryState.SENDING,
            DeliveryState.WAITING,
            DeliveryState.ANSWERED,
            DeliveryState.REFUSED,
            DeliveryState.UNTRUSTED,
        }
    ),
    # From `WAITING` to itself when the planned time changes.
    DeliveryState.WAITING: frozenset(
        {
            DeliveryState.WAITING,
            DeliveryState.SENDING,
            DeliveryState.EXPIRED,
            DeliveryState.VOIDED,
        }
    ),
    DeliveryState.ANSWERED: _CLOSED,
    DeliveryState.REFUSED: _CLOSED,
    DeliveryState.UNTRUSTED: _CLOSED,
    DeliveryState.EXPIRED: _CLOSED,
    DeliveryState.VOIDED: _CLOSED,
}


def can_move(before: DeliveryState, after: DeliveryState) -> bool:
    """Test if a transition between two states is allowed."""
    return after in _MOVES[before]


def transition(before: DeliveryState, after: DeliveryState) -> DeliveryState:
    """The state after one step.

    Raises:
        ValueError: there is no such step.
    """
    if not can_move(before, after):
        raise ValueError(f"no way from {before.value} to {after.value}")
    return after


class Remedy(Enum):
    """Action that follows from a cause."""

    NONE = "none"
    RETRY = "retry"
    RETRY_SLOWLY = "retry_slowly"
    FIX_SETTINGS = "fix_settings"
    FIX_ENTRY = "fix_entry"
    RESEND_BY_HAND = "resend_by_hand"
    TRY_ONCE_MORE = "try_once_more"
    UNLOCK = "unlock"

    @property
    def holds_account(self) -> bool:
        """Test if every further exchange of the account would fail alike until a person acts."""
        return self in (Remedy.FIX_SETTINGS, Remedy.UNLOCK)


class Cause(Enum):
    """The end of one exchange. The values are stored and exported, and never change."""

    ANSWERED = "answered"
    OFFLINE = "offline"
    PROXY_REFUSED = "proxy_refused"
    TLS_FAILED = "tls_failed"
    BUSY = "busy"
    RATE_LIMITED = "rate_limited"
    INTERCEPTED = "intercepted"
    KEY_UNAVAILABLE = "key_unavailable"
    ACCOUNT_UNKNOWN = "account_unknown"
    SIGNATURE_REFUSED = "signature_refused"
    MERCHANT_REFUSED = "merchant_refused"
    PERMISSION_REFUSED = "permission_refused"
    UNCLEAR_REFUSAL = "unclear_refusal"
    CONTENT_REFUSED = "content_refused"
    OTHER_REFUSAL = "other_refusal"
    UNTRUSTED = "untrusted"

    @property
    def remedy(self) -> Remedy:
        return _REMEDIES[self]


_REMEDIES = {
    Cause.ANSWERED: Remedy.NONE,
    Cause.OFFLINE: Remedy.RETRY,
    Cause.PROXY_REFUSED: Remedy.RETRY_SLOWLY,
    Cause.TLS_FAILED: Remedy.RETRY_SLOWLY,
    Cause.BUSY: Remedy.RETRY,
    Cause.RATE_LIMITED: Remedy.RETRY_SLOWLY,
    Cause.INTERCEPTED: Remedy.RETRY_SLOWLY,
    Cause.KEY_UNAVAILABLE: Remedy.UNLOCK,
    Cause.ACCOUNT_UNKNOWN: Remedy.FIX_SETTINGS,
    Cause.SIGNATURE_REFUSED: Remedy.FIX_SETTINGS,
    Cause.MERCHANT_REFUSED: Remedy.FIX_SETTINGS,
    Cause.PERMISSION_REFUSED: Remedy.FIX_SETTINGS,
    # It comes unsigned, and anybody on the network can forge it: it never closes an entry.
    Cause.UNCLEAR_REFUSAL: Remedy.RETRY_SLOWLY,
    Cause.CONTENT_REFUSED: Remedy.FIX_ENTRY,
    Cause.OTHER_REFUSAL: Remedy.RESEND_BY_HAND,
    Cause.UNTRUSTED: Remedy.TRY_ONCE_MORE,
}


CONNECTION_CAUSES = frozenset({Cause.OFFLINE, Cause.PROXY_REFUSED, Cause.TLS_FAILED})
"""Causes whose `Outcome.code` is a `ConnectionFailure`."""

_NOT_REACHED = frozenset(
    {
        Cause.PROXY_REFUSED,
        Cause.TLS_FAILED,
        Cause.INTERCEPTED,
        Cause.KEY_UNAVAILABLE,
        Cause.ACCOUNT_UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one exchange with the gateway.

    Attributes:
        cause: the kind of its end. Only `ANSWERED` carries a `user_state`, and only from a new
            reply whose signature and ids were verified.
        user_state, deduct_mode: as received; empty when absent.
        code: WeChat's `err_code`, `HTTP 503`, a `ConnectionFailure` (`TIMEOUT`) or another short
            technical name; may be empty.
        message: the text that came with it, at most 200 characters; never the signed text.
        host: the host that was asked last; empty when none was.
        elapsed_ms: duration of the exchange, on a monotonic clock.
        retry_after: seconds the gateway asked us to wait, or None.
        fingerprint: hash of the reply's `nonce_str` and `sign`; empty for an unsigned reply.
        reply_hash: SHA-256 of the reply's bytes, hex; empty when none came.
        clock_offset: seconds this computer's clock is ahead of the server's, by the `Date` of its
            reply; None without one. Unsigned: good for a notice only. Not stored.
    """

    cause: Cause
    user_state: str = ""
    deduct_mode: str = ""
    code: str = ""
    message: str = ""
    host: str = ""
    elapsed_ms: int = 0
    retry_after: float | None = None
    fingerprint: str = ""
    reply_hash: str = ""
    clock_offset: float | None = None

    @property
    def reached(self) -> bool:
        """True when the gateway had the whole request or replied to it.

        Its trouble then may concern this entry alone. False is trouble of the connection, which
        every entry shares: no network, no name, no connection, no TLS, a proxy, a portal. Derived
        from `cause` and `code`, so it holds for stored outcomes too.
        """
        if self.cause is Cause.OFFLINE:
            failure = self.connection_failure
            return failure is not None and failure.after_sending
        return self.cause not in _NOT_REACHED

    @property
    def connection_failure(self) -> ConnectionFailure | None:
        """The step on the way to the gateway that failed."""
        return read_connection_failure(self.cause, self.code)


def read_connection_failure(cause: Cause | None, code: str) -> ConnectionFailure | None:
    """The step that failed on the way to the gateway; None where none did or it is unknown."""
    if cause not in CONNECTION_CAUSES:
        return None
    try:
        return ConnectionFailure(code)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class NextStep:
    """State and retry that follow from an outcome.

    Attributes:
        state: the entry's new state.
        wait: seconds until the next try; None when there is no next try by itself.
        holds_account: every further exchange of this account would fail alike.
        security_event: someone may be answering in WeChat's place.
    """

    state: DeliveryState
    wait: float | None = None
    holds_account: bool = False
    security_event: bool = False


def after_exchange(outcome: Outcome, attempts: int, untrusted: int, jitter: float) -> NextStep:
    """The step after one exchange.

    Args:
        attempts: exchanges made for this entry so far, this one included; at least 1.
        untrusted: how many of them ended untrusted, this one included.
        jitter: a random number from 0 to 1, so that booths do not all come back at once.
    """
    remedy = outcome.cause.remedy
    if remedy is Remedy.NONE:
        return NextStep(DeliveryState.ANSWERED)
    if remedy in (Remedy.RETRY, Remedy.RETRY_SLOWLY):
        return NextStep(DeliveryState.WAITING, _wait(outcome, attempts, jitter))
    if remedy.holds_account:
        return NextStep(DeliveryState.WAITING, holds_account=True)
    if remedy is Remedy.TRY_ONCE_MORE:
        if untrusted < UNTRUSTED_TRIES:
            return NextStep(DeliveryState.WAITING, 0.0)
        return NextStep(DeliveryState.UNTRUSTED, security_event=True)
    return NextStep(DeliveryState.REFUSED)


def _wait(outcome: Outcome, attempts: int, jitter: float) -> float:
    """Doubling from 5 s (60 s when slow) to 5 minutes, a fifth of it random; longer if asked to."""
    slow = outcome.cause.remedy is Remedy.RETRY_SLOWLY
    first = SLOW_FIRST_WAIT if slow else FIRST_WAIT
    grown = min(first * 2.0 ** min(attempts - 1, 10), LONGEST_WAIT)
    asked = min(outcome.retry_after or 0.0, LONGEST_RETRY_AFTER)
    return max(grown * (0.8 + 0.2 * jitter), asked)
