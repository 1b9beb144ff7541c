"""Journals and archives with many random entries."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.storage.rows import moment_text
from wxpark_gui.storage.schema import migrate

_ANSWERS = ("NORMAL",) * 12 + ("OVERDUE", "OVERDUE", "BLOCKED", "PAUSED", "UNAUTHORIZED", "NEW")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with its last attempt; `cause` is None for an entry without an attempt."""

    position: int
    saved_at: datetime
    start_time: datetime
    monotonic: float
    run: int = 1
    state: DeliveryState = DeliveryState.ANSWERED
    cause: Cause | None = Cause.ANSWERED
    code: str = ""
    user_state: str = "NORMAL"
    elapsed_ms: int = 200
    training: bool = False
    backfilled: bool = False
    replaces: str = ""
    replaced_by: str = ""

    @property
    def entry_id(self) -> str:
        return f"00000000-0000-4000-8000-{self.position:012d}"

    @property
    def outcome(self) -> Outcome | None:
        if self.cause is None:
            return None
        return Outcome(self.cause, self.user_state, code=self.code, elapsed_ms=self.elapsed_ms)


def make_rows(first: datetime, last: datetime, count: int, seed: int = 1) -> Iterator[Row]:
    """Yield `count` random entries from `first` to `last`, with network failures and rush hours."""
    chance = random.Random(seed)
    mean = (last - first).total_seconds() / count
    moment, offline = first, 0
    for position in range(1, count + 1):
        gap = (
            chance.uniform(5, 50)
            if chance.random() < 0.4
            else chance.expovariate(0.6 / max(1.0, mean - 11))
        )
        moment += timedelta(milliseconds=round(gap * 1000))
        offline = max(0, offline - 1) or (chance.randrange(40) if chance.random() < 0.002 else 0)
        start = moment.replace(microsecond=0)
        row = Row(
            position,
            moment,
            start,
            (moment - first).total_seconds(),
            run=1 + position // 4000,
            user_state=chance.choice(_ANSWERS),
            elapsed_ms=int(chance.lognormvariate(5.4, 0.5)),
        )
        yield replace(row, **_kind(chance, row, offline=bool(offline)))


def _kind(chance: random.Random, row: Row, *, offline: bool) -> dict[str, Any]:
    if offline:
        return {
            "state": DeliveryState.EXPIRED if row.position % 3 else DeliveryState.WAITING,
            "cause": Cause.OFFLINE,
            "code": chance.choice(["DNS", "CONNECT", "TIMEOUT"]),
            "user_state": "",
        }
    kind = chance.random()
    if kind < 0.01:
        return {"state": DeliveryState.VOIDED, "cause": None, "user_state": ""}
    if kind < 0.02:
        return {"replaced_by": "x" * 36}
    if kind < 0.03:
        return {"backfilled": True, "start_time": row.start_time - timedelta(hours=7)}
    if kind < 0.04:
        return {"state": DeliveryState.REFUSED, "cause": Cause.OTHER_REFUSAL, "user_state": ""}
    if kind < 0.05:
        return {"replaces": "y" * 36}
    if kind < 0.055:
        return {"training": True}
    return {}


def write_journal(path: Path, rows: Iterable[Row], *, mode: str = "wal") -> None:
    """Write the rows to a new journal or archive of the current schema version.

    Args:
        mode: journal mode of SQLite.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("PRAGMA synchronous = OFF")
        migrate(connection)
        connection.execute("BEGIN")
        for row in rows:
            _insert(connection, row)
        connection.execute("COMMIT")


def _insert(connection: sqlite3.Connection, row: Row) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO runs (run, opened_at, opened_monotonic, program)"
        " VALUES (?, ?, 0, '0')",
        (row.run, moment_text(row.saved_at)),
    )
    attempt = row.position if row.cause else None
    connection.execute(
        "INSERT INTO entries (position, entry_id, lot, booth, sequence, mch_id, sub_mch_id,"
        " training, scene, start_time, plate, car_type, space_number, openid, sub_openid, saved_at,"
        " saved_monotonic, run, state, attempts, last_attempt, account_id, attendant, replaces,"
        " replaced_by, backfilled) VALUES (?, ?, '欢乐海岸停车场', '1号岗', ?, '1900000109',"
        " '1900000110', ?, 'PARKING', ?, '粤B12345', '小型车', '', '', '', ?, ?, ?, ?, 1, ?,"
        " '1900000109-1900000110', '', ?, ?, ?)",
        (
            row.position, row.entry_id, row.position, row.training, moment_text(row.start_time),
            moment_text(row.saved_at), row.monotonic, row.run, row.state.value, attempt,
            row.replaces, row.replaced_by, row.backfilled,
        ),
    )  # fmt: skip
    if (outcome := row.outcome) is not None:
        connection.execute(
            "INSERT INTO attempts (attempt, entry_id, run, started_at, ended_at, cause, user_state,"
            " code, elapsed_ms, reached) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                attempt, row.entry_id, row.run, moment_text(row.saved_at),
                moment_text(row.saved_at), outcome.cause.value, outcome.user_state, outcome.code,
                outcome.elapsed_ms, outcome.reached,
            ),
        )  # fmt: skip


def write_with_archives(directory: Path, rows: Sequence[Row], open_month: str) -> list[str]:
    """Write the months before `open_month` to archives and the rest to the journal.

    Return the months. Each month has the form "2026-03".
    """
    months: dict[str, list[Row]] = {}
    for row in rows:
        months.setdefault(moment_text(row.saved_at)[:7], []).append(row)
    folder = directory / "archive"
    folder.mkdir()
    closed = [month for month in sorted(months) if month < open_month]
    for month in closed:
        write_journal(folder / f"{month}.sqlite3", months[month], mode="delete")
    open_rows = [row for month in sorted(months) if month >= open_month for row in months[month]]
    write_journal(directory / "journal.sqlite3", open_rows)
    with closing(sqlite3.connect(directory / "journal.sqlite3")) as connection, connection:
        for month in closed:
            digest = hashlib.sha256((folder / f"{month}.sqlite3").read_bytes()).hexdigest()
            found = months[month]
            connection.execute(
                "INSERT INTO archives VALUES (?, ?, ?, ?, ?, ?)",
                (
                    month, found[0].position, found[-1].position, len(found), digest,
                    moment_text(rows[-1].saved_at),
                ),
            )  # fmt: skip
    return closed
