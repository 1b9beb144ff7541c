"""Queries of a plate's state: fields of the request, and replies that may be shown as green."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.verdict import Severity, UserState, judge_query, read_user_state
from wxpark_gui.wechatpay.call import Call, signed_fields, to_xml
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.querystate import (
    QUERYSTATE_PATH,
    UNREADABLE_LIST,
    query_call,
    read_plate_state,
)
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.reply import read_reply

if TYPE_CHECKING:
    from tests.wechatpay.conftest import Bench, Peer, Pen

PLATE = "粤B12345"
OTHER = "粤BD12345"
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
NONCE = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)

Read = Callable[[bytes], Outcome]


def plates_info(*plates: object) -> str:
    items = [{"plate_number": plate} for plate in plates]
    return json.dumps({"plate_number_info": items}, ensure_ascii=False)


def severity_of(outcome: Outcome) -> Severity:
    return judge_query(outcome, NOW).severity


@pytest.fixture
def read(merchant: MerchantProfile, key: Secret) -> Read:
    """Function that reads the body of a reply, with status 200, to a query about `PLATE`."""
    return partial(_read, merchant, key, SeenReplies(()))


def _read(merchant: MerchantProfile, key: Secret, seen: SeenReplies, body: bytes) -> Outcome:
    read_state = partial(read_plate_state, plate=PLATE)
    return read_reply(200, body, {}, merchant=merchant, key=key, seen=seen, read_state=read_state)


class TestRequest:
    def test_matches_the_known_vector(
        self, merchant: MerchantProfile, key: Secret, vectors: list[dict[str, Any]]
    ) -> None:
        known = next(v for v in vectors if v["name"] == "querystate request by plate")
        expected = {**known["fields"], "sign": known["sign"]}
        assert signed_fields(query_call(PLATE), merchant, NONCE, key) == expected

    def test_holds_the_fields_of_a_booth_and_no_others(
        self, merchant: MerchantProfile, key: Secret
    ) -> None:
        assert list(signed_fields(query_call(PLATE), merchant, NONCE, key)) == [
            "appid", "mch_id", "sub_appid", "sub_mch_id", "nonce_str",
            "sign_type", "version", "trade_scene", "plate_number", "sign",
        ]  # fmt: skip

    def test_repr_of_a_call_hides_the_plate(self) -> None:
        assert repr(query_call(PLATE)) == f"Call(path='{QUERYSTATE_PATH}')"

    def test_call_is_a_value(self) -> None:
        assert query_call(PLATE) == query_call(PLATE) != query_call(OTHER)
        assert hash(query_call(PLATE)) == hash(query_call(PLATE))
        assert Call("/a", ()) != Call("/b", ())


BOUND = {
    "no list": {},
    "list with the plate": {"plate_number_info": plates_info(OTHER, PLATE)},
    "list with the plate alone": {"plate_number_info": plates_info(PLATE)},
    "older list with the plate": {"plate_number_list": f"{OTHER};{PLATE}"},
    "empty fields": {"plate_number_info": "", "path": ""},
}
NOT_BOUND = {
    "list without the plate": {"plate_number_info": plates_info(OTHER)},
    "empty list": {"plate_number_info": plates_info()},
    "longer plate in the list": {"plate_number_info": plates_info(PLATE + "D")},
    "shorter plate in the list": {"plate_number_info": plates_info(PLATE[:-1])},
    "path": {"path": "pages/route/index"},
    "blank path": {"path": " "},
    "path and a list with the plate": {
        "path": "pages/route/index",
        "plate_number_info": plates_info(PLATE),
    },
    "older list without the plate": {"plate_number_list": f"{OTHER};{PLATE}D"},
    "lists that disagree": {
        "plate_number_info": plates_info(PLATE),
        "plate_number_list": OTHER,
    },
}
UNREADABLE = {
    "blank": " ",
    "no JSON": PLATE,
    "cut off": plates_info(PLATE)[:-1],
    "more behind it": plates_info(PLATE) + "x",
    "a string": json.dumps(PLATE),
    "a bare list": json.dumps([{"plate_number": PLATE}]),
    "null": "null",
    "another name": json.dumps({"plates": [{"plate_number": PLATE}]}),
    "a list of strings": json.dumps({"plate_number_info": [PLATE]}),
    "an object for a list": json.dumps({"plate_number_info": {"plate_number": PLATE}}),
    "an item without a plate": json.dumps({"plate_number_info": [{}, {"plate_number": PLATE}]}),
    "a plate that is no text": plates_info(PLATE, 7),
    "an empty plate": plates_info(PLATE, ""),
    "nested deeply": "[" * 20_000,
    "a long number": "9" * 5_000,
}


class TestReply:
    @pytest.mark.parametrize("extras", BOUND.values(), ids=BOUND)
    def test_normal_of_a_bound_plate_is_green(
        self, read: Read, pen: Pen, extras: dict[str, str]
    ) -> None:
        outcome = read(pen.reply(deduct_mode="AUTOPAY", **extras))
        assert (outcome.user_state, outcome.deduct_mode) == ("NORMAL", "AUTOPAY")
        assert severity_of(outcome) is Severity.OK

    @pytest.mark.parametrize("extras", NOT_BOUND.values(), ids=NOT_BOUND)
    def test_normal_of_a_plate_that_is_not_bound_is_caution(
        self, read: Read, pen: Pen, extras: dict[str, str]
    ) -> None:
        outcome = read(pen.reply(**extras))
        verdict = judge_query(outcome, NOW)
        assert outcome.cause is Cause.ANSWERED
        assert (verdict.state, verdict.severity) == (UserState.NOT_BOUND, Severity.CAUTION)

    @pytest.mark.parametrize("info", UNREADABLE.values(), ids=UNREADABLE)
    @pytest.mark.parametrize("path", ["-", "pages/route/index"])
    def test_normal_with_an_unreadable_list_is_unknown(
        self, read: Read, pen: Pen, info: str, path: str
    ) -> None:
        outcome = read(pen.reply(plate_number_info=info, path=path))
        assert outcome.user_state == UNREADABLE_LIST
        assert severity_of(outcome) is Severity.UNKNOWN

    @pytest.mark.parametrize("state", ["OVERDUE", "PAUSED", "UNAUTHORIZED", "NEW", ""])
    @pytest.mark.parametrize("info", [plates_info(PLATE), plates_info(OTHER), "no JSON"])
    def test_other_states_are_taken_as_received(
        self, read: Read, pen: Pen, state: str, info: str
    ) -> None:
        outcome = read(pen.reply(user_state=state, path="pages/a", plate_number_info=info))
        assert outcome.user_state == state
        assert severity_of(outcome) is not Severity.OK

    def test_plate_that_does_not_exist_has_not_joined(self, read: Read, pen: Pen) -> None:
        outcome = read(pen.reply(result_code="FAIL", err_code="VEHICLE_NOT_EXIST", user_state="-"))
        assert severity_of(outcome) is Severity.INFO

    @pytest.mark.parametrize(
        ("name", "severity"),
        [
            ("querystate reply NORMAL", Severity.OK),
            ("querystate reply UNAUTHORIZED with path", Severity.INFO),
        ],
    )
    def test_known_replies_are_believed(
        self, read: Read, vectors: list[dict[str, Any]], name: str, severity: Severity
    ) -> None:
        known = next(v for v in vectors if v["name"] == name)
        outcome = read(to_xml({**known["fields"], "sign": known["sign"]}))
        assert (outcome.cause, severity_of(outcome)) == (Cause.ANSWERED, severity)

    @pytest.mark.parametrize("info", [plates_info(PLATE, OTHER), plates_info(OTHER), OTHER])
    def test_outcome_holds_no_other_plate_and_no_driver(
        self, read: Read, pen: Pen, info: str
    ) -> None:
        extras = {"openid": OPENID, "sub_openid": OPENID, "path": f"pages/a?o={OPENID}"}
        outcome = read(pen.reply(plate_number_info=info, plate_number_list=OTHER, **extras))
        assert outcome.cause is Cause.ANSWERED
        assert OTHER not in repr(outcome)
        assert OPENID not in repr(outcome)

    @pytest.mark.parametrize("info", UNREADABLE.values(), ids=UNREADABLE)
    def test_unreadable_list_raises_nothing(self, info: str) -> None:
        fields = {"user_state": "NORMAL", "plate_number_info": info}
        assert read_plate_state(fields, PLATE) == UNREADABLE_LIST


class TestHostileReplies:
    @pytest.mark.parametrize("sign", ["-", "", "0" * 64, "0" * 32, "not hex"])
    def test_no_answer_without_a_good_signature(self, read: Read, pen: Pen, sign: str) -> None:
        fields = pen.fields(user_state="NORMAL", plate_number_info=plates_info(PLATE))
        changed = {**fields, "sign": sign}
        outcome = read(to_xml({name: value for name, value in changed.items() if value != "-"}))
        assert (outcome.cause, outcome.user_state) == (Cause.UNTRUSTED, "")

    @pytest.mark.parametrize("name", ["plate_number_info", "path", "user_state", "plate_number"])
    def test_field_added_or_changed_after_signing_is_untrusted(
        self, read: Read, pen: Pen, name: str
    ) -> None:
        fields = pen.fields(user_state="OVERDUE", plate_number_info=plates_info(OTHER))
        assert read(to_xml({**fields, name: "NORMAL"})).cause is Cause.UNTRUSTED

    @pytest.mark.parametrize("name", ["plate_number_info", "path"])
    def test_field_removed_after_signing_is_untrusted(
        self, read: Read, pen: Pen, name: str
    ) -> None:
        fields = pen.fields(
            user_state="NORMAL", path="pages/a", plate_number_info=plates_info(OTHER)
        )
        del fields[name]
        assert read(to_xml(fields)).cause is Cause.UNTRUSTED

    def test_same_reply_is_believed_once(self, read: Read, pen: Pen) -> None:
        body = pen.reply()
        assert [read(body).cause, read(body).code] == [Cause.ANSWERED, "REPLAYED"]

    def test_none_of_1000_mutated_replies_is_believed(
        self, pen: Pen, merchant: MerchantProfile, key: Secret
    ) -> None:
        chance = random.Random(7)
        mutations: list[Callable[[bytes], bytes]] = [
            lambda body: body[: chance.randrange(len(body))],
            lambda body: body.replace(OTHER.encode(), PLATE.encode()),
            lambda body: body.replace(b"<path>", b"<path/><path>"),
            lambda body: body.replace(b"path>", b"detour>"),
            lambda body: body.replace(b"plate_number_info>", b"plate_number_list>"),
            lambda body: body.replace(b"&quot;", b"&#34;").replace(b"[", b"[[", 1),
            lambda body: body.replace(b"<sign>", b"<plate_number>x</plate_number><sign>"),
        ]
        believed = []
        for _ in range(1000):
            reply = pen.reply(path="pages/a", plate_number_info=plates_info(OTHER))
            outcome = _read(merchant, key, SeenReplies(()), chance.choice(mutations)(reply))
            if outcome.cause is Cause.ANSWERED:
                believed.append(outcome)
        assert believed == []

    def test_reply_for_another_merchant_is_untrusted(self, read: Read, pen: Pen) -> None:
        assert read(pen.reply(sub_mch_id="1")).code == "OTHER_MERCHANT"


PLATES = st.one_of(st.sampled_from([PLATE, OTHER, "", PLATE + " "]), st.text(max_size=9))
JSON_TEXTS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), PLATES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from(["plate_number_info", "plate_number"]), st.text(max_size=3)),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
).map(json.dumps)
EXTRAS = st.fixed_dictionaries(
    {"user_state": st.one_of(st.just("NORMAL"), st.text(max_size=8))},
    optional={
        "path": st.text(max_size=5),
        "plate_number_info": st.one_of(
            st.lists(PLATES, max_size=3).map(lambda plates: plates_info(*plates)),
            JSON_TEXTS,
            st.text(max_size=30),
        ),
        "plate_number_list": st.lists(PLATES, max_size=3).map(";".join),
        "deduct_mode": st.sampled_from(["AUTOPAY", "PROACTIVE", ""]),
    },
)


@given(EXTRAS)
@example({"user_state": "NORMAL"})
@example({"user_state": "NORMAL", "plate_number_info": plates_info(PLATE)})
def test_green_needs_normal_no_path_and_every_list_to_hold_the_plate(
    fields: dict[str, str],
) -> None:
    state = read_plate_state(fields, PLATE)
    if read_user_state(state) is not UserState.NORMAL:
        return
    assert fields["user_state"] == "NORMAL"
    assert not fields.get("path")
    if info := fields.get("plate_number_info"):
        assert PLATE in [item["plate_number"] for item in json.loads(info)["plate_number_info"]]
    if plates := fields.get("plate_number_list"):
        assert PLATE in plates.split(";")


class TestExchange:
    def test_goes_to_its_own_path_on_the_connection_of_the_notification(
        self, client: GatewayClient, bench: Bench
    ) -> None:
        server = bench.serve(bench.pen.answer_always)
        at = bench.at(server.url)
        outcomes = [bench.ask(client, server.url), client.query(PLATE, at, bench.key)]
        assert {outcome.cause for outcome in outcomes} == {Cause.ANSWERED}
        paths = [request.split(b" ")[1].decode() for request in server.requests]
        assert paths == ["/vehicle/partnerpay/notification", QUERYSTATE_PATH]
        assert server.connections == 1
        assert server.bodies()[1]["plate_number"] == PLATE

    def test_reply_to_the_notification_is_not_believed_for_a_query(
        self, client: GatewayClient, bench: Bench
    ) -> None:
        body = bench.pen.reply()

        def repeat(peer: Peer) -> None:
            while peer.read_request():
                peer.send(bench.pen.http(body))

        server = bench.serve(repeat)
        bench.ask(client, server.url)
        assert client.query(PLATE, bench.at(server.url), bench.key).code == "REPLAYED"

    def test_silent_server_ends_within_the_budget_without_a_second_question(
        self, client: GatewayClient, bench: Bench
    ) -> None:
        def be_silent(peer: Peer) -> None:
            peer.read_request()
            peer.wait_until_client_leaves()

        server = bench.serve(be_silent)
        outcome = client.query(PLATE, bench.at(server.url), bench.key)
        assert (outcome.cause, outcome.code) == (Cause.OFFLINE, "TIMEOUT")
        assert len(server.requests) == 1

    def test_log_holds_neither_plates_nor_driver(
        self, client: GatewayClient, bench: Bench, caplog: pytest.LogCaptureFixture
    ) -> None:
        def answer(peer: Peer) -> None:
            while peer.read_request():
                body = bench.pen.reply(plate_number_info=plates_info(OTHER), openid=OPENID)
                peer.send(bench.pen.http(body))

        server = bench.serve(answer)
        with caplog.at_level(logging.DEBUG):
            client.query(PLATE, bench.at(server.url), bench.key)
        assert caplog.records
        assert not [text for text in (PLATE, OTHER, OPENID) if text in caplog.text]
