from __future__ import annotations

from collections.abc import Callable

import pytest

from wxpark_gui.domain.delivery import Cause
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.verdict import DeductMode, UserState, read_user_state
from wxpark_gui.training.scenario import IN_GOOD_STANDING, SCENARIO, Answer, answer_for
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.classify import FORGEABLE, classify_unsigned

Notify = Callable[..., dict[str, str]]


UNSIGNED = [ending for ending, answer in SCENARIO.items() if answer.return_msg]


@pytest.mark.parametrize("ending", sorted(SCENARIO.keys() - set(UNSIGNED)))
def test_each_ending_of_a_plate_gets_its_answer_over_the_wire(
    ending: str, notify: Notify, key: Secret
) -> None:
    reply = notify(members={"plate_number": f"粤B123{ending}"})

    answer = SCENARIO[ending]
    assert signing.verify(reply, key)
    assert reply["result_code"] == ("FAIL" if answer.err_code else "SUCCESS")
    names = ("user_state", "deduct_mode", "err_code", "err_code_des")
    assert [reply.get(name, "") for name in names] == [getattr(answer, name) for name in names]


@pytest.mark.parametrize("ending", UNSIGNED)
def test_ending_with_a_text_gets_an_unsigned_failure_of_the_call(
    ending: str, notify: Notify
) -> None:
    reply = notify(members={"plate_number": f"粤B123{ending}"})

    answer = SCENARIO[ending]
    assert (reply["return_code"], reply["return_msg"]) == ("FAIL", answer.return_msg)
    assert reply.get("err_code", "") == answer.err_code
    assert "sign" not in reply


def test_unsigned_texts_reach_every_cause_they_can_have() -> None:
    answers = [SCENARIO[ending] for ending in UNSIGNED]
    reached = {classify_unsigned(answer.err_code, answer.return_msg) for answer in answers}
    assert reached == FORGEABLE | {Cause.UNCLEAR_REFUSAL}


@pytest.mark.parametrize("plate", ["粤B12345", "京A12345", "贵O11111", "粤BA03205", "粤B12345D"])
def test_an_ordinary_plate_is_in_good_standing(plate: str) -> None:
    assert read_user_state(answer_for(plate).user_state) is UserState.NORMAL


def test_an_ending_outside_the_table_is_paid_without_the_driver_acting() -> None:
    assert answer_for("粤B12345") == IN_GOOD_STANDING == Answer("NORMAL", "AUTOPAY")


@pytest.mark.parametrize("plate", ["粤B12301", "粤BD12301", "粤A8K9Z2"])
def test_the_plates_of_the_handbook_are_in_arrears(plate: str) -> None:
    assert answer_for(plate).user_state == "OVERDUE"


def test_in_a_bay_by_itself_the_bay_number_decides(notify: Notify) -> None:
    assert notify(scene="PARKING SPACE", members={"space_number": "D01"})["user_state"] == "OVERDUE"


def test_a_bay_number_of_one_character_is_in_good_standing() -> None:
    assert answer_for("7") == IN_GOOD_STANDING


def test_the_table_reaches_every_state_of_an_owner() -> None:
    reached = {read_user_state(answer.user_state) for answer in SCENARIO.values()}
    refused_as_unknown = {read_user_state(answer.err_code) for answer in SCENARIO.values()}

    of_entries = set(UserState) - {UserState.NONE, UserState.NOT_BOUND}
    assert reached | refused_as_unknown == of_entries


@pytest.mark.parametrize("mode", DeductMode)
def test_the_table_reaches_every_way_to_deduct(mode: DeductMode) -> None:
    answers = [IN_GOOD_STANDING, *SCENARIO.values()]
    assert any(a.user_state == "NORMAL" and a.deduct_mode == mode.value for a in answers)


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (Answer("NORMAL", "PROACTIVE"), "NORMAL, PROACTIVE"),
        (Answer("PAUSED"), "PAUSED"),
        (Answer("", "AUTOPAY"), "(no user_state)"),
        (Answer(err_code="NOAUTH", err_code_des="商户无权限"), "NOAUTH (商户无权限)"),
        (Answer(return_msg="签名失败"), "return_code FAIL 签名失败"),
        (Answer(return_msg="OK", err_code="SYSTEMERROR"), "return_code FAIL SYSTEMERROR OK"),
    ],
)
def test_an_answer_describes_itself_in_one_line(answer: Answer, line: str) -> None:
    assert answer.describe == line
