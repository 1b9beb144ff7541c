"""The system's clocks and cryptographic randomness."""

from __future__ import annotations

import base64
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial

_NONCE_BYTES = 20


def _choose_monotonic() -> Callable[[], float]:
    """Choose a monotonic clock that includes the time for which the computer is suspended.

    - Linux: `CLOCK_BOOTTIME`, because `time.monotonic` (`CLOCK_MONOTONIC`) stops.
    - macOS: `CLOCK_MONOTONIC`, because `time.monotonic` (`mach_absolute_time`) stops.
    - Windows: `time.monotonic`, which includes it as `GetTickCount64` and, from Python 3.13 on, as
      `QueryPerformanceCounter`.
    """
    for name in _COUNTING_SUSPEND.get(sys.platform, ()):
        clock_id = getattr(time, name, None)
        if clock_id is None:
            continue
        try:
            time.clock_gettime(clock_id)
        except OSError:
            # Python knows this clock, but the kernel does not.
            continue
        return partial(time.clock_gettime, clock_id)
    return time.monotonic


_COUNTING_SUSPEND = {"linux": ("CLOCK_BOOTTIME",), "darwin": ("CLOCK_MONOTONIC",)}
_seconds_since_boot = _choose_monotonic()


class SystemClock:
    """The computer's wall clock, and a monotonic clock that includes time of suspend."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary start; they never go back, and include suspend."""
        return _seconds_since_boot()

    def pause(self, seconds: float) -> None:
        """Block for a number of seconds. Never call it in the GUI thread."""
        time.sleep(seconds)


class SystemRandom:
    """Nonces, ids and jitter from the operating system's cryptographic source.

    It is the source of `secrets`, whose import loads OpenSSL before the first paint.
    """

    def __init__(self) -> None:
        self._source = random.SystemRandom()

    def nonce(self) -> str:
        """Return 32 upper-case letters or digits, of 160 random bits."""
        return base64.b32encode(os.urandom(_NONCE_BYTES)).decode("ascii")

    def entry_id(self) -> str:
        """Return a random UUID (version 4), 36 characters."""
        import uuid  # noqa: PLC0415 - not for the first paint

        return str(uuid.uuid4())

    def jitter(self) -> float:
        """Return a random number of at least 0 and less than 1."""
        return self._source.randrange(1_000_000) / 1_000_000
