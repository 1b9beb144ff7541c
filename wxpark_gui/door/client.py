"""Client of the door, for `wxpark plate offer` and the doctor."""

from __future__ import annotations

import http.client
from http import HTTPStatus

from wxpark_gui.domain.door import DoorBusyError, DoorClosedError, PortState, PortUse
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.door.listener import listener_name
from wxpark_gui.door.listening import ABSENT
from wxpark_gui.door.request import PATH, probe_credentials

_TIMEOUT_SECONDS = 3.0


def probe_port(port: int, token: Secret | None) -> PortUse:
    """Find out who listens on a local port; offers nothing, and does not send the token.

    Args:
        token: the stored one; None if there is none, and then a listener is another program.
    """
    states = [_probe(host, port, token) for host in ("127.0.0.1", "::1")]
    if PortState.OTHER in states:
        return PortUse(PortState.OTHER, listener_name(port))
    # The own door does without ::1 on a system that has none.
    return PortUse(states[0])


def _probe(host: str, port: int, token: Secret | None) -> PortState:
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.connect()
    except ConnectionRefusedError:
        return PortState.FREE
    except OSError as error:
        return PortState.FREE if error.errno in ABSENT else PortState.OTHER
    try:
        if token is None:
            return PortState.OTHER
        connection.request("GET", PATH, headers={"Authorization": probe_credentials(token, port)})
        is_own = connection.getresponse().status == HTTPStatus.METHOD_NOT_ALLOWED
        return PortState.OWN if is_own else PortState.OTHER
    except (OSError, http.client.HTTPException):
        return PortState.OTHER
    finally:
        connection.close()


def offer_plate(plate: str, port: int, token: Secret) -> None:
    """Offer a plate to the window that listens on a local port.

    Args:
        plate: a valid one, normalised.

    Raises:
        DoorClosedError: nobody listens, or with another token, or within 3 s came no valid reply.
        DoorBusyError: the window takes no more plates in this second.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    headers = {
        "Authorization": f"Bearer {token.reveal()}",
        "Content-Type": "text/plain; charset=utf-8",
    }
    try:
        connection.request("POST", PATH, plate.encode(), headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise DoorClosedError(type(error).__name__) from None
    finally:
        connection.close()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise DoorBusyError
    if status != HTTPStatus.ACCEPTED:
        raise DoorClosedError(f"HTTP {status}")
