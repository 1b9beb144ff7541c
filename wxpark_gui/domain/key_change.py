"""Result of a change of the merchant key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from wxpark_gui.domain.errors import ReadableError

if TYPE_CHECKING:
    from wxpark_gui.domain.health import Finding


class KeyStep(Enum):
    """End of a key change.

    `SWITCHED`: the new key is stored, and WeChat accepts it. `STORED`: it is stored without a test,
    as a person chose. In the other cases the old key is in use. `REFUSED`: WeChat's answer shows
    that the new key is wrong, or proves nothing about it. `UNTESTED`: WeChat could not be asked.
    `RESTORED`: the test with the stored key failed, so the old key was stored again.
    """

    SWITCHED = "switched"
    STORED = "stored"
    REFUSED = "refused"
    UNTESTED = "untested"
    RESTORED = "restored"

    @property
    def is_new(self) -> bool:
        """True if the new key is in use."""
        return self in (KeyStep.SWITCHED, KeyStep.STORED)


@dataclass(frozen=True, slots=True)
class KeyResult:
    """End of a key change.

    Attributes:
        finding: the worst finding of the last test; None if the key is proven or was not tested.
    """

    step: KeyStep
    finding: Finding | None = None


class KeyNotRestoredError(ReadableError):
    """The new key failed, and the old one could not be stored again."""

    code = "KEY_NOT_RESTORED"
