"""The backlog: what is sent next, how fast, and what makes it stop."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.service.conftest import MERCHANT, Booth
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.service.outbox import Outbox

NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL")
OFFLINE = Outcome(Cause.OFFLINE)
HALF_A_SECOND = 0.5


@pytest.fixture
def outbox(booth: Booth) -> Outbox:
    return Outbox(booth.journal, booth.submission, booth.clock)


def _wait(booth: Booth, plate: str, outcome: Outcome = OFFLINE) -> EntryRecord:
    """An entry whose first exchange ended so."""
    booth.gateway.outcomes = [outcome]
    entry = booth.submission.check(EntryDraft(plate=plate), booth.settings)
    return booth.submission.deliver(booth.submission.save(entry, booth.settings), MERCHANT)


def _run(booth: Booth, outbox: Outbox, seconds: float) -> list[tuple[float, str]]:
    """Step as the window does, and note when which plate was sent."""
    began = booth.clock.monotonic()
    sent = []
    while booth.clock.monotonic() < began + seconds:
        count = len(booth.gateway.sent)
        outbox.step(MERCHANT)
        if len(booth.gateway.sent) > count:
            entry = booth.gateway.sent[-1]
            sent.append((booth.clock.monotonic() - began, entry.label.replace("·", "")))
        booth.clock.advance(0.25)
    return sent


def test_nothing_is_sent_while_nothing_waits(booth: Booth, outbox: Outbox) -> None:
    assert _run(booth, outbox, 5) == []


def test_an_entry_is_sent_when_its_wait_is_over(booth: Booth, outbox: Outbox) -> None:
    _wait(booth, "粤B00001")
    booth.gateway.outcomes = [NORMAL]
    assert _run(booth, outbox, 10) == [(5.0, "粤B00001")]


def test_the_backlog_is_sent_oldest_first_at_two_a_second(booth: Booth, outbox: Outbox) -> None:
    plates = [f"粤B{number:05}" for number in range(1, 11)]
    for plate in plates:
        _wait(booth, plate)
    booth.clock.advance(60)
    booth.gateway.outcomes = [NORMAL]
    sent = _run(booth, outbox, 30)
    assert [plate for _, plate in sent] == plates
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(sent)]
    assert min(gaps) >= HALF_A_SECOND
    assert booth.journal.backlog().count == 0


def test_without_a_line_one_entry_is_tried_in_place_of_all_and_less_and_less_often(
    booth: Booth, outbox: Outbox
) -> None:
    for number in range(1, 6):
        _wait(booth, f"粤B{number:05}")
    sent = _run(booth, outbox, 1200)
    assert {plate for _, plate in sent} == {"粤B00001"}
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(sent)]
    assert gaps == sorted(gaps)
    assert gaps[-1] >= 240


def test_the_first_answer_frees_all_the_others_at_once(booth: Booth, outbox: Outbox) -> None:
    for number in range(1, 6):
        _wait(booth, f"粤B{number:05}")
    _run(booth, outbox, 600)
    booth.gateway.outcomes = [NORMAL]
    sent = _run(booth, outbox, 400)
    assert [plate for _, plate in sent] == [f"粤B{number:05}" for number in range(1, 6)]
    assert sent[-1][0] - sent[0][0] <= 4


def test_the_car_at_the_barrier_frees_the_backlog_too(booth: Booth, outbox: Outbox) -> None:
    _wait(booth, "粤B00001")
    _run(booth, outbox, 600)
    live = _wait(booth, "粤B99999", NORMAL)
    outbox.heard(live)
    assert [plate for _, plate in _run(booth, outbox, 1)] == ["粤B00001"]


def test_a_wait_that_the_gateway_asks_for_is_kept(booth: Booth, outbox: Outbox) -> None:
    _wait(booth, "粤B00001", Outcome(Cause.RATE_LIMITED, retry_after=120))
    booth.gateway.outcomes = [NORMAL]
    assert _run(booth, outbox, 200) == [(120.0, "粤B00001")]


def test_entries_of_one_plate_are_sent_in_order(booth: Booth, outbox: Outbox) -> None:
    first = _wait(booth, "粤B00001", Outcome(Cause.RATE_LIMITED, retry_after=300))
    second = _wait(booth, "粤B00001")
    booth.gateway.outcomes = [NORMAL]
    booth.clock.advance(60)
    assert _run(booth, outbox, 60) == []
    booth.clock.advance(300)
    _run(booth, outbox, 60)
    ended = [booth.journal.get(r.entry_id) for r in (first, second)]
    times = [record.outcome_at for record in ended if record and record.outcome_at]
    assert times == sorted(times)
    assert len(times) == 2


def test_a_wrong_key_holds_the_whole_backlog_until_someone_asks(
    booth: Booth, outbox: Outbox
) -> None:
    _wait(booth, "粤B00001")
    held = _wait(booth, "粤B00002", Outcome(Cause.SIGNATURE_REFUSED))
    assert _run(booth, outbox, 600) == []
    assert booth.journal.backlog().held == held
    booth.gateway.outcomes = [NORMAL]
    assert outbox.release() == 2
    assert [plate for _, plate in _run(booth, outbox, 2)] == ["粤B00001", "粤B00002"]


def test_an_entry_saved_while_the_queue_is_held_joins_it_unsent(
    booth: Booth, outbox: Outbox
) -> None:
    _wait(booth, "粤B00001", Outcome(Cause.SIGNATURE_REFUSED))
    booth.gateway.sent.clear()
    entry = booth.submission.check(EntryDraft(plate="粤B00002"), booth.settings)
    record = booth.submission.save(entry, booth.settings, hold=True)
    assert record.state is DeliveryState.WAITING
    assert _run(booth, outbox, 600) == []
    booth.gateway.outcomes = [NORMAL]
    outbox.release()
    assert [plate for _, plate in _run(booth, outbox, 2)] == ["粤B00001", "粤B00002"]


def test_a_refused_entry_holds_back_nothing(booth: Booth, outbox: Outbox) -> None:
    _wait(booth, "粤B00001", Outcome(Cause.CONTENT_REFUSED))
    _wait(booth, "粤B00002")
    booth.gateway.outcomes = [NORMAL]
    assert [plate for _, plate in _run(booth, outbox, 10)] == ["粤B00002"]


def test_what_waits_longer_than_the_expiry_is_given_up_and_kept(
    booth: Booth, outbox: Outbox
) -> None:
    record = _wait(booth, "粤B00001")
    booth.clock.advance(timedelta(hours=24, seconds=1).total_seconds())
    progress = outbox.step(MERCHANT)
    assert [r.entry_id for r in progress.expired] == [record.entry_id]
    kept = booth.journal.get(record.entry_id)
    assert kept is not None
    assert kept.state is DeliveryState.EXPIRED


def test_an_exchange_the_disk_could_not_keep_is_made_again(
    booth: Booth, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = _wait(booth, "粤B00001")
    booth.clock.advance(5)
    booth.gateway.outcomes = [NORMAL]

    def fail(*_: object) -> EntryRecord:
        raise JournalWriteError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(booth.journal, "record", fail)
        with pytest.raises(JournalWriteError):
            outbox.step(MERCHANT)
    _run(booth, outbox, 2)
    kept = booth.journal.get(record.entry_id)
    assert kept is not None
    assert (kept.state, kept.maybe_sent) == (DeliveryState.ANSWERED, True)
