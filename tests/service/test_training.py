"""In training mode a simulated stop of the account ends by itself, as no setting could end it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.service.conftest import Booth
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.service.outbox import Outbox

STOP = "粤B12395"
STOPS = [cause for cause in Cause if cause.remedy.holds_account]


@pytest.fixture(autouse=True)
def training(booth: Booth) -> None:
    booth.submission = replace(booth.submission, training=True)
    booth.gateway.by_plate[STOP] = Outcome(Cause.SIGNATURE_REFUSED, code="SIGNERROR")


@pytest.fixture
def outbox(booth: Booth) -> Outbox:
    return Outbox(booth.journal, booth.submission, booth.clock)


def _deliver(booth: Booth, plate: str) -> EntryRecord:
    return booth.submission.deliver(booth.save(plate))


@pytest.mark.parametrize("cause", STOPS)
def test_next_car_after_a_stop_is_answered(booth: Booth, cause: Cause) -> None:
    booth.gateway.by_plate[STOP] = Outcome(cause)
    assert _deliver(booth, STOP).state is DeliveryState.WAITING
    assert booth.journal.backlog().held
    following = booth.save("粤B12345")
    assert following.state is DeliveryState.SAVED
    assert booth.submission.deliver(following).state is DeliveryState.ANSWERED


def test_stop_is_closed_at_its_second_try_and_holds_nothing_any_more(
    booth: Booth, outbox: Outbox
) -> None:
    stopped = _deliver(booth, STOP)
    _deliver(booth, "粤B12345")
    outbox.step()
    assert booth.state(stopped) is DeliveryState.REFUSED
    assert booth.journal.backlog().count == 0


def test_stop_without_a_next_car_ends_by_itself_within_two_minutes(
    booth: Booth, outbox: Outbox
) -> None:
    stopped = _deliver(booth, STOP)
    outbox.note_outcome(stopped)
    for _ in range(120):
        outbox.step()
        booth.clock.advance(1)
    assert booth.state(stopped) is DeliveryState.REFUSED


def test_flush_ends_the_stop_and_sends_the_rest(booth: Booth, outbox: Outbox) -> None:
    stopped = _deliver(booth, STOP)
    flushed = outbox.flush(booth.clock.advance)
    assert flushed.waiting == ()
    assert booth.state(stopped) is DeliveryState.REFUSED


def test_closed_stop_can_be_sent_again(booth: Booth) -> None:
    stopped = booth.submission.deliver(_deliver(booth, STOP))
    again = booth.submission.save(booth.submission.prepare_resend(stopped))
    assert (again.state, again.replaces) == (DeliveryState.SAVED, stopped.entry_id)


def test_outside_training_the_next_car_is_held(booth: Booth) -> None:
    booth.submission = replace(booth.submission, training=False)
    stopped = _deliver(booth, STOP)
    assert booth.save("粤B12345").state is DeliveryState.WAITING
    assert booth.submission.deliver(stopped).state is DeliveryState.WAITING
