"""The computer's own clock and randomness."""

from __future__ import annotations

import secrets
import string
import time
import uuid
from datetime import datetime, timezone

_ALPHABET = string.ascii_uppercase + string.digits
_NONCE_LENGTH = 32


class SystemClock:
    """The present, as this computer has it."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back."""
        return time.monotonic()

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
