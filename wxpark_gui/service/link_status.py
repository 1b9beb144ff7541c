"""Status of the connection to the gateway, from the last exchange made on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.delivery import STANDBY_HOST, Cause, Outcome

_NOT_REACHED = frozenset({Cause.OFFLINE, Cause.PROXY_REFUSED, Cause.TLS_FAILED, Cause.INTERCEPTED})
_NOT_TRIED = frozenset({Cause.KEY_UNAVAILABLE, Cause.ACCOUNT_UNKNOWN})


class LinkState(Enum):
    """Result of the last try to reach the gateway."""

    UNTRIED = "untried"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Status of the connection, as the status strip shows it.

    Attributes:
        elapsed_ms: duration of the last exchange that reached the gateway.
        host: the host it was made with.
    """

    state: LinkState = LinkState.UNTRIED
    elapsed_ms: int = 0
    host: str = ""

    @property
    def on_standby(self) -> bool:
        """Test if the standby host answered, because the main one could not be reached."""
        return self.host == STANDBY_HOST


def status_after(status: LinkStatus, outcome: Outcome) -> LinkStatus:
    """The status after one more exchange. A gateway that answers, even with a refusal, is up."""
    if outcome.cause in _NOT_TRIED:
        return status
    state = LinkState.DOWN if outcome.cause in _NOT_REACHED else LinkState.UP
    return LinkStatus(state, outcome.elapsed_ms, outcome.host)
