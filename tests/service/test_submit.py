"""The story of one entry, told with a real journal and a gateway that says what it is told."""

from __future__ import annotations

import logging

import pytest

from tests.service.conftest import Booth
from tests.settings import changed, merchant_of
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import (
    Field,
    FieldError,
    InvalidInputError,
    KeyringLockedError,
    NotSetUpError,
    Problem,
)
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.verdict import Severity

DRAFT = EntryDraft(plate="粤B12345")


def _merchant(booth: Booth) -> MerchantProfile:
    return merchant_of(booth.settings)


def _save(booth: Booth) -> EntryRecord:
    entry = booth.submission.check(DRAFT, booth.settings)
    return booth.submission.save(entry, booth.settings)


def _send(booth: Booth, *outcomes: Outcome) -> EntryRecord:
    booth.gateway.outcomes = list(outcomes)
    return booth.submission.deliver(_save(booth), _merchant(booth))


def test_an_entry_is_on_disk_before_anything_is_sent(booth: Booth) -> None:
    record = _save(booth)
    assert booth.journal.get(record.entry_id) == record
    assert (record.state, record.verdict.severity) == (DeliveryState.SAVED, Severity.PENDING)
    assert booth.gateway.sent == []


def test_an_answer_ends_the_story(booth: Booth) -> None:
    record = _send(booth, Outcome(Cause.ANSWERED, user_state="OVERDUE", deduct_mode="AUTOPAY"))
    assert (record.state, record.verdict.severity) == (DeliveryState.ANSWERED, Severity.ARREARS)
    assert record.attempts == 1
    assert booth.journal.get(record.entry_id) == record


def test_without_a_line_the_entry_waits(booth: Booth) -> None:
    record = _send(booth, Outcome(Cause.OFFLINE, code="TIMEOUT"))
    assert (record.state, record.verdict.severity) == (DeliveryState.WAITING, Severity.PENDING)
    assert record.next_attempt_at is not None
    assert (record.next_attempt_at - booth.clock.now()).total_seconds() == 5


def test_an_untrusted_reply_gets_one_fresh_try_at_once(booth: Booth) -> None:
    record = _send(booth, Outcome(Cause.UNTRUSTED), Outcome(Cause.ANSWERED, user_state="NORMAL"))
    assert (record.verdict.severity, record.attempts) == (Severity.OK, 2)


def test_two_untrusted_replies_stop_the_entry_and_raise_an_alarm(
    booth: Booth, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        record = _send(booth, Outcome(Cause.UNTRUSTED, host="api.example"))
    assert (record.state, record.verdict.severity) == (DeliveryState.UNTRUSTED, Severity.FAILED)
    assert len(booth.gateway.sent) == 2
    assert [r.getMessage() for r in caplog.records] == [
        "security: replies of api.example cannot be trusted"
    ]


def test_a_locked_keyring_keeps_the_entry_and_sends_nothing(booth: Booth) -> None:
    booth.vault.failure = KeyringLockedError()
    record = _send(booth, Outcome(Cause.ANSWERED, user_state="NORMAL"))
    assert (record.state, record.verdict.code) == (DeliveryState.WAITING, "KEYRING_LOCKED")
    assert booth.gateway.sent == []


def test_a_key_deleted_meanwhile_is_noticed_at_the_next_entry(booth: Booth) -> None:
    assert _send(booth, Outcome(Cause.ANSWERED, user_state="NORMAL")).attempts == 1
    booth.vault.keys.clear()
    record = _send(booth, Outcome(Cause.ANSWERED, user_state="NORMAL"))
    assert record.verdict.code == "KEY_MISSING"


def test_without_a_merchant_nothing_is_saved(booth: Booth) -> None:
    with pytest.raises(NotSetUpError):
        booth.submission.check(DRAFT, Settings())
    entry = booth.submission.check(DRAFT, booth.settings)
    with pytest.raises(NotSetUpError):
        booth.submission.save(entry, Settings())
    assert booth.journal.recent(1) == []


def test_a_message_too_long_for_the_wire_is_refused_before_it_is_saved(booth: Booth) -> None:
    too_long = FieldError(Field.SPACE_NUMBER, Problem.TOO_MANY_BYTES, 1024, "1025")
    booth.gateway.errors = (too_long,)
    with pytest.raises(InvalidInputError) as caught:
        booth.submission.check(DRAFT, booth.settings)
    assert caught.value.errors == (too_long,)


def test_an_entry_remembers_whose_it_is(booth: Booth) -> None:
    booth.settings = changed(booth.settings, name="2号岗")
    origin = _save(booth).origin
    assert (origin.mch_id, origin.lot, origin.booth, origin.training) == (
        "10000098",
        "欢乐海岸停车场",
        "2号岗",
        False,
    )
