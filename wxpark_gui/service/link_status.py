"""Status of the connection to the gateway, from the last exchange made on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.delivery import STANDBY_HOST, Cause, Outcome

_NOT_REACHED = frozenset({Cause.OFFLINE, Cause.PROXY_REFUSED, Cause.TLS_FAILED, Cause.INTERCEPTED})
_NOT_TRIED = frozenset({Cause.KEY_UNAVAILABLE, Cause.ACCOUNT_UNKNOWN})


class LinkState(Enum):
    """Result of the last attempt to reach the gateway; `UNTRIED` before the first."""

    UNTRIED = "untried"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Status of the connection, as the status strip shows it.

    Attributes:
        elapsed_ms: duration of the last exchange in milliseconds; 0 before the first.
        host: host of the last exchange; empty before the first.
    """

    state: LinkState = LinkState.UNTRIED
    elapsed_ms: int = 0
    host: str = ""

    @property
    def on_standby(self) -> bool:
        """True if the last exchange was with WeChat's standby host."""
        return self.host == STANDBY_HOST


def status_after(status: LinkStatus, outcome: Outcome) -> LinkStatus:
    """Return the status after one more exchange; unchanged if key or account was missing.

    Any reply counts as `UP`, even a refusal, unless it is `Cause.INTERCEPTED`.
    """
    if outcome.cause in _NOT_TRIED:
        return status
    state = LinkState.DOWN if outcome.cause in _NOT_REACHED else LinkState.UP
    return LinkStatus(state, outcome.elapsed_ms, outcome.host)
