"""Rules that judge versions, disk and clock."""

from __future__ import annotations

import pytest

from wxpark_gui.domain.health import (
    DiskCheck,
    Fault,
    Health,
    Subject,
    Trouble,
    judge_disk,
    judge_version,
)


@pytest.mark.parametrize(
    ("subject", "version", "health", "fault"),
    [
        (Subject.SQLITE, "3.23.1", Health.BAD, Fault.NO_UPSERT),
        (Subject.SQLITE, "3.40.1", Health.GOOD, Fault.WAL_RESET),
        (Subject.SQLITE, "3.44.5", Health.GOOD, Fault.WAL_RESET),
        (Subject.SQLITE, "3.44.6", Health.GOOD, None),
        (Subject.SQLITE, "3.50.6", Health.GOOD, Fault.WAL_RESET),
        (Subject.SQLITE, "3.50.7", Health.GOOD, None),
        (Subject.SQLITE, "3.51.2", Health.GOOD, Fault.WAL_RESET),
        (Subject.SQLITE, "3.51.3", Health.GOOD, None),
        (Subject.OPENSSL, "OpenSSL 1.1.0l  10 Sep 2019", Health.BAD, Fault.NO_TLS_1_3),
        (Subject.OPENSSL, "OpenSSL 1.1.1w  11 Sep 2023", Health.GOOD, None),
        (Subject.OPENSSL, "OpenSSL 3.0.19 27 Jan 2026", Health.GOOD, None),
        (Subject.QT, "6.12.0", Health.BAD, Fault.LOST_REFERENCES),
        (Subject.QT, "6.11.3", Health.GOOD, None),
    ],
)
def test_known_fault_of_a_version_is_named(
    subject: Subject, version: str, health: Health, fault: Fault | None
) -> None:
    finding = judge_version(subject, version)
    assert (finding.health, finding.detail, finding.fault) == (health, version, fault)
    assert (finding.trouble is Trouble.VERSION_BAD) == (health is Health.BAD)


@pytest.mark.parametrize(
    ("free", "write_ms", "health", "trouble"),
    [
        (9_000_000_000, 4.0, Health.GOOD, None),
        (9_000_000_000, None, Health.GOOD, None),
        (200_000_000, 499.9, Health.GOOD, None),
        (199_999_999, 4.0, Health.WARNING, Trouble.DISK_LOW),
        (19_999_999, 4.0, Health.BAD, Trouble.DISK_LOW),
        (9_000_000_000, 500.0, Health.WARNING, Trouble.DISK_SLOW),
    ],
)
def test_disk_is_judged_by_space_and_then_by_speed(
    free: int, write_ms: float | None, health: Health, trouble: Trouble | None
) -> None:
    finding = judge_disk(DiskCheck(free, write_ms))
    assert (finding.health, finding.trouble) == (health, trouble)
