from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome, after_exchange
from wxpark_gui.wechatpay.classify import classify_code, classify_text, classify_unsigned

CODES = [
    ("SYSTEMERROR", "", Cause.BUSY),
    ("SYSTEM_ERROR", "", Cause.BUSY),
    ("system_error", "", Cause.BUSY),
    ("FREQUENCY_LIMITED", "", Cause.RATE_LIMITED),
    ("RATE_LIMITED", "", Cause.RATE_LIMITED),
    ("RATELIMIT_EXCEEDED", "", Cause.RATE_LIMITED),
    ("SIGNERROR", "", Cause.SIGNATURE_REFUSED),
    ("SIGN_ERROR", "", Cause.SIGNATURE_REFUSED),
    ("APPID_NOT_EXIST", "", Cause.MERCHANT_REFUSED),
    ("MCHID_NOT_EXIST", "", Cause.MERCHANT_REFUSED),
    ("APPID_MCHID_NOT_MATCH", "", Cause.MERCHANT_REFUSED),
    ("NOAUTH", "", Cause.PERMISSION_REFUSED),
    ("NO_AUTH", "", Cause.PERMISSION_REFUSED),
    ("INVALID_REQUEST", "Permission denied", Cause.PERMISSION_REFUSED),
    ("INVALID_REQUEST", "something else", Cause.OTHER_REFUSAL),
    ("PARAM_ERROR", "", Cause.CONTENT_REFUSED),
    ("PARAM_ERROR", "参数错误", Cause.CONTENT_REFUSED),
    ("PARAM_ERROR", "mch_id不存在", Cause.MERCHANT_REFUSED),
    ("INVALID_REQUEST", "缺少参数", Cause.CONTENT_REFUSED),
    ("INVALID_REQUEST", "子商户号信息有误,请检查修改后重试", Cause.MERCHANT_REFUSED),
    ("PARAMERROR", "", Cause.CONTENT_REFUSED),
    ("LACK_PARAMS", "", Cause.CONTENT_REFUSED),
    ("INVALID_REQUEST", "Plate Number Query ERROR", Cause.CONTENT_REFUSED),
    ("VEHICLE_NOT_EXIST", "", Cause.ANSWERED),
    ("A_CODE_OF_TOMORROW", "words", Cause.OTHER_REFUSAL),
    ("", "", Cause.OTHER_REFUSAL),
]

SIGNED_TEXTS = [
    ("签名错误", Cause.SIGNATURE_REFUSED),
    ("appid_mchid_not_match", Cause.MERCHANT_REFUSED),
    ("LACK_PARAMS:缺少参数", Cause.CONTENT_REFUSED),
    ("Plate Number Query ERROR", Cause.CONTENT_REFUSED),
    ("参数错误", Cause.CONTENT_REFUSED),
    ("参数格式校验错误", Cause.CONTENT_REFUSED),
    ("缺少必要参数：start_time", Cause.CONTENT_REFUSED),
    ("参数无效：free_time", Cause.CONTENT_REFUSED),
    ("PARAM ERROR", Cause.CONTENT_REFUSED),
    ("XML格式错误", Cause.CONTENT_REFUSED),
    ("车牌号格式不正确", Cause.CONTENT_REFUSED),
    ("维护中", Cause.OTHER_REFUSAL),
    ("VEHICLE_NOT_EXIST", Cause.OTHER_REFUSAL),
    ("", Cause.OTHER_REFUSAL),
]

UNSIGNED_TEXTS = {
    Cause.SIGNATURE_REFUSED: [
        "签名错误",
        "签名失败",
        "签名错误，请检查后再试",
        "签名错误,请检查后再试",
        " 签 名 错 误 。",
        "「签名错误」",
        "签名验证失败，请稍后再试",
        "签名校验失败",
        "签名不正确",
        "验签失败",
        "无效的签名",
        "缺少参数sign",
        "签名类型sign_type不支持",
        "SIGNERROR",
        "Sign Error",
        "SIGN_ERROR: check the key",
        "ＳＩＧＮ＿ＥＲＲＯＲ",
        "invalid sign",
        "Invalid Signature",
        "商户未设置API密钥",
        "mch_id对应的密钥不正确",
    ],
    Cause.MERCHANT_REFUSED: [
        "商户号mch_id与appid不匹配",
        "商户号 mch_id 与 appid 不匹配。",
        "ＡＰＰＩＤ和ＭＣＨ＿ＩＤ不匹配，请检查后再试",
        "appid和mch_id不匹配,请检查",
        "受理机构必须传入sub_mch_id",
        "受理机构必须传入 SUB_MCH_ID！",
        "sub_mch_id与sub_appid不匹配",
        "子商户号sub_mch_id不存在",
        "特约商户与服务商没有关联关系",
        "sub_mch_id与mch_id没有关联关系",
        "商户号与子商户号不存在关联关系",
        "mch_id不存在",
        "mch_id不存在，请稍后再试",
        "appid不存在",
        "Appid not exist",
        "APPID_NOT_EXIST",
        "appid_mchid_not_match",
        "mch_id参数格式错误",
        "appid参数长度有误",
        "appid不合法",
        "无效的appid",
        "invalid appid",
        "mch_id params error",
        "缺少参数appid",
        "商户号格式不正确",
        "子商户号信息有误，请检查修改后重试",
        "商户状态异常",
        "商户号未与appid绑定：未绑定",
    ],
    Cause.PERMISSION_REFUSED: [
        "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试",
        "商户无此接口权限",
        "没有权限",
        "无权限调用该接口",
        "服务商未开通车主服务",
        "该商户未开通车主服务",
        "商户未授权",
        "服务商未获得子商户授权",
        "产品未开通",
        "接口未授权",
        "NO_AUTH",
        "NOAUTH 没有权限",
        "Permission Denied",
        "permission  denied.",
    ],
    Cause.BUSY: [
        "系统繁忙,请稍后再试",
        "系统繁忙，请稍后再试。",
        "系统繁忙",
        "系统错误",
        "系统异常，请稍候重试",
        "System Error",
        "SYSTEMERROR",
        "SYSTEM_ERROR",
        "system busy, try again later",
        "商户系统繁忙",
        "请稍后再试",
        "网络超时",
    ],
    Cause.RATE_LIMITED: [
        "频率超限",
        "操作过于频繁，请稍后再试",
        "请求频率过高,请稍后再试",
        "调用频率限制",
        "FREQUENCY_LIMITED",
        "Rate limit exceeded",
        "Too Many Requests",
        "已被限流",
    ],
    Cause.UNCLEAR_REFUSAL: [
        "",
        "OK",
        "FAIL",
        "维护中",
        "参数错误",
        "缺少参数",
        "PARAM_ERROR",
        "LACK_PARAMS",
        "Plate Number Query ERROR",
        "车牌号格式不正确",
        "VEHICLE_NOT_EXIST",
        "车辆未开通车主服务",
        "车主未开通服务",
        "用户未授权",
        "appid和openid不匹配",
        "openid不存在",
        "a code of tomorrow",
        "文档中没有的错误码",
    ],
}

TEXTS = [(text, cause) for cause, texts in UNSIGNED_TEXTS.items() for text in texts]

UNSIGNED_CODES = [
    ("SYSTEMERROR", "OK", Cause.BUSY),
    ("SYSTEM_ERROR", "签名错误", Cause.BUSY),
    ("PARAM_ERROR", "appid不存在", Cause.MERCHANT_REFUSED),
    ("PARAM_ERROR", "参数错误", Cause.UNCLEAR_REFUSAL),
    ("VEHICLE_NOT_EXIST", "", Cause.UNCLEAR_REFUSAL),
    ("VEHICLE_NOT_EXIST", "系统繁忙", Cause.BUSY),
    ("INVALID_REQUEST", "permission denied", Cause.PERMISSION_REFUSED),
    ("FREQUENCY_LIMITED", "", Cause.RATE_LIMITED),
    ("A_CODE_OF_TOMORROW", "words", Cause.UNCLEAR_REFUSAL),
]


@pytest.mark.parametrize(("code", "description", "cause"), CODES)
def test_signed_code_has_its_cause(code: str, description: str, cause: Cause) -> None:
    assert classify_code(code, description) is cause


@pytest.mark.parametrize(("return_msg", "cause"), SIGNED_TEXTS)
def test_signed_text_has_its_cause(return_msg: str, cause: Cause) -> None:
    assert classify_text(return_msg) is cause


@pytest.mark.parametrize(("return_msg", "cause"), TEXTS)
def test_unsigned_text_has_a_cause_that_leaves_the_entry_open(
    return_msg: str, cause: Cause
) -> None:
    assert classify_unsigned("", return_msg) is cause


@pytest.mark.parametrize(("code", "return_msg", "cause"), UNSIGNED_CODES)
def test_unsigned_code_counts_before_its_text(code: str, return_msg: str, cause: Cause) -> None:
    assert classify_unsigned(code, return_msg) is cause


@given(st.text(), st.text())
def test_unsigned_failure_never_closes_or_answers(code: str, text: str) -> None:
    outcome = Outcome(classify_unsigned(code, text))
    step = after_exchange(outcome, attempts=9, untrusted=9, jitter=0.5)
    assert step.state is DeliveryState.WAITING
