"""Entries from paper are checked, then sent by the outbox with their own time, or kept unsent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.service.conftest import SETTINGS, Booth
from tests.service.test_outbox import NORMAL, OFFLINE
from wxpark_gui.domain.backfill import BackfillRepeatedError, BackfillTooOldError
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import Field, InvalidInputError, Problem
from wxpark_gui.domain.record import EntryRecord, Link
from wxpark_gui.domain.stamp import Stamp
from wxpark_gui.service.outbox import Outbox

HOUR = timedelta(hours=1)


def type_row(
    booth: Booth,
    plate: str = "粤B00001",
    *,
    ago: timedelta = HOUR,
    number: str = "",
    confirmed: bool = False,
    corrects: EntryRecord | None = None,
) -> EntryRecord:
    draft = EntryDraft(plate, start_time=booth.clock.now() - ago)
    new = booth.submission.prepare_backfill(draft, number, confirmed=confirmed, corrects=corrects)
    return booth.submission.save(new)


def set_limit(booth: Booth, hours: int) -> None:
    changed = replace(SETTINGS.booth, backfill_hours=hours)
    booth.settings.replace(replace(SETTINGS, booth=changed))


def send_all(booth: Booth, steps: int = 9) -> None:
    outbox = Outbox(booth.journal, booth.submission, booth.clock)
    for _ in range(steps):
        outbox.step()
        booth.clock.advance(1)


def test_outbox_sends_the_time_that_was_on_paper(booth: Booth) -> None:
    start = booth.clock.now() - 3 * HOUR
    record = type_row(booth, ago=3 * HOUR)
    send_all(booth)
    assert booth.state(record) is DeliveryState.ANSWERED
    assert [entry.start_time for entry in booth.gateway.sent] == [start]


def test_row_has_the_person_and_booth_of_the_typist(booth: Booth) -> None:
    booth.submission.present.replace(Stamp("0" * 36, "李师傅"))
    origin = type_row(booth).origin
    assert (origin.attendant, origin.shift_id, origin.booth) == (
        "李师傅", "0" * 36, SETTINGS.booth.name,
    )  # fmt: skip


def test_row_beyond_the_limit_is_kept_and_never_sent(booth: Booth) -> None:
    record = type_row(booth, ago=24 * HOUR)
    send_all(booth)
    Outbox(booth.journal, booth.submission, booth.clock).flush(booth.clock.advance)
    assert booth.gateway.sent == []
    found = booth.journal.get(record.entry_id)
    assert found is not None
    assert found.was_withheld
    assert found.verdict.severity.value == "failed"


def test_limit_of_zero_sends_no_row(booth: Booth) -> None:
    set_limit(booth, 0)
    assert type_row(booth, ago=timedelta(minutes=1)).was_withheld


def test_row_that_waited_past_the_limit_is_not_sent(booth: Booth) -> None:
    booth.gateway.outcomes = [OFFLINE]
    record = type_row(booth, ago=20 * HOUR)
    send_all(booth, steps=1)
    booth.clock.advance(5 * 3600)
    booth.gateway.outcomes = [NORMAL]
    before = len(booth.gateway.sent)
    send_all(booth, steps=2)
    assert booth.state(record) is DeliveryState.EXPIRED
    assert len(booth.gateway.sent) == before


def test_limit_lowered_later_counts_for_waiting_rows(booth: Booth) -> None:
    record = type_row(booth, ago=5 * HOUR)
    set_limit(booth, 4)
    send_all(booth)
    assert (booth.state(record), booth.gateway.sent) == (DeliveryState.EXPIRED, [])


def test_too_old_row_is_not_sent_again_until_the_limit_is_raised(booth: Booth) -> None:
    record = type_row(booth, ago=30 * HOUR)
    with pytest.raises(BackfillTooOldError) as refused:
        booth.submission.prepare_resend(record)
    assert refused.value.limit == 24
    set_limit(booth, 48)
    again = booth.submission.save(booth.submission.prepare_resend(record))
    assert (again.state, again.backfilled, again.link) == (
        DeliveryState.WAITING, True, Link.RESENT,
    )  # fmt: skip
    send_all(booth)
    assert booth.gateway.sent[0].start_time == record.entry.start_time


def test_correction_of_a_too_old_row_is_kept_and_not_sent(booth: Booth) -> None:
    record = type_row(booth, ago=30 * HOUR)
    draft = EntryDraft("粤B00002", start_time=booth.clock.now())
    right = booth.submission.save(booth.submission.prepare_correction(record, draft))
    assert right.was_withheld
    assert right.entry.start_time == record.entry.start_time


def test_correction_from_paper_may_change_the_time(booth: Booth) -> None:
    wrong = type_row(booth, ago=2 * HOUR, number="1-01")
    right = type_row(booth, ago=3 * HOUR, number="1-01", corrects=wrong)
    assert booth.state(wrong) is DeliveryState.VOIDED
    assert (right.replaces, right.link) == (wrong.entry_id, Link.CORRECTED)
    assert wrong.entry.start_time - right.entry.start_time == HOUR


def test_repeated_row_is_refused_until_confirmed(booth: Booth) -> None:
    type_row(booth, number="1-01")
    with pytest.raises(BackfillRepeatedError):
        type_row(booth, number="1-01")
    assert type_row(booth, number="1-01", confirmed=True).backfilled


def test_window_of_zero_minutes_asks_about_numbers_only(booth: Booth) -> None:
    booth.settings.replace(replace(SETTINGS, booth=replace(SETTINGS.booth, duplicate_minutes=0)))
    type_row(booth, number="1-01")
    assert type_row(booth, number="1-02").backfilled
    with pytest.raises(BackfillRepeatedError):
        type_row(booth, number="1-02")


@pytest.mark.parametrize(
    ("ago", "problem"),
    [(-HOUR, Problem.LATER_THAN_NOW), (timedelta(days=181), Problem.OLDER_THAN_KEPT)],
)
def test_impossible_time_is_refused(booth: Booth, ago: timedelta, problem: Problem) -> None:
    with pytest.raises(InvalidInputError) as refused:
        type_row(booth, ago=ago)
    (error,) = refused.value.errors
    assert (error.field, error.problem) == (Field.START_TIME, problem)


def test_wrong_clock_is_refused(booth: Booth) -> None:
    booth.clock.offset = -timedelta(days=3650).total_seconds()
    with pytest.raises(InvalidInputError) as refused:
        type_row(booth)
    assert refused.value.errors[0].problem is Problem.CLOCK_WRONG


def test_live_car_is_sent_at_once_past_waiting_rows(booth: Booth) -> None:
    rows = [type_row(booth, f"粤B0000{number}") for number in range(1, 4)]
    live = booth.submission.deliver(booth.save("粤B00001"))
    assert live.state is DeliveryState.ANSWERED
    assert [booth.state(row) for row in rows] == [DeliveryState.WAITING] * 3
    send_all(booth)
    assert [booth.state(row) for row in rows] == [DeliveryState.ANSWERED] * 3
