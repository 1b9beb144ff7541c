"""The outbox: the next entry to send, the pace of sending, and the reasons to stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.service.conftest import BOTH_ACCOUNTS, KEY, MERCHANT, OTHER_ACCOUNT, SETTINGS, Booth
from wxpark_gui.domain.delivery import LONGEST_WAIT, Cause, DeliveryState, Outcome
from wxpark_gui.domain.errors import JournalWriteError, KeyringLockedError
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.service.outbox import LONGEST_SLEEP, SHORTEST_INTERVAL, Outbox

NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL")
OFFLINE = Outcome(Cause.OFFLINE)
HALF_A_SECOND = 0.5


@pytest.fixture
def outbox(booth: Booth) -> Outbox:
    return Outbox(booth.journal, booth.submission, booth.clock)


def _wait(booth: Booth, plate: str, outcome: Outcome = OFFLINE) -> EntryRecord:
    """Save an entry and send it once, with `outcome` as the result."""
    return booth.send(plate, outcome)


def _run(booth: Booth, outbox: Outbox, seconds: float) -> list[tuple[float, str]]:
    """Step the outbox for `seconds`, each time at most 0.25 s later than it asked.

    Returns:
        Time and plate of each request; the time counts from the start.
    """
    began = booth.clock.monotonic()
    sent = []
    wake = began
    while booth.clock.monotonic() < began + seconds:
        if booth.clock.monotonic() >= wake:
            count = len(booth.gateway.sent)
            progress = outbox.step()
            wake = booth.clock.monotonic() + (progress.next_step_in or 1e9)
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


def test_without_a_line_entries_probe_in_turn_and_less_and_less_often(
    booth: Booth, outbox: Outbox
) -> None:
    plates = [f"粤B{number:05}" for number in range(1, 6)]
    for plate in plates:
        _wait(booth, plate)
    sent = _run(booth, outbox, 1800)
    assert [plate for _, plate in sent[:5]] == plates
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(sent)]
    assert gaps == sorted(gaps)
    assert gaps[-1] >= 240


def test_the_first_answer_frees_all_the_others_at_once(booth: Booth, outbox: Outbox) -> None:
    for number in range(1, 6):
        _wait(booth, f"粤B{number:05}")
    _run(booth, outbox, 600)
    booth.gateway.outcomes = [NORMAL]
    sent = _run(booth, outbox, 400)
    probe, *others = [plate for _, plate in sent]
    assert len({probe, *others}) == 5
    assert others == sorted(others)
    assert sent[-1][0] - sent[0][0] <= 4


def test_the_car_at_the_barrier_frees_the_backlog_too(booth: Booth, outbox: Outbox) -> None:
    _wait(booth, "粤B00001")
    _run(booth, outbox, 600)
    live = _wait(booth, "粤B99999", NORMAL)
    outbox.note_outcome(live)
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


def test_a_wrong_key_holds_its_account_until_someone_asks(booth: Booth, outbox: Outbox) -> None:
    _wait(booth, "粤B00001")
    held = _wait(booth, "粤B00002", Outcome(Cause.SIGNATURE_REFUSED))
    assert _run(booth, outbox, 50) == []
    assert booth.journal.backlog().held == (held,)
    booth.gateway.outcomes = [NORMAL]
    assert outbox.release() == 2
    assert [plate for _, plate in _run(booth, outbox, 2)] == ["粤B00001", "粤B00002"]


def test_a_held_account_is_probed_by_one_entry_less_and_less_often(
    booth: Booth, outbox: Outbox
) -> None:
    for number in range(1, 4):
        _wait(booth, f"粤B{number:05}", Outcome(Cause.SIGNATURE_REFUSED))
    sent = _run(booth, outbox, 1200)
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(sent)]
    assert gaps[0] >= 60
    assert gaps == sorted(gaps)
    assert max(gaps) <= LONGEST_WAIT + 1


def test_a_held_account_heals_by_itself_when_a_probe_is_answered(
    booth: Booth, outbox: Outbox
) -> None:
    for number in range(1, 4):
        _wait(booth, f"粤B{number:05}", Outcome(Cause.SIGNATURE_REFUSED))
    booth.gateway.outcomes = [NORMAL]
    _run(booth, outbox, 70)
    assert booth.journal.backlog().count == 0


def test_a_live_answer_frees_what_was_held_before_the_program_started(
    booth: Booth, outbox: Outbox
) -> None:
    """The outbox has noted no failure of the account; the journal knows of it."""
    held = _wait(booth, "粤B00001", Outcome(Cause.SIGNATURE_REFUSED))
    booth.gateway.outcomes = [NORMAL]
    outbox.note_outcome(replace(held, state=DeliveryState.ANSWERED, outcome=NORMAL))
    assert [plate for _, plate in _run(booth, outbox, 2)] == ["粤B00001"]


class TestLockedKeyring:
    @pytest.fixture(autouse=True)
    def locked(self, booth: Booth) -> None:
        booth.vault.failure, booth.vault.locked = KeyringLockedError(), True

    def unlock(self, booth: Booth) -> None:
        booth.vault.failure, booth.vault.locked = None, False
        booth.gateway.outcomes = [NORMAL]
        booth.keys.load(MERCHANT.mch_id)

    def test_is_asked_once_however_often_the_queue_is_released(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        _wait(booth, "粤B00001")
        for _ in range(20):
            outbox.release()
            _run(booth, outbox, 180)
        assert (booth.vault.loads, booth.gateway.sent) == (1, [])

    def test_once_unlocked_lets_all_entries_go_in_their_order(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        records = [booth.save(f"粤B{number:05}") for number in range(3)]
        for record in records:
            booth.submission.deliver(record)
        self.unlock(booth)
        sent = [plate for _, plate in _run(booth, outbox, 5)]
        assert sent == ["粤B00000", "粤B00001", "粤B00002"]

    def test_unlocked_without_a_line_does_not_make_the_outbox_spin(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        waiting = _wait(booth, "粤B00001")
        outbox.note_outcome(replace(waiting, outcome=Outcome(Cause.OFFLINE)))
        self.unlock(booth)
        wait = outbox.step().next_step_in
        assert wait is not None
        assert wait > 1


def test_another_account_goes_on_while_one_is_held(booth: Booth, outbox: Outbox) -> None:
    booth.settings.replace(BOTH_ACCOUNTS)
    booth.vault.keys[OTHER_ACCOUNT.merchant.mch_id] = KEY
    _wait(booth, "粤B00001", Outcome(Cause.SIGNATURE_REFUSED))
    booth.settings.replace(replace(BOTH_ACCOUNTS, account_id=OTHER_ACCOUNT.account_id))
    _wait(booth, "粤B00002")
    booth.gateway.by_plate["粤B00002"] = NORMAL
    assert [plate for _, plate in _run(booth, outbox, 30)] == ["粤B00002"]


def test_an_entry_saved_while_its_account_is_held_joins_the_queue_unsent(
    booth: Booth, outbox: Outbox
) -> None:
    _wait(booth, "粤B00001", Outcome(Cause.SIGNATURE_REFUSED))
    booth.gateway.sent.clear()
    record = booth.save("粤B00002")
    assert record.state is DeliveryState.WAITING
    assert _run(booth, outbox, 50) == []
    booth.gateway.outcomes = [NORMAL]
    outbox.release()
    assert [plate for _, plate in _run(booth, outbox, 2)] == ["粤B00001", "粤B00002"]


class TestNoEntryStarvesAnother:
    """One entry's failures never delay the others once any answer shows that the network works."""

    BUSY = Outcome(Cause.BUSY, code="SYSTEMERROR")

    def test_entry_that_is_always_put_off_delays_no_other(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        for plate in ("粤B12391", "粤B22222", "粤B33333"):
            _wait(booth, plate)
        booth.gateway.by_plate["粤B12391"] = self.BUSY
        booth.gateway.outcomes = [NORMAL]
        booth.clock.advance(60)
        sent = _run(booth, outbox, 10)
        assert [plate for _, plate in sent[:3]] == ["粤B12391", "粤B22222", "粤B33333"]
        assert sent[2][0] <= 2

    def test_after_an_outage_entries_that_were_put_off_come_last(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        poison = [f"粤B9{number:04}" for number in range(20)]
        booth.gateway.by_plate = dict.fromkeys(poison, self.BUSY)
        for plate in poison:
            _wait(booth, plate)
        _run(booth, outbox, 1800)
        good = [f"粤B0{number:04}" for number in range(5)]
        for plate in good:
            _wait(booth, plate)
        booth.gateway.outcomes = [NORMAL]
        arrived = {plate: at for at, plate in _run(booth, outbox, 600)}
        assert max(arrived[plate] for plate in good) <= 120

    def test_entry_put_off_once_is_not_kept_back_by_older_ones_that_never_end(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        """At night no new entry's answer ends the slow pace of sending."""
        poison = [f"粤B9{number:04}" for number in range(20)]
        booth.gateway.by_plate = dict.fromkeys(poison, self.BUSY)
        for plate in poison:
            _wait(booth, plate, self.BUSY)
        _run(booth, outbox, 3600)
        _wait(booth, "粤B00001", self.BUSY)
        booth.gateway.outcomes = [NORMAL]
        arrived = {plate: at for at, plate in _run(booth, outbox, 1200)}
        assert arrived["粤B00001"] <= 120

    def test_many_entries_put_off_in_a_row_slow_the_queue_down(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        for number in range(200):
            _wait(booth, f"粤B{number:05}", self.BUSY)
        booth.clock.advance(300)
        assert len(_run(booth, outbox, 60)) <= 10

    def test_untrusted_reply_pauses_the_queue_so_that_a_forger_closes_one_entry(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        records = [_wait(booth, f"粤B{number:05}") for number in range(5)]
        booth.gateway.outcomes = [Outcome(Cause.UNTRUSTED)]
        booth.clock.advance(30)
        _run(booth, outbox, 4)
        closed = [booth.state(record) for record in records].count(DeliveryState.UNTRUSTED)
        assert closed == 1

    def test_order_of_one_plate_holds_while_its_first_entry_is_put_off(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        first = _wait(booth, "粤B00001", self.BUSY)
        second = _wait(booth, "粤B00001")
        booth.gateway.outcomes = [self.BUSY]
        _run(booth, outbox, 30)
        assert booth.state(second) is DeliveryState.WAITING
        booth.gateway.outcomes = [NORMAL]
        _run(booth, outbox, 600)
        ended = [booth.journal.get(record.entry_id) for record in (first, second)]
        assert [record.state for record in ended if record] == [DeliveryState.ANSWERED] * 2


class TestFlush:
    def test_tries_everything_once_and_tells_why_the_rest_waits(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        for plate in ("粤B12391", "粤B22222", "粤B33333", "粤B44444"):
            _wait(booth, plate)
        booth.gateway.by_plate = {
            "粤B12391": Outcome(Cause.BUSY, code="SYSTEMERROR"),
            "粤B33333": Outcome(Cause.CONTENT_REFUSED, code="PARAM_ERROR"),
        }
        booth.gateway.outcomes = [NORMAL]
        flushed = outbox.flush(booth.clock.advance)
        assert flushed.count(DeliveryState.ANSWERED) == 2
        assert flushed.count(DeliveryState.REFUSED) == 1
        assert [(r.entry.label, r.verdict.code) for r in flushed.waiting] == [
            ("粤B·12391", "SYSTEMERROR")
        ]

    def test_sends_the_later_entries_of_a_plate_too(self, booth: Booth, outbox: Outbox) -> None:
        for _ in range(3):
            _wait(booth, "粤B00001")
        booth.gateway.outcomes = [NORMAL]
        assert outbox.flush(booth.clock.advance).count(DeliveryState.ANSWERED) == 3

    def test_ends_soon_without_a_line(self, booth: Booth, outbox: Outbox) -> None:
        for number in range(50):
            _wait(booth, f"粤B{number:05}")
        before = len(booth.gateway.sent)
        flushed = outbox.flush(booth.clock.advance)
        assert len(booth.gateway.sent) - before == 2
        assert len(flushed.waiting) == 50

    def test_expires_after_the_hours_of_the_settings(self, booth: Booth, outbox: Outbox) -> None:
        booth.settings.replace(replace(SETTINGS, booth=replace(SETTINGS.booth, expiry_hours=1)))
        _wait(booth, "粤B00001")
        booth.clock.advance(3601)
        flushed = outbox.flush(booth.clock.advance)
        assert flushed.count(DeliveryState.EXPIRED) == 1
        assert flushed.waiting == ()


class TestNextStep:
    def test_is_none_while_nothing_waits(self, outbox: Outbox) -> None:
        assert outbox.step().next_step_in is None

    def test_is_the_planned_time_of_the_entry(self, booth: Booth, outbox: Outbox) -> None:
        _wait(booth, "粤B00001")
        assert outbox.step().next_step_in == 5.0

    def test_follows_an_answer_as_soon_as_the_pace_allows_without_reading_the_queue(
        self, booth: Booth, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for plate in ("粤B00001", "粤B00002"):
            _wait(booth, plate)
        booth.clock.advance(60)
        booth.gateway.outcomes = [NORMAL]
        read: list[Backlog] = []
        backlog = booth.journal.backlog

        def note() -> Backlog:
            read.append(backlog())
            return read[-1]

        monkeypatch.setattr(booth.journal, "backlog", note)
        for _ in range(2):
            assert outbox.step().next_step_in == SHORTEST_INTERVAL
            booth.clock.advance(SHORTEST_INTERVAL)
        assert read == []
        assert outbox.step().next_step_in is None
        assert read == [Backlog()]

    def test_comes_within_a_minute_while_something_waits(
        self, booth: Booth, outbox: Outbox
    ) -> None:
        _wait(booth, "粤B00001", Outcome(Cause.RATE_LIMITED, retry_after=600))
        assert outbox.step().next_step_in == LONGEST_SLEEP


def test_a_refused_entry_holds_back_nothing(booth: Booth, outbox: Outbox) -> None:
    _wait(booth, "粤B00001", Outcome(Cause.CONTENT_REFUSED))
    _wait(booth, "粤B00002")
    booth.gateway.outcomes = [NORMAL]
    assert [plate for _, plate in _run(booth, outbox, 10)] == ["粤B00002"]


def test_entry_past_the_expiry_is_closed_as_expired_and_kept(booth: Booth, outbox: Outbox) -> None:
    record = _wait(booth, "粤B00001")
    booth.clock.advance(timedelta(hours=24, seconds=1).total_seconds())
    progress = outbox.step()
    assert [r.entry_id for r in progress.expired] == [record.entry_id]
    kept = booth.journal.get(record.entry_id)
    assert kept is not None
    assert kept.state is DeliveryState.EXPIRED


def test_entries_that_grew_too_old_since_the_last_step_are_not_sent(
    booth: Booth, outbox: Outbox
) -> None:
    for plate in ("粤B00001", "粤B00002"):
        _wait(booth, plate)
    outbox.step()
    sent = len(booth.gateway.sent)
    booth.clock.advance(timedelta(hours=25).total_seconds())
    assert len(outbox.step().expired) == 2
    assert len(booth.gateway.sent) == sent


def test_queue_that_moves_looks_once_a_second_for_expired_and_never_for_held_entries(
    booth: Booth, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wxpark_gui.service.outbox.SHORTEST_INTERVAL", 0.1)
    for number in range(21):
        _wait(booth, f"粤B{number:05}")
    booth.clock.advance(60)
    booth.gateway.outcomes = [NORMAL]
    outbox.step()
    calls = Counter[str]()
    for name in ("expire", "held", "is_held"):

        def counted(*args: Any, _name: str = name, **options: Any) -> Any:
            calls[_name] += 1
            return getattr(type(booth.journal), _name)(booth.journal, *args, **options)

        monkeypatch.setattr(booth.journal, name, counted)
    for _ in range(20):
        booth.clock.advance(0.1)
        assert outbox.step().delivered
    assert calls == {"expire": 2}


def test_an_exchange_the_disk_could_not_keep_is_made_again(
    booth: Booth, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = _wait(booth, "粤B00001")
    booth.clock.advance(5)
    booth.gateway.outcomes = [NORMAL]

    def fail(*_: object) -> EntryRecord:
        raise JournalWriteError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(booth.journal, "finish_attempt", fail)
        with pytest.raises(JournalWriteError):
            outbox.step()
    _run(booth, outbox, 2)
    kept = booth.journal.get(record.entry_id)
    assert kept is not None
    assert (kept.state, kept.maybe_sent) == (DeliveryState.ANSWERED, True)
