"""Listening sockets on the loopback addresses."""

from __future__ import annotations

import errno
import socket
import sys

from wxpark_gui.domain.door import DoorPortTakenError, DoorUnavailableError

_TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES})

ABSENT = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETUNREACH})
"""Error numbers of an address that the system does not have."""


def listen_on_loopback(port: int, backlog: int) -> list[socket.socket]:
    """Return the listening sockets: IPv4, then IPv6 if the system has a loopback address for it.

    Raises:
        DoorPortTakenError, DoorUnavailableError: no socket is left open.
    """
    listeners: list[socket.socket] = []
    try:
        listeners.append(_bind(socket.AF_INET, "127.0.0.1", port, backlog))
        port = listeners[0].getsockname()[1]
        try:
            listeners.append(_bind(socket.AF_INET6, "::1", port, backlog))
        except OSError as error:
            # A foreign listener on ::1 would get the token of a client that asks for `localhost`.
            if error.errno not in ABSENT:
                raise
    except OSError as error:
        for listener in listeners:
            listener.close()
        if error.errno in _TAKEN:
            raise DoorPortTakenError(str(port)) from error
        raise DoorUnavailableError(error.strerror or type(error).__name__) from error
    return listeners


def _bind(family: socket.AddressFamily, host: str, port: int, backlog: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There, SO_REUSEADDR would let another program take the port over.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(backlog)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
