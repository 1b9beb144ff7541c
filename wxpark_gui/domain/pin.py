"""PIN of an attendant or manager: its format, its hash, and the wait after wrong ones."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.shift_errors import PinFormatError

SHORTEST, LONGEST = 4, 8
"""Smallest and largest number of digits of a PIN."""

FREE_TRIES = 4
"""Number of wrong PINs in a row that cause no wait."""

FIRST_WAIT, LONGEST_WAIT = 30.0, 900.0
"""Seconds of the first and of the longest wait; each one is twice the wait before."""

COST = 2**15
"""scrypt's n of new hashes: 0.1 s and 32 MiB on a fast computer."""

_DIGITS = re.compile(f"[0-9]{{{SHORTEST},{LONGEST}}}")
_BLOCK_SIZE = 8
_LANES = 1


@dataclass(frozen=True, slots=True)
class PinHash:
    """Hash of a PIN by scrypt, and the parameters it was made with.

    Attributes:
        salt: random text, ASCII.
        digest: 64 hex digits.
        cost, block_size, lanes: scrypt's n, r and p.
    """

    salt: str = field(repr=False)
    digest: str = field(repr=False)
    cost: int = COST
    block_size: int = _BLOCK_SIZE
    lanes: int = _LANES

    def matches(self, pin: Secret) -> bool:
        """Test if `pin` is the hashed one. Takes 0.1 to 0.3 s and 32 MiB."""
        found = _derive(pin, self.salt, self.cost, self.block_size, self.lanes)
        return hmac.compare_digest(found, self.digest)


@dataclass(frozen=True, slots=True)
class PinState:
    """Stored PIN of a person, and the wrong PINs typed since the last right one.

    Attributes:
        failures: number of wrong PINs in a row.
        elapsed: seconds since the last wrong PIN by the monotonic clock; after a restart of the
            program, seconds since that restart.
    """

    hash: PinHash
    failures: int = 0
    elapsed: float = 0.0

    @property
    def wait(self) -> float:
        """Seconds until the next try is allowed; 0 for none."""
        return max(0.0, wait_after(self.failures) - max(0.0, self.elapsed))


def read_pin(typed: str) -> Secret:
    """Convert typed text to a PIN.

    Raises:
        PinFormatError: it is not 4 to 8 ASCII digits.
    """
    if not _DIGITS.fullmatch(typed):
        raise PinFormatError
    return Secret(typed)


def hash_pin(pin: Secret, salt: str, cost: int | None = None) -> PinHash:
    """Hash a PIN. Takes 0.1 to 0.3 s and 32 MiB at the default cost.

    Args:
        salt: 32 random letters or digits.
        cost: scrypt's n, a power of two; None for `COST`. Time and memory grow with it.
    """
    cost = cost or COST
    digest = _derive(pin, salt, cost, _BLOCK_SIZE, _LANES)
    return PinHash(salt, digest, cost, _BLOCK_SIZE, _LANES)


def wait_after(failures: int) -> float:
    """Return the seconds to wait after `failures` wrong PINs in a row.

    No wait up to four, 30 s after five, then twice the wait before, at most 900 s.
    """
    if failures <= FREE_TRIES:
        return 0.0
    # The exponent is bounded: a large power of two is no float.
    doublings = min(failures - FREE_TRIES - 1, 10)
    return min(FIRST_WAIT * 2.0**doublings, LONGEST_WAIT)


def _derive(pin: Secret, salt: str, cost: int, block_size: int, lanes: int) -> str:
    return hashlib.scrypt(
        pin.reveal().encode(),
        salt=salt.encode(),
        n=cost,
        r=block_size,
        p=lanes,
        # OpenSSL needs a little more than the memory of the algorithm.
        maxmem=2 * 128 * cost * block_size * lanes,
        dklen=32,
    ).hex()
