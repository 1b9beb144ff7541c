"""The window's worker threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from wxpark_gui.runtime.runner import Worker

CLOSE_SECONDS = 0.5
"""Least number of seconds that the journal's thread gets to close its file."""

SAVE_SECONDS = 30.0
"""Most seconds to wait for an entry that is being saved if nobody may be at the screen.

Saving may wait until a large journal is open, or a backup is restored.
"""


@dataclass(frozen=True, slots=True)
class Workers:
    """The window's threads.

    Attributes:
        journal: owns the connection that entries and shifts are read and written on.
        live: sends new entries.
        backlog: sends the waiting entries, so that they never delay a new one.
        settings: writes the settings file, and the keyring when a key is saved.
        keyring: reads the keyring, whose password prompt may block it.
        updates: reads the version file, whose network share may not answer.
        query: asks for the state of a plate, so that a slow answer never delays an entry.
        statistics: reads the journal for the statistics, on connections of its own.
        export: reads entries on connections of its own and writes them to a file.
        shifts: checks PINs, waits for the journal's thread, and writes reports and sheets as PDF.
        history: reads the history and the known plates, on connections of its own.
        checkup: collects the findings of the check of this booth.
        diagnostics: collects and saves the diagnostics.
        door: opens and closes the local port for offered plates.
        setup: tries the keyring, whose password prompt may block it.
        connection_test: collects the findings of the connection test.
        key_change: tests and stores a new merchant key, for which network and keyring may block it.
        backups: lists, saves and checks backups.
    """

    journal: Worker
    live: Worker
    backlog: Worker
    settings: Worker
    keyring: Worker
    updates: Worker
    query: Worker
    statistics: Worker
    export: Worker
    shifts: Worker
    history: Worker
    checkup: Worker
    diagnostics: Worker
    door: Worker
    setup: Worker
    connection_test: Worker
    key_change: Worker
    backups: Worker

    def stop(
        self, timeout: float, last: Callable[[], None], journal_seconds: float = CLOSE_SECONDS
    ) -> bool:
        """End all threads; return False if one of those waited for still runs.

        `keyring`, `updates`, `query`, `statistics`, `checkup`, `diagnostics`, `setup`,
        `connection_test` and `key_change` are not waited for: a password prompt, a missing share,
        the network or a long reading may block them, and nothing is lost with them.

        Args:
            timeout: seconds for all together.
            last: runs in the journal's thread when the others have ended or timed out.
            journal_seconds: least number of seconds that the journal's thread gets.
        """
        end = time.monotonic() + timeout
        others = (
            *(self.live, self.backlog, self.settings, self.export, self.shifts, self.history),
            *(self.door, self.backups),
        )
        unwaited = (self.keyring, self.updates, self.query, self.statistics)
        later = (self.setup, self.connection_test, self.key_change)
        for worker in (*others, *unwaited, self.checkup, self.diagnostics, *later):
            worker.stop(0)
        ended = [worker.stop(max(0.0, end - time.monotonic())) for worker in others]
        self.journal.submit(last, None, _ignore)
        return self.journal.stop(max(journal_seconds, end - time.monotonic())) and all(ended)


def _ignore(_: object) -> None:
    """Ignore an error, as the window is closed."""
