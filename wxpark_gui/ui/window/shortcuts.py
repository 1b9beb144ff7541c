"""The keys of the window, in one table for shortcuts, help and status strip."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wxpark_gui.wording import BackfillLabel, DoorLabel, HistoryLabel, Label, SupportLabel


class Action(Enum):
    """Action of a key of the window."""

    HELP = "help"
    ABOUT = "about"
    CHECK = "check"
    TAKE_BACK = "take_back"
    VOID = "void"
    HISTORY = "history"
    PROVINCE = "province"
    TAKE_OFFER = "take_offer"
    RESEND = "resend"
    QUERY = "query"
    CAR_TYPE = "car_type"
    SCENE = "scene"
    CORRECT = "correct"
    BACKFILL = "backfill"
    STATISTICS = "statistics"
    SHIFT = "shift"
    LOCK_SHIFT = "lock_shift"
    APPEARANCE = "appearance"
    SETTINGS = "settings"
    ENLARGE = "enlarge"
    REDUCE = "reduce"
    RESTORE_SCALE = "restore_scale"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One row of the table.

    Attributes:
        shown: the key as help and status strip write it.
        keys: sequences as `QKeySequence` reads them; empty for keys that the widgets handle.
        action: the action they start; None exactly where `keys` is empty.
        help: the meaning in the help; None leaves the key out of it.
        hint: the word in the status strip; None leaves the key out of it.
    """

    shown: str
    keys: tuple[str, ...] = ()
    action: Action | None = None
    help: Label | HistoryLabel | SupportLabel | BackfillLabel | DoorLabel | None = None
    hint: Label | None = None


SHORTCUTS = (
    Shortcut("Enter", help=Label.HELP_SEND),
    Shortcut("Tab", help=Label.HELP_DETAIL),
    Shortcut("Esc", ("Esc",), Action.CLEAR, Label.HELP_CLEAR),
    Shortcut("↑", help=Label.HELP_LAST_PLATE),
    Shortcut("Space", help=Label.HELP_ACCEPT),
    Shortcut("Ins", ("Ins",), Action.TAKE_OFFER, DoorLabel.HELP),
    Shortcut("F2", ("F2",), Action.TAKE_BACK, Label.HELP_TAKE_BACK),
    Shortcut("Shift F2", ("Shift+F2",), Action.VOID, Label.HELP_VOID),
    Shortcut("F3", ("F3",), Action.HISTORY, HistoryLabel.HELP),
    Shortcut("F4", ("F4",), Action.PROVINCE, Label.HELP_PROVINCE, Label.KEY_PROVINCE),
    Shortcut("F5", ("F5",), Action.RESEND, Label.HELP_RESEND),
    Shortcut("Shift F5", ("Shift+F5",), Action.QUERY, Label.HELP_QUERY),
    Shortcut("F6", ("F6",), Action.CAR_TYPE, Label.HELP_CAR_TYPE, Label.KEY_CAR_TYPE),
    Shortcut("F7", ("F7",), Action.SCENE, Label.HELP_SCENE, Label.SCENE),
    Shortcut("F8", ("F8",), Action.CORRECT, Label.HELP_CORRECT),
    Shortcut("Shift F8", ("Shift+F8",), Action.BACKFILL, BackfillLabel.HELP),
    Shortcut("F9", ("F9",), Action.STATISTICS, Label.HELP_STATISTICS, Label.KEY_STATISTICS),
    Shortcut("F10", ("F10",), Action.SHIFT, Label.HELP_SHIFT),
    Shortcut("Shift F10", ("Shift+F10",), Action.LOCK_SHIFT, Label.HELP_LOCK_SHIFT),
    Shortcut("F11", ("F11",), Action.APPEARANCE, Label.HELP_APPEARANCE, Label.KEY_APPEARANCE),
    Shortcut("F12", ("F12",), Action.SETTINGS, Label.HELP_SETTINGS, Label.KEY_SETTINGS),
    Shortcut("Ctrl + / − / 0", ("Ctrl++", "Ctrl+="), Action.ENLARGE, Label.HELP_SCALE),
    Shortcut("Ctrl −", ("Ctrl+-",), Action.REDUCE),
    Shortcut("Ctrl 0", ("Ctrl+0",), Action.RESTORE_SCALE),
    Shortcut("Shift F1", ("Shift+F1",), Action.ABOUT, Label.HELP_ABOUT),
    Shortcut("Ctrl F1", ("Ctrl+F1",), Action.CHECK, SupportLabel.HELP),
    Shortcut("F1", ("F1",), Action.HELP, Label.HELP_HELP, Label.KEY_HELP),
)
"""Rows of the table, in the order of the help."""
