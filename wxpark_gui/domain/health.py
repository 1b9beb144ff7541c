"""Findings of `wxpark doctor`, one for each part examined."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.errors import ReadableError


class Subject(Enum):
    """An examined part; the values are the names in the doctor's JSON."""

    DATA_DIRECTORY = "data_directory"
    JOURNAL = "journal"
    SETTINGS = "settings"
    MERCHANT = "merchant"
    KEYRING = "keyring"
    KEY = "key"
    GATEWAY = "gateway"
    VERSION_FILE = "version_file"


class Health(Enum):
    """Result of an examination."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        detail: a path, a count or a name; nothing secret.
        error: what a person should read when the health is not `GOOD`.
    """

    subject: Subject
    health: Health
    detail: str = ""
    error: ReadableError | None = None
