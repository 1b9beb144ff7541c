"""Map WeChat's error codes and error texts to causes.

APIv2 reports most errors in merchant data as an unsigned `return_code` FAIL with a Chinese text,
sometimes with an `err_code` too. Neither codes nor texts are documented in full, so a text is
searched for key words. Case, white space, punctuation and underscores are ignored.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from wxpark_gui.domain.delivery import Cause

NOT_A_MEMBER = "VEHICLE_NOT_EXIST"
"""The `err_code` that is an answer, not an error: the car's owner has not joined 车主服务."""

FORGEABLE = frozenset(
    {
        Cause.SIGNATURE_REFUSED,
        Cause.MERCHANT_REFUSED,
        Cause.PERMISSION_REFUSED,
        Cause.BUSY,
        Cause.RATE_LIMITED,
    }
)
"""Causes of an unsigned failure besides `UNCLEAR_REFUSAL`. All of them leave the entry open."""

_CODES = {
    "SYSTEMERROR": Cause.BUSY,
    "SYSTEMBUSY": Cause.BUSY,
    "BIZERRNEEDRETRY": Cause.BUSY,
    "FREQUENCYLIMITED": Cause.RATE_LIMITED,
    "FREQUENCYLIMIT": Cause.RATE_LIMITED,
    "FREQLIMIT": Cause.RATE_LIMITED,
    "RATELIMIT": Cause.RATE_LIMITED,
    "RATELIMITED": Cause.RATE_LIMITED,
    "RATELIMITEXCEEDED": Cause.RATE_LIMITED,
    "SIGNERROR": Cause.SIGNATURE_REFUSED,
    "APPIDNOTEXIST": Cause.MERCHANT_REFUSED,
    "MCHIDNOTEXIST": Cause.MERCHANT_REFUSED,
    "MCHNOTEXISTS": Cause.MERCHANT_REFUSED,
    "SUBMCHIDNOTEXIST": Cause.MERCHANT_REFUSED,
    "APPIDMCHIDNOTMATCH": Cause.MERCHANT_REFUSED,
    "NOAUTH": Cause.PERMISSION_REFUSED,
    "VEHICLENOTEXIST": Cause.ANSWERED,
}

_GENERAL_CODES = {
    "PARAMERROR": Cause.CONTENT_REFUSED,
    "INVALIDPARAMETER": Cause.CONTENT_REFUSED,
    "LACKPARAMS": Cause.CONTENT_REFUSED,
    "XMLFORMATERROR": Cause.CONTENT_REFUSED,
    "POSTDATAEMPTY": Cause.CONTENT_REFUSED,
    "REQUIREPOSTMETHOD": Cause.CONTENT_REFUSED,
    "NOTUTF8": Cause.CONTENT_REFUSED,
}
"""Codes that count only if the text names no cause: `PARAM_ERROR` may come with appid不存在."""

_SIGNATURE = (
    "签名错误|签名失败|签名不正确|签名不匹配|签名不一致|签名无效|签名校验|签名验证|签名非法|签名有误"
    "|无效签名|无效的签名|验签|验证签名失败|缺少签名|signtype|签名类型|签名方式"
    "|signerror|signfail|signnotmatch|invalidsign|signinvalid|checksign|缺少.{0,3}sign"
    "|signature(?:error|fail|verif|invalid|mismatch|notmatch|incorrect|iswrong)"
    "|(?:未设置|没有设置|未配置|请设置).{0,6}密钥|密钥(?:错误|不正确|未设置|无效)"
)
_RATE = (
    "频率|频繁|限频|限流|次数超限|请求过多|请求太多"
    "|ratelimit|frequencylimit|freqlimit|toomanyrequest"
)
_VEHICLE = "车辆|车主(?!服务|平台)|用户|车牌|openid"
_PERMISSION = (
    "权限|permissiondenied|nopermission|noauth|notauthorized|accessdenied|无权"
    "|(?:产品|接口|功能|服务|api)(?:未|没有|尚未|暂未)(?:开通|授权|启用)"
    "|(?:未|没有|尚未|暂未)(?:开通|获得|取得|得到)?(?:此|该|本|对应|相关)?(?:产品|接口|功能|api|.{0,4}授权)"
    "|(?:商户|服务商|受理机构|mchid)[a-z0-9]*(?:未|没有|尚未|暂未)(?:开通|授权|签约)"
    "|请(?:先)?开通"
)
_BUSY = (
    "系统繁忙|系统忙|系统错误|系统异常|系统超时|系统内部错误|服务繁忙|服务器繁忙|服务异常|网络繁忙"
    "|网络超时|网络异常|systemerror|systembusy|systemexception|internalerror|servicebusy|serverbusy"
)
_LATER = "稍后再试|稍后重试|稍候再试|稍候重试|稍后|稍候|tryagainlater|trylater|retrylater|繁忙"
_MERCHANT_ID = "appid|mchid|merchantid|公众账号|商户|服务商|受理机构|受理商|渠道商|银行服务商"
_FAULT = (
    "不存在|不匹配|不一致|不符|不对应|没有关联|无关联|未关联|不关联|未绑定|没有绑定|未建立|无绑定|关联关系"
    "|绑定关系|不正确|错误|有误|无效|不合法|非法|必须传入|必须传|必传|必填|缺少|缺失|未传|为空|不能空|格式"
    "|长度|参数异常|状态异常|已注销|已冻结|被冻结|已停用|被停用|notexist|notfound|notmatch|mismatch"
    "|invalid|incorrect|illegal|required|missing|unbound|notbound|error"
)
_CONTENT = (
    "platenumberqueryerror|参数错误|参数格式|参数校验|参数有误|参数无效|参数不正确|参数不合法|参数非法"
    "|缺少参数|缺少必要|缺少必填|参数缺失|缺失参数|参数缺少|参数为空|必填参数|paramerror|invalidparam"
    "|parametererror|paraminvalid|lackparam|missingparam|xml格式|车牌.{0,4}(?:错误|有误|无效|不正确|不合法|格式)"
    "|post数据为空|编码格式错误|格式错误|长度(?:错误|有误|超)"
)

_MEANINGS = (
    (_SIGNATURE, Cause.SIGNATURE_REFUSED),
    (_RATE, Cause.RATE_LIMITED),
    (f"^(?!.*(?:{_VEHICLE})).*(?:{_PERMISSION})", Cause.PERMISSION_REFUSED),
    (_BUSY, Cause.BUSY),
    (f"^(?!.*openid)(?=.*(?:{_MERCHANT_ID})).*(?:{_FAULT})", Cause.MERCHANT_REFUSED),
    (_LATER, Cause.BUSY),
    (_CONTENT, Cause.CONTENT_REFUSED),
)
"""Patterns and their causes. The first match counts, so the more general patterns come last."""

_WORD = re.compile("[A-Za-z][A-Za-z_]+")


def classify_code(err_code: str, description: str) -> Cause:
    """Return the cause of a signed business failure, by `err_code` and `err_code_des`.

    It is `ANSWERED` for `VEHICLE_NOT_EXIST`, and `OTHER_REFUSAL` for an unknown code and text.
    """
    return _first_understood(err_code, description) or Cause.OTHER_REFUSAL


def classify_unsigned(err_code: str, *texts: str) -> Cause:
    """Return the cause of an unsigned failure: one of `FORGEABLE`, else `UNCLEAR_REFUSAL`.

    Args:
        err_code: may be empty; tried before the texts.
        texts: `return_msg` and `err_code_des`.
    """
    candidates = [_CODES.get(_fold(err_code))]
    for text in texts:
        candidates += [_by_meaning(text), _by_named_code(text)]
    understood = (cause for cause in candidates if cause in FORGEABLE)
    return next(understood, None) or Cause.UNCLEAR_REFUSAL


def classify_text(return_msg: str) -> Cause:
    """Return the cause of a signed `return_code` FAIL; `OTHER_REFUSAL` for an unknown text."""
    return _first_understood("", return_msg) or Cause.OTHER_REFUSAL


def _first_understood(err_code: str, text: str) -> Cause | None:
    code = _fold(err_code)
    return _CODES.get(code) or _by_meaning(text) or _by_named_code(text) or _GENERAL_CODES.get(code)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Cause], ...]:
    return tuple((re.compile(pattern), cause) for pattern, cause in _MEANINGS)


def _by_meaning(text: str) -> Cause | None:
    compact = _compact(text)
    return next((cause for pattern, cause in _patterns() if pattern.search(compact)), None)


def _by_named_code(text: str) -> Cause | None:
    """Return the cause of the first known error code in the text; None without one.

    `VEHICLE_NOT_EXIST` is skipped, because it is an answer in `err_code` only.
    """
    known = _CODES | _GENERAL_CODES
    named = (known.get(_fold(word)) for word in _WORD.findall(unicodedata.normalize("NFKC", text)))
    return next((cause for cause in named if cause and cause is not Cause.ANSWERED), None)


def _compact(text: str) -> str:
    """Return only the letters, digits and ideographs: NFKC, so in half width, and in lower case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _fold(code: str) -> str:
    """Return the code in upper case without underscores, in which WeChat's pages differ."""
    return code.strip().upper().replace("_", "")
