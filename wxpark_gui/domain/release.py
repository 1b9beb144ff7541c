"""Version numbers, and the operator's announcement of a new version."""

from __future__ import annotations

import re
from dataclasses import dataclass

WHERE_LENGTH = 100

_NUMBER = "(0|[1-9][0-9]{0,4})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`MAJOR.MINOR.PATCH`, ordered by number: 1.10.0 is newer than 1.9.0."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def read_version(text: str) -> Version:
    """Parse `MAJOR.MINOR.PATCH`: numbers of at most five digits, without leading zeros.

    Raises:
        ValueError: the text has another form, such as a suffix `rc1`.
    """
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ValueError("not MAJOR.MINOR.PATCH")
    return Version(*(int(number) for number in found.groups()))


@dataclass(frozen=True, slots=True)
class Release:
    """The newest version, as announced by the operator.

    Attributes:
        where: location of the new version, for the manager; shown as plain text, never opened; may
            be empty.
    """

    version: Version
    where: str = ""

    def is_newer_than(self, running: Version) -> bool:
        return self.version > running
