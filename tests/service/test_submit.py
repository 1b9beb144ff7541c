"""Saving and sending of one entry, with a real journal and a fake gateway."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from tests.service.conftest import (
    ACCOUNT,
    BOTH_ACCOUNTS,
    KEY,
    MERCHANT,
    OTHER_ACCOUNT,
    SETTINGS,
    Booth,
)
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft, ParkingEntry
from wxpark_gui.domain.errors import (
    AccountMissingError,
    Field,
    FieldError,
    InvalidInputError,
    KeyringLockedError,
    NotSetUpError,
    Problem,
)
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.record import EntryRecord, Link, Origin
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.service.outbox import Outbox

DRAFT = EntryDraft(plate="粤B12345")
OFFLINE = Outcome(Cause.OFFLINE)
NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL")


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


def test_key_is_read_once_for_all_entries(booth: Booth) -> None:
    for number in range(20):
        booth.send(f"粤B{number:05}", NORMAL)
    assert (len(booth.gateway.sent), booth.vault.loads) == (20, 1)


@pytest.mark.parametrize("seen_as_locked", [True, False, None])
def test_twenty_cars_at_a_locked_keyring_ask_it_once(
    booth: Booth, seen_as_locked: bool | None
) -> None:
    booth.vault.failure, booth.vault.locked = KeyringLockedError(), seen_as_locked
    records = [booth.save(f"粤B{number:05}") for number in range(20)]
    for record in records:
        booth.submission.deliver(record)
        booth.submission.deliver(record)
    assert (booth.vault.loads, booth.gateway.sent) == (1, [])
    assert {booth.state(record) for record in records} == {DeliveryState.WAITING}


def test_key_deleted_meanwhile_is_noticed_when_wechat_refuses_a_signature(booth: Booth) -> None:
    """If the key were read for every entry, a locked keyring would prompt for every entry."""
    booth.send("粤B00001", NORMAL)
    booth.vault.keys.clear()
    assert booth.send("粤B00002", NORMAL).state is DeliveryState.ANSWERED
    refused = booth.send("粤B00003", Outcome(Cause.SIGNATURE_REFUSED))
    assert booth.submission.deliver(refused).verdict.code == "KEY_MISSING"


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
    """An entry is sent with its own account, even if the booth has changed to another since."""

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

    @pytest.mark.parametrize("days", [-1, -40, -3650])
    def test_entry_is_corrected_after_the_clock_was_set_back(self, booth: Booth, days: int) -> None:
        """Nobody can change the start time of a correction, which then is in the future."""
        old = booth.save("粤B12345")
        booth.clock.advance(days * 86_400)
        new = booth.submission.prepare_correction(old, EntryDraft(plate="粤B12346"))
        assert new.entry.start_time == old.entry.start_time

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


class TestDeliverInOrder:
    """Sending for callers without an outbox, such as the console tool."""

    def test_earlier_entry_of_the_plate_is_sent_first(self, booth: Booth) -> None:
        first = booth.send("粤B00001", Outcome(Cause.OFFLINE))
        booth.gateway.outcomes = [Outcome(Cause.ANSWERED, user_state="NORMAL")]
        booth.clock.advance(60)
        sent = booth.submission.deliver_in_order(booth.save("粤B00001"))
        assert (booth.state(first), sent.state) == (DeliveryState.ANSWERED,) * 2
        times = [entry.start_time for entry in booth.gateway.sent]
        assert times == sorted(times)
        assert len(times) == 3

    def test_entry_stays_unsent_while_an_earlier_one_of_its_plate_is_open(
        self, booth: Booth
    ) -> None:
        booth.send("粤B00001", Outcome(Cause.OFFLINE))
        sent = booth.submission.deliver_in_order(booth.save("粤B00001"))
        assert (sent.state, sent.attempts) == (DeliveryState.WAITING, 0)
        assert len(booth.gateway.sent) == 2

    def test_wait_that_the_gateway_asked_for_is_kept(self, booth: Booth) -> None:
        booth.send("粤B00001", Outcome(Cause.RATE_LIMITED, retry_after=300))
        booth.submission.deliver_in_order(booth.save("粤B00001"))
        assert len(booth.gateway.sent) == 1

    def test_entry_of_a_held_account_stays_unsent(self, booth: Booth) -> None:
        booth.send("粤B00001", Outcome(Cause.SIGNATURE_REFUSED))
        booth.submission.deliver_in_order(booth.save("粤B00002"))
        assert len(booth.gateway.sent) == 1


class TestWrongClock:
    """A computer with an empty clock battery starts in 1970 or 2015."""

    TRUE = datetime(2026, 3, 1, 3, 42, tzinfo=timezone.utc)

    @pytest.fixture
    def wrong(self, booth: Booth) -> Booth:
        booth.clock.offset = (datetime(2015, 1, 1, tzinfo=timezone.utc) - self.TRUE).total_seconds()
        return booth

    def test_entry_is_saved_and_waits_with_the_clock_as_its_cause(self, wrong: Booth) -> None:
        sent = wrong.send("粤B00001", Outcome(Cause.ANSWERED, user_state="NORMAL"))
        assert sent.state is DeliveryState.WAITING
        assert sent.outcome is not None
        assert sent.outcome.connection_failure is ConnectionFailure.TLS_CLOCK
        assert wrong.gateway.sent == []
        assert wrong.vault.loads == 0

    @pytest.mark.parametrize("hours", [0, 5])
    def test_entry_is_sent_with_its_true_start_time_once_the_clock_is_set(
        self, wrong: Booth, hours: int
    ) -> None:
        true_start = wrong.clock.moment
        wrong.send("粤B00001", Outcome(Cause.ANSWERED, user_state="NORMAL"))
        wrong.clock.advance(hours * 3600 + 60)
        wrong.clock.offset = 0
        outbox = Outbox(wrong.journal, wrong.submission, wrong.clock)
        flushed = outbox.flush(wrong.clock.advance)
        assert flushed.count(DeliveryState.ANSWERED) == 1
        assert [entry.start_time for entry in wrong.gateway.sent] == [true_start]

    def test_time_typed_by_hand_keeps_its_distance(self, wrong: Booth) -> None:
        typed = EntryDraft(plate="粤B00001", start_time=wrong.clock.now() - timedelta(minutes=20))
        wrong.submission.deliver(wrong.submission.save(wrong.submission.prepare(typed)))
        wrong.clock.offset = 0
        wrong.clock.advance(60)
        Outbox(wrong.journal, wrong.submission, wrong.clock).flush(wrong.clock.advance)
        (sent,) = wrong.gateway.sent
        assert sent.start_time == self.TRUE - timedelta(minutes=20)

    def test_whole_time_given_in_figures_is_kept(self, wrong: Booth) -> None:
        given = EntryDraft(plate="粤B00001", start_time=self.TRUE)
        wrong.submission.deliver(wrong.submission.save(wrong.submission.prepare(given)))
        wrong.clock.offset = 0
        wrong.clock.advance(60)
        Outbox(wrong.journal, wrong.submission, wrong.clock).flush(wrong.clock.advance)
        (sent,) = wrong.gateway.sent
        assert sent.start_time == self.TRUE

    def test_old_time_typed_with_a_right_clock_is_still_refused(self, booth: Booth) -> None:
        with pytest.raises(InvalidInputError):
            booth.submission.prepare(
                EntryDraft(plate="粤B00001", start_time=datetime(2015, 1, 1, tzinfo=timezone.utc))
            )


@pytest.mark.parametrize("is_right", [True, False])
def test_key_that_is_replaced_during_an_exchange_is_tried_at_once(
    booth: Booth, monkeypatch: pytest.MonkeyPatch, *, is_right: bool
) -> None:
    """The refusal is about the old key: it must not hold the account of the new one."""
    new_key, used = Secret("n" * 32), []

    def exchange(_: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        used.append(key)
        if key == new_key and is_right:
            return NORMAL
        booth.keys.store(merchant.mch_id, new_key)
        return Outcome(Cause.SIGNATURE_REFUSED)

    monkeypatch.setattr(booth.gateway, "exchange", exchange)
    record = booth.submission.deliver(booth.save())
    assert used == [KEY, new_key]
    assert record.attempts == 1
    assert booth.journal.is_held(record.origin.account_id) is not is_right
    assert record.state is (DeliveryState.ANSWERED if is_right else DeliveryState.WAITING)
