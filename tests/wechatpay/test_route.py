from __future__ import annotations

from typing import TYPE_CHECKING

from wxpark_gui.wechatpay.route import MAIN_URL, STANDBY_URL, Route

if TYPE_CHECKING:
    from tests.wechatpay.conftest import FakeTime

MAIN_FIRST = (MAIN_URL, STANDBY_URL)
STANDBY_FIRST = (STANDBY_URL, MAIN_URL)


def test_the_main_host_comes_first(fake_time: FakeTime) -> None:
    assert Route(fake_time).order() == (
        "https://api.mch.weixin.qq.com",
        "https://api2.mch.weixin.qq.com",
    )


def test_after_an_answer_of_the_standby_it_comes_first_for_three_minutes(
    fake_time: FakeTime,
) -> None:
    route = Route(fake_time)
    route.answered(STANDBY_URL)
    fake_time.seconds += 179.9
    assert route.order() == STANDBY_FIRST
    fake_time.seconds += 0.1
    assert route.order() == MAIN_FIRST


def test_more_answers_of_the_standby_do_not_prolong_its_time(fake_time: FakeTime) -> None:
    route = Route(fake_time)
    route.answered(STANDBY_URL)
    fake_time.seconds += 100
    route.answered(STANDBY_URL)
    fake_time.seconds += 80
    assert route.order() == MAIN_FIRST


def test_an_answer_of_the_main_host_puts_it_first_at_once(fake_time: FakeTime) -> None:
    route = Route(fake_time)
    route.answered(STANDBY_URL)
    route.answered(MAIN_URL)
    assert route.order() == MAIN_FIRST
