"""Rules that judge versions, disk and clock."""

from __future__ import annotations

import pytest

from wxpark_gui.domain.health import (
    DiskCheck,
    Health,
    Subject,
    Trouble,
    judge_disk,
    judge_version,
)


@pytest.mark.parametrize(
    ("subject", "version", "health", "named"),
    [
        (Subject.SQLITE, "3.23.1", Health.BAD, "UPSERT"),
        (Subject.SQLITE, "3.40.1", Health.GOOD, "WAL-reset"),
        (Subject.SQLITE, "3.44.5", Health.GOOD, "WAL-reset"),
        (Subject.SQLITE, "3.44.6", Health.GOOD, ""),
        (Subject.SQLITE, "3.50.6", Health.GOOD, "WAL-reset"),
        (Subject.SQLITE, "3.50.7", Health.GOOD, ""),
        (Subject.SQLITE, "3.51.2", Health.GOOD, "WAL-reset"),
        (Subject.SQLITE, "3.51.3", Health.GOOD, ""),
        (Subject.OPENSSL, "OpenSSL 1.1.0l  10 Sep 2019", Health.BAD, "TLS 1.3"),
        (Subject.OPENSSL, "OpenSSL 1.1.1w  11 Sep 2023", Health.GOOD, ""),
        (Subject.OPENSSL, "OpenSSL 3.0.19 27 Jan 2026", Health.GOOD, ""),
        (Subject.QT, "6.12.0", Health.BAD, "aborts"),
        (Subject.QT, "6.11.3", Health.GOOD, ""),
    ],
)
def test_known_fault_of_a_version_is_named(
    subject: Subject, version: str, health: Health, named: str
) -> None:
    finding = judge_version(subject, version)
    assert finding.health is health
    assert finding.detail.startswith(version)
    assert (named in finding.detail) if named else (finding.detail == version)
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
