"""The story of one entry, told with a real journal and a gateway that says what it is told."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from tests.service.conftest import (
    ACCOUNT,
    BOTH_ACCOUNTS,
    MERCHANT,
    OTHER_ACCOUNT,
    SETTINGS,
    Booth,
)
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import (
    AccountMissingError,
    Field,
    FieldError,
    InvalidInputError,
    KeyringLockedError,
    NotSetUpError,
    Problem,
)
from wxpark_gui.domain.record import EntryRecord, Link, Origin
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.verdict import Severity

DRAFT = EntryDraft(plate="粤B12345")
OFFLINE = Outcome(Cause.OFFLINE)


def _send(booth: Booth, *outcomes: Outcome) -> EntryRecord:
    return booth.send("粤B12345", *outcomes)


def test_an_entry_is_on_disk_before_anything_is_sent(booth: Booth) -> None:
    record = booth.save()
    assert booth.journal.get(record.entry_id) == record
    assert (record.state, record.verdict.severity) == (DeliveryState.SAVED, Severity.PENDING)
    assert booth.gateway.sent == []


def test_an_answer_ends_the_story(booth: Booth) -> None:
    record = _send(booth, Outcome(Cause.ANSWERED, user_state="OVERDUE", deduct_mode="AUTOPAY"))
    assert (record.state, record.verdict.severity) == (DeliveryState.ANSWERED, Severity.ARREARS)
    assert record.attempts == 1
    assert booth.journal.get(record.entry_id) == record


def test_clock_offset_of_the_exchange_is_in_the_record_and_not_on_disk(booth: Booth) -> None:
    record = _send(booth, Outcome(Cause.ANSWERED, user_state="NORMAL", clock_offset=185.0))
    stored = booth.journal.get(record.entry_id)
    assert record.outcome is not None
    assert stored is not None
    assert stored.outcome is not None
    assert (record.outcome.clock_offset, stored.outcome.clock_offset) == (185.0, None)


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
    booth.settings.replace(Settings())
    with pytest.raises(NotSetUpError):
        booth.submission.prepare(DRAFT)
    assert booth.journal.recent(1) == []


def test_a_message_too_long_for_the_wire_is_refused_before_it_is_saved(booth: Booth) -> None:
    too_long = FieldError(Field.SPACE_NUMBER, Problem.TOO_MANY_BYTES, 1024, "1025")
    booth.gateway.errors = (too_long,)
    with pytest.raises(InvalidInputError) as caught:
        booth.submission.prepare(DRAFT)
    assert caught.value.errors == (too_long,)


def test_entry_carries_the_circumstances_it_was_made_under(booth: Booth) -> None:
    named = replace(SETTINGS, booth=replace(SETTINGS.booth, name="2号岗"))
    booth.settings.replace(named)
    assert booth.save().origin == Origin(
        account_id="10000098-1900000109",
        mch_id="10000098",
        sub_mch_id="1900000109",
        lot="欢乐海岸停车场",
        booth="2号岗",
        free_time=MERCHANT.free_time,
    )


class TestAccountOfAnEntry:
    """An entry is sent under its own account, whatever the booth works under by then."""

    def test_switching_the_account_does_not_touch_a_waiting_entry(self, booth: Booth) -> None:
        booth.settings.replace(BOTH_ACCOUNTS)
        record = booth.send("粤B12345", OFFLINE)
        booth.settings.replace(replace(BOTH_ACCOUNTS, account_id=OTHER_ACCOUNT.account_id))
        booth.submission.deliver(record)
        assert booth.gateway.merchants[-1] == MERCHANT

    def test_corrected_ids_reach_a_waiting_entry(self, booth: Booth) -> None:
        record = booth.send("粤B12345", OFFLINE)
        corrected = replace(ACCOUNT, merchant=replace(MERCHANT, sub_mch_id="1900000119"))
        booth.settings.replace(replace(SETTINGS, accounts=(corrected,)))
        booth.submission.deliver(record)
        assert booth.gateway.merchants[-1].sub_mch_id == "1900000119"
        kept = booth.journal.get(record.entry_id)
        assert kept is not None
        assert kept.origin.sub_mch_id == "1900000109"

    def test_car_park_and_free_time_are_those_of_the_entry(self, booth: Booth) -> None:
        record = booth.send("粤B12345", OFFLINE)
        renamed = replace(MERCHANT, parking_name="新名停车场", free_time=60)
        booth.settings.replace(replace(SETTINGS, accounts=(replace(ACCOUNT, merchant=renamed),)))
        booth.submission.deliver(record)
        sent = booth.gateway.merchants[-1]
        assert (sent.parking_name, sent.free_time) == ("欢乐海岸停车场", MERCHANT.free_time)

    def test_entry_of_a_removed_account_is_held_and_never_sent_under_another(
        self, booth: Booth
    ) -> None:
        record = booth.send("粤B12345", OFFLINE)
        booth.settings.replace(
            Settings(accounts=(OTHER_ACCOUNT,), account_id=OTHER_ACCOUNT.account_id)
        )
        held = booth.submission.deliver(record)
        assert (held.state, held.verdict.cause) == (DeliveryState.WAITING, Cause.ACCOUNT_UNKNOWN)
        assert len(booth.gateway.sent) == 1


class TestSecondEntries:
    def test_resent_entry_keeps_car_time_and_account(self, booth: Booth) -> None:
        booth.settings.replace(BOTH_ACCOUNTS)
        old = booth.send("粤B12345", Outcome(Cause.CONTENT_REFUSED))
        booth.settings.replace(replace(BOTH_ACCOUNTS, account_id=OTHER_ACCOUNT.account_id))
        booth.clock.advance(3600)
        new = booth.submission.save(booth.submission.prepare_resend(old))
        assert (new.entry, new.origin) == (old.entry, old.origin)
        assert (new.replaces, new.link) == (old.entry_id, Link.RESENT)
        assert new.entry_id != old.entry_id

    def test_corrected_entry_keeps_time_and_account_and_takes_the_new_plate(
        self, booth: Booth
    ) -> None:
        old = booth.save("粤B12345")
        booth.clock.advance(600)
        new = booth.submission.prepare_correction(old, EntryDraft(plate="粤B12346"))
        assert new.entry.plate is not None
        assert (new.entry.plate.text, new.entry.start_time) == ("粤B12346", old.entry.start_time)
        assert new.origin == old.origin

    def test_entry_of_a_removed_account_is_not_resent_under_another(self, booth: Booth) -> None:
        old = booth.send("粤B12345", Outcome(Cause.CONTENT_REFUSED))
        booth.settings.replace(
            Settings(accounts=(OTHER_ACCOUNT,), account_id=OTHER_ACCOUNT.account_id)
        )
        with pytest.raises(AccountMissingError):
            booth.submission.prepare_resend(old)

    def test_correction_is_checked_like_any_other_draft(self, booth: Booth) -> None:
        with pytest.raises(InvalidInputError):
            booth.submission.prepare_correction(booth.save(), EntryDraft(plate="粤B1"))
