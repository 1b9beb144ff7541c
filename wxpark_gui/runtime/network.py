"""Notices that the network is back, by asking the kernel for a route.

Qt's own `QNetworkInformation` asks COM, D-Bus or the system's configuration daemon. Measured with
PySide6 6.11: loading it holds Python's global lock, so where the service does not answer, every
thread stands still. The kernel's routing table always answers at once.
"""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

PERIOD = 2.0
"""Seconds between two looks at the routing table; one takes some ten microseconds."""

# Addresses for documentation (RFC 5737, RFC 3849), routed like any other address outside.
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


class NetworkMonitor(QObject):
    """Looks for a route from a thread of its own. A hint only: the exchanges tell what is so.

    A private network without a default route counts as offline, and gives no hints.

    Signals:
        cameBack(): there was no route, and now there is.
    """

    cameBack = Signal()

    def __init__(self, has_route: Callable[[], bool] | None = None, period: float = PERIOD) -> None:
        super().__init__()
        self._has_route = has_route or has_route_outside
        self._period = period
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to look. A look that never returns keeps its daemon thread, and nothing else."""
        threading.Thread(target=self._watch, name="wxpark-network", daemon=True).start()

    def stop(self) -> None:
        """Emit nothing any more; waits for nothing."""
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
    """The kernel has a route out of the own network. Nothing is sent: connecting UDP only asks.

    An answer that is not understood counts as online: only a clear "no" makes a later "yes" news.
    """
    return any(_has_route(family, address) for family, address in _OUTSIDE)


def _has_route(family: socket.AddressFamily, address: tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(address)
    except OSError as error:
        return error.errno not in _NO_ROUTE
    return True
