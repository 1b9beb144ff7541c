"""Verdict of each state; only `NORMAL` is green."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.verdict import DeductMode, Severity, UserState, judge, judge_query

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("raw", "state", "severity"),
    [
        ("NORMAL", UserState.NORMAL, Severity.OK),
        ("OVERDUE", UserState.OVERDUE, Severity.ARREARS),
        ("BLOCK", UserState.BLOCKED, Severity.BLOCKED),
        ("BLOCKED", UserState.BLOCKED, Severity.BLOCKED),
        ("PAUSED", UserState.PAUSED, Severity.CAUTION),
        ("UNAUTHORIZED", UserState.UNAUTHORIZED, Severity.INFO),
        ("VEHICLE_AUTH_ERROR", UserState.VEHICLE_AUTH_ERROR, Severity.CAUTION),
        ("VEHICLE_NOT_EXIST", UserState.NOT_A_MEMBER, Severity.INFO),
        ("NORMAL_NOT_BOUND", UserState.NOT_BOUND, Severity.CAUTION),
        ("", UserState.UNKNOWN, Severity.UNKNOWN),
        ("?", UserState.UNKNOWN, Severity.UNKNOWN),
        ("normal", UserState.UNKNOWN, Severity.UNKNOWN),
        (" NORMAL", UserState.UNKNOWN, Severity.UNKNOWN),
        ("SOMETHING_NEW", UserState.UNKNOWN, Severity.UNKNOWN),
    ],
)
def test_an_answer_is_judged_by_its_state(raw: str, state: UserState, severity: Severity) -> None:
    outcome = Outcome(Cause.ANSWERED, user_state=raw)
    verdict = judge(DeliveryState.ANSWERED, outcome, NOW)
    assert (verdict.state, verdict.severity, verdict.raw_state) == (state, severity, raw)


@given(st.sampled_from(Cause), st.one_of(st.text(), st.just("NORMAL")))
def test_query_is_green_for_an_answered_normal_alone(cause: Cause, raw: str) -> None:
    verdict = judge_query(Outcome(cause, user_state=raw), NOW)
    assert (verdict.severity is Severity.OK) == (cause is Cause.ANSWERED and raw == "NORMAL")


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.ANSWERED])
def test_query_without_an_answer_has_failed_and_waits_for_nothing(cause: Cause) -> None:
    verdict = judge_query(Outcome(cause, user_state="NORMAL", code="X", message="y"), NOW)
    assert (verdict.severity, verdict.state) == (Severity.FAILED, UserState.NONE)
    assert (verdict.cause, verdict.code, verdict.message) == (cause, "X", "y")
    assert not verdict.delivery.is_open


@given(
    st.sampled_from(DeliveryState),
    st.sampled_from(Cause),
    st.one_of(st.text(), st.just("NORMAL")),
)
def test_green_is_only_an_answered_normal(delivery: DeliveryState, cause: Cause, raw: str) -> None:
    verdict = judge(delivery, Outcome(cause, user_state=raw), NOW)
    answered = delivery is DeliveryState.ANSWERED and cause is Cause.ANSWERED and raw == "NORMAL"
    assert (verdict.severity is Severity.OK) == answered


@pytest.mark.parametrize(
    ("delivery", "cause", "severity"),
    [
        (DeliveryState.SAVED, None, Severity.PENDING),
        (DeliveryState.SENDING, None, Severity.PENDING),
        (DeliveryState.WAITING, Cause.OFFLINE, Severity.PENDING),
        (DeliveryState.WAITING, Cause.KEY_UNAVAILABLE, Severity.PENDING),
        (DeliveryState.WAITING, Cause.SIGNATURE_REFUSED, Severity.FAILED),
        (DeliveryState.REFUSED, Cause.CONTENT_REFUSED, Severity.FAILED),
        (DeliveryState.UNTRUSTED, Cause.UNTRUSTED, Severity.FAILED),
        (DeliveryState.EXPIRED, Cause.OFFLINE, Severity.FAILED),
    ],
)
def test_without_an_answer_it_is_pending_or_failed_and_names_no_state(
    delivery: DeliveryState, cause: Cause | None, severity: Severity
) -> None:
    verdict = judge(delivery, Outcome(cause) if cause else None, NOW)
    assert (verdict.severity, verdict.state) == (severity, UserState.NONE)


@pytest.mark.parametrize(
    ("raw", "mode"),
    [
        ("AUTOPAY", DeductMode.AUTOPAY),
        ("PROACTIVE", DeductMode.PROACTIVE),
        ("", DeductMode.UNSTATED),
        ("NEW_MODE", DeductMode.UNSTATED),
    ],
)
def test_an_unheard_of_deduct_mode_promises_nothing(raw: str, mode: DeductMode) -> None:
    outcome = Outcome(Cause.ANSWERED, user_state="NORMAL", deduct_mode=raw)
    assert judge(DeliveryState.ANSWERED, outcome, NOW).deduct_mode is mode
