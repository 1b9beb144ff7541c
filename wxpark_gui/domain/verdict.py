"""Verdict: the meaning of an outcome for the attendant.

`user_state` is an open set: the values below are those found in WeChat's pages, SDKs and community
reports. Any other value is shown as received and never has `Severity.OK`. No document says to
refuse entry: a state is only advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome, Remedy


class Severity(Enum):
    """Class of a verdict, which decides its colour; the values are in the console tool's JSON."""

    OK = "ok"
    ARREARS = "arrears"
    BLOCKED = "blocked"
    CAUTION = "caution"
    INFO = "info"
    UNKNOWN = "unknown"
    PENDING = "pending"
    FAILED = "failed"


class UserState(Enum):
    """State of the vehicle's owner: the first six are WeChat's values of `user_state`.

    - `NOT_BOUND`: result of a query; the account is in good standing, but lacks this plate.
    - `NOT_A_MEMBER`: the owner has not joined; WeChat's error code `VEHICLE_NOT_EXIST`.
    - `UNKNOWN`: any other value in an answer, or none.
    - `NONE`: the gateway has not answered.
    """

    NORMAL = "NORMAL"
    OVERDUE = "OVERDUE"
    BLOCKED = "BLOCKED"
    PAUSED = "PAUSED"
    UNAUTHORIZED = "UNAUTHORIZED"
    VEHICLE_AUTH_ERROR = "VEHICLE_AUTH_ERROR"
    NOT_BOUND = "NORMAL_NOT_BOUND"
    NOT_A_MEMBER = "VEHICLE_NOT_EXIST"
    UNKNOWN = "?"
    NONE = ""


class DeductMode(Enum):
    """Value of `deduct_mode`: automatic (无感), started by the driver (免密), or none of these."""

    AUTOPAY = "AUTOPAY"
    PROACTIVE = "PROACTIVE"
    UNSTATED = ""


_STATES = {
    "NORMAL": UserState.NORMAL,
    "OVERDUE": UserState.OVERDUE,
    "BLOCK": UserState.BLOCKED,
    "BLOCKED": UserState.BLOCKED,
    "PAUSED": UserState.PAUSED,
    "UNAUTHORIZED": UserState.UNAUTHORIZED,
    "VEHICLE_AUTH_ERROR": UserState.VEHICLE_AUTH_ERROR,
    "VEHICLE_NOT_EXIST": UserState.NOT_A_MEMBER,
    "NORMAL_NOT_BOUND": UserState.NOT_BOUND,
}

_SEVERITIES = {
    UserState.NORMAL: Severity.OK,
    UserState.OVERDUE: Severity.ARREARS,
    UserState.BLOCKED: Severity.BLOCKED,
    UserState.PAUSED: Severity.CAUTION,
    UserState.VEHICLE_AUTH_ERROR: Severity.CAUTION,
    UserState.NOT_BOUND: Severity.CAUTION,
    UserState.UNAUTHORIZED: Severity.INFO,
    UserState.NOT_A_MEMBER: Severity.INFO,
    UserState.UNKNOWN: Severity.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Content of the coloured verdict panel.

    Attributes:
        severity: decides the colour.
        delivery: the entry's state when the verdict was made.
        cause: cause of the last exchange's outcome; None before the first.
        state: the owner's state; `NONE` unless the gateway answered.
        raw_state, raw_deduct_mode: of the outcome; empty unless the gateway answered.
        as_of: end of the last exchange, aware; None before the first.
        code, message: of the outcome; empty before the first.
    """

    severity: Severity
    delivery: DeliveryState
    cause: Cause | None = None
    state: UserState = UserState.NONE
    raw_state: str = ""
    raw_deduct_mode: str = ""
    as_of: datetime | None = None
    code: str = ""
    message: str = ""

    @property
    def deduct_mode(self) -> DeductMode:
        try:
            return DeductMode(self.raw_deduct_mode)
        except ValueError:
            return DeductMode.UNSTATED

    @property
    def reached_gateway(self) -> bool:
        """True if the gateway replied, or may have received the request of the last exchange."""
        return self.cause is not None and Outcome(self.cause, code=self.code).reached


def read_user_state(raw: str) -> UserState:
    """Parse `user_state`; `UNKNOWN` for an undocumented or empty value."""
    return _STATES.get(raw, UserState.UNKNOWN)


def raw_states(severity: Severity) -> frozenset[str]:
    """Return the documented values of `user_state` that have this severity."""
    return frozenset(raw for raw, state in _STATES.items() if _SEVERITIES[state] is severity)


def judge(delivery: DeliveryState, outcome: Outcome | None, as_of: datetime | None) -> Verdict:
    """Return the verdict on an entry.

    Args:
        delivery: the entry's present state.
        outcome: of the last exchange; None before the first.
        as_of: end of that exchange, aware; None before the first.
    """
    if outcome is None:
        return Verdict(_unanswered(delivery, None), delivery)
    if delivery is DeliveryState.ANSWERED and outcome.cause is Cause.ANSWERED:
        state = read_user_state(outcome.user_state)
        return Verdict(
            severity=_SEVERITIES[state],
            delivery=delivery,
            cause=outcome.cause,
            state=state,
            raw_state=outcome.user_state,
            raw_deduct_mode=outcome.deduct_mode,
            as_of=as_of,
            code=outcome.code,
            message=outcome.message,
        )
    return Verdict(
        severity=_unanswered(delivery, outcome.cause),
        delivery=delivery,
        cause=outcome.cause,
        as_of=as_of,
        code=outcome.code,
        message=outcome.message,
    )


def judge_query(outcome: Outcome, as_of: datetime) -> Verdict:
    """Return the verdict of a query. Without an answer it is `FAILED`, as queries are not retried.

    Args:
        as_of: end of the exchange, aware.
    """
    if outcome.cause is Cause.ANSWERED:
        return judge(DeliveryState.ANSWERED, outcome, as_of)
    return judge(DeliveryState.REFUSED, outcome, as_of)


def _unanswered(delivery: DeliveryState, cause: Cause | None) -> Severity:
    """Return `FAILED` for a closed entry or for wrong settings, else `PENDING`."""
    if not delivery.is_open or (cause and cause.remedy is Remedy.FIX_SETTINGS):
        return Severity.FAILED
    return Severity.PENDING
