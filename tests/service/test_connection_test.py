"""The connection test names the wrong value, and neither stores nor registers anything."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from tests.service.conftest import KEY, MERCHANT
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import MAIN_HOST, STANDBY_HOST, Cause, Outcome
from wxpark_gui.domain.errors import KeyringLockedError
from wxpark_gui.domain.health import GatewayCheck, Health, Subject, Trouble
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.connection_test import (
    TEST_PLATE,
    Candidate,
    ConnectionResult,
    ConnectionTest,
)
from wxpark_gui.training.booth import TRAINING_MERCHANT
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

ANSWERED = Outcome(Cause.ANSWERED, host=MAIN_HOST)
NO_ROUTE = GatewayCheck(ConnectionFailure.CONNECT)


@dataclass
class FakeGateway:
    """Gateway with a fixed result of each step, and a record of the calls."""

    outcome: Outcome = ANSWERED
    checks: dict[str, GatewayCheck] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def probe(self, merchant: MerchantProfile) -> GatewayCheck:
        host = merchant.gateway_url.removeprefix("https://")
        self.calls.append(f"probe {host}")
        return self.checks.get(host, GatewayCheck(clock_offset=0.4))

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome:
        assert key == KEY
        self.calls.append(f"query {plate}")
        return self.outcome

    def close(self) -> None:
        self.calls.append("close")


def run_with(gateway: FakeGateway, candidate: Candidate | None = None) -> ConnectionResult:
    return ConnectionTest(lambda _: gateway).run(candidate or Candidate(MERCHANT, lambda: KEY))


def seen(result: ConnectionResult) -> list[tuple[Subject, Health]]:
    return [(finding.subject, finding.health) for finding in result.findings]


def test_answered_query_proves_ids_and_key() -> None:
    gateway = FakeGateway()
    result = run_with(gateway)
    assert seen(result) == [
        (Subject.GATEWAY, Health.GOOD),
        (Subject.CLOCK, Health.GOOD),
        (Subject.SIGNED_QUERY, Health.GOOD),
    ]
    assert result.is_proven
    assert not result.has_failed
    assert gateway.calls == [f"probe {MAIN_HOST}", "close", f"query {TEST_PLATE}", "close"]


def test_verified_refusal_of_the_plate_proves_ids_and_key() -> None:
    refusal = Outcome(Cause.CONTENT_REFUSED, code="PARAM_ERROR", fingerprint="0" * 64)
    assert run_with(FakeGateway(refusal)).is_proven
    assert not run_with(FakeGateway(Outcome(Cause.CONTENT_REFUSED))).is_proven


@pytest.mark.parametrize(
    ("cause", "trouble", "doubted"),
    [
        (Cause.SIGNATURE_REFUSED, Trouble.KEY_REFUSED, "key"),
        (Cause.MERCHANT_REFUSED, Trouble.MERCHANT_REFUSED, "merchant"),
        (Cause.PERMISSION_REFUSED, Trouble.PERMISSION_REFUSED, ""),
        (Cause.UNTRUSTED, Trouble.REPLY_UNTRUSTED, ""),
        (Cause.INTERCEPTED, Trouble.QUERY_INTERCEPTED, ""),
    ],
)
def test_refused_query_fails_with_its_reason(cause: Cause, trouble: Trouble, doubted: str) -> None:
    result = run_with(FakeGateway(Outcome(cause, message="签名错误")))
    assert result.findings[-1].trouble is trouble
    assert result.has_failed
    assert not result.is_proven
    assert (result.key_is_doubted, result.merchant_is_doubted) == (
        doubted == "key",
        doubted == "merchant",
    )


@pytest.mark.parametrize("cause", [Cause.BUSY, Cause.RATE_LIMITED, Cause.OTHER_REFUSAL])
def test_answer_without_a_judgement_neither_proves_nor_fails(cause: Cause) -> None:
    result = run_with(FakeGateway(Outcome(cause)))
    assert (result.is_proven, result.has_failed) == (False, False)
    assert result.findings[-1].health is Health.WARNING


def test_no_query_is_sent_without_a_connection() -> None:
    gateway = FakeGateway(checks={MAIN_HOST: NO_ROUTE, STANDBY_HOST: NO_ROUTE})
    result = run_with(gateway)
    assert seen(result) == [(Subject.GATEWAY, Health.BAD)]
    assert result.findings[0].failure is ConnectionFailure.CONNECT
    assert not any(call.startswith("query") for call in gateway.calls)


def test_standby_host_is_enough_and_the_main_one_a_warning() -> None:
    result = run_with(FakeGateway(checks={MAIN_HOST: NO_ROUTE}))
    assert seen(result) == [
        (Subject.GATEWAY, Health.WARNING),
        (Subject.STANDBY_GATEWAY, Health.GOOD),
        (Subject.CLOCK, Health.GOOD),
        (Subject.SIGNED_QUERY, Health.GOOD),
    ]


def test_connection_lost_during_the_query_is_named() -> None:
    lost = Outcome(Cause.OFFLINE, code=ConnectionFailure.TIMEOUT.value)
    finding = run_with(FakeGateway(lost)).findings[-1]
    assert (finding.subject, finding.failure) == (Subject.SIGNED_QUERY, ConnectionFailure.TIMEOUT)


def test_wrong_clock_is_a_warning_with_its_offset() -> None:
    late = GatewayCheck(clock_offset=-86_400.0)
    result = run_with(FakeGateway(checks={MAIN_HOST: late}))
    assert (Subject.CLOCK, Health.WARNING) in seen(result)
    assert result.is_proven


def test_unreadable_key_doubts_the_key_and_sends_no_query() -> None:
    def fail() -> Secret:
        raise KeyringLockedError

    gateway = FakeGateway()
    result = run_with(gateway, Candidate(MERCHANT, fail))
    assert seen(result)[-1] == (Subject.KEY, Health.BAD)
    assert result.key_is_doubted
    assert not any(call.startswith("query") for call in gateway.calls)


@pytest.fixture
def served() -> str:
    """A key that the gateway of `real` accepts."""
    return "CanaryCanaryCanaryCanaryCanary14"


def real(url: str, key: str) -> ConnectionResult:
    """Run the test with a real client against the gateway at `url`."""
    clock, chance = SystemClock(), SystemRandom()

    def open_gateway(proxy: str) -> GatewayClient:
        return GatewayClient(
            nonces=chance.nonce,
            clock=clock.monotonic,
            seen=SeenReplies(()),
            route=Route(clock.monotonic),
        )

    merchant = MerchantProfile(
        TRAINING_MERCHANT.appid,
        TRAINING_MERCHANT.mch_id,
        TRAINING_MERCHANT.sub_mch_id,
        TRAINING_MERCHANT.parking_name,
        gateway_url=url,
    )
    return ConnectionTest(open_gateway).run(Candidate(merchant, lambda: Secret(key)))


def test_real_client_proves_the_right_key_and_registers_nothing(served: str) -> None:
    with TrainingGateway(Secret(served)) as gateway:
        result = real(gateway.url, served)
        assert result.is_proven
        assert not gateway.received
        assert [query.plate for query in gateway.queried] == [TEST_PLATE]


def test_real_client_with_another_key_doubts_the_key_and_logs_neither(
    served: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    typed = served[::-1]
    with TrainingGateway(Secret(served)) as gateway:
        result = real(gateway.url, typed)
    assert result.key_is_doubted
    assert result.has_failed
    written = caplog.text + repr(result)
    assert served not in written
    assert typed not in written


def test_candidate_shows_neither_key_nor_reader() -> None:
    assert "read_key" not in repr(Candidate(MERCHANT, lambda: KEY))
