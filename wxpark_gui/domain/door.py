"""Plates offered by a camera or scanner on the local port, and the errors of that port."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from wxpark_gui.domain.errors import ReadableError


@dataclass(frozen=True, slots=True)
class OfferedPlate:
    """A plate that a device offered; it is not entered, sent or stored.

    Attributes:
        plate: normalised, with the policy `SEND` or `CONFIRM`.
        at: time of the offer, aware.
    """

    plate: str
    at: datetime


class PortState(Enum):
    """Listener on the port of the settings, as the doctor finds it.

    `OWN`: the window of this data directory. `OTHER`: another program. `FREE`: none.
    """

    OWN = "own"
    OTHER = "other"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class PortUse:
    """Use of the port of the settings.

    Attributes:
        program: name and process id of another program, such as `nginx (1234)`; empty if unknown.
    """

    state: PortState
    program: str = ""


class DoorPortTakenError(ReadableError):
    """Another program uses the port, or the system refuses it; the detail is its number."""

    code = "DOOR_PORT_TAKEN"


class DoorUnavailableError(ReadableError):
    """The port could not be opened, or its token not be stored; the detail is the reason."""

    code = "DOOR_UNAVAILABLE"


class DoorClosedError(ReadableError):
    """No window takes plates on the port of the settings with the stored token."""

    code = "DOOR_CLOSED"


class DoorBusyError(ReadableError):
    """The window took too many plates within the last second."""

    code = "DOOR_BUSY"
