"""Texts about plates that a camera or scanner offers."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, unique

from wxpark_gui.wording.marking import mark


@unique
class DoorLabel(Enum):
    """The fixed texts about offered plates. Each value is the English text."""

    HELP = mark("Take the plate offered by camera or scanner")
    SETTINGS_TITLE = mark("Camera or scanner")
    TOKEN_NOTE = mark(
        "An offered plate fills the plate field and is never sent by itself. Devices need the token"
        " in the file door.token of the data folder."
    )
    FILLED = mark("From camera or scanner, {time} · Enter sends, Esc clears")
    TAKE = mark("Take {plate}  Ins")
    WAITING = mark("Offered by camera or scanner, {time}")
    MORE = mark("{count} more before it")
    NOTHING = mark("No plate is offered.")
    ANNOUNCED = mark("Camera or scanner: {plate}")


DOOR_FAILURES = {
    "DOOR_PORT_TAKEN": (
        mark("The port for camera or scanner is taken by another program; type the plates."),
        mark("Have the manager set another port (F12)."),
    ),
    "DOOR_UNAVAILABLE": (
        mark("Camera or scanner cannot offer plates; type the plates."),
        mark("Have the manager check the setting (F12)."),
    ),
    "DOOR_CLOSED": (
        mark("The window does not take plates: it is closed, or the setting is off."),
        mark("Open the window and set door.enabled=true."),
    ),
    "DOOR_BUSY": (
        mark("The window takes at most five plates a second."),
        mark("Offer the plate again."),
    ),
}


class DoorConsoleWords:
    """Texts of `wxpark plate`, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        _ = translate
        self.plate = _("offer a plate to the open window")
        self.offer = _("fill a plate into the window's plate field; nothing is sent")
        self.offered = _("Offered to the window: {plate}")
        self.plate_missing = _("Name the plate to offer.")
