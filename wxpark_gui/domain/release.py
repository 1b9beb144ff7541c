"""Versions of this program: read, compared, and announced."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = "(0|[1-9][0-9]{0,4})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`MAJOR.MINOR.PATCH`; compares as numbers do: 1.10.0 is newer than 1.9.0."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def read_version(text: str) -> Version:
    """The version a text names: three numbers of at most five digits, and nothing else.

    Raises:
        ValueError: it names none; a suffix such as `rc1` has no place in a release.
    """
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ValueError("not MAJOR.MINOR.PATCH")
    return Version(*(int(number) for number in found.groups()))
