"""Exit codes and counts of the console tool."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from wxpark_gui.console.report import (
    ExitCode,
    exit_code_of,
    exit_code_of_findings,
    exit_code_of_flush,
    flushed_json,
    flushed_text,
)
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import BEIJING, ParkingEntry, Scene
from wxpark_gui.domain.errors import JournalDamagedError, KeyringLockedError
from wxpark_gui.domain.health import Finding, Health, Subject
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.service.outbox import Flushed
from wxpark_gui.wording import Wording

NOW = datetime(2026, 3, 1, 4, 5, 6, tzinfo=timezone.utc)
ANSWERED, REFUSED = DeliveryState.ANSWERED, DeliveryState.REFUSED
UNTRUSTED, EXPIRED = DeliveryState.UNTRUSTED, DeliveryState.EXPIRED
WAITING = DeliveryState.WAITING


def record(state: DeliveryState, cause: Cause | None = None) -> EntryRecord:
    entry = ParkingEntry(Scene.PARKING, NOW.astimezone(BEIJING), read_plate("粤B12345"))
    outcome = Outcome(cause) if cause else None
    return EntryRecord("e", 1, 1, entry, Origin("1-2", "1", "2", "lot", "1"), NOW, state,
                       outcome=outcome)  # fmt: skip


def flushed(closed: list[DeliveryState], waiting: int = 0) -> Flushed:
    return Flushed(tuple(map(record, closed)), (record(WAITING, Cause.BUSY),) * waiting)


@pytest.mark.parametrize(
    ("closed", "waiting", "code"),
    [
        ([], 0, ExitCode.ANSWERED),
        ([ANSWERED, ANSWERED], 0, ExitCode.ANSWERED),
        ([ANSWERED, REFUSED], 0, ExitCode.REFUSED),
        ([EXPIRED, ANSWERED], 0, ExitCode.REFUSED),
        ([EXPIRED, UNTRUSTED, ANSWERED], 0, ExitCode.UNTRUSTED),
        ([UNTRUSTED, REFUSED, EXPIRED, ANSWERED], 0, ExitCode.UNTRUSTED),
        ([UNTRUSTED, REFUSED, EXPIRED, ANSWERED], 1, ExitCode.QUEUED),
        ([], 3, ExitCode.QUEUED),
    ],
)
def test_exit_code_of_a_flush_is_that_of_its_worst_entry(
    closed: list[DeliveryState], waiting: int, code: ExitCode
) -> None:
    assert exit_code_of_flush(flushed(closed, waiting)) == code


def test_flush_counts_each_end_once() -> None:
    mixed = flushed([ANSWERED, ANSWERED, REFUSED, UNTRUSTED, EXPIRED, EXPIRED], waiting=2)
    wording = Wording.for_console("en")
    document = flushed_json(mixed, wording)
    names = ("sent", "answered", "refused", "untrusted", "expired", "waiting")
    assert [document[name] for name in names] == [4, 2, 1, 1, 2, 2]
    assert len(document["entries"]) == 2
    first, *waiting = flushed_text(mixed, wording).splitlines()
    assert first == "Answered 2 · Refused 1 · Not trusted 1 · Expired 2 · To be sent 2"
    assert len(waiting) == 2


@pytest.mark.parametrize(
    ("state", "cause", "code"),
    [
        (ANSWERED, Cause.ANSWERED, ExitCode.ANSWERED),
        (DeliveryState.SAVED, None, ExitCode.QUEUED),
        (DeliveryState.SENDING, None, ExitCode.QUEUED),
        (WAITING, None, ExitCode.QUEUED),
        (WAITING, Cause.OFFLINE, ExitCode.QUEUED),
        (WAITING, Cause.UNCLEAR_REFUSAL, ExitCode.QUEUED),
        (WAITING, Cause.SIGNATURE_REFUSED, ExitCode.REFUSED),
        (WAITING, Cause.KEY_UNAVAILABLE, ExitCode.NOT_SET_UP),
        (REFUSED, Cause.CONTENT_REFUSED, ExitCode.REFUSED),
        (UNTRUSTED, Cause.UNTRUSTED, ExitCode.UNTRUSTED),
    ],
)
def test_exit_code_of_an_entry_follows_its_state(
    state: DeliveryState, cause: Cause | None, code: ExitCode
) -> None:
    assert exit_code_of(record(state, cause)) == code


GOOD = Finding(Subject.SETTINGS, Health.GOOD)
WARNING = Finding(Subject.OTHER_GATEWAY, Health.WARNING)
DAMAGED = Finding(Subject.JOURNAL, Health.BAD, error=JournalDamagedError())
LOCKED = Finding(Subject.KEYRING, Health.BAD, error=KeyringLockedError())
OFFLINE = Finding(Subject.GATEWAY, Health.BAD, failure=ConnectionFailure.DNS)


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([GOOD], ExitCode.ANSWERED),
        ([GOOD, WARNING], ExitCode.ANSWERED),
        ([WARNING, OFFLINE], ExitCode.FAILED),
        ([LOCKED, OFFLINE], ExitCode.NOT_SET_UP),
        ([DAMAGED, LOCKED], ExitCode.FAILED),
    ],
)
def test_exit_code_of_the_doctor_is_that_of_the_first_problem(
    findings: list[Finding], code: ExitCode
) -> None:
    assert exit_code_of_findings(findings) == code
