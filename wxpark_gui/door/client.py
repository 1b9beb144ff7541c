"""Client of the door, for `wxpark plate offer`."""

from __future__ import annotations

import http.client
from http import HTTPStatus

from wxpark_gui.domain.door import DoorBusyError, DoorClosedError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.door.request import PATH

_TIMEOUT_SECONDS = 3.0


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
