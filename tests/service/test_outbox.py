"""The backlog: what is due, in which order, and what stands still."""

from __future__ import annotations

import pytest

from tests.service.conftest import MERCHANT, Booth
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.service.outbox import Outbox

NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL")
OFFLINE = Outcome(Cause.OFFLINE)


@pytest.fixture
def outbox(booth: Booth) -> Outbox:
    return Outbox(booth.journal, booth.submission, booth.clock)


def _wait(booth: Booth, plate: str, outcome: Outcome = OFFLINE) -> EntryRecord:
    booth.gateway.outcomes = [outcome]
    entry = booth.submission.check(EntryDraft(plate=plate), booth.settings)
    return booth.submission.deliver(booth.submission.save(entry, booth.settings), MERCHANT)


def _plates(booth: Booth) -> list[str]:
    return [entry.label for entry in booth.gateway.sent]


def test_nothing_waits_at_first(outbox: Outbox) -> None:
    assert outbox.backlog() == Backlog()


def test_what_waits_is_counted_and_its_age_is_the_oldests(booth: Booth, outbox: Outbox) -> None:
    first = _wait(booth, "粤B00001")
    booth.clock.advance(60)
    _wait(booth, "粤B00002")
    assert outbox.backlog() == Backlog(2, first.saved_at)


def test_an_entry_is_due_when_its_wait_is_over(booth: Booth, outbox: Outbox) -> None:
    record = _wait(booth, "粤B00001")
    assert outbox.due() == []
    booth.clock.advance(5)
    assert [r.entry_id for r in outbox.due()] == [record.entry_id]


def test_the_backlog_is_sent_oldest_first(booth: Booth, outbox: Outbox) -> None:
    for plate in ("粤B00001", "粤B00002", "粤B00003"):
        _wait(booth, plate)
    booth.clock.advance(60)
    booth.gateway.sent.clear()
    booth.gateway.outcomes = [NORMAL]
    delivered = list(outbox.drain(MERCHANT))
    assert [r.state for r in delivered] == [DeliveryState.ANSWERED] * 3
    assert _plates(booth) == ["粤B·00001", "粤B·00002", "粤B·00003"]


def test_without_a_line_one_try_is_enough(booth: Booth, outbox: Outbox) -> None:
    for plate in ("粤B00001", "粤B00002"):
        _wait(booth, plate)
    booth.clock.advance(60)
    booth.gateway.sent.clear()
    list(outbox.drain(MERCHANT))
    assert _plates(booth) == ["粤B·00001"]


def test_a_wrong_key_holds_the_whole_backlog_until_someone_asks(
    booth: Booth, outbox: Outbox
) -> None:
    _wait(booth, "粤B00001")
    held = _wait(booth, "粤B00002", Outcome(Cause.SIGNATURE_REFUSED))
    booth.clock.advance(3600)
    assert (outbox.due(), outbox.backlog().held) == ((), held)
    booth.gateway.outcomes = [NORMAL]
    assert len(list(outbox.drain(MERCHANT, at_once=True))) == 2
    assert outbox.backlog() == Backlog()


def test_a_refused_entry_holds_back_nothing(booth: Booth, outbox: Outbox) -> None:
    _wait(booth, "粤B00001", Outcome(Cause.CONTENT_REFUSED))
    _wait(booth, "粤B00002")
    booth.clock.advance(5)
    assert len(outbox.due()) == 1
