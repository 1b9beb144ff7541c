"""Findings of `wxpark doctor` and of the window's check, and the rules that judge them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.errors import ReadableError

TOLERATED_CLOCK_OFFSET = 60.0
"""Seconds the computer's clock may differ from the gateway's without a warning."""
LITTLE_SPACE, NO_SPACE = 200_000_000, 20_000_000
"""Free bytes below which the disk gets the health `WARNING`, and `BAD`."""
SLOW_WRITE_MS = 500.0
"""Milliseconds of a durable write from which the disk gets the health `WARNING`."""


class Subject(Enum):
    """Examined part; the values are the names in the doctor's JSON."""

    DATA_DIRECTORY = "data_directory"
    DISK = "disk"
    JOURNAL = "journal"
    SETTINGS = "settings"
    MERCHANT = "merchant"
    MANAGERS = "managers"
    KEYRING = "keyring"
    KEY = "key"
    PROXY = "proxy"
    TRUST = "trust"
    OTHER_GATEWAY = "other_gateway"
    GATEWAY = "gateway"
    STANDBY_GATEWAY = "standby_gateway"
    CLOCK = "clock"
    SIGNED_QUERY = "signed_query"
    SQLITE = "sqlite"
    OPENSSL = "openssl"
    QT = "qt"
    FONTS = "fonts"
    SCREEN = "screen"
    DOOR = "door"
    VERSION_FILE = "version_file"


class Health(Enum):
    """Result of one examination. The booth can work in spite of a `WARNING`."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Trouble(Enum):
    """Reason of a finding that has no error of its own; the values are codes in the JSON."""

    CHECK_OVERDUE = "CHECK_OVERDUE"
    CHECK_FAILED = "CHECK_FAILED"
    DISK_LOW = "DISK_LOW"
    DISK_SLOW = "DISK_SLOW"
    PROXY_AUTH = "PROXY_AUTH"
    PROXY_UNSUPPORTED = "PROXY_UNSUPPORTED"
    TRUST_EMPTY = "TRUST_EMPTY"
    OTHER_GATEWAY = "OTHER_GATEWAY"
    VERSION_BAD = "VERSION_BAD"
    NO_CHINESE_FONT = "NO_CHINESE_FONT"
    SCREEN_SMALL = "SCREEN_SMALL"
    KEY_REFUSED = "KEY_REFUSED"
    MERCHANT_REFUSED = "MERCHANT_REFUSED"
    PERMISSION_REFUSED = "PERMISSION_REFUSED"
    REPLY_UNTRUSTED = "REPLY_UNTRUSTED"
    QUERY_BUSY = "QUERY_BUSY"
    QUERY_INTERCEPTED = "QUERY_INTERCEPTED"
    QUERY_UNCLEAR = "QUERY_UNCLEAR"


class Fault(Enum):
    """Known fault of a component's version; the values are names in the doctor's JSON."""

    NO_UPSERT = "no_upsert"
    """SQLite cannot insert or update in one statement, which archives need."""
    WAL_RESET = "wal_reset"
    """Two writers at the moment of a checkpoint may damage the file: https://sqlite.org/wal.html"""
    NO_TLS_1_3 = "no_tls_1_3"
    """OpenSSL has no TLS 1.3, and is out of support."""
    LOST_REFERENCES = "lost_references"
    """Qt for Python on Python 3.10 and 3.11 aborts the process after a few hundred signals."""


@dataclass(frozen=True, slots=True)
class GatewayCheck:
    """Result of a connection to one host of the gateway, without an entry.

    Attributes:
        failure: first failed step; None if the host answered.
        clock_offset: seconds this computer's clock is ahead of the server's; None if unknown.
        proxy_status: HTTP status of the proxy's reply to CONNECT; None without one.
        steps: name and milliseconds of each finished step: `dns`, `tcp`, `proxy`, `tls`, `answer`.
    """

    failure: ConnectionFailure | None = None
    clock_offset: float | None = None
    proxy_status: int | None = None
    steps: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DiskCheck:
    """Result of writing to the disk of the data directory.

    Attributes:
        free_bytes: free for this user.
        write_ms: duration of a durable write of 4 KB; None if the data directory does not exist.
    """

    free_bytes: int
    write_ms: float | None = None


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Source of the trusted certificate authorities.

    Attributes:
        name: file or directory, or the operating system whose own store is used.
        authorities: number of certificates; None if the operating system does not give it.
    """

    name: str
    authorities: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        detail: a path, count, name, version or error remark; nothing secret; may be empty.
        error: error that is the reason for another health than `GOOD`; None for other reasons.
        failure: first failed step of the connection; for the hosts of the gateway and the proxy.
        clock_offset: as in `GatewayCheck`; only for `Subject.CLOCK`.
        trouble: reason if `error`, `failure` and `clock_offset` are None; None for no reason.
        steps: as in `GatewayCheck`.
        fault: known fault of the version in `detail`; None for none.
    """

    subject: Subject
    health: Health
    detail: str = ""
    error: ReadableError | None = None
    failure: ConnectionFailure | None = None
    clock_offset: float | None = None
    trouble: Trouble | None = None
    steps: tuple[tuple[str, int], ...] = ()
    fault: Fault | None = None


_KNOWN_FAULTS = (
    (Subject.SQLITE, "0", "3.24", Health.BAD, Fault.NO_UPSERT),
    (Subject.SQLITE, "3.24", "3.44.6", Health.GOOD, Fault.WAL_RESET),
    (Subject.SQLITE, "3.45", "3.50.7", Health.GOOD, Fault.WAL_RESET),
    (Subject.SQLITE, "3.51", "3.51.3", Health.GOOD, Fault.WAL_RESET),
    (Subject.OPENSSL, "0", "1.1.1", Health.BAD, Fault.NO_TLS_1_3),
    (Subject.QT, "6.12.0", "6.12.1", Health.BAD, Fault.LOST_REFERENCES),
)
"""Component, first version with the fault, first one without it, health, and the fault.

The health `GOOD` names the fault without asking for an action.
"""

_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


def judge_version(subject: Subject, text: str) -> Finding:
    """Return the finding about a component's version, such as `3.40.1` or `OpenSSL 3.0.19`.

    `fault` is a known fault of that version; the health stays `GOOD` if it needs no action.
    """
    version = _numbers(text)
    for known, first, fixed, gravity, fault in _KNOWN_FAULTS:
        if known is subject and _numbers(first) <= version < _numbers(fixed):
            trouble = None if gravity is Health.GOOD else Trouble.VERSION_BAD
            return Finding(subject, gravity, text, trouble=trouble, fault=fault)
    return Finding(subject, Health.GOOD, text)


def _numbers(text: str) -> tuple[int, ...]:
    found = _NUMBERS.search(text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def judge_disk(check: DiskCheck) -> Finding:
    """Return the finding about free space and the duration of a durable write."""
    detail = f"{check.free_bytes / 1e9:.1f} GB"
    if check.write_ms is not None:
        detail += f", {check.write_ms:.0f} ms"
    if check.free_bytes < LITTLE_SPACE:
        health = Health.BAD if check.free_bytes < NO_SPACE else Health.WARNING
        return Finding(Subject.DISK, health, detail, trouble=Trouble.DISK_LOW)
    if check.write_ms is not None and check.write_ms >= SLOW_WRITE_MS:
        return Finding(Subject.DISK, Health.WARNING, detail, trouble=Trouble.DISK_SLOW)
    return Finding(Subject.DISK, Health.GOOD, detail)


def judge_clock(offset: float) -> Finding:
    """Return the finding about this computer's clock.

    Args:
        offset: seconds it is ahead of the server's; negative if behind.
    """
    health = Health.WARNING if abs(offset) >= TOLERATED_CLOCK_OFFSET else Health.GOOD
    return Finding(Subject.CLOCK, health, f"{offset:+.0f} s", clock_offset=offset)
