"""The order of WeChat's two hosts: the main one first; the standby first for 3 minutes at most."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wxpark_gui.domain.delivery import MAIN_HOST, STANDBY_HOST

MAIN_URL = f"https://{MAIN_HOST}"
STANDBY_URL = f"https://{STANDBY_HOST}"
LONGEST_ON_STANDBY = 180.0


class Route:
    """The order of the hosts, shared by all clients of the gateway. Thread-safe.

    The standby comes first only after it has replied. While the booth's network is down, the main
    host stays first.
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        main_url: str = MAIN_URL,
        standby_url: str = STANDBY_URL,
    ) -> None:
        self._monotonic = monotonic
        self._main_url = main_url
        self._standby_url = standby_url
        self._lock = threading.Lock()
        self._standby_until = monotonic()

    def order(self) -> tuple[str, str]:
        """Return both base URLs in the order to ask them."""
        with self._lock:
            if self._monotonic() < self._standby_until:
                return self._standby_url, self._main_url
            return self._main_url, self._standby_url

    def answered(self, url: str) -> None:
        """Note that `url` has replied: its host comes first now.

        The standby comes first for `LONGEST_ON_STANDBY` seconds, which its further replies do not
        extend.
        """
        now = self._monotonic()
        with self._lock:
            if url == self._main_url:
                self._standby_until = now
            elif now >= self._standby_until:
                self._standby_until = now + LONGEST_ON_STANDBY
