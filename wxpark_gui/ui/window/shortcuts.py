"""The keys and actions of the window, in one table for shortcuts, menu, help and status strip."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from wxpark_gui.wording import (
    BackfillLabel,
    CareLabel,
    DoorLabel,
    HelpLabel,
    HistoryLabel,
    Label,
    ManagerLabel,
    ProfileLabel,
    SetupLabel,
    SupportLabel,
)

if TYPE_CHECKING:
    from wxpark_gui.wording import AnyLabel

Text: TypeAlias = "AnyLabel"


class Action(Enum):
    """Action of a key or of the menu."""

    SEND = "send"
    SELECT = "select"
    LAST_PLATE = "last_plate"
    ACCEPT = "accept"
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
    MANAGERS = "managers"
    APPEARANCE = "appearance"
    SETTINGS = "settings"
    PROFILES = "profiles"
    SET_UP_WIZARD = "set_up_wizard"
    BACKUPS = "backups"
    ENLARGE = "enlarge"
    REDUCE = "reduce"
    RESTORE_SCALE = "restore_scale"
    CLEAR = "clear"
    MENU = "menu"
    DIAGNOSTICS = "diagnostics"
    CRASH = "crash"
    SHEET = "sheet"


class Group(Enum):
    """Submenu of an action."""

    ENTRY = "entry"
    RECORDS = "records"
    SHIFT = "shift"
    BOOTH = "booth"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One row of the table.

    Attributes:
        shown: the key as menu, help and status strip write it; empty for none.
        keys: sequences as `QKeySequence` reads them; empty for keys that the widgets handle.
        action: the action of the key and of the menu; None leaves the row out of both.
        help: the meaning in the help; None leaves the key out of it.
        hint: the word in the status strip; None leaves the key out of it.
        group: submenu of the action; None leaves it out of the menu.
        menu: the text in the menu; None takes that of the help.
    """

    shown: str
    keys: tuple[str, ...] = ()
    action: Action | None = None
    help: Text | None = None
    hint: Label | None = None
    group: Group | None = Group.BOOTH
    menu: Text | None = None


SHORTCUTS = (
    Shortcut("Enter", action=Action.SEND, help=Label.HELP_SEND, group=Group.ENTRY),
    Shortcut("Tab", action=Action.SELECT, help=Label.HELP_DETAIL, group=Group.RECORDS),
    Shortcut("Esc", ("Esc",), Action.CLEAR, Label.HELP_CLEAR, group=Group.ENTRY),
    Shortcut("↑", action=Action.LAST_PLATE, help=Label.HELP_LAST_PLATE, group=Group.ENTRY),
    Shortcut("Space", action=Action.ACCEPT, help=Label.HELP_ACCEPT, group=Group.ENTRY),
    Shortcut("Ins", ("Ins",), Action.TAKE_OFFER, DoorLabel.HELP, group=Group.ENTRY),
    Shortcut("F2", ("F2",), Action.TAKE_BACK, Label.HELP_TAKE_BACK, group=Group.RECORDS),
    Shortcut("Shift F2", ("Shift+F2",), Action.VOID, Label.HELP_VOID, group=Group.RECORDS),
    Shortcut("F3", ("F3",), Action.HISTORY, HistoryLabel.HELP, group=Group.RECORDS),
    Shortcut("F4", ("F4",), Action.PROVINCE, Label.HELP_PROVINCE, Label.KEY_PROVINCE, Group.ENTRY),
    Shortcut("F5", ("F5",), Action.RESEND, Label.HELP_RESEND, group=Group.RECORDS),
    Shortcut("Shift F5", ("Shift+F5",), Action.QUERY, Label.HELP_QUERY, group=Group.ENTRY),
    Shortcut("F6", ("F6",), Action.CAR_TYPE, Label.HELP_CAR_TYPE, Label.KEY_CAR_TYPE, Group.ENTRY),
    Shortcut("F7", ("F7",), Action.SCENE, Label.HELP_SCENE, Label.SCENE, Group.ENTRY),
    Shortcut("F8", ("F8",), Action.CORRECT, Label.HELP_CORRECT, group=Group.RECORDS),
    Shortcut("Shift F8", ("Shift+F8",), Action.BACKFILL, BackfillLabel.HELP, group=Group.RECORDS),
    Shortcut(
        "F9",
        ("F9",),
        Action.STATISTICS,
        Label.HELP_STATISTICS,
        Label.KEY_STATISTICS,
        Group.RECORDS,
    ),
    Shortcut("F10", ("F10",), Action.SHIFT, Label.HELP_SHIFT, group=Group.SHIFT),
    Shortcut(
        "Shift F10", ("Shift+F10",), Action.LOCK_SHIFT, Label.HELP_LOCK_SHIFT, group=Group.SHIFT
    ),
    Shortcut("Ctrl F10", ("Ctrl+F10",), Action.MANAGERS, ManagerLabel.HELP, group=Group.SHIFT),
    Shortcut("F11", ("F11",), Action.APPEARANCE, Label.HELP_APPEARANCE, Label.KEY_APPEARANCE),
    Shortcut("Shift F11", ("Shift+F11",), Action.BACKUPS, CareLabel.HELP),
    Shortcut("F12", ("F12",), Action.SETTINGS, Label.HELP_SETTINGS, Label.KEY_SETTINGS),
    Shortcut("Shift F12", ("Shift+F12",), Action.PROFILES, ProfileLabel.HELP),
    Shortcut("Ctrl F12", ("Ctrl+F12",), Action.SET_UP_WIZARD, SetupLabel.HELP),
    Shortcut("Ctrl + / − / 0", help=Label.HELP_SCALE),
    Shortcut("Ctrl +", ("Ctrl++", "Ctrl+="), Action.ENLARGE, menu=HelpLabel.ENLARGE),
    Shortcut("Ctrl −", ("Ctrl+-",), Action.REDUCE, menu=HelpLabel.REDUCE),
    Shortcut("Ctrl 0", ("Ctrl+0",), Action.RESTORE_SCALE, menu=HelpLabel.RESTORE_SCALE),
    Shortcut("Alt M", ("Alt+M",), Action.MENU, HelpLabel.HELP_MENU, group=None),
    Shortcut("Shift F1", ("Shift+F1",), Action.ABOUT, Label.HELP_ABOUT, group=Group.HELP),
    Shortcut("Ctrl F1", ("Ctrl+F1",), Action.CHECK, SupportLabel.HELP, group=Group.HELP),
    Shortcut("Ctrl P", ("Ctrl+P",), Action.SHEET, HelpLabel.HELP_SHEET, group=Group.HELP),
    Shortcut("", (), Action.DIAGNOSTICS, group=Group.HELP, menu=HelpLabel.DIAGNOSTICS),
    Shortcut("", (), Action.CRASH, group=Group.HELP, menu=HelpLabel.CRASH),
    Shortcut("F1", ("F1",), Action.HELP, Label.HELP_HELP, Label.KEY_HELP, Group.HELP),
)
"""Rows of the table, in the order of the help."""
