"""The time limits of one exchange, and its progress.

A timeout per read does not limit the exchange: a server that sends a byte a second would hold it
for ever. So every wait is given the rest of a limit on a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Budget:
    """The time for one exchange, in seconds.

    Attributes:
        connect: for name lookup, TCP, proxy and TLS of one host.
        total: for the whole exchange: both hosts, and the whole reply.
        second_host: the part of `total` that the first host may not use up while it is silent.
    """

    connect: float = 3.0
    total: float = 8.0
    second_host: float = 3.0


class Stage(Enum):
    """The step an attempt is at."""

    RESOLVING = auto()
    CONNECTING = auto()
    TUNNELLING = auto()
    SECURING = auto()
    CONVERSING = auto()


class Deadline:
    """The limits of the present attempt, and its progress. Used by one thread.

    Attributes:
        stage: the step the attempt is at.
        through_proxy: the connection dialled for this attempt leads to a proxy.
        proxy_status: HTTP status of the proxy's answer to CONNECT; None before it came.
        dialled: a connection was opened for this attempt; False where a warm one serves it.
        request_sent: the whole request was handed to the operating system.
        first_byte_came: the host has begun to reply.
        timed_out: a limit passed.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """`monotonic` gives seconds; it must go on while the computer sleeps."""
        self._monotonic = monotonic
        self.begin(connect_by=0.0, first_byte_by=0.0, end=0.0)

    def begin(self, *, connect_by: float, first_byte_by: float, end: float) -> None:
        """Start an attempt. All three are times of the monotonic clock."""
        self._connect_by = connect_by
        self._first_byte_by = first_byte_by
        self._end = end
        self.stage = Stage.CONVERSING
        self.through_proxy = False
        self.proxy_status: int | None = None
        self.dialled = False
        self.request_sent = False
        self.first_byte_came = False
        self.timed_out = False

    def now(self) -> float:
        """The monotonic clock, in seconds."""
        return self._monotonic()

    def remaining(self) -> float:
        """Seconds left for the present stage, more than 0.

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
