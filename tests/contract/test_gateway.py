"""Contract of `Gateway`: one exchange gives an outcome even if the network fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from tests.service.conftest import KEY as FAKE_KEY
from tests.service.conftest import FakeGateway
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.entry import BEIJING, EntryDraft, ParkingEntry, check_draft
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.ports import Gateway
from wxpark_gui.training.booth import TRAINING_MERCHANT, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

NOW = datetime(2026, 3, 1, 12, tzinfo=BEIJING)
NORMAL, ARREARS, BUSY, REFUSED = "粤B12345", "粤B12301", "粤B12391", "粤B12393"


@dataclass
class Line:
    """A gateway, and the arguments for its methods."""

    gateway: Gateway
    merchant: MerchantProfile
    key: Secret

    def ask(self, plate: str) -> Outcome:
        return self.gateway.exchange(entry_of(plate), self.merchant, self.key)


def entry_of(plate: str) -> ParkingEntry:
    return check_draft(EntryDraft(plate=plate), NOW)


def client() -> GatewayClient:
    clock = SystemClock().monotonic
    return GatewayClient(
        nonces=SystemRandom().nonce, clock=clock, seen=SeenReplies(()), route=Route(clock)
    )


@pytest.fixture(params=["GatewayClient", "FakeGateway"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    if request.param == "FakeGateway":
        fake = FakeGateway(
            by_plate={
                ARREARS: Outcome(Cause.ANSWERED, user_state="OVERDUE", deduct_mode="AUTOPAY"),
                BUSY: Outcome(Cause.BUSY, code="SYSTEMERROR"),
                REFUSED: Outcome(Cause.CONTENT_REFUSED, code="PARAM_ERROR"),
            }
        )
        yield Line(fake, TRAINING_MERCHANT, FAKE_KEY)
        return
    key = make_training_key()
    with TrainingGateway(key) as training, closing(client()) as made:
        yield Line(made, replace(TRAINING_MERCHANT, gateway_url=training.url), key)


@pytest.fixture(params=["GatewayClient", "FakeGateway"])
def broken(request: pytest.FixtureRequest) -> Iterator[Line]:
    """A gateway that cannot be reached."""
    if request.param == "FakeGateway":
        fake = FakeGateway(outcomes=[Outcome(Cause.OFFLINE, code="CONNECT")])
        yield Line(fake, TRAINING_MERCHANT, FAKE_KEY)
        return
    with TrainingGateway(make_training_key()) as training:
        url = training.url
    with closing(client()) as made:
        yield Line(made, replace(TRAINING_MERCHANT, gateway_url=url), make_training_key())


@pytest.mark.parametrize(
    ("plate", "cause", "user_state", "code"),
    [
        (NORMAL, Cause.ANSWERED, "NORMAL", ""),
        (ARREARS, Cause.ANSWERED, "OVERDUE", ""),
        (BUSY, Cause.BUSY, "", "SYSTEMERROR"),
        (REFUSED, Cause.CONTENT_REFUSED, "", "PARAM_ERROR"),
    ],
)
def test_exchange_ends_in_the_outcome_of_the_reply(
    line: Line, plate: str, cause: Cause, user_state: str, code: str
) -> None:
    outcome = line.ask(plate)
    assert (outcome.cause, outcome.user_state, outcome.code) == (cause, user_state, code)
    assert outcome.reached


def test_trouble_of_the_wire_is_an_outcome_and_raises_nothing(broken: Line) -> None:
    outcome = broken.ask(NORMAL)
    assert outcome.cause is Cause.OFFLINE
    assert not outcome.reached
    assert outcome.connection_failure is not None


def test_only_an_answer_carries_a_state(line: Line, broken: Line) -> None:
    for outcome in (line.ask(BUSY), line.ask(REFUSED), broken.ask(NORMAL)):
        assert outcome.user_state == ""


def test_same_entry_can_be_sent_again(line: Line) -> None:
    assert [line.ask(NORMAL).cause for _ in range(3)] == [Cause.ANSWERED] * 3


def test_entry_within_the_limits_has_no_errors(line: Line) -> None:
    assert list(line.gateway.check(entry_of(NORMAL), line.merchant)) == []


def test_connection_can_be_opened_before_the_exchange(line: Line) -> None:
    assert line.gateway.warm_up(line.merchant)
    assert line.ask(NORMAL).cause is Cause.ANSWERED


def test_closing_twice_is_no_error(line: Line) -> None:
    line.gateway.close()
    line.gateway.close()
