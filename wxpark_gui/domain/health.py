"""Findings of `wxpark doctor`, one for each part examined."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.errors import ReadableError

TOLERATED_CLOCK_OFFSET = 60.0
"""Seconds the computer's clock may differ from the gateway's without a warning."""


class Subject(Enum):
    """An examined part; the values are the names in the doctor's JSON."""

    DATA_DIRECTORY = "data_directory"
    JOURNAL = "journal"
    SETTINGS = "settings"
    MERCHANT = "merchant"
    KEYRING = "keyring"
    KEY = "key"
    OTHER_GATEWAY = "other_gateway"
    GATEWAY = "gateway"
    CLOCK = "clock"
    VERSION_FILE = "version_file"


class Health(Enum):
    """Result of one examination. Only `BAD` keeps the booth from working."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class GatewayCheck:
    """Result of connecting to the gateway without sending an entry.

    Attributes:
        failure: the first step that failed; None when the connection opened.
        clock_offset: seconds this computer's clock is ahead of the server's; None where unknown.
    """

    failure: ConnectionFailure | None = None
    clock_offset: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        detail: a path, a count or a name; nothing secret.
        error: the readable error that makes the health not `GOOD`; None for other reasons.
        failure: the step on the way to the gateway that failed.
        clock_offset: as in `GatewayCheck`; only of `Subject.CLOCK`.
    """

    subject: Subject
    health: Health
    detail: str = ""
    error: ReadableError | None = None
    failure: ConnectionFailure | None = None
    clock_offset: float | None = None
