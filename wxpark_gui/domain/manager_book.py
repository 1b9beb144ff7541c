"""The managers with their PINs, and the wrong PINs typed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from wxpark_gui.domain.manager import LastManagerError, ManagerUnknownError, TooManyManagersError
from wxpark_gui.domain.pin import PinHash, wait_after
from wxpark_gui.domain.shift import Person, free_label

PIN_COST = 2**16
"""scrypt's n of a manager's PIN: 0.2 s and 64 MiB on a fast computer."""

MOST_MANAGERS = 9
"""Largest number of managers, so that one digit chooses each."""


@dataclass(frozen=True, slots=True)
class Manager:
    """A manager and the hash of the PIN."""

    person: Person
    pin: PinHash


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong PINs typed since the last right one, for any manager.

    Attributes:
        count: number of wrong PINs in a row.
        run: name of the run of the program in which the last one was typed.
        at: reading of the monotonic clock at that time, in seconds; compares within its run only.
    """

    count: int = 0
    run: str = ""
    at: float = 0.0

    def wait(self, run: str, began: float, now: float) -> float:
        """Return the seconds until the next try is allowed; 0 for none.

        After a restart the whole wait begins again, because the time between runs is not measured.

        Args:
            run: name of the present run.
            began, now: readings of the monotonic clock at its begin and at present.
        """
        since = self.at if self.run == run else began
        return max(0.0, wait_after(self.count) - max(0.0, now - since))


@dataclass(frozen=True, slots=True)
class ManagerBook:
    """Content of the managers' file. It has at least one manager."""

    managers: tuple[Manager, ...]
    tries: Tries = field(default_factory=Tries)

    def manager(self, manager_id: str) -> Manager:
        """Return the manager with an id.

        Raises:
            ManagerUnknownError: there is none.
        """
        for manager in self.managers:
            if manager.person.person_id == manager_id:
                return manager
        raise ManagerUnknownError

    def added(self, manager_id: str, name: str, pin: PinHash) -> ManagerBook:
        """Return the book with a new manager, whose label is unique.

        Raises:
            TooManyManagersError: it has `MOST_MANAGERS` already.
        """
        if len(self.managers) >= MOST_MANAGERS:
            raise TooManyManagersError
        label = free_label(name, self._labels())
        return replace(
            self, managers=(*self.managers, Manager(Person(manager_id, name, label), pin))
        )

    def renamed(self, manager_id: str, name: str) -> ManagerBook:
        """Return the book with another name and label of a manager.

        Raises:
            ManagerUnknownError: there is no such manager.
        """
        old = self.manager(manager_id)
        label = free_label(name, self._labels(except_id=manager_id))
        return self._with(replace(old, person=replace(old.person, name=name, label=label)))

    def with_pin(self, manager_id: str, pin: PinHash) -> ManagerBook:
        """Return the book with another PIN of a manager.

        Raises:
            ManagerUnknownError: there is no such manager.
        """
        return self._with(replace(self.manager(manager_id), pin=pin))

    def without(self, manager_id: str) -> ManagerBook:
        """Return the book without a manager.

        Raises:
            ManagerUnknownError: there is no such manager.
            LastManagerError: it is the only one.
        """
        gone = self.manager(manager_id)
        if len(self.managers) == 1:
            raise LastManagerError
        return replace(self, managers=tuple(each for each in self.managers if each != gone))

    def _with(self, changed: Manager) -> ManagerBook:
        key = changed.person.person_id
        return replace(
            self,
            managers=tuple(
                changed if each.person.person_id == key else each for each in self.managers
            ),
        )

    def _labels(self, except_id: str = "") -> set[str]:
        people = [each.person for each in self.managers]
        return {person.label for person in people if person.person_id != except_id}
