"""The journal: entries and their attempts in an SQLite file.

The module exceeds the project's limit of 300 lines: its class has the methods of the `Journal` port
and `note`. Many delegate to another module, and each change is written in one transaction.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from wxpark_gui.domain.delivery import DeliveryState, NextStep, Outcome, transition
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import (
    EntryNotFoundError,
    JournalDamagedError,
    JournalDamageFoundError,
    JournalTakenError,
    JournalWriteError,
)
from wxpark_gui.domain.record import Backlog, EntryRecord, NewEntry, Origin, SentAs
from wxpark_gui.service.ports import Clock
from wxpark_gui.storage.archives import Archives, archive_directory
from wxpark_gui.storage.archiving import Archiver
from wxpark_gui.storage.attempts import finish_attempt, start_attempt
from wxpark_gui.storage.backups import Backups
from wxpark_gui.storage.checkpoints import Checkpoints
from wxpark_gui.storage.database import (
    Connect,
    close_unchanged,
    connect_file,
    full_disk_told,
    open_database,
    reading,
    writing,
)
from wxpark_gui.storage.lost_files import JournalFiles
from wxpark_gui.storage.open_files import note_closed, note_opened, note_place
from wxpark_gui.storage.paper import check_repeats, note_backfill, take_sheets
from wxpark_gui.storage.queries import (
    QUERY,
    query_detail,
    read_fingerprints,
    was_answered,
)
from wxpark_gui.storage.reading import select_page, verify_file
from wxpark_gui.storage.replacing import (
    replace_entry,
    unlink_replaced,
    void_entry,
    void_for_reason,
)
from wxpark_gui.storage.rows import entry_values, moment_text
from wxpark_gui.storage.runs import begin_run, mark_run
from wxpark_gui.storage.tables import Tables
from wxpark_gui.storage.waiting import OPEN, WaitingQueue

if TYPE_CHECKING:
    from wxpark_gui.storage.shifts import SqliteShifts

BUSY_TIMEOUT = 5.0
"""Seconds to wait while another program, such as a virus scanner, has the file locked."""


class SqliteJournal:
    """The journal in one SQLite file, on one connection.

    Use it only on the thread that created it; `sqlite3` refuses any other. Opening it requeues the
    entries that the last run left saved or being sent, the latter with `maybe_sent` set. The class
    exceeds the project's limit of 20 methods: those of the `Journal` port and `note`.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        busy_timeout: float = BUSY_TIMEOUT,
        *,
        backups: Backups | None = None,
        connect: Connect = connect_file,
        keep_lock: Callable[[], None] = lambda: None,
    ) -> None:
        """Open or create the file.

        Args:
            busy_timeout: seconds to wait while another program has the file locked.
            backups: makes a backup before a migration and when one is due; None makes none.
            connect: opens the connections of the journal and of its archives.
            keep_lock: locks the data directory again if it was replaced; raises `JournalTakenError`
                if another process has locked it.

        Raises:
            JournalDamagedError: the file is no journal, or a damaged one.
            JournalNewerError: a newer version of the program wrote it.
            JournalWriteError: it could be opened, but not written.
            DiskFullError: the disk takes no more data.
            DataDirectoryUnusableError: it cannot be opened, migrated or backed up before that, or
                commits would not survive a power cut.
        """
        self._path = path
        self._clock = clock
        self._backups = backups
        self._keep_lock = keep_lock
        note_opened(path)
        try:
            with full_disk_told(path.parent):
                self._connection = open_database(
                    path,
                    busy_timeout,
                    connect=connect,
                    before_migration=lambda: backups.make(path) if backups else None,
                )
        except BaseException:
            note_closed(path)
            raise
        try:
            self._archives = Archives(self._connection, archive_directory(path))
            self._tables = Tables(self._connection, self._archives.find)
            self._queue = WaitingQueue(self._tables, clock)
            self._begin_run()
            self._files = JournalFiles(path)
            note_place(path)
            self._checkpoints = Checkpoints(self._connection, path, connect)
            self._archiver = Archiver(
                self._tables,
                self._archives,
                clock,
                path,
                backup=backups.directory if backups else None,
                connect=connect,
            )
        except JournalDamagedError:
            close_unchanged(self._connection, path)
            note_closed(path)
            raise
        except BaseException:
            self._connection.close()
            note_closed(path)
            raise

    def append(self, new: NewEntry, now: datetime) -> EntryRecord:
        """Save a new entry under the booth's next sequence number.

        The entry is `SAVED`, and reserved for the worker that sends it at once. In a held account
        it is `WAITING` instead, without a planned time. If an earlier live entry of the same plate
        and account is open, the new one is `WAITING` and due now; the earlier one becomes due now
        too, if it waits and the gateway did not ask for the wait. An entry that the new one
        replaces is linked to it; a correction also voids it if it is open, and a live one takes its
        stored start time. An entry from paper is `WAITING` and, outside a held account, due now; it
        is `EXPIRED` if it is too old to be sent.

        Raises:
            JournalWriteError: nothing was saved.
            BackfillRepeatedError: the number or plate of an entry from paper was saved before.
            StillSendingError: the entry to correct is being sent.
            EntryReplacedError: the entry to replace was replaced before.
            NothingToResendError: the entry to replace is voided, or the entry to re-send was
                answered or is still open.
            EntryNotFoundError: neither the journal nor a readable archive has the entry to replace.
        """
        self._queue.follow_clock()
        account_id = new.origin.account_id
        with writing(self._connection):
            held = self._queue.is_held(account_id)
            if new.backfill:
                check_repeats(self._tables, new, new.backfill)
                note_backfill(self._tables, new, new.backfill, now)
            if new.replaces:
                new = replace_entry(self._tables, new, now)
            plate = new.entry.plate.text if new.entry.plate else ""
            planned = not held and (
                new.backfill is not None or self._queue.bring_forward(account_id, plate, now)
            )
            state = DeliveryState.SAVED
            if new.backfill and new.backfill.is_too_old:
                planned, state = False, transition(state, DeliveryState.EXPIRED)
            elif held or planned:
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
        self._checkpoints.note_commit()
        return saved

    def start_attempt(
        self, entry_id: str, now: datetime, sent_as: SentAs, *, resume: bool = False
    ) -> EntryRecord:
        """Add an attempt, set the entry's state to `SENDING`, and reserve it for its sender.

        Args:
            sent_as: the merchant's ids in the request, for the record.
            resume: the entry may be `SENDING` already, because its last result could not be stored;
                it then gets `maybe_sent`.

        Raises:
            EntryNotOpenError: the entry is closed or being sent. It must not be sent.
            JournalWriteError: nothing was stored. The entry must not be sent.
            LookupError: there is no such entry.
        """
        self._queue.follow_clock()
        with writing(self._connection):
            start_attempt(self._tables, entry_id, now, sent_as, resume=resume)
            started = self._tables.get(entry_id)
        self._queue.reserve(entry_id)
        self._checkpoints.note_commit()
        return started

    def finish_attempt(
        self, entry_id: str, outcome: Outcome, step: NextStep, now: datetime
    ) -> EntryRecord:
        """Store the outcome of an exchange and the next step; end the entry's reservation.

        An entry that was closed during the exchange keeps its state.

        Raises:
            JournalWriteError: nothing was stored.
            LookupError: there is no such entry.
        """
        self._queue.follow_clock()
        with writing(self._connection):
            finish_attempt(self._tables, entry_id, outcome, step, now)
            finished = self._tables.get(entry_id)
        self._queue.unreserve(entry_id)
        self._checkpoints.note_commit()
        return finished

    def void(
        self,
        entry_id: str,
        now: datetime,
        *,
        reason: str = "",
        by: str = "",
        unless_answered: bool = False,
    ) -> EntryRecord:
        """Close an entry as `VOIDED`; it stays in the journal.

        If it is taken back, the entry that it replaces counts again: one that it voided as a
        correction waits again, unless its month is archived. It is due after
        `replacing.REOPENED_WAIT`.

        Args:
            reason: why the entry is wrong; empty to take back an entry that waits to be sent.
            by: name of the person, for the audit; may be empty.
            unless_answered: True refuses an entry whose answer has come.

        Raises:
            EntryNotOpenError: the entry is being sent or voided; without a reason, also closed;
                with `unless_answered`, also answered.
            EntryNotFoundError: neither the journal nor a readable archive has the entry.
            JournalWriteError: nothing was changed.
        """
        self._queue.follow_clock()
        with writing(self._connection):
            try:
                record = self._tables.get(entry_id)
            except LookupError as error:
                raise EntryNotFoundError from error
            if reason:
                void_for_reason(
                    self._tables, record, reason, by, now, unless_answered=unless_answered
                )
            else:
                void_entry(self._tables, record, by, now)
                if record.replaces:
                    planned = not self._queue.is_held(record.origin.account_id)
                    unlink_replaced(self._tables, record, by, now, planned=planned)
            voided = self._tables.get(entry_id)
        self._queue.unreserve(entry_id)
        return voided

    def note(self, what: str, detail: str, now: datetime) -> None:
        """Add a row to the audit, which is append-only.

        Args:
            what: stable name of the event, such as `salvaged`.
            detail: a remark without keys and without whole plates.

        Raises:
            JournalWriteError: nothing was added.
        """
        with writing(self._connection):
            self._tables.note(what, detail, now)

    def note_query(
        self, plate: str, account_id: str, outcome: Outcome, now: datetime, by: str = ""
    ) -> None:
        """Add a query by the person `by` and its result to the audit, the plate masked.

        Raises:
            JournalWriteError: nothing was added.
        """
        self.note(QUERY, query_detail(plate, account_id, outcome, by), now)

    def get(self, entry_id: str) -> EntryRecord | None:
        """Return the entry, even an archived one; None if there is no such entry.

        Raises:
            JournalDamagedError: the entry cannot be read. Other reading methods raise it if the
                file cannot be read.
        """
        with reading(), contextlib.suppress(LookupError):
            return self._tables.get(entry_id)
        return None

    def recent(self, limit: int) -> Sequence[EntryRecord]:
        """Return the newest `limit` entries by order of saving, newest first."""
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
        """Return one page of entries by order of saving; see `storage.reading.select_page`."""
        with reading():
            now = self._clock.now()
            return select_page(
                self._tables, limit, before=before, after=after, wanted=wanted, now=now
            )

    def open_entries(self) -> Sequence[EntryRecord]:
        """Return all open entries by order of saving, oldest first."""
        with reading():
            return self._tables.select(f"WHERE {OPEN} ORDER BY position", now=self._clock.now())

    def due(self, now: datetime, limit: int, *, rotate: bool = False) -> Sequence[EntryRecord]:
        """Return at most `limit` waiting entries whose planned time has come.

        Live entries come before those from paper. Both are in order of saving, but those whose last
        attempt reached the gateway come last, fewest attempts first. An entry is left out while an
        earlier one of its account and plate is open, or while its account is held; a live one does
        not wait for one from paper. Before the query, expired reservations are requeued and planned
        times follow a wall clock that was set.

        Args:
            rotate: sort by planned time instead of order of saving. A failed attempt gets a later
                time, so repeated calls go through all entries.

        Raises:
            JournalWriteError: an entry could not be requeued, or a planned time not moved.
        """
        with reading():
            return self._queue.due(now, limit, rotate=rotate)

    def backlog(self) -> Backlog:
        """Return a summary of the open entries; unreadable ones do not count."""
        with reading():
            return self._queue.backlog(self._clock.now())

    def held(self) -> Sequence[EntryRecord]:
        """Return the newest held entry of each held account, newest first."""
        with reading():
            return self._queue.held(self._clock.now())

    def is_held(self, account_id: str) -> bool:
        """Test if an entry of the account waits until settings, permission or key are corrected."""
        with reading():
            return self._queue.is_held(account_id)

    def waiting(self, account_id: str) -> int:
        """Return the number of open entries of an account."""
        query = f"SELECT count(*) FROM entries WHERE {OPEN} AND account_id = ?"  # noqa: S608
        with reading():
            count: int = self._connection.execute(query, (account_id,)).fetchone()[0]
        return count

    def was_answered(self, account_id: str) -> bool:
        """Test if WeChat answered an entry of an account, among the newest 100,000 entries."""
        with reading():
            return was_answered(self._connection, account_id, self._archives)

    def release(self, now: datetime, account_id: str = "") -> int:
        """Make all waiting entries due now, held ones too; return their number.

        Args:
            account_id: only entries of this account; empty for all accounts.

        Raises:
            JournalWriteError: nothing was changed.
        """
        self._queue.follow_clock()
        with writing(self._connection):
            return self._queue.release(now, account_id)

    def release_after_outage(self, now: datetime) -> int:
        """Make due now entries whose last attempt did not reach the gateway; return their number.

        Waiting entries without an attempt are included; held ones and those already due are not.

        Raises:
            JournalWriteError: nothing was changed.
        """
        self._queue.follow_clock()
        with writing(self._connection):
            return self._queue.release_after_outage(now)

    def take_sheets(self, count: int, by: str, now: datetime) -> int:
        """Reserve the numbers of `count` printed sheets, and return the first.

        Args:
            by: name of the person, for the audit; may be empty.

        Raises:
            JournalWriteError: no number was reserved.
        """
        with writing(self._connection):
            return take_sheets(self._tables, count, by, now)

    def expire(
        self, saved_before: datetime, now: datetime, *, entered_before: datetime | None = None
    ) -> Sequence[EntryRecord]:
        """Close waiting entries saved before `saved_before` as `EXPIRED`; return them.

        The wall clock may have been set, so a second condition applies: since the entry was saved,
        the program's runs must add up to `now - saved_before` by the monotonic clock.
        Time between runs does not count, so an entry may expire late but never early.

        Args:
            entered_before: entries from paper with an earlier entry time expire too; None for no
                limit. Their time from entry to saving is measured by the wall clock.

        Raises:
            JournalWriteError: no entry expired.
        """
        with reading():
            return self._queue.expire(saved_before, now, entered_before)

    def count_day(self, midnight: datetime) -> int:
        """Return the number of entries saved on the day that begins at `midnight`.

        Archived entries, and those of later days, saved while the clock was ahead, do not count.
        """
        day = (moment_text(midnight), moment_text(midnight + timedelta(days=1)))
        with reading():
            count: int = self._connection.execute(
                "SELECT count(*) FROM entries WHERE saved_at >= ? AND saved_at < ?", day
            ).fetchone()[0]
        return count

    def fingerprints(self, limit: int) -> Sequence[str]:
        """Return reply fingerprints, newest first: `limit` of entries, then `limit` of queries."""
        with reading():
            return read_fingerprints(self._connection, limit, self._archives)

    def shift_book(self) -> SqliteShifts:
        """Return the book of people and shifts, for use on this journal's thread."""
        # The console tool registers an entry without it.
        from wxpark_gui.storage.shifts import SqliteShifts  # noqa: PLC0415

        return SqliteShifts(
            self._tables,
            self._clock,
            archive_directory(self._path),
            follow_clock=self._queue.follow_clock,
        )

    def verify(self) -> int:
        """Check the active file, as `storage.reading.verify_file`; return its number of entries.

        Raises:
            JournalDamagedError: the file is damaged; `detail` is the first problem found.
        """
        return verify_file(self._connection)

    def back_up_if_due(self, now: datetime) -> bool:
        """Start a backup if one is due; return True if one was started.

        The backup reads the file on its own connection and thread, which WAL allows during writes.
        A failure is logged, and the backup is retried after `storage.backups.INTERVAL`.
        """
        return self._backups is not None and self._backups.start_if_due(self._path, now)

    def archive_step(self, now: datetime, retention_days: int) -> bool:
        """Do one short step of archiving; return True if the next one should follow soon.

        See `storage.archiving`. Copying and checking run on a thread of their own.

        Args:
            retention_days: days after which an archived month is dropped; 0 keeps all.

        Raises:
            JournalWriteError: the step was rolled back; a later one tries again.
            JournalDamagedError: the journal could not be read.
        """
        with reading():
            goes_on = self._archiver.step(now, retention_days)
        if goes_on:
            self._checkpoints.note_commit()
        return goes_on

    def lost_archives(self) -> Sequence[str]:
        """Return the months, `YYYY-MM`, found damaged or missing without a good backup."""
        return sorted(self._archiver.lost)

    def must_reopen(self) -> bool:
        """Put the journal's files back if another program removed or replaced them; return True.

        The journal must then be closed and opened anew; see `storage.lost_files`.

        Raises:
            JournalTakenError: another process uses the files in their place, which stay.
            JournalWriteError: the files could not be put back; what is written is lost with them.
        """
        self._keep_lock()
        if self._files.are_in_place():
            return False
        self._stop_threads()
        self._files.put_back(self._connection, self._clock.now())
        self._files = JournalFiles(self._path)
        return True

    def close(self) -> None:
        """Cancel archiving and a running backup, wait for a checkpoint, and close the connection.

        The length of the run is stored, and files that another program removed are put back, before
        the connection is closed. If another process uses the files in their place, the removed
        journal is kept beside them.
        """
        self._stop_threads()
        # Without this update entries may expire later, never earlier.
        with contextlib.suppress(sqlite3.Error):
            mark_run(self._connection, self._tables.run, self._clock)
        with contextlib.suppress(JournalWriteError):
            try:
                self.must_reopen()
            except JournalTakenError:
                self._files.keep_aside(self._connection, self._clock.now())
        self._connection.close()
        note_closed(self._path)

    def _stop_threads(self) -> None:
        self._archiver.stop()
        self._checkpoints.stop()
        if self._backups:
            self._backups.stop()

    def _begin_run(self) -> None:
        """Insert a row for this run; requeue entries that the last run left saved or being sent.

        Raises:
            JournalDamagedError: the file is damaged.
            JournalWriteError: the rows could not be written for another reason.
        """
        now = self._clock.now()
        try:
            with writing(self._connection):
                self._tables.run = begin_run(self._tables, self._clock)
                self._queue.requeue_interrupted(now)
        except JournalDamageFoundError as error:
            raise JournalDamagedError(error.detail) from error

    def _next_sequence(self, origin: Origin) -> int:
        """Return one more than the booth's last sequence number, archived or not."""
        number: int = self._connection.execute(
            "SELECT max(coalesce(max(sequence), 0), coalesce((SELECT last_sequence FROM counters"
            " WHERE lot = :lot AND booth = :booth), 0)) + 1"
            " FROM entries WHERE lot = :lot AND booth = :booth",
            {"lot": origin.lot, "booth": origin.booth},
        ).fetchone()[0]
        return number
