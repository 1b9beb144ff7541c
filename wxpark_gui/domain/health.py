"""Findings of the command `wxpark doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.errors import ReadableError

TOLERATED_CLOCK_OFFSET = 60.0
"""Seconds the computer's clock may differ from the gateway's without a warning."""


class Subject(Enum):
    """Examined part; the values are the names in the doctor's JSON."""

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
    """Result of one examination. The booth can work in spite of a `WARNING`."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class GatewayCheck:
    """Result of connecting to the gateway without sending an entry.

    Attributes:
        failure: first failed step; None if the connection was opened.
        clock_offset: seconds this computer's clock is ahead of the server's; None if unknown.
    """

    failure: ConnectionFailure | None = None
    clock_offset: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        detail: a path, count, name, version or error remark; nothing secret; may be empty.
        error: error that is the reason for another health than `GOOD`; None for other reasons.
        failure: first failed step of the connection; only for `Subject.GATEWAY`.
        clock_offset: as in `GatewayCheck`; only for `Subject.CLOCK`.
    """

    subject: Subject
    health: Health
    detail: str = ""
    error: ReadableError | None = None
    failure: ConnectionFailure | None = None
    clock_offset: float | None = None
