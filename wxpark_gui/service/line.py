"""What is known of the line to the gateway, from the last exchange made on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.delivery import STANDBY_HOST, Cause, Outcome

_NO_LINE = frozenset({Cause.OFFLINE, Cause.PROXY_REFUSED, Cause.TLS_FAILED, Cause.INTERCEPTED})
_NOT_TRIED = frozenset({Cause.KEY_UNAVAILABLE})


class LineState(Enum):
    """Whether the gateway could be reached."""

    UNTRIED = "untried"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Line:
    """The line as the status strip shows it.

    Attributes:
        elapsed_ms: duration of the last exchange that reached the gateway.
        host: the host it was made with.
    """

    state: LineState = LineState.UNTRIED
    elapsed_ms: int = 0
    host: str = ""

    @property
    def on_standby(self) -> bool:
        """Whether the standby host answered, because the main one could not be reached."""
        return self.host == STANDBY_HOST


def line_after(line: Line, outcome: Outcome) -> Line:
    """The line after one more exchange. A gateway that answers, even with a refusal, is up."""
    if outcome.cause in _NOT_TRIED:
        return line
    state = LineState.DOWN if outcome.cause in _NO_LINE else LineState.UP
    return Line(state, outcome.elapsed_ms, outcome.host)
