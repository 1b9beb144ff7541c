"""Opens and closes the local port for offered plates, as the settings say."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol, final

from wxpark_gui.domain.door import DoorPortTakenError, DoorUnavailableError, OfferedPlate
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.plate import mask_plate
from wxpark_gui.domain.settings import DoorSettings
from wxpark_gui.service.ports import Clock

_log = logging.getLogger(__name__)


class OfferServer(Protocol):
    """Server on a local port. Its methods block shortly."""

    def open(self, port: int, token: Secret, receive: Callable[[str], None]) -> int:
        """Listen, after closing an earlier port; return the port.

        `receive` is called on another thread with each accepted plate.

        Raises:
            DoorPortTakenError: another program uses the port.
            DoorUnavailableError: listening failed otherwise.
        """
        ...

    def close(self) -> None:
        """Stop listening and cut all connections; a no-op if closed."""
        ...


class DoorTokens(Protocol):
    """Storage of the token that a client must send."""

    def load(self) -> Secret | None:
        """Return the stored token; None if there is none or other users could read it."""
        ...

    def renew(self) -> Secret:
        """Make, store and return a new token.

        Raises:
            DoorUnavailableError: it cannot be stored.
        """
        ...

    def remove(self) -> None:
        """Remove the token; a no-op without one, or if it cannot be removed."""
        ...


@final
class Door:
    """The port and its token. Use it in one thread, which it may block for a moment.

    The token stays the same over restarts, so that devices keep working, and is replaced when the
    port is switched on.
    """

    def __init__(self, server: OfferServer, tokens: DoorTokens, clock: Clock) -> None:
        self._server = server
        self._tokens = tokens
        self._clock = clock
        self._was_off = False
        self._port: int | None = None

    def apply(self, settings: DoorSettings, offered: Callable[[OfferedPlate], None]) -> None:
        """Open or close the port; a no-op if it is in the wanted state.

        Args:
            offered: called on another thread with each plate.

        Raises:
            DoorPortTakenError, DoorUnavailableError: the port is closed now.
        """
        if not settings.enabled:
            self.close()
            self._tokens.remove()
            self._was_off = True
            return
        if self._port == settings.port:
            return
        self.close()
        token = None if self._was_off else self._tokens.load()
        token = token or self._tokens.renew()
        self._was_off = False

        def receive(plate: str) -> None:
            _log.info("a plate was offered: %s", mask_plate(plate))
            offered(OfferedPlate(plate, self._clock.now()))

        try:
            self._server.open(settings.port, token, receive)
        except (DoorPortTakenError, DoorUnavailableError) as error:
            _log.warning("the door stays closed: %s", error)
            raise
        self._port = settings.port
        _log.info("the door is open on port %d", settings.port)

    def close(self) -> None:
        """Close the port. The token stays."""
        self._server.close()
        self._port = None
