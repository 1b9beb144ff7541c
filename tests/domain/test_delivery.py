"""Next step after each outcome: retry, stop, or wait for a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.delivery import (
    LONGEST_RETRY_AFTER,
    Cause,
    DeliveryState,
    NextStep,
    Outcome,
    after_exchange,
    can_move,
    transition,
)


@pytest.mark.parametrize(
    ("cause", "step"),
    [
        (Cause.ANSWERED, NextStep(DeliveryState.ANSWERED)),
        (Cause.OFFLINE, NextStep(DeliveryState.WAITING, 5.0)),
        (Cause.BUSY, NextStep(DeliveryState.WAITING, 5.0)),
        (Cause.RATE_LIMITED, NextStep(DeliveryState.WAITING, 60.0)),
        (Cause.INTERCEPTED, NextStep(DeliveryState.WAITING, 60.0)),
        (Cause.KEY_UNAVAILABLE, NextStep(DeliveryState.WAITING, holds_account=True)),
        (Cause.ACCOUNT_UNKNOWN, NextStep(DeliveryState.WAITING, holds_account=True)),
        (Cause.SIGNATURE_REFUSED, NextStep(DeliveryState.WAITING, holds_account=True)),
        (Cause.MERCHANT_REFUSED, NextStep(DeliveryState.WAITING, holds_account=True)),
        (Cause.PERMISSION_REFUSED, NextStep(DeliveryState.WAITING, holds_account=True)),
        (Cause.PROXY_REFUSED, NextStep(DeliveryState.WAITING, 60.0)),
        (Cause.TLS_FAILED, NextStep(DeliveryState.WAITING, 60.0)),
        # Unsigned: a forger on the line must not be able to close an entry.
        (Cause.UNCLEAR_REFUSAL, NextStep(DeliveryState.WAITING, 60.0)),
        (Cause.CONTENT_REFUSED, NextStep(DeliveryState.REFUSED)),
        (Cause.OTHER_REFUSAL, NextStep(DeliveryState.REFUSED)),
    ],
)
def test_the_first_outcome_of_each_cause_leads_where_wechat_asks(
    cause: Cause, step: NextStep
) -> None:
    assert after_exchange(Outcome(cause), attempts=1, untrusted=0, jitter=1.0) == step


def test_every_cause_has_a_step() -> None:
    for cause in Cause:
        after_exchange(Outcome(cause), attempts=1, untrusted=1, jitter=0.5)


def test_an_untrusted_reply_gets_one_fresh_try_at_once_and_then_stops_with_an_alarm() -> None:
    outcome = Outcome(Cause.UNTRUSTED)
    first = after_exchange(outcome, attempts=1, untrusted=1, jitter=0.0)
    assert first == NextStep(DeliveryState.WAITING, 0.0)
    second = after_exchange(outcome, attempts=2, untrusted=2, jitter=0.0)
    assert second == NextStep(DeliveryState.UNTRUSTED, security_event=True)


def test_waits_double_up_to_five_minutes() -> None:
    waits = [
        after_exchange(Outcome(Cause.OFFLINE), attempts=n, untrusted=0, jitter=1.0).wait
        for n in range(1, 9)
    ]
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_jitter_shortens_a_wait_by_a_fifth_at_most(attempts: int, jitter: float) -> None:
    outcome = Outcome(Cause.OFFLINE)
    step = after_exchange(outcome, attempts=attempts, untrusted=0, jitter=jitter)
    longest = after_exchange(outcome, attempts=attempts, untrusted=0, jitter=1.0)
    assert step.wait is not None
    assert longest.wait is not None
    assert 0.8 * longest.wait <= step.wait <= longest.wait


def test_a_wait_the_gateway_asks_for_is_honoured_within_an_hour() -> None:
    def wait(seconds: float) -> float | None:
        outcome = Outcome(Cause.BUSY, retry_after=seconds)
        return after_exchange(outcome, attempts=1, untrusted=0, jitter=1.0).wait

    assert (wait(1), wait(120), wait(1e9)) == (5, 120, LONGEST_RETRY_AFTER)


S = DeliveryState
MOVES = {
    S.SAVED: {S.SENDING, S.WAITING, S.EXPIRED, S.VOIDED},
    S.SENDING: {S.SENDING, S.WAITING, S.ANSWERED, S.REFUSED, S.UNTRUSTED},
    S.WAITING: {S.WAITING, S.SENDING, S.EXPIRED, S.VOIDED},
}


@pytest.mark.parametrize("after", DeliveryState)
@pytest.mark.parametrize("before", DeliveryState)
def test_an_entry_moves_along_the_documented_ways_only(
    before: DeliveryState, after: DeliveryState
) -> None:
    allowed = after in MOVES.get(before, set())
    assert can_move(before, after) is allowed
    if allowed:
        assert transition(before, after) is after
    else:
        with pytest.raises(ValueError, match=f"no way from {before.value} to {after.value}"):
            transition(before, after)


def test_what_is_closed_stays_as_it_is() -> None:
    closed = [state for state in DeliveryState if not state.is_open]
    assert not any(can_move(before, after) for before in closed for after in DeliveryState)


@pytest.mark.parametrize("cause", Cause)
def test_every_step_after_an_exchange_is_a_way_from_sending(cause: Cause) -> None:
    for untrusted in (1, 2):
        step = after_exchange(Outcome(cause), attempts=2, untrusted=untrusted, jitter=0.0)
        assert can_move(DeliveryState.SENDING, step.state)
