"""WeChat's error codes and texts as causes: what each asks of the booth.

Spelling differs between generations of the API (`SYSTEMERROR`, `SYSTEM_ERROR`), so codes are
compared upper-cased and without underscores. A code that stands in no table stays what it is: a
refusal shown as received.
"""

from __future__ import annotations

import re

from wxpark_gui.domain.delivery import Cause

NOT_A_MEMBER = "VEHICLE_NOT_EXIST"
"""No error but an answer: the car's owner has not joined."""

_CODES = {
    "SYSTEMERROR": Cause.BUSY,
    "FREQUENCYLIMITED": Cause.RATE_LIMITED,
    "RATELIMITED": Cause.RATE_LIMITED,
    "RATELIMITEXCEEDED": Cause.RATE_LIMITED,
    "SIGNERROR": Cause.SIGNATURE_REFUSED,
    "APPIDNOTEXIST": Cause.MERCHANT_REFUSED,
    "MCHIDNOTEXIST": Cause.MERCHANT_REFUSED,
    "APPIDMCHIDNOTMATCH": Cause.MERCHANT_REFUSED,
    "NOAUTH": Cause.PERMISSION_REFUSED,
    "PARAMERROR": Cause.CONTENT_REFUSED,
    "LACKPARAMS": Cause.CONTENT_REFUSED,
    "VEHICLENOTEXIST": Cause.ANSWERED,
}

_TEXTS = (
    ("签名错误", Cause.SIGNATURE_REFUSED),
    ("platenumberqueryerror", Cause.CONTENT_REFUSED),
    ("permissiondenied", Cause.PERMISSION_REFUSED),
)

_WORD = re.compile("[A-Za-z][A-Za-z_]+")


def classify_code(err_code: str, description: str) -> Cause:
    """The cause behind a business failure (`err_code` and `err_code_des`).

    `ANSWERED` stands for the one code that is an answer. `INVALID_REQUEST` says nothing by itself;
    its description does.
    """
    return _CODES.get(_fold(err_code)) or _classify_wording(description) or Cause.OTHER_REFUSAL


def classify_text(return_msg: str) -> Cause:
    """The cause behind a call that was not understood: `return_msg`, which may name a code."""
    named = (_CODES.get(_fold(word)) for word in _WORD.findall(return_msg))
    found = _classify_wording(return_msg) or next((cause for cause in named if cause), None)
    return found or Cause.OTHER_REFUSAL


def _classify_wording(text: str) -> Cause | None:
    compact = "".join(text.split()).lower()
    return next((cause for words, cause in _TEXTS if words in compact), None)


def _fold(code: str) -> str:
    return code.strip().upper().replace("_", "")
