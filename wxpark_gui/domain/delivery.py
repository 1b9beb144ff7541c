"""Outcome of one exchange with the gateway, and the delivery state that follows from it.

The functions are pure. The causes are those that WeChat's error codes distinguish.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.connectivity import ConnectionFailure

MAIN_HOST = "api.mch.weixin.qq.com"
STANDBY_HOST = "api2.mch.weixin.qq.com"
"""WeChat Pay's standby host, used if `MAIN_HOST` does not reply."""

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
        """True for `SAVED`, `SENDING` and `WAITING`."""
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
    # `SENDING` to itself: the last result could not be stored, so the entry is sent again.
    DeliveryState.SENDING: frozenset(
        {
            DeliveryState.SENDING,
            DeliveryState.WAITING,
            DeliveryState.ANSWERED,
            DeliveryState.REFUSED,
            DeliveryState.UNTRUSTED,
        }
    ),
    # `WAITING` to itself: only the planned time changes.
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
    """Return `after`.

    Raises:
        ValueError: the transition is not allowed.
    """
    if not can_move(before, after):
        raise ValueError(f"no way from {before.value} to {after.value}")
    return after


class Remedy(Enum):
    """Action that a cause requires of the program or a person."""

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
        """True if all exchanges of the account would fail alike until a person acts."""
        return self in (Remedy.FIX_SETTINGS, Remedy.UNLOCK)


class Cause(Enum):
    """Kind of result of one exchange. The values are stored and exported, and must never change."""

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
    # Unsigned, so anybody on the network can forge it: it must not close an entry.
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
    """Result of one exchange with the gateway.

    Attributes:
        cause: kind of the result. `ANSWERED` requires a new reply whose signature and ids were
            verified.
        user_state: as received, or `VEHICLE_NOT_EXIST` received as error code; in a query, another
            text instead of `NORMAL` if the plate may not be bound. Empty unless answered.
        deduct_mode: as received; empty if absent.
        code: WeChat's `err_code`, `HTTP 503`, a `ConnectionFailure` (`TIMEOUT`) or another short
            technical name; may be empty.
        message: text of the reply or of the system's error, at most 200 characters; may be empty.
            Never the signed text.
        host: host that the outcome is about; empty if none was tried.
        elapsed_ms: duration of the exchange in milliseconds, by a monotonic clock.
        retry_after: seconds to wait, as the gateway asked; None if it did not.
        fingerprint: SHA-256 of `nonce_str` and `sign`, hex; empty unless the reply was verified and
            new.
        reply_hash: SHA-256 of the reply's body, hex; empty without a reply of HTTP status 200.
        clock_offset: seconds this computer's clock is ahead of the `Date` in the reply; None if
            there was none. Not signed, so used for a notice only. Not stored.
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
        """True if the gateway replied or may have received the whole request.

        A failure may then concern this entry only. False is a failure that other entries share: of
        network, DNS, TLS, proxy or captive portal, of key or account. Derived from `cause` and
        `code`, so it works for stored outcomes too.
        """
        if self.cause is Cause.OFFLINE:
            failure = self.connection_failure
            return failure is not None and failure.after_sending
        return self.cause not in _NOT_REACHED

    @property
    def connection_failure(self) -> ConnectionFailure | None:
        """First failed step of the connection; None if none failed or it is unknown."""
        return read_connection_failure(self.cause, self.code)


def read_connection_failure(cause: Cause | None, code: str) -> ConnectionFailure | None:
    """Parse `Outcome.code` as a failed step.

    None if `cause` is not in `CONNECTION_CAUSES`, or the code is unknown.
    """
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
        wait: seconds until the next automatic try; None if there is none.
        holds_account: True if all exchanges of the account would fail alike.
        security_event: True if replies may come from a server that only pretends to be WeChat's.
    """

    state: DeliveryState
    wait: float | None = None
    holds_account: bool = False
    security_event: bool = False


def after_exchange(outcome: Outcome, attempts: int, untrusted: int, jitter: float) -> NextStep:
    """Return the next step after an exchange.

    Args:
        attempts: number of exchanges of the entry, this one included; at least 1.
        untrusted: number of these that ended with `Cause.UNTRUSTED`, this one included.
        jitter: random number, at least 0 and below 1, so that booths do not all retry at the same
            time.
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
    """Return the seconds to wait: doubling from 5 s (60 s if slow) to 300 s.

    The wait is 80 to 100 % of that, as `jitter` decides, but at least the gateway's `Retry-After`,
    of which at most 3600 s count.
    """
    slow = outcome.cause.remedy is Remedy.RETRY_SLOWLY
    first = SLOW_FIRST_WAIT if slow else FIRST_WAIT
    grown = min(first * 2.0 ** min(attempts - 1, 10), LONGEST_WAIT)
    asked = min(outcome.retry_after or 0.0, LONGEST_RETRY_AFTER)
    return max(grown * (0.8 + 0.2 * jitter), asked)
