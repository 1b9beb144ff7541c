"""The window's worker threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from wxpark_gui.runtime.runner import Worker

CLOSE_SECONDS = 0.5
"""Least time for the journal's thread to close its file."""


@dataclass(frozen=True, slots=True)
class Workers:
    """The window's threads.

    Attributes:
        journal: owns the only connection to the journal.
        live: sends the entry just made.
        backlog: sends the queue, so that it never delays a live entry.
        settings: waits for the settings file, and for the keyring when a key is saved.
        keyring: waits for the keyring, which may wait for its password.
        updates: waits for the version file, on a share that may be gone.
    """

    journal: Worker
    live: Worker
    backlog: Worker
    settings: Worker
    keyring: Worker
    updates: Worker

    def stop(self, timeout: float, last: Callable[[], None]) -> bool:
        """End all of them; False if one still hangs after `timeout` seconds in all.

        Args:
            last: runs in the journal's thread when the others have ended or timed out.
        """
        end = time.monotonic() + timeout
        others = (self.live, self.backlog, self.settings)
        # The keyring may have its prompt open and a share may be gone: neither is waited for.
        for worker in (*others, self.keyring, self.updates):
            worker.stop(0)
        ended = [worker.stop(max(0.0, end - time.monotonic())) for worker in others]
        self.journal.submit(last, None, _ignore)
        # The journal never hangs for long; the remaining time is enough to close a file.
        return self.journal.stop(max(CLOSE_SECONDS, end - time.monotonic())) and all(ended)


def _ignore(_: object) -> None:
    """No-op: the window is closed."""
