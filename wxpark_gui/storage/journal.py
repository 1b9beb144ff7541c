"""The journal: entries and their attempts in an SQLite file.

Over 300 lines, and its class over 20 methods: one for each method of the `Journal` port, most of
them a transaction around a function of another module.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from wxpark_gui.domain.delivery import DeliveryState, NextStep, Outcome, transition
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import JournalDamagedError, JournalWriteError
from wxpark_gui.domain.record import Backlog, EntryRecord, NewEntry, Origin, SentAs
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.attempts import finish_attempt, start_attempt
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.database import Connect, connect_file, open_database, reading, writing
from wxpark_gui.storage.queries import QUERY, query_detail, read_fingerprints
from wxpark_gui.storage.reading import select_page, verify_file
from wxpark_gui.storage.replacing import replace_entry, void_entry
from wxpark_gui.storage.rows import entry_values, moment_text
from wxpark_gui.storage.runs import begin_run, mark_run
from wxpark_gui.storage.tables import Tables
from wxpark_gui.storage.waiting import OPEN, WaitingQueue

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another program, such as a virus scanner, that has the file locked."""

_VISITS = """
    SELECT plate, visits FROM (
        SELECT plate, count(*) AS visits, max(position) AS latest FROM entries
        WHERE saved_at >= ? AND plate <> '' AND state <> 'voided'
        GROUP BY plate ORDER BY latest DESC LIMIT ?
    ) ORDER BY latest
"""
# An account is named after its first ids, so that entries of schema 1 and 2 are found by them.
# The newest rows are enough: an account in use has been answered among them.
_ANSWERED = """
    SELECT 1 FROM (
        SELECT state, account_id, mch_id, sub_mch_id FROM entries
        ORDER BY position DESC LIMIT 100000
    )
    WHERE state = 'answered' AND (
        account_id = :account
        OR (account_id = '' AND mch_id || '-' || sub_mch_id = :account)
    )
    LIMIT 1
"""


class SqliteJournal:
    """The journal in one SQLite file, on one connection.

    It belongs to the thread that made it: SQLite's module refuses every other one. What the last
    run saved and did not send waits; what it had begun waits too, marked as maybe sent. Over 20
    methods: those of the `Journal` port.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        busy_timeout: float = BUSY_TIMEOUT,
        *,
        backups: Backups | None = None,
        connect: Connect = connect_file,
    ) -> None:
        """Open or create the file.

        Args:
            backups: where to keep copies of it; None for none.

        Raises:
            JournalDamagedError: the file is no journal, or a damaged one.
            JournalNewerError: a newer version of the program wrote it.
            JournalWriteError: it could be opened, but not written.
            DataDirectoryUnusableError: it cannot be opened, or not safely.
        """
        self._path = path
        self._clock = clock
        self._backups = backups
        self._connection = open_database(
            path,
            busy_timeout,
            connect=connect,
            before_migration=lambda: backups.make(path) if backups else None,
        )
        try:
            self._tables = Tables(self._connection)
            self._queue = WaitingQueue(self._tables, clock)
            self._begin_run()
        except BaseException:
            self._connection.close()
            raise

    def append(self, new: NewEntry, now: datetime) -> EntryRecord:
        """Save a new entry under the booth's next sequence number.

        In an account that is held it joins the queue as `WAITING`, without a plan. Behind an open
        entry of the same plate and account it joins the queue too, and both are planned for now. An
        entry that it replaces is linked to it, and closed as `VOIDED` if it was never sent.

        Raises:
            JournalWriteError: nothing was saved.
            EntryNotOpenError: the entry to correct is being sent.
            EntryReplacedError: the entry to replace was replaced before.
            NothingToResendError: the entry to replace was taken back, or to re-send was answered.
            LookupError: there is no entry to replace.
        """
        self._queue.follow_clock()
        account_id = new.origin.account_id
        held = self._queue.is_held(account_id)
        with writing(self._connection):
            if new.replaces:
                replace_entry(self._tables, new, now)
            plate = new.entry.plate.text if new.entry.plate else ""
            planned = not held and self._queue.bring_forward(account_id, plate, now)
            state = DeliveryState.SAVED
            if held or planned:
                state = transition(state, DeliveryState.WAITING)
            values = entry_values(new) | {
                "sequence": self._next_sequence(new.origin),
                "state": state.value,
                "next_attempt_at": moment_text(now) if planned else None,
                "saved_at": moment_text(now),
                "saved_monotonic": self._clock.monotonic(),
                "run": self._tables.run,
            }
            self._tables.insert("entries", values)
            saved = self._tables.get(new.entry_id)
        if new.replaces:
            self._queue.unreserve(new.replaces)
        if state is DeliveryState.SAVED:
            self._queue.reserve(new.entry_id)
        return saved

    def start_attempt(
        self, entry_id: str, now: datetime, sent_as: SentAs, *, resume: bool = False
    ) -> EntryRecord:
        """Mark that an exchange starts: state `SENDING`.

        Args:
            sent_as: the merchant's ids in the request, for the record.
            resume: the last result could not be stored; sets `maybe_sent`.

        Raises:
            EntryNotOpenError: it is being sent, or closed; nothing may be sent.
            JournalWriteError: nothing was marked; nothing may be sent.
            LookupError: there is no such entry.
        """
        self._queue.follow_clock()
        with writing(self._connection):
            start_attempt(self._tables, entry_id, now, sent_as, resume=resume)
            started = self._tables.get(entry_id)
        self._queue.reserve(entry_id)
        return started

    def finish_attempt(
        self, entry_id: str, outcome: Outcome, step: NextStep, now: datetime
    ) -> EntryRecord:
        """Store the outcome of an exchange and the next step.

        An entry that was closed during the exchange keeps its state; the exchange is stored.

        Raises:
            JournalWriteError: nothing was stored.
            LookupError: there is no such entry.
        """
        self._queue.follow_clock()
        with writing(self._connection):
            finish_attempt(self._tables, entry_id, outcome, step, now)
            finished = self._tables.get(entry_id)
        self._queue.unreserve(entry_id)
        return finished

    def void(self, entry_id: str, now: datetime) -> EntryRecord:
        """Take back an entry that waits to be sent; it stays in the journal as `VOIDED`.

        Raises:
            EntryNotOpenError: it is being sent, or closed.
            JournalWriteError: nothing was changed.
            LookupError: there is no such entry.
        """
        with writing(self._connection):
            void_entry(self._tables, self._tables.get(entry_id), now)
            voided = self._tables.get(entry_id)
        self._queue.unreserve(entry_id)
        return voided

    def note(self, what: str, detail: str, now: datetime) -> None:
        """Add to the audit, which is never changed or shortened.

        Args:
            what: a stable name: `merchant_changed`.
            detail: a remark without keys and without whole plates.

        Raises:
            JournalWriteError: nothing was added.
        """
        with writing(self._connection):
            self._tables.note(what, detail, now)

    def note_query(self, plate: str, account_id: str, outcome: Outcome, now: datetime) -> None:
        """Add a query and its result to the audit, the plate masked.

        Raises:
            JournalWriteError: nothing was added.
        """
        self.note(QUERY, query_detail(plate, account_id, outcome), now)

    def get(self, entry_id: str) -> EntryRecord | None:
        """The entry, or None.

        Raises:
            JournalDamagedError: the file cannot be read, as in every method that reads.
        """
        with reading(), contextlib.suppress(LookupError):
            return self._tables.get(entry_id)
        return None

    def recent(self, limit: int) -> Sequence[EntryRecord]:
        """The newest entries by order of saving, newest first."""
        with reading():
            return self._tables.select("ORDER BY position DESC", now=self._clock.now(), limit=limit)

    def page(
        self,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
        wanted: EntryFilter = EVERY_ENTRY,
    ) -> Sequence[EntryRecord]:
        """One page of entries by order of saving; see `storage.reading.select_page`."""
        with reading():
            now = self._clock.now()
            return select_page(
                self._tables, limit, before=before, after=after, wanted=wanted, now=now
            )

    def open_entries(self) -> Sequence[EntryRecord]:
        """All that still wait for an answer, oldest first by order of saving."""
        with reading():
            return self._tables.select(f"WHERE {OPEN} ORDER BY position", now=self._clock.now())

    def due(self, now: datetime, limit: int, *, rotate: bool = False) -> Sequence[EntryRecord]:
        """The waiting entries that may be tried now, `limit` at most.

        Entries that the gateway put off come last, the others in the order of saving. First in,
        first out for each plate of an account: an entry is left out while an earlier one of the
        same plate is open. So is every entry of an account that is held. Planned times move with
        the wall clock when it is set.

        Args:
            rotate: the entry planned first comes first. A failed try plans its entry anew, so that
                repeated calls go through all of them.

        Raises:
            JournalWriteError: a planned time could not be moved.
        """
        with reading():
            return self._queue.due(now, limit, rotate=rotate)

    def backlog(self) -> Backlog:
        """Numbers about the open entries."""
        with reading():
            return self._queue.backlog(self._clock.now())

    def waiting(self, account_id: str) -> int:
        """Number of open entries of an account."""
        query = f"SELECT count(*) FROM entries WHERE {OPEN} AND account_id = ?"  # noqa: S608
        with reading():
            count: int = self._connection.execute(query, (account_id,)).fetchone()[0]
        return count

    def was_answered(self, account_id: str) -> bool:
        """Test if WeChat ever answered an entry of an account."""
        with reading():
            found = self._connection.execute(_ANSWERED, {"account": account_id}).fetchone()
        return found is not None

    def release(self, now: datetime, account_id: str = "") -> int:
        """Plan all waiting entries for now, held ones too; returns their number.

        Args:
            account_id: releases this account only.

        Raises:
            JournalWriteError: nothing was changed.
        """
        self._queue.follow_clock()
        with writing(self._connection):
            return self._queue.release(now, account_id)

    def release_after_outage(self, now: datetime) -> int:
        """Plan for now what the line to the gateway kept waiting; returns the number of entries.

        Raises:
            JournalWriteError: nothing was changed.
        """
        self._queue.follow_clock()
        with writing(self._connection):
            return self._queue.release_after_outage(now)

    def expire(self, saved_before: datetime, now: datetime) -> Sequence[EntryRecord]:
        """Give up what has waited since before then; it is kept for ever as `EXPIRED`.

        The wall clock alone is not believed, for it may have been set: the program must also have
        run for as long as from `saved_before` to `now` since the entry was saved, measured by
        monotonic clocks and added up over its runs. Hours in which it did not run do not count, so
        that an entry may be given up late, and never early.

        Raises:
            JournalWriteError: nothing was changed.
        """
        with reading():
            return self._queue.expire(saved_before, now)

    def count_since(self, moment: datetime) -> int:
        """Number of entries saved at `moment` or later, by the clock at that time."""
        with reading():
            count: int = self._connection.execute(
                "SELECT count(*) FROM entries WHERE saved_at >= ?", (moment_text(moment),)
            ).fetchone()[0]
        return count

    def visits(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        """Plates entered since then and how often; the `limit` latest, the last one at the end.

        What was taken back was no visit.
        """
        with reading():
            rows = self._connection.execute(_VISITS, (moment_text(since), limit)).fetchall()
        return [(row["plate"], row["visits"]) for row in rows]

    def fingerprints(self, limit: int) -> Sequence[str]:
        """Fingerprints of the newest signed replies: `limit` to entries, then to queries."""
        with reading():
            return read_fingerprints(self._connection, limit)

    def verify(self) -> int:
        """Check the whole file, indexes and references included; returns the number of entries.

        Raises:
            JournalDamagedError: with the first problem SQLite found.
        """
        return verify_file(self._connection)

    def back_up_if_due(self, now: datetime) -> bool:
        """Start a backup if one is due; True if one was started.

        It reads the file on its own connection and thread, which WAL allows during writes. A
        failure is logged, and the backup retried at the next interval.
        """
        return self._backups is not None and self._backups.start_if_due(self._path, now)

    def close(self) -> None:
        """Cancel a running backup, store the run's length, and close the file."""
        if self._backups:
            self._backups.stop()
        # If this is lost, entries expire later, never earlier.
        with contextlib.suppress(sqlite3.Error):
            mark_run(self._connection, self._tables.run, self._clock)
        self._connection.close()

    def _begin_run(self) -> None:
        """Insert the new run, and requeue what the last run left saved or being sent."""
        now = self._clock.now()
        try:
            with writing(self._connection):
                self._tables.run = begin_run(self._tables, self._clock)
                self._queue.requeue_interrupted(now)
        except JournalWriteError as error:
            # The base class itself means damage; every other error has a subclass.
            if type(error.__cause__) is sqlite3.DatabaseError:
                raise JournalDamagedError(error.detail) from error
            raise

    def _next_sequence(self, origin: Origin) -> int:
        number: int = self._connection.execute(
            "SELECT coalesce(max(sequence), 0) + 1 FROM entries WHERE lot = ? AND booth = ?",
            (origin.lot, origin.booth),
        ).fetchone()[0]
        return number
