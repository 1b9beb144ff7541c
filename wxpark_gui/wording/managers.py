"""Texts about managers: approval of single acts, the list of managers, the console commands."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, unique

from wxpark_gui.domain.manager import Act
from wxpark_gui.wording.marking import mark

MANAGER_FAILURES = {
    "MANAGER_PIN_WAIT": (
        mark("Too many wrong PINs of managers."),
        mark("A restart does not shorten the wait."),
    ),
    "MANAGER_UNKNOWN": (
        mark("This manager is no longer listed."),
        mark("Close this window and open it again."),
    ),
    "TOO_MANY_MANAGERS": (
        mark("There are nine managers already."),
        mark("Retire one of them first."),
    ),
    "LAST_MANAGER": (
        mark("This is the last manager: settings and the other guarded acts would be open to all."),
        mark("Confirm it again to lift the guard."),
    ),
    "MANAGERS_LOST": (
        mark("The managers' file is missing or damaged; what they guard stays closed."),
        mark("Plates are taken. Have the technician run wxpark manager reset."),
    ),
    "MANAGERS_NOT_WRITTEN": (
        mark("The file of the managers could not be written; nothing was changed."),
        mark("Have the manager check the disk, then try again."),
    ),
}
"""Message and action of each failure, by `ReadableError.code`."""


@unique
class ManagerLabel(Enum):
    """The fixed texts about managers. Each value is the English text."""

    HELP = mark("Managers: who approves settings, voids and exports")
    APPROVAL_TITLE = mark("A manager must approve")
    ONCE = mark("Approves this once; the attendant stays signed in.")
    MANAGER = mark("Manager: press the number")
    MANAGER_NAME = mark("Manager")
    PIN = mark("The manager's PIN")
    APPROVE = mark("Approve  Enter")
    LEAVE = mark("Cancel  Esc")
    CHECKING = mark("Checking the PIN …")
    KEPT = mark("what was typed is kept")
    CHOOSE_MANAGER = mark("Choose a manager first.")
    TITLE = mark("Managers")
    FIRST_NOTE = mark(
        "No manager yet: settings, voids of answered entries and exports of whole plates are open"
        " to all. From the first manager on, each of them needs a PIN."
    )
    RETIRE_NOTE = mark("Can no longer approve anything. The audit keeps the name.")
    PIN_NOTE = mark("For a PIN that others may know.")
    RETIRED = mark("Retired: {name}.")
    LIFTED = mark("No manager is left: what they guarded is open to all.")


ACTS = {
    Act.SETTINGS: mark("Open the settings"),
    Act.WHOLE_PLATES: mark("Export whole plates"),
    Act.VOID_ANSWERED: mark("Void an entry that has its answer"),
    Act.PEOPLE: mark("Change the list of attendants"),
    Act.MANAGERS: mark("Change the list of managers"),
    Act.PROFILES: mark("Remove a profile and its key"),
    Act.SET_UP: mark("Set this booth up again"),
    Act.BACKUP: mark("Save or restore backups"),
}
"""Text of each act that a manager must approve."""


class ManagerConsoleWords:
    """Help texts and results of `wxpark manager`, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        _ = translate
        self.manager = _("list the managers, or remove all of them for a forgotten PIN")
        self.list = _("print the managers' names")
        self.reset = _("remove all managers; keys, settings and entries stay")
        self.yes = _("do not ask")
        self.none = _("No manager is set up: settings and the other guarded acts are open to all.")
        self.reset_explained = _(
            "This removes all managers and their PINs. Settings, voids and exports are then open\n"
            "to all until a manager is added in the window. The audit notes it. The merchant's\n"
            "key is neither shown nor changed; wxpark merchant forget would remove it."
        )
        self.reset_question = _("Type yes to remove all managers: ")
        self.reset_left = _("Nothing was changed.")
        self.reset_done = _("All managers are removed. Add one in the window.")
