"""Another gateway than WeChat's is recognised by settings and by the answering host."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.settings import settings_of
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.gateway import GatewayKind, gateway_kind, is_answered_elsewhere
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.system import SystemClock

MERCHANT = MerchantProfile("wx1", "1900000109", "1900000110", "停车场")
OTHER = settings_of(replace(MERCHANT, gateway_url="https://gateway.example"))


@pytest.mark.parametrize(
    ("settings", "training", "kind"),
    [
        (Settings(), False, GatewayKind.WECHAT),
        (settings_of(MERCHANT), False, GatewayKind.WECHAT),
        (OTHER, False, GatewayKind.OTHER),
        (OTHER, True, GatewayKind.TRAINING),
        (Settings(), True, GatewayKind.TRAINING),
    ],
)
def test_kind_follows_the_gateway_address(
    settings: Settings, training: bool, kind: GatewayKind
) -> None:
    assert gateway_kind(settings, training=training) is kind


@pytest.mark.parametrize(
    ("state", "host", "training", "elsewhere"),
    [
        (DeliveryState.ANSWERED, "api.mch.weixin.qq.com", False, False),
        (DeliveryState.ANSWERED, "api2.mch.weixin.qq.com", False, False),
        (DeliveryState.ANSWERED, "api.mch.weixin.qq.com.example", False, True),
        (DeliveryState.ANSWERED, "127.0.0.1", False, True),
        (DeliveryState.ANSWERED, "127.0.0.1", True, False),
        (DeliveryState.ANSWERED, "", False, False),
        (DeliveryState.REFUSED, "127.0.0.1", False, False),
    ],
)
def test_answer_of_another_host_is_told_apart(
    state: DeliveryState, host: str, training: bool, elsewhere: bool
) -> None:
    now = SystemClock().now()
    record = EntryRecord(
        entry_id="1",
        position=1,
        sequence=1,
        entry=check_draft(EntryDraft("粤B12345"), now),
        origin=Origin("1-2", "1", "2", "lot", "booth", training=training),
        saved_at=now,
        state=state,
        outcome=Outcome(Cause.ANSWERED, "NORMAL", host=host),
    )
    assert is_answered_elsewhere(record) is elsewhere
