"""The journal's tables, and the migrations of older files.

Files of several booths can be merged later: an entry is identified by its UUID and contains its lot
and booth. Row ids have no meaning outside their file. The module exceeds the project's limit of 300
lines: the statements of every version, which are never edited.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cache

APPLICATION_ID = 0x57585031
"""`application_id` in the file's header, which tells a journal from other databases."""

_TABLES_OF_ENTRIES = ("entries", "attempts")

TABLES = frozenset(
    {
        *("runs", "entries", "attempts", "audit"),
        *("archives", "amendments", "counters"),
        *("people", "shifts", "stints"),
    }
)

Migration = Sequence[str]
"""SQL statements that lead from one version to the next, run in one transaction."""

# No STRICT tables: SQLite before 3.37 reports a file with one as damaged. The operating system's
# Python may have such a SQLite and read the journal of a packaged program.
_VERSION_1: Migration = (
    # One row each time the journal is opened. Monotonic readings compare within a run only.
    """
    CREATE TABLE runs (
        run INTEGER PRIMARY KEY AUTOINCREMENT,
        opened_at TEXT NOT NULL,
        opened_monotonic REAL NOT NULL,
        program TEXT NOT NULL
    )
    """,
    # Moments are ISO 8601 in UTC with milliseconds, so that their texts sort as they do.
    # `position` is the order of saving in this file, whatever the clock said.
    """
    CREATE TABLE entries (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        entry_id TEXT NOT NULL UNIQUE CHECK (length(entry_id) = 36),
        lot TEXT NOT NULL,
        booth TEXT NOT NULL,
        sequence INTEGER NOT NULL CHECK (sequence > 0),
        mch_id TEXT NOT NULL,
        sub_mch_id TEXT NOT NULL,
        training INTEGER NOT NULL CHECK (training IN (0, 1)),
        scene TEXT NOT NULL,
        start_time TEXT NOT NULL,
        plate TEXT,
        car_type TEXT,
        space_number TEXT NOT NULL,
        openid TEXT NOT NULL,
        sub_openid TEXT NOT NULL,
        saved_at TEXT NOT NULL,
        saved_monotonic REAL NOT NULL,
        run INTEGER NOT NULL REFERENCES runs,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        untrusted INTEGER NOT NULL DEFAULT 0,
        maybe_sent INTEGER NOT NULL DEFAULT 0 CHECK (maybe_sent IN (0, 1)),
        next_attempt_at TEXT,
        last_attempt INTEGER REFERENCES attempts,
        UNIQUE (lot, booth, sequence)
    )
    """,
    """
    CREATE INDEX entries_open ON entries (position)
        WHERE state IN ('saved', 'sending', 'waiting')
    """,
    "CREATE INDEX entries_saved_at ON entries (saved_at)",
    # One row for each exchange, inserted at its start; an interrupted one has no `ended_at`.
    """
    CREATE TABLE attempts (
        attempt INTEGER PRIMARY KEY AUTOINCREMENT,
        entry_id TEXT NOT NULL REFERENCES entries (entry_id),
        run INTEGER NOT NULL REFERENCES runs,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        cause TEXT,
        user_state TEXT NOT NULL DEFAULT '',
        deduct_mode TEXT NOT NULL DEFAULT '',
        code TEXT NOT NULL DEFAULT '',
        message TEXT NOT NULL DEFAULT '',
        host TEXT NOT NULL DEFAULT '',
        elapsed_ms INTEGER NOT NULL DEFAULT 0,
        retry_after REAL,
        fingerprint TEXT NOT NULL DEFAULT '',
        reply_hash TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX attempts_entry ON attempts (entry_id, attempt)",
    "CREATE INDEX attempts_signed ON attempts (attempt) WHERE fingerprint <> ''",
    """
    CREATE TABLE audit (
        note INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER NOT NULL REFERENCES runs,
        at TEXT NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL
    )
    """,
    """
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
)

_VERSION_2: Migration = (
    # Length of the run so far in seconds by the monotonic clock, updated at intervals.
    "ALTER TABLE runs ADD COLUMN lasted REAL NOT NULL DEFAULT 0",
    # Covering indexes for the frequent queries of the queue.
    """
    CREATE INDEX entries_waiting ON entries (position, next_attempt_at, saved_at)
        WHERE state = 'waiting'
    """,
    """
    CREATE INDEX entries_open_plate ON entries (mch_id, plate, position)
        WHERE state IN ('saved', 'sending', 'waiting')
    """,
)

_VERSION_3: Migration = (
    # Empty in closed entries of older versions, which are read as `mch_id-sub_mch_id`: writing it
    # into every row would take minutes in a file of many years.
    "ALTER TABLE entries ADD COLUMN account_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE entries ADD COLUMN free_time INTEGER",
    "ALTER TABLE entries ADD COLUMN attendant TEXT NOT NULL DEFAULT ''",
    # The new entry has `replaces` and the reason in `link`, the old one `replaced_by`.
    "ALTER TABLE entries ADD COLUMN replaces TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE entries ADD COLUMN link TEXT",
    "ALTER TABLE entries ADD COLUMN replaced_by TEXT NOT NULL DEFAULT ''",
    # The merchant's ids in the request; empty if no request was made.
    "ALTER TABLE attempts ADD COLUMN sent_mch_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE attempts ADD COLUMN sent_sub_mch_id TEXT NOT NULL DEFAULT ''",
    # 1: the attempt reached the gateway; 0: it did not, or has not ended.
    "ALTER TABLE attempts ADD COLUMN reached INTEGER NOT NULL DEFAULT 0",
    """
    UPDATE entries SET account_id = mch_id || '-' || sub_mch_id
        WHERE state IN ('saved', 'sending', 'waiting')
    """,
    "DROP INDEX entries_open_plate",
    """
    CREATE INDEX entries_open_plate ON entries (account_id, plate, position)
        WHERE state IN ('saved', 'sending', 'waiting')
    """,
)

_VERSION_4: Migration = (
    "ALTER TABLE entries ADD COLUMN shift_id TEXT NOT NULL DEFAULT ''",
    # 1: entered later from a paper sheet, with the time that was written on it.
    "ALTER TABLE entries ADD COLUMN backfilled INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE entries ADD COLUMN void_reason TEXT NOT NULL DEFAULT ''",
    # For the search of a whole plate, newest first, or of the start of plates.
    "CREATE INDEX entries_plate ON entries (plate, position)",
    # One row for each month that left this file; a file that is not named here is not finished.
    """
    CREATE TABLE archives (
        month TEXT PRIMARY KEY CHECK (length(month) = 7),
        first_position INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        entries INTEGER NOT NULL,
        sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
        archived_at TEXT NOT NULL
    )
    """,
    # What changed in an archived entry: its file is never written again. NULL: as archived.
    """
    CREATE TABLE amendments (
        entry_id TEXT PRIMARY KEY CHECK (length(entry_id) = 36),
        state TEXT,
        replaced_by TEXT,
        void_reason TEXT,
        at TEXT NOT NULL
    )
    """,
    # Last archived sequence number of each booth.
    """
    CREATE TABLE counters (
        lot TEXT NOT NULL,
        booth TEXT NOT NULL,
        last_sequence INTEGER NOT NULL,
        PRIMARY KEY (lot, booth)
    )
    """,
    # Attendants. A retired one stays, as entries have the label.
    """
    CREATE TABLE people (
        person INTEGER PRIMARY KEY AUTOINCREMENT,
        person_id TEXT NOT NULL UNIQUE CHECK (length(person_id) = 36),
        name TEXT NOT NULL,
        label TEXT NOT NULL UNIQUE,
        pin_salt TEXT NOT NULL,
        pin_digest TEXT NOT NULL,
        pin_cost INTEGER NOT NULL,
        pin_block_size INTEGER NOT NULL,
        pin_lanes INTEGER NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0,
        failed_run INTEGER NOT NULL DEFAULT 0,
        failed_monotonic REAL NOT NULL DEFAULT 0,
        added_at TEXT NOT NULL,
        retired_at TEXT
    )
    """,
    # A shift has the entries of positions above `after_position` up to `last_position`, so that
    # each entry is in one shift, also one that was made while nobody was signed in.
    # `report` is the closing as JSON, as it was handed over.
    """
    CREATE TABLE shifts (
        shift INTEGER PRIMARY KEY AUTOINCREMENT,
        shift_id TEXT NOT NULL UNIQUE CHECK (length(shift_id) = 36),
        lot TEXT NOT NULL,
        booth TEXT NOT NULL,
        person_id TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        after_position INTEGER NOT NULL,
        locked INTEGER NOT NULL DEFAULT 0,
        closed_at TEXT,
        closed_by TEXT NOT NULL DEFAULT '',
        last_position INTEGER,
        report TEXT,
        message TEXT NOT NULL DEFAULT '',
        acknowledged_by TEXT NOT NULL DEFAULT '',
        acknowledged_at TEXT
    )
    """,
    # Never two open shifts.
    "CREATE UNIQUE INDEX shifts_open ON shifts ((closed_at IS NULL)) WHERE closed_at IS NULL",
    # One row for each time a person is signed in during a shift; a relief has one of his own.
    """
    CREATE TABLE stints (
        stint INTEGER PRIMARY KEY AUTOINCREMENT,
        shift_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        label TEXT NOT NULL,
        began_at TEXT NOT NULL,
        ended_at TEXT
    )
    """,
    "CREATE UNIQUE INDEX stints_present ON stints (shift_id) WHERE ended_at IS NULL",
    # The history: rare states newest first, and the audit of an entry, whose id begins `detail`.
    """
    CREATE INDEX entries_failed ON entries (position, state)
        WHERE state IN ('refused', 'untrusted', 'expired', 'voided')
    """,
    "CREATE INDEX audit_detail ON audit (detail)",
)

_VERSION_5: Migration = (
    # The history: answers that ask for attention. The frequent answers are not in it, so that most
    # entries do not cost a page more.
    """
    CREATE INDEX attempts_notable ON attempts (user_state, cause, entry_id)
        WHERE cause = 'answered'
        AND user_state NOT IN ('NORMAL', 'UNAUTHORIZED', 'VEHICLE_NOT_EXIST')
    """,
)

MIGRATIONS: Sequence[Migration] = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5)
"""Item n, from 0, migrates version n to n + 1. A released migration is never edited."""


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Migrate an empty or older file to the newest version.

    Each version is one transaction, so a power cut never leaves a half-migrated one.

    Raises:
        sqlite3.Error: a step failed and was rolled back.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    for reached, migration in enumerate(migrations[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in migration:
                connection.execute(statement)
            # Both are in the file's header and part of the transaction.
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {reached}")
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def columns_of(migrations: Sequence[Migration]) -> Mapping[str, tuple[str, ...]]:
    """Return the columns of each table after these migrations."""
    return _columns_of(tuple(map(tuple, migrations)))


@cache
def _columns_of(migrations: tuple[tuple[str, ...], ...]) -> Mapping[str, tuple[str, ...]]:
    """Return the columns of each table. Kept, as making the tables takes milliseconds."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, migrations)
        found = {
            table: tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
            for table in sorted(TABLES)
        }
        return {table: columns for table, columns in found.items() if columns}


def empty_journal() -> sqlite3.Connection:
    """Return a connection to a new journal in memory, in autocommit mode."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    return connection


def add_missing_columns(connection: sqlite3.Connection) -> None:
    """Create temporary views of `entries` and `attempts` with the columns an older schema lacks.

    SQLite finds a temporary view before a table of the same name.
    """
    for table, defaults in _defaults().items():
        found = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        missing = [
            f"{default or 'NULL'} AS {name}"
            for name, default in defaults.items()
            if name not in found
        ]
        if missing:
            connection.execute(
                f"CREATE TEMP VIEW {table} AS"  # noqa: S608 - our own names
                f" SELECT *, {', '.join(missing)} FROM main.{table}"
            )


@cache
def _defaults() -> dict[str, dict[str, str | None]]:
    """Return the columns of `entries` and `attempts` in the newest schema, with their defaults.

    A default is an SQL literal; None for none. Kept, as making the tables takes milliseconds.
    """
    with closing(empty_journal()) as newest:
        return {
            table: {row[1]: row[4] for row in newest.execute(f"PRAGMA table_info({table})")}
            for table in _TABLES_OF_ENTRIES
        }
