"""Every possible result and error has a text in both languages."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from itertools import chain, product
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import wxpark_gui.wording
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import CarType, EntryDraft, Scene, check_draft
from wxpark_gui.domain.errors import Field, FieldError, Problem, ReadableError
from wxpark_gui.domain.manager import Act
from wxpark_gui.domain.plate import PlateClass, PlateFlaw, read_plate
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.domain.statistics import Period
from wxpark_gui.domain.verdict import Severity, UserState, Verdict, judge, judge_query
from wxpark_gui.wording import HistoryLabel, Label, Wording
from wxpark_gui.wording.console import CONSOLE_VARIANTS
from wxpark_gui.wording.history import AUDIT_EVENTS
from wxpark_gui.wording.key_change import KeyChangeLabel
from wxpark_gui.wording.managers import ManagerLabel
from wxpark_gui.wording.setup import SetupLabel
from wxpark_gui.wording.shifts import ShiftLabel
from wxpark_gui.wording.support import SupportLabel

AS_OF = datetime(2026, 3, 15, 3, 39, 12, tzinfo=timezone.utc)
CATALOGUE = Path(__file__).parent.parent / "resources/translations/zh_CN/LC_MESSAGES/wxpark.po"

SAME_IN_BOTH = {"openid", "sub_openid", "{name} {count}", "l · b · 粤B"}


@pytest.fixture(scope="module")
def chinese() -> Wording:
    return Wording.for_language("zh_CN")


@pytest.fixture(scope="module")
def english() -> Wording:
    return Wording.for_language("en")


def error_classes(base: type[ReadableError] = ReadableError) -> Iterator[type[ReadableError]]:
    for child in base.__subclasses__():
        yield child
        yield from error_classes(child)


def make_error(kind: type[ReadableError]) -> ReadableError:
    error = kind.__new__(kind)
    ReadableError.__init__(error)
    return error


def sources() -> set[str]:
    """Return every English text that the code marks for translation."""
    keywords = {"mark": None, "_": None}
    return {
        str(found[1])
        for module in Path(str(wxpark_gui.wording.__file__)).parent.glob("*.py")
        for found in extract_from_file("python", str(module), keywords=keywords)
    }


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def verdicts() -> list[Verdict]:
    """Return verdicts with every severity, state, delivery and cause that can be shown."""
    answered = [
        Verdict(severity, DeliveryState.ANSWERED, Cause.ANSWERED, state, "?!", mode, AS_OF)
        for severity, state, mode in product(
            Severity, set(UserState) - {UserState.NONE}, ("AUTOPAY", "PROACTIVE", "")
        )
    ]
    others = [
        judge(delivery, Outcome(cause, code="CODE", message="text") if cause else None, AS_OF)
        for delivery, cause in product(DeliveryState, (None, *Cause))
        if (delivery, cause) != (DeliveryState.ANSWERED, Cause.ANSWERED)
    ]
    unconnected = [
        judge(DeliveryState.WAITING, Outcome(Cause.OFFLINE, code=failure.value), AS_OF)
        for failure in ConnectionFailure
    ]
    return [*answered, *others, *unconnected]


def query_verdicts() -> list[Verdict]:
    """Return a verdict for each answer to a query and for each failure of one."""
    states = ("NORMAL", *(state.value for state in UserState if state is not UserState.NONE), "?!")
    outcomes = [
        *(
            Outcome(Cause.ANSWERED, user_state=state, deduct_mode=mode)
            for state, mode in product(states, ("AUTOPAY", "PROACTIVE", ""))
        ),
        *(Outcome(cause, code="CODE", message="text") for cause in Cause),
        *(Outcome(Cause.OFFLINE, code=failure.value) for failure in ConnectionFailure),
    ]
    return [judge_query(outcome, AS_OF) for outcome in outcomes]


VALUES: dict[str, object] = {
    "time": "11:42", "found": "x", "key": "Ctrl", "name": "y", "count": 3, "plate": "粤B·12345",
    "letters": "Y", "words": "1 粤", "prefix": "粤B",
    "version": "1.2.0", "problem": "p", "reason": "r",
    "subject": "s", "bad": 1, "warnings": 2, "size": "1.5",
    "main": "m", "next": "n", "day": "2026-03-15", "path": "p", "message": "x", "number": 3,
    "page": 1, "pages": 2, "other": "l", "seconds": 30,
    "lot": "l", "booth": "b",
    "code": "C", "elapsed": 41, "host": "h", "where": "z", "age": "4 min", "verdict": "v",
}  # fmt: skip

SPEAKERS: dict[str, Callable[[Wording], list[str]]] = {
    "labels": lambda w: [w.label(x, **VALUES) for x in Label],
    "history": lambda w: [w.label(x, **VALUES) for x in HistoryLabel],
    "audit": lambda w: [w.audit_event(what) for what in AUDIT_EVENTS],
    "titles": lambda w: [w.verdict(verdict).title for verdict in verdicts()],
    "advice": lambda w: [w.verdict(verdict).advice for verdict in verdicts()],
    "queries": lambda w: [
        text
        for verdict in query_verdicts()
        for words in [w.query(verdict)]
        for text in (words.title, words.advice)
    ],
    "pills": lambda w: [w.pill(verdict) for verdict in verdicts()],
    "field errors": lambda w: [
        w.field_error(FieldError(field, problem, 32, "33"))
        for field, problem in product(Field, Problem)
    ],
    "plate flaws": lambda w: [
        w.field_error(FieldError(Field.PLATE, Problem.NOT_A_PLATE, found=flaw.value))
        for flaw in PlateFlaw
    ],
    "failures": lambda w: [w.failure(make_error(k)).message for k in error_classes() if k.code],
    "actions": lambda w: [w.failure(make_error(kind)).action for kind in error_classes()],
    "remedies": lambda w: [w.remedy(cause) for cause in Cause],
    "remedies of queries": lambda w: [
        *(w.query_remedy(cause) for cause in Cause),
        *(w.query_remedy(Cause.OFFLINE, failure.value) for failure in ConnectionFailure),
    ],
    "connection failures": lambda w: [
        text
        for failure in ConnectionFailure
        for words in [w.connection_failure(failure)]
        for text in (words.message, words.action)
    ],
    "held back": lambda w: [
        *(w.held_back(cause, 3, 240) for cause in Cause),
        *(w.held_back(Cause.OFFLINE, 3, 240, failure.value) for failure in ConnectionFailure),
    ],
    "plate classes": lambda w: [
        w.plate_class(kind, car_type) for kind, car_type in product(PlateClass, CarType)
    ],
    "fields": lambda w: [w.field(field) for field in Field],
    "severities": lambda w: [w.severity(severity) for severity in Severity],
    "delivery states": lambda w: [w.delivery_state(state) for state in DeliveryState],
    "choices": lambda w: [
        *(w.car_type(kind) for kind in CarType),
        *(w.scene(scene) for scene in Scene),
    ],
    "strip": lambda w: [
        w.line_up(41), w.line_down(), w.line_untried(), w.pending(3, 240), w.today(9), w.age(9000),
    ],
    "console": lambda w: [
        text
        for words in (w.console, w.console.exports)
        for text in vars(words).values()
        if isinstance(text, str)
    ],
    "health": lambda w: [
        *(text for text in vars(w.health).values() if isinstance(text, str)),
        *w.health.subjects.values(),
        *w.health.health.values(),
        *w.health.steps.values(),
        *w.health.faults.values(),
        *(text for words in w.health.troubles.values() for text in words),
    ],
    "export": lambda w: [text for text in vars(w.export).values() if isinstance(text, str)],
    "statistics": lambda w: [
        *(text for text in vars(w.statistics).values() if isinstance(text, str)),
        *(w.statistics.period(period) for period in Period),
        *(w.statistics.chart_title(period) for period in Period),
        w.statistics.duration(60), w.statistics.duration(600), w.statistics.duration(9000),
    ],
    "key change": lambda w: [w.label(label, **VALUES) for label in KeyChangeLabel],
    "managers": lambda w: [
        *(w.label(label, **VALUES) for label in ManagerLabel),
        *(w.act(act) for act in Act),
        *vars(w.console.managers).values(),
    ],
    "support": lambda w: [w.label(label, **VALUES) for label in SupportLabel],
    "setup": lambda w: [w.label(label, **VALUES) for label in SetupLabel],
    "shifts": lambda w: [w.shifts.label(label, **VALUES) for label in ShiftLabel],
}  # fmt: skip


@pytest.mark.parametrize("speaker", SPEAKERS.values(), ids=SPEAKERS)
def test_everything_is_said_in_both_languages_and_differently(
    speaker: Callable[[Wording], list[str]], chinese: Wording, english: Wording
) -> None:
    for there, here in zip(speaker(english), speaker(chinese), strict=True):
        assert there.strip()
        assert here.strip()
        assert there != here or there in SAME_IN_BOTH


def test_the_catalogue_has_each_sentence_of_the_code_and_no_other() -> None:
    with CATALOGUE.open("rb") as stream:
        translated = {str(message.id) for message in read_po(stream) if message.id}
    assert translated == sources()


KEY_OF_THE_WINDOW = re.compile(r"\bF\d|\bEsc\b|回车|\bCtrl\b|press Enter")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    "speaker",
    ["titles", "advice", "field errors", "plate flaws", "failures", "actions", "remedies",
     "connection failures", "console", "health"],
)  # fmt: skip
def test_console_names_no_key_of_the_window(speaker: str, language: str) -> None:
    said = SPEAKERS[speaker](Wording.for_console(language))
    assert [text for text in said if KEY_OF_THE_WINDOW.search(text)] == []


def test_each_console_variant_replaces_a_sentence_of_the_window() -> None:
    assert set(CONSOLE_VARIANTS) <= sources()


def test_translations_keep_the_placeholders_of_their_sentences() -> None:
    with CATALOGUE.open("rb") as stream:
        differing = [
            message.id
            for message in read_po(stream)
            if placeholders(str(message.id)) != placeholders(str(message.string))
        ]
    assert differing == []


def test_each_failure_that_can_be_raised_has_words_of_its_own(english: Wording) -> None:
    codes = {kind.code for kind in error_classes() if kind.code}
    messages = {english.failure(make_error(kind)).message for kind in error_classes() if kind.code}
    assert len(messages) == len(codes)


@pytest.mark.parametrize(
    ("state", "mode", "title", "advice"),
    [
        ("NORMAL", "AUTOPAY", "正常", "放行。离场自动扣费（无感支付）"),
        ("NORMAL", "PROACTIVE", "正常", "放行。离场时由司机在微信发起付款（免密支付）"),
        ("NORMAL", "", "正常", "放行。微信没有说明扣费方式"),
        ("OVERDUE", "", "欠费", "请司机在微信还款；本次按普通车收费"),
        ("BLOCK", "", "受限", "欠费或黑名单：按普通车收费"),
        ("BLOCKED", "", "受限", "欠费或黑名单：按普通车收费"),
        ("PAUSED", "", "已暂停", "车主暂停了服务：按普通车收费"),
        ("UNAUTHORIZED", "", "未开通", "未开通或未授权：按普通车收费"),
        ("VEHICLE_AUTH_ERROR", "", "校验失败", "授权校验失败：按普通车收费"),
        ("VEHICLE_NOT_EXIST", "", "未开通", "未开通车主服务：按普通车收费"),
        ("FROZEN", "", "状态未知", "微信返回“FROZEN”，含义不明：按普通车收费"),
        ("", "", "状态未知", "微信没有给出状态：按普通车收费"),
    ],
)
def test_an_answered_state_is_said_in_the_attendants_words(
    chinese: Wording, state: str, mode: str, title: str, advice: str
) -> None:
    outcome = Outcome(Cause.ANSWERED, user_state=state, deduct_mode=mode)
    words = chinese.verdict(judge(DeliveryState.ANSWERED, outcome, AS_OF))
    assert (words.title, words.advice) == (title, advice)
    assert words.small.startswith("截至 11:39:12")


@pytest.mark.parametrize(
    ("delivery", "cause", "title", "advice"),
    [
        (DeliveryState.SAVED, None, "未查询", "已存本机，正在发送"),
        (DeliveryState.WAITING, Cause.OFFLINE, "未查询", "网络不通：已存本机，尚未发送"),
        (DeliveryState.WAITING, Cause.BUSY, "未查询", "微信系统繁忙：已存本机，稍后自动补发"),
        (DeliveryState.WAITING, Cause.INTERCEPTED, "未查询", "网络被拦截：已存本机，请联系管理员"),
        (
            DeliveryState.WAITING,
            Cause.SIGNATURE_REFUSED,
            "未成功",
            "密钥或商户参数不对，请联系管理员",
        ),
        (DeliveryState.WAITING, Cause.MERCHANT_REFUSED, "未成功", "商户参数不对，请联系管理员"),
        (
            DeliveryState.WAITING,
            Cause.PERMISSION_REFUSED,
            "未成功",
            "未开通车主服务权限，请联系管理员",
        ),
        (
            DeliveryState.REFUSED,
            Cause.CONTENT_REFUSED,
            "未成功",
            "车牌或内容不被接受：请核对后更正重发",
        ),
        (
            DeliveryState.REFUSED,
            Cause.OTHER_REFUSAL,
            "未成功",
            "微信未受理：NEW_CODE 原文。按 F5 可重发",
        ),
        (
            DeliveryState.WAITING,
            Cause.UNCLEAR_REFUSAL,
            "未查询",
            "微信未受理：NEW_CODE 原文。已存本机，稍后自动重试",
        ),
        (DeliveryState.UNTRUSTED, Cause.UNTRUSTED, "未成功", "应答不可信，未采用。请联系管理员"),
    ],
)
def test_what_was_not_answered_says_what_happened_and_what_to_do(
    chinese: Wording, delivery: DeliveryState, cause: Cause | None, title: str, advice: str
) -> None:
    outcome = Outcome(cause, code="NEW_CODE", message="原文") if cause else None
    words = chinese.verdict(judge(delivery, outcome, AS_OF))
    assert (words.title, words.advice) == (title, advice)
    assert "截至" not in words.small


@pytest.mark.parametrize(
    ("cause", "code", "advice"),
    [
        (Cause.OFFLINE, "NO_NETWORK", "本机没有网络：已存本机，请检查网线或无线网络"),
        (Cause.OFFLINE, "DNS", "找不到服务器域名：已存本机，若持续，请管理员检查网络（DNS）"),
        (
            Cause.PROXY_REFUSED,
            "PROXY_REFUSED",
            "代理服务器拒绝连接：已存本机，请管理员在代理上放行微信支付",
        ),
        (Cause.TLS_FAILED, "TLS_CLOCK", "电脑时间不准：已存本机，请管理员校准日期和时间"),
        (Cause.TLS_FAILED, "TLS_TRUST", "服务器证书不受信任：已存本机，请管理员更新系统证书"),
        (Cause.OFFLINE, "TLS", "安全连接（TLS）失败：已存本机，请管理员检查网络"),
        (Cause.OFFLINE, "TIMEOUT", "微信未及时应答：已存本机，稍后自动补发"),
    ],
)
def test_connection_failure_names_its_step_and_the_action(
    chinese: Wording, cause: Cause, code: str, advice: str
) -> None:
    outcome = Outcome(cause, code=code, message="raw")
    assert chinese.verdict(judge(DeliveryState.WAITING, outcome, AS_OF)).advice == advice
    assert chinese.held_back(cause, 0, code=code) == advice
    assert advice.endswith(chinese.remedy(cause, code))


@pytest.mark.parametrize(
    ("outcome", "title", "advice"),
    [
        (
            Outcome(Cause.ANSWERED, user_state="NORMAL", deduct_mode="AUTOPAY"),
            "正常",
            "可自动扣费（无感支付）。只查询，未登记入场",
        ),
        (
            Outcome(Cause.ANSWERED, user_state="NORMAL_NOT_BOUND", deduct_mode="AUTOPAY"),
            "未绑定",
            "账户正常，但此车牌未绑定：按普通车收费",
        ),
        (
            Outcome(Cause.ANSWERED, user_state="NORMAL?"),
            "状态未知",
            "微信返回“NORMAL?”，含义不明：按普通车收费",
        ),
        (
            Outcome(Cause.ANSWERED, user_state="OVERDUE"),
            "欠费",
            "请司机在微信还款；本次按普通车收费",
        ),
        (Outcome(Cause.OFFLINE), "无应答", "网络不通：未得到应答，请稍后再查"),
        (
            Outcome(Cause.OFFLINE, code="TIMEOUT"),
            "无应答",
            "微信未及时应答：未得到应答，请稍后再查",
        ),
        (
            Outcome(Cause.TLS_FAILED, code="TLS_CLOCK"),
            "无应答",
            "电脑时间不准：未得到应答，请管理员校准日期和时间",
        ),
        (Outcome(Cause.UNTRUSTED), "无应答", "应答不可信，未采用。请联系管理员"),
    ],
)
def test_query_has_words_of_its_own(
    chinese: Wording, outcome: Outcome, title: str, advice: str
) -> None:
    words = chinese.query(judge_query(outcome, AS_OF))
    assert (words.title, words.advice) == (title, advice)


def test_query_never_promises_that_something_is_saved_or_sent(
    chinese: Wording, english: Wording
) -> None:
    for verdict in query_verdicts():
        for wording in (chinese, english):
            advice = wording.query(verdict).advice
            assert not [word for word in ("已存", "补发", "saved", "sent") if word in advice]


@pytest.mark.parametrize("code", ["TLS", "TLS_CLOCK", "TLS_TRUST", "TLS_HOST", "PROXY_REFUSED"])
def test_failure_that_does_not_heal_by_itself_asks_for_the_manager(
    english: Wording, code: str
) -> None:
    for cause in (Cause.OFFLINE, Cause.TLS_FAILED):
        assert english.remedy(cause, code).startswith("Have the manager ")


def test_text_from_outside_stays_on_one_line_and_bounded(chinese: Wording) -> None:
    outcome = Outcome(Cause.ANSWERED, user_state="A\nB\u202e{raw}" + "x" * 500)
    advice = chinese.verdict(judge(DeliveryState.ANSWERED, outcome, AS_OF)).advice
    assert advice.startswith("微信返回“A B {raw}x")
    assert len(advice) < 80


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("粤B12345", "蓝牌 · 小型车"),
        ("粤BF49883", "新能源（小型） · 小型车"),
        ("赣AD999警", "警车 · 小型车 · 微信只对蓝牌、绿牌扣费"),
        ("粤B888888", "格式少见"),
        ("粤B12", ""),
    ],
)
def test_the_line_beneath_a_plate_tells_its_kind(chinese: Wording, typed: str, line: str) -> None:
    assert chinese.plate_line(read_plate(typed), CarType.SMALL) == line


def test_a_waiting_entry_says_when_it_was_saved_and_an_answered_one_as_of_when(
    chinese: Wording,
) -> None:
    def record(state: DeliveryState, cause: Cause) -> EntryRecord:
        return EntryRecord(
            entry_id="1",
            position=1,
            sequence=1,
            entry=check_draft(EntryDraft("粤B12345"), AS_OF),
            origin=Origin("1-2", "1", "2", "lot", "booth"),
            saved_at=AS_OF,
            state=state,
            maybe_sent=True,
            outcome=Outcome(cause, "NORMAL", code="TIMEOUT", elapsed_ms=41),
            outcome_at=AS_OF,
        )

    waiting = chinese.entry_remark(record(DeliveryState.WAITING, Cause.OFFLINE))
    answered = chinese.entry_remark(record(DeliveryState.ANSWERED, Cause.ANSWERED))
    assert waiting == "11:39:12 存入 · TIMEOUT · 可能已发送过"
    assert answered == "截至 11:39:12"


@pytest.mark.parametrize(
    ("seconds", "age"),
    [(0, "0 分钟"), (59, "0 分钟"), (240, "4 分钟"), (7199, "119 分钟"), (7200, "2 小时")],
)
def test_ages_are_told_in_minutes_then_hours(chinese: Wording, seconds: int, age: str) -> None:
    assert chinese.age(seconds) == age


def test_no_sentence_is_longer_than_two_lines_of_the_panel(
    chinese: Wording, english: Wording
) -> None:
    spoken = list(chain(SPEAKERS["advice"](chinese), SPEAKERS["failures"](chinese)))
    assert max(map(len, spoken)) <= 44
    assert max(map(len, SPEAKERS["advice"](english))) <= 88
