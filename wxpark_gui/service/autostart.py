"""The start of the program when the user logs in: port and use case."""

from __future__ import annotations

from typing import Protocol

from wxpark_gui.domain.errors import AutostartFailedError


class Autostart(Protocol):
    """The system's list of programs to start. Both methods may block, and raise `OSError`."""

    def is_on(self) -> bool:
        """Test if the next login starts this program."""
        ...

    def switch(self, *, on: bool) -> None:
        """Turn the start at login on or off."""
        ...


class StartAtLogin:
    """Reads and changes the start at login; the system alone keeps its state."""

    def __init__(self, autostart: Autostart) -> None:
        self._autostart = autostart

    def is_on(self) -> bool:
        """Test if the next login starts this program.

        Raises:
            AutostartFailedError: the system does not tell; `detail` is its message.
        """
        try:
            return self._autostart.is_on()
        except OSError as error:
            raise _failed(error) from error

    def switch(self, *, on: bool) -> bool:
        """Turn the start at login on or off, and return its state as read back.

        Raises:
            AutostartFailedError: it was not changed; `detail` is the system's message.
        """
        try:
            self._autostart.switch(on=on)
            return self._autostart.is_on()
        except OSError as error:
            raise _failed(error) from error


def _failed(error: OSError) -> AutostartFailedError:
    return AutostartFailedError(error.strerror or type(error).__name__)
