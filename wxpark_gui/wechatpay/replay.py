"""The signed replies that were accepted before: each is good for one entry only.

A reply names neither the plate nor our nonce, so a recorded one would pass every other check.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable

REMEMBERED = 100_000


def fingerprint(nonce_str: str, sign: str) -> str:
    """SHA-256 of nonce and signature, 64 hex digits."""
    return hashlib.sha256(f"{nonce_str}\n{sign}".encode()).hexdigest()


class SeenReplies:
    """The fingerprints of the newest accepted replies, shared by all clients of the gateway.

    Thread-safe. Beyond `limit` the oldest are forgotten.
    """

    def __init__(self, initial: Iterable[str], limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        # A dict keeps the order of arrival, which a set does not.
        self._seen: dict[str, None] = {}
        self.add_all(initial)

    def add_all(self, fingerprints: Iterable[str]) -> None:
        """Remember replies of earlier runs, newest first as the journal lists them."""
        with self._lock:
            for one in reversed(list(fingerprints)):
                self._add(one)

    def claim(self, one: str) -> bool:
        """Remember a fingerprint; False when it was there already."""
        with self._lock:
            if one in self._seen:
                return False
            self._add(one)
            return True

    def _add(self, one: str) -> None:
        self._seen[one] = None
        if len(self._seen) > self._limit:
            del self._seen[next(iter(self._seen))]
