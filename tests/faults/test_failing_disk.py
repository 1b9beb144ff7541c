"""Failing disk: an entry that was not written is not reported as saved, and saving later works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.apsw_connection import connector
from tests.faults.failing_disk import FailingVFS
from tests.faults.workplace import Clock, append, send
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import SentAs
from wxpark_gui.storage.journal import SqliteJournal

CALLS = ("xWrite", "xSync")


@pytest.fixture
def disk() -> Iterator[FailingVFS]:
    vfs = FailingVFS("failing")
    yield vfs
    vfs.unregister()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def journal(path: Path, disk: FailingVFS) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal(path, Clock(), connect=connector(disk.name))) as journal:
        yield journal
        disk.refuse("", "")


def saved_in(path: Path) -> list[int]:
    """Return the numbers of the entries that a newly opened journal finds."""
    with closing(SqliteJournal(path, Clock())) as journal:
        return sorted(int(record.entry_id) for record in journal.recent(100))


@pytest.mark.parametrize("code", ["IOERR", "FULL"])
@pytest.mark.parametrize("call", CALLS)
def test_an_entry_the_log_does_not_take_is_not_saved_and_the_next_one_is(
    journal: SqliteJournal, disk: FailingVFS, path: Path, call: str, code: str
) -> None:
    append(journal, 1)
    disk.refuse(call, "-wal", code)
    for number in (2, 3):
        with pytest.raises(JournalWriteError):
            append(journal, number)
    disk.refuse("", "")
    assert append(journal, 4).sequence == 2
    journal.close()
    assert saved_in(path) == [1, 4]


def test_an_exchange_whose_end_is_not_written_is_sent_again(
    journal: SqliteJournal, disk: FailingVFS, path: Path
) -> None:
    saved = append(journal, 1)
    journal.start_attempt(saved.entry_id, saved.saved_at, SentAs())
    disk.refuse("xSync", "-wal")
    with pytest.raises(JournalWriteError):
        send(journal, saved, answered=True, again=True)
    disk.refuse("", "")
    again = send(journal, saved, answered=True, again=True)
    assert (again.attempts, again.maybe_sent) == (1, True)
