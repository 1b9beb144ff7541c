"""Client of the door, for `wxpark plate offer` and the doctor."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Mapping
from http import HTTPStatus

from wxpark_gui.domain.door import DoorBusyError, DoorClosedError, PortState, PortUse
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.door.listener import listener_name
from wxpark_gui.door.listening import ABSENT
from wxpark_gui.door.request import PATH, probe_credentials

_TIMEOUT_SECONDS = 3.0
_STATUS_BYTES = 256
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})\b")


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
    ends_at = time.monotonic() + _TIMEOUT_SECONDS
    try:
        connection = socket.create_connection((host, port), _TIMEOUT_SECONDS)
    except ConnectionRefusedError:
        return PortState.FREE
    except OSError as error:
        return PortState.FREE if error.errno in ABSENT else PortState.OTHER
    with connection:
        if token is None:
            return PortState.OTHER
        headers = {"Authorization": probe_credentials(token, port)}
        try:
            status = _ask(connection, "GET", headers, b"", ends_at)
        except OSError:
            return PortState.OTHER
    return PortState.OWN if status == HTTPStatus.METHOD_NOT_ALLOWED else PortState.OTHER


def offer_plate(plate: str, port: int, token: Secret) -> None:
    """Offer a plate to the window that listens on a local port.

    Args:
        plate: a valid one, normalised.

    Raises:
        DoorClosedError: nobody listens, or with another token, or within 3 s came no valid reply.
        DoorBusyError: the window takes no more plates in this second.
    """
    ends_at = time.monotonic() + _TIMEOUT_SECONDS
    headers = {
        "Authorization": f"Bearer {token.reveal()}",
        "Content-Type": "text/plain; charset=utf-8",
    }
    try:
        with socket.create_connection(("127.0.0.1", port), _TIMEOUT_SECONDS) as connection:
            status = _ask(connection, "POST", headers, plate.encode(), ends_at)
    except OSError as error:
        raise DoorClosedError(type(error).__name__) from None
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise DoorBusyError
    if status != HTTPStatus.ACCEPTED:
        raise DoorClosedError(f"HTTP {status}")


def _ask(
    connection: socket.socket,
    method: str,
    headers: Mapping[str, str],
    body: bytes,
    ends_at: float,
) -> int:
    """Send a request; return the status of the reply, 0 if it is no HTTP.

    `http.client` would wait anew for each byte of another program that listens there.

    Raises:
        OSError: no reply came before `ends_at`, a monotonic time.
    """
    lines = {"Host": "localhost", **headers, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    connection.sendall(f"{method} {PATH} HTTP/1.1\r\n{head}\r\n".encode() + body)
    received = b""
    while b"\n" not in received and len(received) < _STATUS_BYTES:
        left = ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        more = connection.recv(_STATUS_BYTES)
        if not more:
            raise ConnectionResetError
        received += more
    found = _STATUS.match(received)
    return int(found[1]) if found else 0
