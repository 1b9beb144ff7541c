"""Checks run at the same time; each has its own deadline."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator

import pytest

from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.health import Finding, Health, Subject, Trouble
from wxpark_gui.service.examination import Check, Examination


@pytest.fixture
def hang() -> Iterator[Callable[[], Iterable[Finding]]]:
    """A check that hangs until the end of the test."""
    over = threading.Event()

    def examine() -> Iterable[Finding]:
        over.wait(5)
        return [Finding(Subject.KEYRING, Health.GOOD)]

    yield examine
    over.set()


def good(subject: Subject) -> Callable[[], Iterable[Finding]]:
    return lambda: [Finding(subject, Health.GOOD)]


def test_check_that_hangs_does_not_hold_up_the_others(
    hang: Callable[[], Iterable[Finding]],
) -> None:
    checks = [
        Check(Subject.KEYRING, 30, hang),
        Check(Subject.JOURNAL, 30, good(Subject.JOURNAL)),
        Check(Subject.DISK, 30, good(Subject.DISK)),
    ]
    examination = Examination(checks)
    found = examination.findings()
    first = {next(found).check.subject, next(found).check.subject}
    assert first == {Subject.JOURNAL, Subject.DISK}
    examination.cancel()
    assert list(found) == []


def test_check_is_given_up_after_its_time_and_the_rest_goes_on(
    hang: Callable[[], Iterable[Finding]],
) -> None:
    slower = threading.Event()

    def examine() -> Iterable[Finding]:
        slower.wait(5)
        return [Finding(Subject.DISK, Health.GOOD)]

    checks = [Check(Subject.KEYRING, 0.05, hang), Check(Subject.DISK, 5, examine)]
    found = Examination(checks).findings()
    overdue = next(found).findings
    assert [(f.subject, f.health, f.detail, f.trouble) for f in overdue] == [
        (Subject.KEYRING, Health.BAD, "0.05 s", Trouble.CHECK_OVERDUE)
    ]
    slower.set()
    assert [checked.check.subject for checked in found] == [Subject.DISK]


def test_readable_error_of_a_check_is_its_finding() -> None:
    def fail() -> Iterable[Finding]:
        raise JournalDamagedError("no database")

    (checked,) = Examination([Check(Subject.JOURNAL, 5, fail)]).findings()
    assert checked.findings[0].detail == "no database"
    assert isinstance(checked.findings[0].error, JournalDamagedError)


def test_bug_in_a_check_is_its_finding_and_its_traceback_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> Iterable[Finding]:
        raise ZeroDivisionError("private")

    checks = [Check(Subject.JOURNAL, 5, fail), Check(Subject.DISK, 5, good(Subject.DISK))]
    found = {c.check.subject: c.findings[0] for c in Examination(checks).findings()}
    assert found[Subject.DISK].health is Health.GOOD
    assert found[Subject.JOURNAL].trouble is Trouble.CHECK_FAILED
    assert found[Subject.JOURNAL].detail == "ZeroDivisionError"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_check_that_gets_no_thread_is_run_by_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    checks = [Check(Subject.DISK, 30, good(Subject.DISK))]
    (checked,) = Examination(checks).findings()
    assert checked.findings == (Finding(Subject.DISK, Health.GOOD),)
