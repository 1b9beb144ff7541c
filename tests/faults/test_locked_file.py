from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

from tests.faults.locked_file import locked, save_while_locked
from tests.faults.workplace import Clock, append
from wxpark_gui.storage.journal import SqliteJournal


def test_a_lock_longer_than_the_patience_is_said_and_passes() -> None:
    figures = save_while_locked(seconds=0.5, busy_timeout=0.1)
    assert figures.refused > 0
    assert (figures.saved, figures.missing) == (2, 0)
    assert figures.longest < 1


def test_a_lock_shorter_than_the_patience_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(SqliteJournal(path, Clock(), busy_timeout=30)) as journal, locked(path) as other:
        assert other.stdin
        release = threading.Timer(0.3, other.stdin.close)
        release.start()
        assert append(journal, 1).sequence == 1
        release.join()
