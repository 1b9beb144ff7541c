"""Detects the return of the network by asking the kernel for a route.

Qt's own `QNetworkInformation` asks COM, D-Bus or the system's configuration daemon. Loading it
holds Python's global lock (measured with PySide6 6.11), so a service that does not answer blocks
every thread. The kernel's routing table always answers at once.
"""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

PERIOD = 2.0
"""Seconds between two checks of the routing table; a check takes about ten microseconds."""

# Addresses for documentation (RFC 5737, RFC 3849), routed like any public address.
_OUTSIDE = (
    (socket.AF_INET, ("192.0.2.1", 9)),
    (socket.AF_INET6, ("2001:db8::1", 9)),
)
_NO_ROUTE = frozenset(
    {
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.EADDRNOTAVAIL,
        errno.EAFNOSUPPORT,
    }
)

_started: set[NetworkMonitor] = set()
"""Monitors that were started; the program starts one, and the set keeps it until the end.

Otherwise a thread that ends after `stop` could drop the last reference, and Qt would delete the
monitor there.
"""


class NetworkMonitor(QObject):
    """Checks for a route on a thread of its own. A route does not prove that the gateway answers.

    A private network without a default route counts as offline, so `cameBack` is never emitted
    there.

    Signals:
        cameBack(): there is a route, which the check before did not find. Emitted in the monitor's
            thread.
    """

    cameBack = Signal()

    def __init__(self, has_route: Callable[[], bool] | None = None, period: float = PERIOD) -> None:
        super().__init__()
        self._has_route = has_route or has_route_outside
        self._period = period
        self._stopped = threading.Event()

    def start(self) -> None:
        """Start the checks in a daemon thread, which does not keep the process alive."""
        _started.add(self)
        threading.Thread(target=self._watch, name="wxpark-network", daemon=True).start()

    def stop(self) -> None:
        """Stop the checks. Does not wait for the thread to end."""
        self._stopped.set()

    def _watch(self) -> None:
        was_online = True
        while not self._stopped.is_set():
            is_online = self._has_route()
            if is_online and not was_online and not self._stopped.is_set():
                self.cameBack.emit()
            was_online = is_online
            self._stopped.wait(self._period)


def has_route_outside() -> bool:
    """Test if the kernel has a route to a public address, by a UDP connect that sends no packet.

    An error other than a missing route counts as a route.
    """
    return any(_has_route(family, address) for family, address in _OUTSIDE)


def _has_route(family: socket.AddressFamily, address: tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(address)
    except OSError as error:
        return error.errno not in _NO_ROUTE
    return True
