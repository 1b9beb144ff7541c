"""The window's threads, by the work they do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from wxpark_gui.runtime.runner import Worker

CLOSE_SECONDS = 0.5
"""What the journal's thread gets at least, to close its file."""


@dataclass(frozen=True, slots=True)
class Workers:
    """The desk's threads.

    Attributes:
        journal: owns the only connection to the journal.
        live: sends the car at the barrier.
        backlog: sends what waited, so that a live car never stands behind it.
        settings: waits for the settings file and the keyring.
    """

    journal: Worker
    live: Worker
    backlog: Worker
    settings: Worker

    def stop(self, timeout: float, last: Callable[[], None]) -> bool:
        """End all of them; False if one still hangs after `timeout` seconds in all.

        Args:
            last: done in the journal's thread when the others have ended, or had their time.
        """
        end = time.monotonic() + timeout
        others = (self.live, self.backlog, self.settings)
        for worker in others:
            worker.stop(0)
        ended = [worker.stop(max(0.0, end - time.monotonic())) for worker in others]
        self.journal.submit(last, _ignore, _ignore)
        # The journal never hangs for long; what is left is enough to close a file.
        return self.journal.stop(max(CLOSE_SECONDS, end - time.monotonic())) and all(ended)


def _ignore(_: object) -> None:
    """Nothing follows: the window is gone."""
