from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome, after_exchange
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.verdict import Severity, judge
from wxpark_gui.wechatpay.call import to_xml
from wxpark_gui.wechatpay.flat_xml import REPLY_BYTES, MalformedReply, parse_flat_xml
from wxpark_gui.wechatpay.message import MESSAGE_LENGTH
from wxpark_gui.wechatpay.replay import SeenReplies, fingerprint
from wxpark_gui.wechatpay.reply import read_reply

if TYPE_CHECKING:
    from tests.wechatpay.conftest import Pen

Read = Callable[..., Outcome]


@pytest.fixture
def read(merchant: MerchantProfile, key: Secret) -> Read:
    """Function that reads a reply, by default with status 200, while no earlier reply is known."""
    seen = SeenReplies(())

    def read_one(
        body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Outcome:
        return read_reply(status, body, headers or {}, merchant=merchant, key=key, seen=seen)

    return read_one


MALFORMED = {
    "nothing": b"",
    "no XML": b"hello",
    "cut off": b"<xml><a>1</a>",
    "two roots": b"<xml><a>1</a></xml><xml/>",
    "empty": b"<xml></xml>",
    "text only": b"<xml>text</xml>",
    "another root": b"<html><a>1</a></html>",
    "nested": b"<xml><a><b>1</b></a></xml>",
    "nested deeply": b"<xml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</xml>",
    "repeated": b"<xml><a>1</a><a>2</a></xml>",
    "repeated and empty": b"<xml><a/><a/></xml>",
    "attribute": b'<xml><a b="1">1</a></xml>',
    "attribute of the root": b'<xml b="1"><a>1</a></xml>',
    "namespace": b'<xml xmlns="urn:x"><a>1</a></xml>',
    "text between": b"<xml><a>1</a>text</xml>",
    "name with a colon": b"<xml><x:a>1</x:a></xml>",
    "name that is not ASCII": "<xml><粤>1</粤></xml>".encode(),
    "not UTF-8": b"<xml><a>\xff</a></xml>",
    "UTF-16": "<xml><a>1</a></xml>".encode("utf-16"),
    "UTF-16 without a byte order mark": "<xml><a>1</a></xml>".encode("utf-16-le"),
    "document type in UTF-16": "<!DOCTYPE xml><xml><a>1</a></xml>".encode("utf-16-be"),
    "UTF-16 after a byte order mark of UTF-8": b"\xef\xbb\xbf"
    + "<xml><a>1</a></xml>".encode("utf-16-le"),
    "control character": b"<xml><a>\x01</a></xml>",
    "document type": b"<!DOCTYPE xml><xml><a>1</a></xml>",
    "document type in another case": b"<!doctype xml><xml><a>1</a></xml>",
    "external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b"<xml><a>&e;</a></xml>",
    "entity bomb": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xml><a>&b;</a></xml>',
    "undeclared entity": b"<xml><a>&e;</a></xml>",
    "XInclude": b'<xml xmlns:xi="http://www.w3.org/2001/XInclude">'
    b'<xi:include href="file:///etc/passwd"/></xml>',
    "too large": b"<xml><a>" + b"1" * REPLY_BYTES + b"</a></xml>",
}


WELL_FORMED = {
    "pretty-printed": (b"<xml>\n  <a>1</a>\r\n  <b>2</b>\n</xml>", {"a": "1", "b": "2"}),
    "white space kept": (b"<xml><a> 1\n</a></xml>", {"a": " 1\n"}),
    "white space alone kept": (b"<xml><a>  </a></xml>", {"a": "  "}),
    "CDATA": (b"<xml><a><![CDATA[<&>]]></a></xml>", {"a": "<&>"}),
    "empty": (b"<xml><a></a><b/></xml>", {"a": "", "b": ""}),
    "byte order mark": (b"\xef\xbb\xbf<xml><a>1</a></xml>", {"a": "1"}),
    "declaration": (b'<?xml version="1.0" encoding="UTF-8"?><xml><a>1</a></xml>', {"a": "1"}),
    "other encoding in the declaration": (
        '<?xml version="1.0" encoding="GBK"?><xml><a>粤</a></xml>'.encode(),
        {"a": "粤"},
    ),
    "unknown name of the encoding in the declaration": (
        '<?xml version="1.0" encoding="utf8"?><xml><a>粤</a></xml>'.encode(),
        {"a": "粤"},
    ),
    "character references": (b"<xml><a>&#31908;&amp;&#13;</a></xml>", {"a": "粤&\r"}),
}


class TestFlatXml:
    @pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
    def test_xml_that_is_not_one_flat_level_is_refused(self, body: bytes) -> None:
        with pytest.raises(MalformedReply) as caught:
            parse_flat_xml(body)
        assert len(str(caught.value)) < 60

    @pytest.mark.parametrize(("body", "fields"), WELL_FORMED.values(), ids=WELL_FORMED)
    def test_fields_are_read_as_they_stand(self, body: bytes, fields: dict[str, str]) -> None:
        assert parse_flat_xml(body) == fields

    @given(
        st.one_of(
            st.binary(max_size=60),
            st.lists(
                st.sampled_from(
                    ["<xml>", "</xml>", "<a>", "</a>", "<b/>", "&amp;", "&e;", "text", "<![CDATA[",
                     "]]>", "<!-- c -->", "<?p i?>", ' x="1"', "\ufeff", "#text", " "]
                ),
                max_size=12,
            ).map(lambda parts: "".join(parts).encode()),
        )
    )  # fmt: skip
    @example(b"<xml><a>1</a></xml>")
    def test_any_bytes_give_flat_text_or_are_refused(self, body: bytes) -> None:
        try:
            fields: dict[Any, Any] = parse_flat_xml(body)
        except MalformedReply:
            return
        assert {type(part) for item in fields.items() for part in item} <= {str}


STATES = [
    ("NORMAL", Severity.OK),
    ("OVERDUE", Severity.ARREARS),
    ("BLOCK", Severity.BLOCKED),
    ("BLOCKED", Severity.BLOCKED),
    ("PAUSED", Severity.CAUTION),
    ("VEHICLE_AUTH_ERROR", Severity.CAUTION),
    ("UNAUTHORIZED", Severity.INFO),
    ("normal", Severity.UNKNOWN),
    (" NORMAL", Severity.UNKNOWN),
    ("NORMAL\n", Severity.UNKNOWN),
    ("A_STATE_OF_TOMORROW", Severity.UNKNOWN),
    ("", Severity.UNKNOWN),
    ("-", Severity.UNKNOWN),
]


class TestAnswers:
    @pytest.mark.parametrize(("user_state", "severity"), STATES)
    def test_a_verified_state_is_taken_as_it_came(
        self, read: Read, pen: Pen, user_state: str, severity: Severity
    ) -> None:
        outcome = read(pen.reply(user_state=user_state))
        assert outcome.cause is Cause.ANSWERED
        assert outcome.user_state == user_state.replace("-", "")
        assert judge(DeliveryState.ANSWERED, outcome, None).severity is severity

    def test_the_way_of_deduction_comes_with_it(self, read: Read, pen: Pen) -> None:
        assert read(pen.reply(deduct_mode="PROACTIVE")).deduct_mode == "PROACTIVE"

    def test_a_car_that_has_not_joined_is_an_answer(self, read: Read, pen: Pen) -> None:
        outcome = read(pen.reply(result_code="FAIL", err_code="VEHICLE_NOT_EXIST", user_state="-"))
        assert (outcome.cause, outcome.user_state, outcome.code) == (
            Cause.ANSWERED, "VEHICLE_NOT_EXIST", "VEHICLE_NOT_EXIST",
        )  # fmt: skip

    def test_unknown_fields_take_part_in_the_signature(self, read: Read, pen: Pen) -> None:
        assert read(pen.reply(future_field="0", another="")).cause is Cause.ANSWERED

    @pytest.mark.parametrize("sub_appid", ["-", ""])
    def test_sub_appid_may_be_absent(self, read: Read, pen: Pen, sub_appid: str) -> None:
        assert read(pen.reply(sub_appid=sub_appid)).cause is Cause.ANSWERED

    def test_the_known_reply_is_believed(self, read: Read, vectors: list[dict[str, Any]]) -> None:
        known = next(v for v in vectors if v["name"] == "reply, OVERDUE")
        body = to_xml({**known["fields"], "sign": known["sign"]})
        assert read(body) == Outcome(
            Cause.ANSWERED,
            user_state="OVERDUE",
            deduct_mode="AUTOPAY",
            fingerprint=fingerprint("9pR0s7AhKzH6g3Tt", known["sign"]),
            reply_hash=hashlib.sha256(body).hexdigest(),
        )


class TestRefusals:
    @pytest.mark.parametrize(
        ("code", "cause"),
        [
            ("SYSTEMERROR", Cause.BUSY),
            ("RATELIMIT_EXCEEDED", Cause.RATE_LIMITED),
            ("SIGN_ERROR", Cause.SIGNATURE_REFUSED),
            ("APPID_NOT_EXIST", Cause.MERCHANT_REFUSED),
            ("NOAUTH", Cause.PERMISSION_REFUSED),
            ("PARAM_ERROR", Cause.CONTENT_REFUSED),
            ("SOMETHING_NEW", Cause.OTHER_REFUSAL),
        ],
    )
    def test_a_signed_failure_has_cause_code_and_text(
        self, read: Read, pen: Pen, code: str, cause: Cause
    ) -> None:
        outcome = read(pen.reply(result_code="FAIL", err_code=code, err_code_des="原文"))
        assert (outcome.cause, outcome.code, outcome.message) == (cause, code, "原文")
        assert outcome.user_state == ""

    @pytest.mark.parametrize("sign", ["-", "", "0123456789abcdef0123456789ABCDEF"])
    def test_busy_failure_unsigned_or_with_md5_is_retried(
        self, read: Read, pen: Pen, sign: str
    ) -> None:
        fields = pen.fields(result_code="FAIL", err_code="SYSTEMERROR")
        outcome = read(_with_sign(fields, sign))
        assert (outcome.cause, outcome.fingerprint) == (Cause.BUSY, "")

    def test_an_unsigned_failure_of_another_merchant_is_not_trusted(
        self, read: Read, pen: Pen
    ) -> None:
        fields = pen.fields(result_code="FAIL", err_code="SYSTEMERROR", mch_id="1")
        assert read(_with_sign(fields, "-")).cause is Cause.UNTRUSTED

    @pytest.mark.parametrize(
        ("return_msg", "cause"),
        [
            ("签名错误", Cause.SIGNATURE_REFUSED),
            ("SYSTEMERROR", Cause.BUSY),
            ("系统繁忙,请稍后再试", Cause.BUSY),
            ("商户号mch_id与appid不匹配", Cause.MERCHANT_REFUSED),
            ("参数错误", Cause.UNCLEAR_REFUSAL),
            ("VEHICLE_NOT_EXIST", Cause.UNCLEAR_REFUSAL),
            ("维护中", Cause.UNCLEAR_REFUSAL),
            ("", Cause.UNCLEAR_REFUSAL),
        ],
    )
    def test_unsigned_call_failure_is_classified_by_its_text(
        self, read: Read, return_msg: str, cause: Cause
    ) -> None:
        outcome = read(to_xml({"return_code": "FAIL", "return_msg": return_msg}))
        assert (outcome.cause, outcome.message, outcome.fingerprint) == (cause, return_msg, "")

    @pytest.mark.parametrize("return_msg", ["", "OK", "维护中"])
    def test_err_code_beside_an_unsigned_failure_counts(self, read: Read, return_msg: str) -> None:
        fields = {"return_code": "FAIL", "return_msg": return_msg, "err_code": "SYSTEMERROR"}
        outcome = read(to_xml(fields))
        assert (outcome.cause, outcome.code) == (Cause.BUSY, "SYSTEMERROR")

    @pytest.mark.parametrize(
        "fields",
        [
            {"return_code": "FAIL", "return_msg": "Plate Number Query ERROR"},
            {"return_code": "FAIL", "err_code": "PARAM_ERROR", "return_msg": "参数错误"},
            {"return_code": "FAIL", "err_code": "VEHICLE_NOT_EXIST"},
            {"return_code": "FAIL", "err_code": "A_CODE_OF_TOMORROW"},
            {"return_code": "SUCCESS", "result_code": "FAIL", "err_code": "PARAM_ERROR"},
            {"return_code": "SUCCESS", "result_code": "FAIL", "err_code": "VEHICLE_NOT_EXIST"},
            {"return_code": "SUCCESS", "result_code": "FAIL", "err_code": "NEW", "sign": "0" * 32},
        ],
    )
    def test_unsigned_failure_never_closes_an_entry(
        self, read: Read, fields: dict[str, str]
    ) -> None:
        outcome = read(to_xml(fields))
        assert outcome.cause is Cause.UNCLEAR_REFUSAL
        for attempts in range(1, 10):
            step = after_exchange(outcome, attempts, untrusted=0, jitter=0.0)
            assert step.state is DeliveryState.WAITING
            assert step.wait

    def test_signed_call_failure_may_close_an_entry(self, read: Read, pen: Pen) -> None:
        outcome = read(pen.reply(return_code="FAIL", return_msg="缺少参数", result_code="-"))
        assert (outcome.cause, outcome.message) == (Cause.CONTENT_REFUSED, "缺少参数")
        assert outcome.fingerprint

    def test_signed_call_failure_is_never_an_answer(self, read: Read, pen: Pen) -> None:
        outcome = read(pen.reply(return_code="FAIL", return_msg="VEHICLE_NOT_EXIST"))
        assert outcome.cause is Cause.OTHER_REFUSAL

    @pytest.mark.parametrize(
        ("body", "code", "message"),
        [
            (
                "<xml><retcode>88221009</retcode><retmsg>参数错误</retmsg></xml>",
                "88221009",
                "参数错误",
            ),
            ("<xml><retcode>0</retcode></xml>", "0", ""),
            ("<root><retcode><![CDATA[1]]></retcode><retmsg>a</retmsg></root>", "1", "a"),
            ("<root><retcode></retcode><retmsg>a</retmsg></root>", "RETCODE", "a"),
        ],
    )
    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
    def test_retcode_of_an_older_gateway_is_shown_and_waits(
        self, read: Read, body: str, code: str, message: str, encoding: str
    ) -> None:
        outcome = read(body.encode(encoding))
        assert (outcome.cause, outcome.code, outcome.message) == (
            Cause.UNCLEAR_REFUSAL, code, message,
        )  # fmt: skip

    def test_an_undocumented_result_is_a_refusal_as_received(self, read: Read, pen: Pen) -> None:
        outcome = read(pen.reply(result_code="PERHAPS"))
        assert (outcome.cause, outcome.code) == (Cause.OTHER_REFUSAL, "PERHAPS")

    def test_a_long_text_is_cut_and_put_on_one_line(self, read: Read, pen: Pen) -> None:
        text = "a\n\x1b[31m\u202eb " + "长" * 500
        message = read(pen.reply(result_code="FAIL", err_code_des=text.replace("\x1b", ""))).message
        assert message.startswith("a [31m b 长")
        assert len(message) == MESSAGE_LENGTH


CHANGED = {
    "another appid": {"appid": "wx0000000000000000"},
    "another mch_id": {"mch_id": "10000099"},
    "another sub_mch_id": {"sub_mch_id": "1"},
    "another sub_appid": {"sub_appid": "wx0000000000000000"},
    "no appid": {"appid": "-"},
    "no mch_id": {"mch_id": ""},
    "no sub_mch_id": {"sub_mch_id": "-"},
    "no nonce": {"nonce_str": "-"},
    "no return_code": {"return_code": "-"},
    "odd return_code": {"return_code": "success"},
}


class TestUntrusted:
    @pytest.mark.parametrize("changes", CHANGED.values(), ids=CHANGED)
    def test_signed_reply_with_other_ids_is_untrusted(
        self, read: Read, pen: Pen, changes: dict[str, str]
    ) -> None:
        outcome = read(pen.reply(**changes))
        assert (outcome.cause, outcome.user_state) == (Cause.UNTRUSTED, "")
        assert outcome.reply_hash

    @pytest.mark.parametrize("sign", ["-", "", "0" * 64, "0" * 32, "not hex"])
    @pytest.mark.parametrize("result", ["SUCCESS", "VEHICLE_NOT_EXIST"])
    def test_no_answer_without_a_good_signature(
        self, read: Read, pen: Pen, sign: str, result: str
    ) -> None:
        failing = {"result_code": "FAIL", "err_code": result}
        fields = pen.fields(user_state="NORMAL", **(failing if result != "SUCCESS" else {}))
        outcome = read(_with_sign(fields, sign))
        is_unsigned_failure = result != "SUCCESS" and len(sign) in (0, 1, 32)
        waits = Cause.UNCLEAR_REFUSAL if is_unsigned_failure else Cause.UNTRUSTED
        assert (outcome.cause, outcome.user_state) == (waits, "")

    @pytest.mark.parametrize("sign", ["0" * 64, "not hex"])
    def test_a_failure_with_a_wrong_signature_is_not_trusted(
        self, read: Read, pen: Pen, sign: str
    ) -> None:
        fields = pen.fields(result_code="FAIL", err_code="PARAM_ERROR")
        assert read(_with_sign(fields, sign)).cause is Cause.UNTRUSTED

    def test_unsigned_call_failure_is_never_an_answer(self, read: Read) -> None:
        body = to_xml({"return_code": "FAIL", "return_msg": "VEHICLE_NOT_EXIST"})
        assert read(body).cause is Cause.UNCLEAR_REFUSAL

    @pytest.mark.parametrize("name", ["user_state", "result_code", "nonce_str", "appid"])
    def test_a_change_after_signing_is_noticed(self, read: Read, pen: Pen, name: str) -> None:
        fields = pen.fields(user_state="OVERDUE")
        changed = {**fields, name: "NORMAL" if name == "user_state" else fields[name] + "x"}
        assert read(to_xml(changed)).cause is Cause.UNTRUSTED

    def test_a_key_of_another_merchant_does_not_verify(
        self, pen: Pen, merchant: MerchantProfile
    ) -> None:
        other_key = Secret("0" * 32)
        outcome = read_reply(
            200, pen.reply(), {}, merchant=merchant, key=other_key, seen=SeenReplies(())
        )
        assert outcome.cause is Cause.UNTRUSTED

    def test_the_same_reply_is_believed_once(self, read: Read, pen: Pen) -> None:
        body = pen.reply()
        assert [read(body).cause, read(body).cause] == [Cause.ANSWERED, Cause.UNTRUSTED]

    def test_a_reply_of_an_earlier_run_is_not_believed(
        self, pen: Pen, merchant: MerchantProfile, key: Secret
    ) -> None:
        fields = pen.fields(user_state="NORMAL")
        seen = SeenReplies([fingerprint(fields["nonce_str"], fields["sign"])])
        outcome = read_reply(200, to_xml(fields), {}, merchant=merchant, key=key, seen=seen)
        assert (outcome.cause, outcome.code) == (Cause.UNTRUSTED, "REPLAYED")

    @pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
    def test_malformed_body_is_never_an_answer(self, read: Read, body: bytes) -> None:
        assert read(body).cause in (Cause.UNTRUSTED, Cause.INTERCEPTED)

    def test_none_of_2000_mutated_replies_is_believed(
        self, pen: Pen, merchant: MerchantProfile, key: Secret
    ) -> None:
        chance = random.Random(7)
        mutations: list[Callable[[bytes], bytes]] = [
            lambda body: _replace_byte(body, chance),
            lambda body: body[: chance.randrange(len(body))],
            lambda body: body.replace(b"NORMAL", b"OVERDUE"),
            lambda body: body.replace(b"<user_state>", b"<user_state>x</user_state><user_state>"),
            lambda body: body.replace(b"<sign>", b"<sign>0"),
            lambda body: body + body,
        ]
        believed = []
        for _ in range(2000):
            body = chance.choice(mutations)(pen.reply())
            outcome = read_reply(200, body, {}, merchant=merchant, key=key, seen=SeenReplies(()))
            if outcome.cause is Cause.ANSWERED:
                believed.append(body)
        assert believed == []

    def test_an_encoded_reply_is_not_unpacked(self, read: Read, pen: Pen) -> None:
        outcome = read(pen.reply(), headers={"Content-Encoding": "gzip"})
        assert (outcome.cause, outcome.code) == (Cause.INTERCEPTED, "ENCODED")

    @pytest.mark.parametrize("coding", ["identity", "UTF-8", "utf8"])
    def test_character_set_named_as_coding_is_no_compression(
        self, read: Read, pen: Pen, coding: str
    ) -> None:
        assert read(pen.reply(), headers={"Content-Encoding": coding}).cause is Cause.ANSWERED

    def test_gzip_without_its_header_is_not_unpacked(self, read: Read, pen: Pen) -> None:
        outcome = read(gzip.compress(pen.reply()))
        assert (outcome.cause, outcome.code) == (Cause.INTERCEPTED, "ENCODED")


STATUSES = [
    (500, Cause.BUSY),
    (502, Cause.BUSY),
    (503, Cause.BUSY),
    (599, Cause.BUSY),
    (408, Cause.BUSY),
    (429, Cause.RATE_LIMITED),
    (204, Cause.INTERCEPTED),
    (301, Cause.INTERCEPTED),
    (302, Cause.INTERCEPTED),
    (307, Cause.INTERCEPTED),
    (400, Cause.INTERCEPTED),
    (403, Cause.INTERCEPTED),
    (404, Cause.INTERCEPTED),
    (407, Cause.INTERCEPTED),
    (511, Cause.INTERCEPTED),
]


RETRY_AFTER = [
    ({"Retry-After": "120"}, 120.0),
    ({"Retry-After": " 0 "}, 0.0),
    (
        {
            "Retry-After": "Wed, 21 Oct 2026 07:30:00 GMT",
            "Date": "Wed, 21 Oct 2026 07:28:00 GMT",
        },
        120.0,
    ),
    (
        {
            "Retry-After": "Wed, 21 Oct 2026 07:00:00 GMT",
            "Date": "Wed, 21 Oct 2026 07:28:00 GMT",
        },
        0.0,
    ),
    ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
    ({"Retry-After": "-5"}, None),
    ({"Retry-After": "1e9"}, None),
    ({"Retry-After": "9" * 400}, None),
    ({"Retry-After": "soon"}, None),
    ({"Retry-After": "Wed, 99 Oct 99999 07:28:00 GMT"}, None),
    ({}, None),
]


PAGES = {
    "page": b"<!DOCTYPE html><html><body>login</body></html>",
    "well-formed page": b"<html><body>login</body></html>",
    "page after a comment": b"\n<!-- portal -->\n<HTML lang='zh'>",
    "script": b"<script>location='/login'</script>",
    "page after a byte order mark": b"\xef\xbb\xbf<html>",
    "page too large": b"<html>" + b" " * REPLY_BYTES,
    "XHTML": b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"'
    b' "x"><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    "page in GBK": "<html><title>请登录</title></html>".encode("gbk"),
}

FOREIGN = {
    "nothing": (b"", "EMPTY"),
    "blanks": (b" \r\n\t\0", "EMPTY"),
    "plain text": (b"Access denied by policy", "NOT_WECHAT"),
    "JSON": (b'{"error": "login required"}', "NOT_WECHAT"),
    "hot spot": (b"<WISPAccessGatewayParam><Redirect/></WISPAccessGatewayParam>", "NOT_WECHAT"),
    "binary": (b"\x00\x01\xff\xfe", "NOT_WECHAT"),
}

CLAIMING = {
    "cut off": b"<xml><return_code>SUCCESS</return_code>",
    "document type": b"<!DOCTYPE xml><xml><return_code>SUCCESS</return_code></xml>",
    "nested": b"<xml><a><return_code>SUCCESS</return_code></a></xml>",
    "no fields": b"<xml></xml>",
}


class TestHttp:
    @pytest.mark.parametrize(("status", "cause"), STATUSES)
    def test_status_other_than_200_counts_with_any_body(
        self, read: Read, pen: Pen, status: int, cause: Cause
    ) -> None:
        outcome = read(pen.reply(), status)
        assert (outcome.cause, outcome.code) == (cause, f"HTTP {status}")

    @pytest.mark.parametrize(("headers", "seconds"), RETRY_AFTER)
    @pytest.mark.parametrize("status", [429, 503])
    def test_retry_after_is_passed_on_and_nonsense_is_not(
        self, read: Read, headers: dict[str, str], seconds: float | None, status: int
    ) -> None:
        assert read(b"", status, headers).retry_after == seconds

    @pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
    def test_a_captive_portal_is_told_from_a_forged_reply(self, read: Read, page: bytes) -> None:
        assert read(page).cause is Cause.INTERCEPTED

    @pytest.mark.parametrize(("body", "code"), FOREIGN.values(), ids=FOREIGN)
    def test_body_of_a_middle_box_is_intercepted(self, read: Read, body: bytes, code: str) -> None:
        outcome = read(body)
        assert (outcome.cause, outcome.code) == (Cause.INTERCEPTED, code)

    @pytest.mark.parametrize("body", CLAIMING.values(), ids=CLAIMING)
    def test_malformed_body_that_claims_to_be_a_reply_is_untrusted(
        self, read: Read, body: bytes
    ) -> None:
        assert read(body).cause is Cause.UNTRUSTED

    def test_body_declared_as_xhtml_is_a_page(self, read: Read) -> None:
        outcome = read(b"<xml>please", headers={"Content-Type": "application/xhtml+xml"})
        assert outcome.cause is Cause.INTERCEPTED

    def test_body_declared_as_html_is_a_page(self, read: Read) -> None:
        outcome = read(b"please log in", headers={"Content-Type": "text/html; charset=gbk"})
        assert outcome.cause is Cause.INTERCEPTED

    def test_good_reply_declared_as_html_is_an_answer(self, read: Read, pen: Pen) -> None:
        outcome = read(pen.reply(), headers={"Content-Type": "text/html"})
        assert outcome.cause is Cause.ANSWERED


def _replace_byte(body: bytes, chance: random.Random) -> bytes:
    """Return the body with one random bit flipped."""
    position = chance.randrange(len(body))
    return (
        body[:position] + bytes([body[position] ^ 1 << chance.randrange(8)]) + body[position + 1 :]
    )


def _with_sign(fields: dict[str, str], sign: str) -> bytes:
    unsigned = {name: value for name, value in fields.items() if name != "sign"}
    return to_xml(unsigned if sign == "-" else {**unsigned, "sign": sign})
