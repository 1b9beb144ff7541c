"""How long an exchange may take, and how far it has got.

A timeout per read is no timeout of the exchange: a server that sends a byte a second would hold it
for ever. So every wait is given what is left of a limit on the monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Budget:
    """The time for one exchange, in seconds.

    Attributes:
        connect: for finding, reaching and securing one host.
        total: for the whole exchange, both hosts and the whole reply included.
        second_host: the part of `total` that the first host may not use up while it is silent.
    """

    connect: float = 3.0
    total: float = 8.0
    second_host: float = 3.0


class Stage(Enum):
    """What an attempt is doing; the values name a failure there."""

    RESOLVING = "DNS"
    CONNECTING = "CONNECT"
    TUNNELLING = "PROXY"
    SECURING = "TLS"
    CONVERSING = "RESET"


class Deadline:
    """The limits of the present attempt, and its progress. Used by one thread.

    Attributes:
        stage: what the attempt is doing.
        dialled: a connection was opened for this attempt; False where a warm one serves it.
        first_byte_came: the host has begun to reply.
        timed_out: a limit passed.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.begin(connect_by=0.0, first_byte_by=0.0, end=0.0)

    def begin(self, *, connect_by: float, first_byte_by: float, end: float) -> None:
        """Start an attempt. All three are times of the monotonic clock."""
        self._connect_by = connect_by
        self._first_byte_by = first_byte_by
        self._end = end
        self.stage = Stage.CONVERSING
        self.dialled = False
        self.first_byte_came = False
        self.timed_out = False

    def now(self) -> float:
        """The monotonic clock, in seconds."""
        return self._monotonic()

    @property
    def failure_code(self) -> str:
        """A short name for having failed at this point."""
        if self.stage is Stage.CONVERSING and self.timed_out:
            return "TIMEOUT"
        return self.stage.value

    def remaining(self) -> float:
        """Seconds left for what the attempt is doing, more than 0.

        Raises:
            TimeoutError: none are left.
        """
        left = self._limit() - self._monotonic()
        if left <= 0:
            self.timed_out = True
            raise TimeoutError("the time for this exchange is over")
        return left

    def _limit(self) -> float:
        if self.stage is not Stage.CONVERSING:
            return min(self._connect_by, self._first_byte_by)
        return self._end if self.first_byte_came else self._first_byte_by
