"""Makes the data of a booth after five years: archives and a journal, as the program writes them.

python -m tests.bench.five_years DIRECTORY [--entries 5000000] [--months 60]
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.faults.workplace import ORIGIN
from wxpark_gui.domain.delivery import Cause
from wxpark_gui.domain.entry import CarType, Scene
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.storage.archives import month_range
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.rows import moment_text
from wxpark_gui.storage.schema import migrate

REGULARS = 20_000
"""Number of plates that come repeatedly; half of the entries have one of them."""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
_PLATES = len(_LETTERS) ** 5
_ENTRY = (
    "position, entry_id, account_id, lot, booth, sequence, mch_id, sub_mch_id, training, scene,"
    " start_time, plate, car_type, space_number, openid, sub_openid, saved_at, saved_monotonic,"
    " run, state, attempts, last_attempt, free_time, attendant"
)
_ATTEMPT = (
    "attempt, entry_id, run, started_at, ended_at, cause, user_state, deduct_mode, host,"
    " elapsed_ms, fingerprint, reply_hash, sent_mch_id, sent_sub_mch_id, reached"
)
_STATES = ("answered",) * 96 + ("refused",) * 2 + ("expired", "voided")
_ANSWERS = (
    *("NORMAL",) * 140,
    *("UNAUTHORIZED",) * 54,
    *("OVERDUE",) * 3,
    *("BLOCKED", "PAUSED", "VEHICLE_NOT_EXIST"),
)
_CAUSES = {
    "answered": Cause.ANSWERED.value,
    "refused": Cause.CONTENT_REFUSED.value,
    "expired": Cause.OFFLINE.value,
}


def make_booth(directory: Path, entries: int, months: int, now: datetime) -> DataDirectory:
    """Fill a data directory; all months before that of `now` are archived.

    Args:
        entries: number of entries, spread evenly over the time until `now`.
        months: number of months, that of `now` included.
    """
    booth = prepare_directory(directory)
    booth.archive.mkdir(mode=0o700, exist_ok=True)
    SqliteJournal(booth.journal, SystemClock()).close()
    first = now.year * 12 + now.month - months
    names = [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, first + months)]
    starts = [_start(name) for name in names] + [now]
    position, archives = 1, []
    for name, start, end in zip(names, starts, starts[1:], strict=False):
        share = (end - start) / (now - starts[0])
        rows = list(_make_rows(start, end, position, max(1, round(entries * share))))
        position += len(rows)
        if end is now:
            break
        path = booth.archive / f"{name}.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            migrate(connection)
            _insert(connection, rows, start)
        digest = sha256(path.read_bytes()).hexdigest()
        archives.append(
            (name, position - len(rows), position - 1, len(rows), digest, moment_text(end))
        )
    with closing(sqlite3.connect(booth.journal, isolation_level=None)) as connection:
        connection.executemany("INSERT INTO archives VALUES (?, ?, ?, ?, ?, ?)", archives)
        connection.execute(
            "INSERT INTO counters VALUES (?, ?, ?)",
            (ORIGIN.lot, ORIGIN.booth, position - len(rows) - 1),
        )
        _insert(connection, rows, starts[-2])
    return booth


def _insert(connection: sqlite3.Connection, rows: list[Any], opened: datetime) -> None:
    connection.execute("BEGIN")
    run = rows[0][0][18]
    connection.execute(
        "INSERT OR IGNORE INTO runs VALUES (?, ?, 0, '0.2.0', 2500000)", (run, moment_text(opened))
    )
    # Filled at once they take a third of the time.
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    for columns, table, which in ((_ENTRY, "entries", 0), (_ATTEMPT, "attempts", 1)):
        marks = ", ".join("?" for _ in columns.split(","))
        connection.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",
            (row[which] for row in rows if row[which]),
        )
    for _, statement in indexes:
        connection.execute(statement)
    connection.execute("COMMIT")


def _make_rows(
    start: datetime, end: datetime, first: int, count: int
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...] | None]]:
    chance = random.Random(first)
    regulars = _regulars()
    step = (end - start) / count
    # Runs are numbered by month, behind the one that created the journal.
    run = start.year * 12 + start.month
    for number in range(count):
        position, saved = first + number, start + number * step
        plate = regulars[int(chance.random() * REGULARS)] if number % 2 else _plate(chance)
        state = _STATES[int(chance.random() * 100)]
        entry_id = _uuid(chance)
        sent = None if state == "voided" else position
        yield (
            (
                position,
                entry_id,
                ORIGIN.account_id,
                ORIGIN.lot,
                ORIGIN.booth,
                position,
                ORIGIN.mch_id,
                ORIGIN.sub_mch_id,
                0,
                Scene.PARKING.value,
                moment_text(saved.replace(microsecond=0)),
                plate,
                CarType.SMALL.value,
                "",
                "",
                "",
                moment_text(saved),
                (saved - start).total_seconds(),
                run,
                state,
                int(sent is not None),
                sent,
                900,
                "",
            ),
            _attempt(chance, position, entry_id, run, saved, state) if sent else None,
        )


def _attempt(
    chance: random.Random, number: int, entry_id: str, run: int, saved: datetime, state: str
) -> tuple[Any, ...]:
    ms = 40 + int(chance.random() * 360)
    signed = state == "answered"
    return (
        number,
        entry_id,
        run,
        moment_text(saved + timedelta(milliseconds=4)),
        moment_text(saved + timedelta(milliseconds=4 + ms)),
        _CAUSES[state],
        _ANSWERS[int(chance.random() * len(_ANSWERS))] if signed else "",
        "AUTOPAY" if signed else "",
        "api.mch.weixin.qq.com",
        ms,
        f"{chance.getrandbits(256):064x}" if signed else "",
        f"{chance.getrandbits(256):064x}",
        ORIGIN.mch_id,
        ORIGIN.sub_mch_id,
        1,
    )


@cache
def _regulars() -> list[str]:
    chance = random.Random(0)
    return [_plate(chance) for _ in range(REGULARS)]


def _plate(chance: random.Random) -> str:
    number = int(chance.random() * _PLATES)
    text = ""
    for _ in range(5):
        number, letter = divmod(number, len(_LETTERS))
        text += _LETTERS[letter]
    return "粤B" + text


def _uuid(chance: random.Random) -> str:
    text = f"{chance.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _start(month: str) -> datetime:
    return datetime.strptime(month_range(month)[0], "%Y-%m").replace(tzinfo=timezone.utc)
