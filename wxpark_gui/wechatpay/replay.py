"""Detection of replayed replies: each signed reply is accepted only once.

A reply has neither the plate nor the request's nonce, so a recorded one passes every other check.
"""

from __future__ import annotations

import hashlib
import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterable

REMEMBERED = 100_000


def fingerprint(nonce_str: str, sign: str) -> str:
    """Return the SHA-256 of a reply's nonce and signature: 64 hex digits."""
    return hashlib.sha256(f"{nonce_str}\n{sign}".encode()).hexdigest()


class SeenReplies:
    """The fingerprints of the newest accepted replies, shared by all clients of the gateway.

    Thread-safe. With more than `limit` fingerprints, the oldest are dropped. Only a digest of 64
    bits is kept of each: 100,000 of them take 1.6 MB in two arrays, the texts ten times as much.
    """

    def __init__(self, initial: Iterable[str], limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._by_age = array("Q")
        self._sorted = array("Q")
        self.add_all(initial)

    def add_all(self, fingerprints: Iterable[str]) -> None:
        """Add the fingerprints of earlier runs; the newest comes first."""
        digests = [_digest(one) for one in fingerprints]
        with self._lock:
            known = set(self._by_age)
            self._by_age.extend(one for one in reversed(digests) if one not in known)
            del self._by_age[: -self._limit]
            self._sorted = array("Q", sorted(self._by_age))

    def claim(self, one: str) -> bool:
        """Add a fingerprint and return True; return False if it was there already."""
        digest = _digest(one)
        with self._lock:
            place = bisect_left(self._sorted, digest)
            if self._sorted[place : place + 1] == array("Q", [digest]):
                return False
            self._sorted.insert(place, digest)
            self._by_age.append(digest)
            if len(self._by_age) > self._limit:
                oldest = self._by_age.pop(0)
                del self._sorted[bisect_left(self._sorted, oldest)]
            return True


def _digest(fingerprint: str) -> int:
    return int.from_bytes(hashlib.blake2b(fingerprint.encode(), digest_size=8).digest(), "big")
