"""The system's clocks and cryptographic randomness."""

from __future__ import annotations

import secrets
import string
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial

_ALPHABET = string.ascii_uppercase + string.digits
_NONCE_LENGTH = 32


def _choose_monotonic() -> Callable[[], float]:
    """The platform's monotonic clock that counts suspend.

    - Linux: `CLOCK_BOOTTIME`; `time.monotonic` (`CLOCK_MONOTONIC`) stands still.
    - macOS: `CLOCK_MONOTONIC`; `time.monotonic` (`mach_absolute_time`) stands still.
    - Windows: `time.monotonic` counts it, as `GetTickCount64` and, from Python 3.13 on, as
      `QueryPerformanceCounter`.
    """
    for name in _COUNTING_SUSPEND.get(sys.platform, ()):
        clock_id = getattr(time, name, None)
        if clock_id is None:
            continue
        try:
            time.clock_gettime(clock_id)
        except OSError:
            # Known to Python, not to the kernel.
            continue
        return partial(time.clock_gettime, clock_id)
    return time.monotonic


_COUNTING_SUSPEND = {"linux": ("CLOCK_BOOTTIME",), "darwin": ("CLOCK_MONOTONIC",)}
_seconds_since_boot = _choose_monotonic()


class SystemClock:
    """The computer's wall clock and a monotonic one that counts suspend."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back, and goes on while suspended."""
        return _seconds_since_boot()

    def pause(self, seconds: float) -> None:
        """Wait. Never in the window's thread."""
        time.sleep(seconds)


class SystemRandom:
    """Nonces, ids and jitter from the operating system's cryptographic source."""

    def nonce(self) -> str:
        """32 upper-case letters or digits."""
        return "".join(secrets.choice(_ALPHABET) for _ in range(_NONCE_LENGTH))

    def entry_id(self) -> str:
        """A random UUID (version 4), 36 characters."""
        return str(uuid.uuid4())

    def jitter(self) -> float:
        """At least 0, less than 1."""
        return secrets.randbelow(1_000_000) / 1_000_000
