"""Detection of replayed replies: each signed reply is accepted only once.

A reply has neither the plate nor the request's nonce, so a recorded one passes every other check.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable

REMEMBERED = 100_000


def fingerprint(nonce_str: str, sign: str) -> str:
    """Return the SHA-256 of a reply's nonce and signature: 64 hex digits."""
    return hashlib.sha256(f"{nonce_str}\n{sign}".encode()).hexdigest()


class SeenReplies:
    """The fingerprints of the newest accepted replies, shared by all clients of the gateway.

    Thread-safe. With more than `limit` fingerprints, the oldest are dropped.
    """

    def __init__(self, initial: Iterable[str], limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        # A dict keeps the order of arrival, which a set does not.
        self._seen: dict[str, None] = {}
        self.add_all(initial)

    def add_all(self, fingerprints: Iterable[str]) -> None:
        """Add the fingerprints of earlier runs; the newest comes first."""
        with self._lock:
            for one in reversed(list(fingerprints)):
                self._add(one)

    def claim(self, one: str) -> bool:
        """Add a fingerprint and return True; return False if it was there already."""
        with self._lock:
            if one in self._seen:
                return False
            self._add(one)
            return True

    def _add(self, one: str) -> None:
        self._seen[one] = None
        if len(self._seen) > self._limit:
            del self._seen[next(iter(self._seen))]
