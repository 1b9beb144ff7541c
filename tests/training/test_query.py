"""Queries of a plate's state at the training gateway."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.verdict import Severity, UserState, judge_query
from wxpark_gui.runtime.system import SystemRandom
from wxpark_gui.training.answering import DRIVER_ID, OTHER_PLATE
from wxpark_gui.training.booth import TRAINING_MERCHANT
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import REMEMBERED, TrainingGateway
from wxpark_gui.training.request_rules import RefusedError, check_query
from wxpark_gui.training.scenario import SCENARIO
from wxpark_gui.transport.deadline import Budget
from wxpark_gui.wechatpay.call import signed_fields, to_xml
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.querystate import QUERYSTATE_PATH, query_call
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
PLATE = "粤B12345"

Query = Callable[[str], Outcome]


def fields(**changes: str) -> dict[str, str]:
    """Return a complete unsigned query by plate; an empty value removes a field."""
    plain = {
        "appid": "wxcbda96de0b165486",
        "mch_id": "10000098",
        "sub_mch_id": "1900000109",
        "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "sign_type": "HMAC-SHA256",
        "version": "3.0",
        "trade_scene": "PARKING",
        "plate_number": PLATE,
        **changes,
    }
    return {name: value for name, value in plain.items() if value}


class TestRules:
    @pytest.mark.parametrize(
        ("changes", "plate"),
        [
            ({}, PLATE),
            ({"sub_appid": "wx1"}, PLATE),
            ({"jump_scene": "APP"}, PLATE),
            ({"jump_scene": "H5"}, PLATE),
            ({"plate_number": "", "openid": "o1"}, ""),
            ({"plate_number": "", "sub_openid": "o1"}, ""),
            ({"trade_scene": "PARKING SPACE", "version": "2.0"}, PLATE),
            ({"device_info": "1000"}, PLATE),
        ],
    )
    def test_complete_query_gives_its_plate(self, changes: dict[str, str], plate: str) -> None:
        assert check_query(fields(**changes)) == plate

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            *(
                ({name: ""}, f"LACK_PARAMS: {name}:")
                for name in ("appid", "mch_id", "sub_mch_id", "nonce_str", "sign_type", "version")
            ),
            ({"trade_scene": ""}, "LACK_PARAMS: trade_scene:"),
            ({"plate_number": ""}, "LACK_PARAMS: plate_number:"),
            ({"openid": "o1"}, "PARAM_ERROR: openid:"),
            ({"plate_number": "", "openid": "o1", "sub_openid": "o2"}, "PARAM_ERROR: sub_openid:"),
            ({"plate_number": "粤B·12345"}, "PARAM_ERROR: plate_number:"),
            ({"plate_number": "粤" * 33}, "PARAM_ERROR: plate_number:"),
            ({"version": "2.0"}, "PARAM_ERROR: version:"),
            ({"sign_type": "MD5"}, "PARAM_ERROR: sign_type:"),
            ({"trade_scene": "BRIDGE"}, "PARAM_ERROR: trade_scene:"),
            ({"jump_scene": "MINI"}, "PARAM_ERROR: jump_scene:"),
            ({"scene_info": "{}"}, "PARAM_ERROR: scene_info:"),
        ],
    )
    def test_fault_is_refused_by_name(self, changes: dict[str, str], refusal: str) -> None:
        with pytest.raises(RefusedError, match=refusal):
            check_query(fields(**changes))


@pytest.fixture
def query(gateway: TrainingGateway, key: Secret) -> Iterator[Query]:
    """Function that sends a query with the program's own client."""
    client = GatewayClient(
        nonces=SystemRandom().nonce,
        clock=time.monotonic,
        seen=SeenReplies(()),
        route=Route(time.monotonic),
        budget=Budget(connect=0.5, total=1.0, second_host=0.5),
    )
    merchant = replace(TRAINING_MERCHANT, gateway_url=gateway.url)
    yield lambda plate: client.query(plate, merchant, key)
    client.close()


ANSWERS: Mapping[str, tuple[UserState, Severity]] = {
    "45": (UserState.NORMAL, Severity.OK),
    "01": (UserState.OVERDUE, Severity.ARREARS),
    "02": (UserState.BLOCKED, Severity.BLOCKED),
    "03": (UserState.PAUSED, Severity.CAUTION),
    "04": (UserState.UNAUTHORIZED, Severity.INFO),
    "05": (UserState.NORMAL, Severity.OK),
    "09": (UserState.UNKNOWN, Severity.UNKNOWN),
    "00": (UserState.UNKNOWN, Severity.UNKNOWN),
    "60": (UserState.NOT_BOUND, Severity.CAUTION),
    "61": (UserState.NOT_BOUND, Severity.CAUTION),
    "62": (UserState.UNKNOWN, Severity.UNKNOWN),
    "63": (UserState.NORMAL, Severity.OK),
    "90": (UserState.NOT_A_MEMBER, Severity.INFO),
}


class TestAnswers:
    @pytest.mark.parametrize(("ending", "expected"), ANSWERS.items(), ids=ANSWERS)
    def test_ending_decides_as_for_an_entry(
        self, ending: str, expected: tuple[UserState, Severity], query: Query
    ) -> None:
        outcome = query(f"粤B123{ending}")
        verdict = judge_query(outcome, NOW)
        assert (verdict.state, verdict.severity) == expected
        assert not [text for text in (OTHER_PLATE, DRIVER_ID) if text in repr(outcome)]

    @pytest.mark.parametrize("ending", sorted(SCENARIO))
    def test_green_is_a_normal_whose_plate_is_not_contradicted(
        self, ending: str, query: Query
    ) -> None:
        is_green = judge_query(query(f"粤B123{ending}"), NOW).severity is Severity.OK
        assert is_green == (ending in ("05", "06", "63"))

    @pytest.mark.parametrize(
        ("ending", "cause"),
        [
            ("80", Cause.BUSY),
            ("81", Cause.SIGNATURE_REFUSED),
            ("84", Cause.PERMISSION_REFUSED),
            ("85", Cause.RATE_LIMITED),
            ("93", Cause.CONTENT_REFUSED),
            ("96", Cause.MERCHANT_REFUSED),
            ("99", Cause.OTHER_REFUSAL),
        ],
    )
    def test_refusal_has_the_cause_of_an_entry(
        self, ending: str, cause: Cause, query: Query
    ) -> None:
        assert query(f"粤B123{ending}").cause is cause

    @pytest.mark.parametrize(
        ("fault", "cause"),
        [
            (Fault.RESET, Cause.OFFLINE),
            (Fault.TIMEOUT, Cause.OFFLINE),
            (Fault.HTTP_500, Cause.BUSY),
            (Fault.HTTP_429, Cause.RATE_LIMITED),
            (Fault.REDIRECT, Cause.INTERCEPTED),
            (Fault.CAPTIVE_PORTAL, Cause.INTERCEPTED),
            (Fault.BADSIGN, Cause.UNTRUSTED),
            (Fault.UNSIGNED, Cause.UNTRUSTED),
            (Fault.MD5SIGN, Cause.UNTRUSTED),
            (Fault.OTHER_MERCHANT, Cause.UNTRUSTED),
            (Fault.XXE, Cause.UNTRUSTED),
            (Fault.GZIP_BOMB, Cause.INTERCEPTED),
            (Fault.HUGE, Cause.UNTRUSTED),
        ],
    )
    def test_fault_spoils_a_query_as_it_spoils_an_entry(
        self, fault: Fault, cause: Cause, gateway: TrainingGateway, query: Query
    ) -> None:
        gateway.set_faults([fault])
        outcome = query(PLATE)
        assert (outcome.cause, outcome.user_state) == (cause, "")

    def test_repeated_reply_is_believed_once(self, gateway: TrainingGateway, query: Query) -> None:
        gateway.set_faults([Fault.REPLAY])
        assert [query(PLATE).cause, query(PLATE).code] == [Cause.ANSWERED, "REPLAYED"]


class TestQueried:
    def test_query_is_listed_and_registers_nothing(
        self, gateway: TrainingGateway, query: Query
    ) -> None:
        query(PLATE)
        assert [received.plate for received in gateway.queried] == [PLATE]
        assert gateway.received == ()
        assert gateway.request_count == 1

    def test_entry_is_no_query(
        self, gateway: TrainingGateway, notify: Callable[..., dict[str, str]]
    ) -> None:
        notify()
        assert (len(gateway.received), gateway.queried) == (1, ())

    def test_list_is_bounded(self, gateway: TrainingGateway, key: Secret) -> None:
        body = to_xml(signed_fields(query_call(PLATE), TRAINING_MERCHANT, "n", key))
        for _ in range(REMEMBERED + 1):
            gateway.receive(QUERYSTATE_PATH, body)
        assert len(gateway.queried) == REMEMBERED

    def test_notification_sent_to_the_path_of_queries_is_refused(
        self,
        line: http.client.HTTPConnection,
        make_body: Callable[..., bytes],
        read_xml: Callable[[bytes], dict[str, Any]],
        gateway: TrainingGateway,
    ) -> None:
        line.request("POST", QUERYSTATE_PATH, make_body())
        assert read_xml(line.getresponse().read())["err_code"] == "PARAM_ERROR"
        assert (gateway.received, gateway.queried) == ((), ())
