"""The acts that a manager must approve, the guard that the managers form, and their errors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.shift_errors import PinWaitError

if TYPE_CHECKING:
    from wxpark_gui.domain.shift import Person


class Act(Enum):
    """Act that a manager must approve. The value is its name in the audit.

    `SETTINGS` includes what the settings dialog opens, as the key change, and `BACKUP` a restore.
    """

    SETTINGS = "settings"
    WHOLE_PLATES = "whole_plates"
    VOID_ANSWERED = "void_answered"
    PEOPLE = "people"
    MANAGERS = "managers"
    PROFILES = "profiles"
    SET_UP = "set_up"
    BACKUP = "backup"


class Guard(Enum):
    """State of the guard.

    `OPEN`: no manager was set up, so no act needs an approval. `SET`: acts need one. `LOST`: the
    file of the managers is missing or damaged although it was set up, so no act can be approved.
    """

    OPEN = "open"
    SET = "set"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class GuardState:
    """The guard and its managers, without their PINs.

    Attributes:
        people: the managers in the order of adding; empty unless the guard is `SET`.
    """

    guard: Guard = Guard.OPEN
    people: tuple[Person, ...] = ()

    @property
    def active(self) -> tuple[Person, ...]:
        """The same as `people`, because a retired manager is removed."""
        return self.people


class ManagerPinWaitError(PinWaitError):
    """Too many wrong PINs of managers; the next try must wait."""

    code = "MANAGER_PIN_WAIT"


class ManagerUnknownError(ReadableError):
    """There is no such manager."""

    code = "MANAGER_UNKNOWN"


class TooManyManagersError(ReadableError):
    """There are `MOST_MANAGERS` managers already."""

    code = "TOO_MANY_MANAGERS"


class LastManagerError(ReadableError):
    """The only manager cannot be retired, unless the guard is lifted with it."""

    code = "LAST_MANAGER"


class ManagersLostError(ReadableError):
    """The managers' file is missing or damaged although managers were set up."""

    code = "MANAGERS_LOST"


class ManagersNotWrittenError(ReadableError):
    """The managers' file could not be written; nothing was changed."""

    code = "MANAGERS_NOT_WRITTEN"
