"""Kinds of gateway: WeChat Pay's own, another one, and the training gateway."""

from __future__ import annotations

from enum import Enum

from wxpark_gui.domain.delivery import MAIN_HOST, STANDBY_HOST, DeliveryState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import Settings

WECHAT_HOSTS = frozenset({MAIN_HOST, STANDBY_HOST})


class GatewayKind(Enum):
    """Kind of gateway that new entries are sent to."""

    WECHAT = "wechat"
    OTHER = "other"
    TRAINING = "training"


def gateway_kind(settings: Settings, *, training: bool) -> GatewayKind:
    """Return the kind of gateway that new entries are sent to; `WECHAT` without an account."""
    if training:
        return GatewayKind.TRAINING
    account = settings.account
    if account is not None and account.merchant.gateway_url:
        return GatewayKind.OTHER
    return GatewayKind.WECHAT


def is_answered_elsewhere(record: EntryRecord) -> bool:
    """Test if another gateway than WeChat's answered the entry.

    False for entries of the training mode, which the window marks anyway.
    """
    if record.state is not DeliveryState.ANSWERED or record.origin.training:
        return False
    return bool(record.outcome and record.outcome.host not in WECHAT_HOSTS | {""})
