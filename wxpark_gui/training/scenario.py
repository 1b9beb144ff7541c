"""The answers of the training gateway, by the last two characters of plate or bay number.

The bay number is used in the scene `PARKING SPACE`, which sends no plate. For endings that are not
in `SCENARIO` the answer is `NORMAL`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ENDING_LENGTH = 2


class PlateList(Enum):
    """The owner's plates in the reply to a query with the state `NORMAL`."""

    LISTED = "listed"
    """The plate of the query and another one."""
    OTHERS_ONLY = "others only"
    """Another plate only."""
    NO_PLATE = "no plate"
    """No list, but the `path` of the page on which the owner adds a plate."""
    UNREADABLE = "unreadable"
    """A list whose JSON is cut off."""
    ABSENT = "absent"
    """No list and no `path`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The gateway's answer for one plate or bay number; the fields are named as in the protocol.

    Attributes:
        user_state: the owner's state; empty for a reply without one.
        deduct_mode: the way the fee is taken; empty for a reply without one.
        err_code: a business refusal instead of a state; empty for a success.
        err_code_des: the text that comes with `err_code`.
        return_msg: the text of an unsigned `return_code` FAIL, which `err_code` may go with; empty
            for a signed reply.
        plate_list: the owner's plates in the reply to a query.
    """

    user_state: str = ""
    deduct_mode: str = ""
    err_code: str = ""
    err_code_des: str = ""
    return_msg: str = ""
    plate_list: PlateList = PlateList.LISTED

    @property
    def describe(self) -> str:
        """The answer in one line for a help text, alike in every language: `NORMAL, PROACTIVE`."""
        if self.return_msg:
            return " ".join(filter(None, ("return_code FAIL", self.err_code, self.return_msg)))
        if self.err_code:
            return f"{self.err_code} ({self.err_code_des})"
        if not self.user_state:
            return "(no user_state)"
        return ", ".join(filter(None, (self.user_state, self.deduct_mode)))


IN_GOOD_STANDING = Answer("NORMAL", "AUTOPAY")
_IN_ARREARS = Answer("OVERDUE", "AUTOPAY")

SCENARIO: dict[str, Answer] = {
    # The states of an owner.
    "01": _IN_ARREARS,
    "02": Answer("BLOCKED"),
    "03": Answer("PAUSED"),
    "04": Answer("UNAUTHORIZED"),
    "05": Answer("NORMAL", "PROACTIVE"),
    "06": Answer("NORMAL"),
    "07": Answer("VEHICLE_AUTH_ERROR"),
    "08": Answer("BLOCK"),
    # An undocumented state, then none: neither may be shown as NORMAL.
    "09": Answer("UNDER_REVIEW", "AUTOPAY"),
    "00": Answer("", "AUTOPAY"),
    # `NORMAL` on entry; a query adds a list of plates without the plate, an unreadable one or none.
    "60": Answer("NORMAL", "AUTOPAY", plate_list=PlateList.OTHERS_ONLY),
    "61": Answer("NORMAL", "AUTOPAY", plate_list=PlateList.NO_PLATE),
    "62": Answer("NORMAL", "AUTOPAY", plate_list=PlateList.UNREADABLE),
    "63": Answer("NORMAL", "AUTOPAY", plate_list=PlateList.ABSENT),
    # Unsigned `return_code` FAIL with a text. 83 is left free: it ends the sample plate 粤BF49883.
    "80": Answer(return_msg="系统繁忙,请稍后再试"),
    "81": Answer(return_msg="签名失败"),
    "82": Answer(return_msg="商户号mch_id与appid不匹配"),
    "84": Answer(return_msg="商户号该产品权限未开通，请前往商户平台>产品中心检查后重试"),
    "85": Answer(return_msg="操作过于频繁，请稍后再试"),
    "86": Answer(return_msg="文档中没有的错误说明"),
    "87": Answer(return_msg="OK", err_code="SYSTEMERROR"),
    # Signed refusals.
    "90": Answer(err_code="VEHICLE_NOT_EXIST", err_code_des="车辆未开通车主服务"),
    "91": Answer(err_code="SYSTEMERROR", err_code_des="系统错误，请稍后重试"),
    "92": Answer(err_code="FREQUENCY_LIMITED", err_code_des="频率超限"),
    "93": Answer(err_code="PARAM_ERROR", err_code_des="Plate Number Query ERROR"),
    "94": Answer(err_code="NOAUTH", err_code_des="商户无权限"),
    "95": Answer(err_code="SIGNERROR", err_code_des="签名错误"),
    "96": Answer(err_code="MCHID_NOT_EXIST", err_code_des="商户号不存在"),
    "97": Answer(err_code="INVALID_REQUEST", err_code_des="Permission denied"),
    "98": Answer(err_code="LACK_PARAMS", err_code_des="缺少参数"),
    "99": Answer(err_code="A_CODE_OF_TOMORROW", err_code_des="文档中没有的错误码"),
    # Arrears for the sample plate 8K9Z2 of the tour.
    "Z2": _IN_ARREARS,
}
"""Answers by the last two characters of plate or bay number."""


def answer_for(plate_or_bay: str) -> Answer:
    """Return the answer for a plate or bay number, by its last two characters in upper case."""
    return SCENARIO.get(plate_or_bay[-ENDING_LENGTH:].upper(), IN_GOOD_STANDING)
