"""Time limits and progress of one exchange.

A timeout per read does not limit the whole exchange, because a server may send one byte a second.
So every wait gets the time left until a limit on a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Budget:
    """The time for one exchange, in seconds.

    Attributes:
        connect: for name lookup, TCP, proxy and TLS of one attempt.
        total: for the whole exchange, with both hosts and the whole reply.
        second_host: part of `total` reserved for the second host until the first one replies.
    """

    connect: float = 3.0
    total: float = 8.0
    second_host: float = 3.0


class Stage(Enum):
    """Step of an attempt. `CONVERSING` covers request and reply, once the connection is open."""

    RESOLVING = auto()
    CONNECTING = auto()
    TUNNELLING = auto()
    SECURING = auto()
    CONVERSING = auto()


class Deadline:
    """Time limits and progress of the current attempt. Used by one thread.

    Attributes:
        stage: the attempt's current step.
        through_proxy: True if the connection opened for this attempt leads to a proxy.
        proxy_status: HTTP status of the proxy's reply to CONNECT; None before it came.
        dialled: True if a new connection was begun for this attempt; False if an open one is
            reused.
        request_sent: True if the whole request was handed to the operating system.
        first_byte_came: True if the host has begun to reply.
        timed_out: True if a read timed out, or `remaining` found no time left. A timeout of TCP
            connect, TLS handshake or sending does not set it.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Keep the clock.

        `monotonic` returns seconds and must count on while the computer sleeps.
        """
        self._monotonic = monotonic
        self.begin(connect_by=0.0, first_byte_by=0.0, end=0.0)

    def begin(self, *, connect_by: float, first_byte_by: float, end: float) -> None:
        """Reset the progress and set three limits, which are readings of the monotonic clock.

        Args:
            connect_by: limit for every step before `CONVERSING`.
            first_byte_by: limit until the host begins to reply; applies to the earlier steps too.
            end: limit for the rest of the reply.
        """
        self._connect_by = connect_by
        self._first_byte_by = first_byte_by
        self._end = end
        self._stage = Stage.CONVERSING
        self._entered: list[tuple[Stage, float]] = []
        self.through_proxy = False
        self.proxy_status: int | None = None
        self.dialled = False
        self.request_sent = False
        self.first_byte_came = False
        self.timed_out = False

    @property
    def stage(self) -> Stage:
        return self._stage

    @stage.setter
    def stage(self, stage: Stage) -> None:
        self._stage = stage
        self._entered.append((stage, self._monotonic()))

    @property
    def durations(self) -> tuple[tuple[Stage, float], ...]:
        """The finished stages of the new connection with their duration in seconds, in order."""
        ends = (at for _, at in self._entered[1:])
        return tuple(
            (stage, end - at) for (stage, at), end in zip(self._entered, ends, strict=False)
        )

    def now(self) -> float:
        """Return the monotonic clock's reading in seconds."""
        return self._monotonic()

    def remaining(self) -> float:
        """Return the seconds left for the current stage, more than 0.

        Raises:
            TimeoutError: no time is left.
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
