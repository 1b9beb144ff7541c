"""Detects the return or change of the network by asking the kernel for a route.

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
        cameBack(): there is a route, and the check before found none or, after roaming or a change
            of a VPN, one from another address. Emitted in the monitor's thread.
    """

    cameBack = Signal()

    def __init__(self, route: Callable[[], object] | None = None, period: float = PERIOD) -> None:
        """Start nothing yet.

        Args:
            route: returns a value that changes with the route, false without one.
        """
        super().__init__()
        self._route = route or route_outside
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
        before: object = None
        while not self._stopped.is_set():
            route = self._route()
            is_new = before is not None and route != before
            if route and is_new and not self._stopped.is_set():
                self.cameBack.emit()
            before = route
            self._stopped.wait(self._period)


def route_outside() -> tuple[str, ...]:
    """Return this computer's address on its route to a public address, for each family with one.

    The kernel tells it by a UDP connect that sends no packet. The result is empty without a route.
    An error other than a missing route counts as a route, whose address is empty.
    """
    found = [_source(family, address) for family, address in _OUTSIDE]
    return tuple(source for source in found if source is not None)


def _source(family: socket.AddressFamily, address: tuple[str, int]) -> str | None:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(address)
            return str(probe.getsockname()[0])
    except OSError as error:
        return None if error.errno in _NO_ROUTE else ""
