"""Subjects of the pictures of the tour."""

from __future__ import annotations

from enum import Enum


class Show(Enum):
    """The subject of a picture."""

    WINDOW = "window"
    VERDICT = "verdict"
    MERCHANT = "merchant"
    DISPLAY = "display"
    ABOUT = "about"
    STATISTICS = "statistics"
    CLOSING = "closing"
    DETAIL = "detail"
    SHIFT = "shift"
    HISTORY = "history"
    HISTORY_DETAIL = "history_detail"
    VOID = "void"
    EXPORT = "export"
    BACKFILL = "backfill"
    BACKFILL_REPEATED = "backfill_repeated"
    SETUP = "setup"
    MANAGERS = "managers"
    APPROVAL = "approval"
    KEY_CHANGE = "key_change"
    PROFILES = "profiles"
    BACKUPS = "backups"
    RESTORE = "restore"
