from __future__ import annotations

import pytest

from wxpark_gui.domain.delivery import Cause
from wxpark_gui.wechatpay.classify import classify_code, classify_text

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
    ("PARAMERROR", "", Cause.CONTENT_REFUSED),
    ("LACK_PARAMS", "", Cause.CONTENT_REFUSED),
    ("INVALID_REQUEST", "Plate Number Query ERROR", Cause.CONTENT_REFUSED),
    ("VEHICLE_NOT_EXIST", "", Cause.ANSWERED),
    ("A_CODE_OF_TOMORROW", "words", Cause.OTHER_REFUSAL),
    ("", "", Cause.OTHER_REFUSAL),
]

TEXTS = [
    ("签名错误", Cause.SIGNATURE_REFUSED),
    ("签名错误，请检查后再试", Cause.SIGNATURE_REFUSED),
    ("SIGN_ERROR: check the key", Cause.SIGNATURE_REFUSED),
    ("SYSTEMERROR", Cause.BUSY),
    ("appid_mchid_not_match", Cause.MERCHANT_REFUSED),
    ("LACK_PARAMS:缺少参数", Cause.CONTENT_REFUSED),
    ("Plate Number Query ERROR", Cause.CONTENT_REFUSED),
    ("NOAUTH 没有权限", Cause.PERMISSION_REFUSED),
    ("维护中", Cause.OTHER_REFUSAL),
    ("", Cause.OTHER_REFUSAL),
]


@pytest.mark.parametrize(("code", "description", "cause"), CODES)
def test_a_code_has_its_cause(code: str, description: str, cause: Cause) -> None:
    assert classify_code(code, description) is cause


@pytest.mark.parametrize(("return_msg", "cause"), TEXTS)
def test_a_text_has_its_cause(return_msg: str, cause: Cause) -> None:
    assert classify_text(return_msg) is cause
