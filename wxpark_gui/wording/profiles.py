"""Texts about the profiles of a booth, which the window calls car parks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, unique

from wxpark_gui.domain.record import Backlog
from wxpark_gui.wording.marking import mark

_NAMED = 2
"""Number of car parks that the status strip names."""


@unique
class ProfileLabel(Enum):
    """The fixed texts about profiles. Each value is the English text."""

    TITLE = mark("Car parks of this booth")
    HELP = mark("Switch the car park; add, change or remove one")
    TOOLTIP = mark("Switch the car park (Shift F12)")
    MANAGE = mark("All car parks …")
    NOTE = mark("A digit or Enter switches at once. What waits is still sent for its own car park.")
    NONE = mark("No car park is set up yet. Add the first one.")
    TRAINING = mark("In training there is only this car park.")
    LIST = mark("Car parks")
    CURRENT = mark("{name} (in use)")
    NUMBERS = mark("Merchant {mch_id} / {sub_mch_id}")
    WAITING = mark("{count} to send")
    KEY_MISSING = mark("no key")
    KEY_UNREADABLE = mark("key cannot be read")
    SWITCH = mark("Switch  Enter")
    ADD = mark("Add …")
    EDIT = mark("Change …")
    REMOVE = mark("Remove  Del")
    CLOSE = mark("Close  Esc")
    SWITCHING = mark("Being switched …")
    REMOVING = mark("Being removed …")
    REMOVE_AGAIN = mark("Remove {name} and its key? Press Remove once more.")
    REMOVED = mark("{name} was removed.")
    NEW_TITLE = mark("New car park")
    EDIT_TITLE = mark("Settings · {name}")
    PROBLEM_OF = mark("{name}: {problem}")
    PENDING_OF = mark("{pending} ({names})")
    COUNT_OF = mark("{name} {count}")
    LOT = mark("Car park: {name}")
    KEY_SHARED = mark("{names} have the same merchant number: a new key is theirs too.")
    NAME_EMPTY = mark("empty: the name of the car park")


class ProfileWords:
    """The sentences about profiles, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate

    def label(self, label: ProfileLabel, **values: object) -> str:
        """Return a fixed text; `values` fill its placeholders."""
        return self._translate(label.value).format(**values)

    def pending(self, pending: str, backlog: Backlog, labels: Mapping[str, str]) -> str:
        """Return the text `pending` about open entries, with the car parks that they are of.

        It is returned unchanged if there is only one car park. At most two are named.

        Args:
            labels: label of each account by its id.
        """
        if len(labels) <= 1 or not backlog.accounts:
            return pending
        names = [
            self.label(ProfileLabel.COUNT_OF, name=labels.get(own.account_id, "?"), count=own.count)
            for own in backlog.accounts
        ]
        more = [*names[:_NAMED], *(["…"] if len(names) > _NAMED else [])]
        return self.label(ProfileLabel.PENDING_OF, pending=pending, names=" · ".join(more))


class ProfileConsoleWords:
    """Help texts, labels and sentences of `wxpark merchant` about profiles, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        _ = translate
        self.list = _("print the booth's car parks, what waits for each, and the state of its key")
        self.add = _("enter a further car park; the one in use stays")
        self.use = _("make a car park the one in use")
        self.remove = _("remove a car park, and its key if no other one needs it")
        self.name = _("name of the car park, its sub-merchant's number, or its account_id")
        self.name_missing = _("Name one car park; wxpark merchant list prints the names.")
        self.column_name = _("Car park")
        self.column_merchant = _("Merchant")
        self.column_waiting = _("To send")
        self.column_key = _("Key")
        self.used = _("In use: {name}.")
        self.key_shared = _(ProfileLabel.KEY_SHARED.value)
        self.removed = _("{name} was removed.")
        self.added = _("{name} was added. wxpark merchant use makes it the one in use.")
        self.not_exported = _(
            "Only the car park in use is in this file; {count} others of this booth are not."
        )
        self.not_imported = _(
            "Only the car park in use is taken from this file; {count} others in it are not."
        )
