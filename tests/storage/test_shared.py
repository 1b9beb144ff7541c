"""A second process that adds to the audit does not disturb the journal's owner."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.storage.released import make_newer
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.errors import (
    DataDirectoryUnusableError,
    JournalDamagedError,
    JournalNewerError,
    JournalWriteError,
)
from wxpark_gui.domain.record import NewEntry, Origin, SentAs
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.shared import SharedJournal

NOW = datetime(2026, 3, 1, 4, 5, 6, 789000, tzinfo=timezone.utc)
FINGERPRINT = "0123456789abcdef" * 4
ANSWER = Outcome(Cause.ANSWERED, user_state="NORMAL", fingerprint=FINGERPRINT)
ACCOUNT = "1900000001-1900000002"

_NOTE_ELSEWHERE = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.storage.shared import SharedJournal
journal = SharedJournal(Path(sys.argv[1]))
for _ in range(20):
    journal.note_query("粤B12345", "1-2", Outcome(Cause.OFFLINE), datetime.now(timezone.utc))
"""


def audit(path: Path) -> list[tuple[int, str, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT run, at, what, detail FROM audit ORDER BY note")
        return [(run, at, what, detail) for run, at, what, detail in rows]


def test_query_is_noted_beside_an_open_journal_under_its_run(
    journal: SqliteJournal, path: Path
) -> None:
    SharedJournal(path).note_query("粤B12345", ACCOUNT, ANSWER, NOW, "李师傅")
    detail = f"{ACCOUNT} 粤B1***5 answered NORMAL - 李师傅 reply={FINGERPRINT}"
    assert audit(path) == [(1, "2026-03-01T04:05:06.789+00:00", "query", detail)]
    assert journal.fingerprints(9) == [FINGERPRINT]


def test_query_is_noted_in_a_journal_that_nobody_has_open(
    open_journal: Callable[[], SqliteJournal], path: Path
) -> None:
    open_journal().close()
    SharedJournal(path).note_query("粤B12345", ACCOUNT, ANSWER, NOW)
    assert SharedJournal(path).fingerprints(9) == [FINGERPRINT]
    assert open_journal().fingerprints(9) == [FINGERPRINT]


def test_entry_being_sent_by_the_owner_is_left_alone(
    journal: SqliteJournal, path: Path, car: ParkingEntry, origin: Origin
) -> None:
    record = journal.append(NewEntry("0" * 36, car, origin), NOW)
    journal.start_attempt(record.entry_id, NOW, SentAs())
    shared = SharedJournal(path)
    shared.note_query("粤B12345", ACCOUNT, ANSWER, NOW)
    shared.fingerprints(9)
    after = journal.get(record.entry_id)
    assert after is not None
    assert (after.state, after.maybe_sent) == (DeliveryState.SENDING, False)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_fingerprints_of_entries_come_before_those_of_queries(
    journal: SqliteJournal, path: Path
) -> None:
    connection = journal._connection
    connection.execute("PRAGMA foreign_keys = OFF")
    for mark in ("f1", "f2", "f3"):
        connection.execute(
            "INSERT INTO attempts (entry_id, run, started_at, fingerprint) VALUES ('', 1, '', ?)",
            (mark,),
        )
    shared = SharedJournal(path)
    for digit in "123":
        reply = Outcome(Cause.ANSWERED, fingerprint=digit * 64)
        shared.note_query("粤B12345", ACCOUNT, reply, NOW)
    journal.note("merchant_changed", "reply=" + "9" * 64, NOW)
    shared.note_query("粤B12345", ACCOUNT, Outcome(Cause.OFFLINE), NOW)
    assert shared.fingerprints(2) == ["f3", "f2", "3" * 64, "2" * 64]
    assert journal.fingerprints(2) == shared.fingerprints(2)


def test_other_process_and_owner_write_at_the_same_time(
    journal: SqliteJournal, path: Path, car: ParkingEntry, origin: Origin
) -> None:
    with subprocess.Popen([sys.executable, "-c", _NOTE_ELSEWHERE, str(path)]) as other:
        connection = journal._connection
        connection.execute("PRAGMA busy_timeout = 5000")
        count = 0
        while other.poll() is None:
            journal.append(NewEntry(f"{count:036}", car, origin), NOW)
            count += 1
            time.sleep(0.005)
        assert other.returncode == 0
    assert len(audit(path)) == 20
    assert len(journal.recent(count + 1)) == count
    assert journal.verify() == count


def test_locked_journal_ends_the_wait_with_an_error(journal: SqliteJournal, path: Path) -> None:
    journal._connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalWriteError):
        SharedJournal(path, busy_timeout=0.05).note_query("粤B12345", ACCOUNT, ANSWER, NOW)
    journal._connection.execute("ROLLBACK")
    assert audit(path) == []


def test_no_journal_is_made(path: Path) -> None:
    shared = SharedJournal(path)
    assert shared.fingerprints(9) == []
    with pytest.raises(DataDirectoryUnusableError):
        shared.note_query("粤B12345", ACCOUNT, ANSWER, NOW)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"\1" * 4000])
def test_file_that_is_no_journal_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for use in (
        lambda: SharedJournal(path).fingerprints(9),
        lambda: SharedJournal(path).note_query("粤B12345", ACCOUNT, ANSWER, NOW),
    ):
        with pytest.raises((JournalDamagedError, DataDirectoryUnusableError)):
            use()
    assert path.read_bytes() == content


def test_newer_journal_is_left_alone(open_journal: Callable[[], SqliteJournal], path: Path) -> None:
    open_journal().close()
    make_newer(path, program="9.0.0")
    before = path.read_bytes()
    with pytest.raises(JournalNewerError):
        SharedJournal(path).fingerprints(9)
    with pytest.raises(JournalNewerError):
        SharedJournal(path).note_query("粤B12345", ACCOUNT, ANSWER, NOW)
    assert path.read_bytes() == before


def test_thread_may_use_a_shared_journal_made_by_another(
    journal: SqliteJournal, path: Path
) -> None:
    shared = SharedJournal(path)
    arguments = ("粤B12345", ACCOUNT, ANSWER, NOW)
    thread = threading.Thread(target=shared.note_query, args=arguments)
    thread.start()
    thread.join()
    assert shared.fingerprints(1) == [FINGERPRINT]
