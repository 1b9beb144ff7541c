"""Simulated random numbers, gateway and disk of `tests.faults.booth_day`."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from tests.faults.day_script import Clock, Script, Trouble
from wxpark_gui.domain.delivery import Cause, NextStep, Outcome
from wxpark_gui.domain.entry import EARLIEST_PRESENT, ParkingEntry
from wxpark_gui.domain.errors import FieldError
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.record import EntryRecord, SentAs
from wxpark_gui.storage.journal import SqliteJournal

SYSTEM_ERRORS = 0.10
"""Share of the exchanges over a working network that WeChat answers with SYSTEMERROR."""


_NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL", deduct_mode="AUTOPAY")
_SYSTEM_ERROR = Outcome(Cause.BUSY, code="SYSTEMERROR", message="系统繁忙,请稍后再试")


class Killed(BaseException):
    """The simulated process ended during an exchange."""


class Chance:
    """Random numbers from a seeded source, and entry ids in sequence."""

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self._count = 0

    def nonce(self) -> str:
        return "N" * 32

    def entry_id(self) -> str:
        self._count += 1
        return f"00000000-0000-4000-8000-{self._count:012}"

    def jitter(self) -> float:
        return self._source.random()


@dataclass
class Line:
    """Simulated gateway that answers each request as the script's episode requires.

    Attributes:
        entry_id: the entry that is being sent.
        kill: if True, the process ends during the next exchange.
        tries: times of all requests in seconds of the monotonic clock, by entry id.
        heard: times at which WeChat received a complete request and counted it, by entry id.
        lost_times: requests whose start time came from a wall clock that had been reset to the
            past.
        answered: ids of the entries whose answer reached the program.
        closed: times at which entries were closed, by entry id.
        causes: number of exchanges by cause and error code.
    """

    clock: Clock
    script: Script
    source: random.Random
    entry_id: str = ""
    kill: bool = False
    tries: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lost_times: int = 0
    answered: set[str] = field(default_factory=set)
    closed: dict[str, float] = field(default_factory=dict)
    causes: Counter[str] = field(default_factory=Counter)

    def check(self, entry: ParkingEntry, merchant: MerchantProfile) -> tuple[FieldError, ...]:
        return ()

    def exchange(self, entry: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        began = self.clock.ticks
        self.tries[self.entry_id].append(began)
        self.lost_times += entry.start_time < EARLIEST_PRESENT
        outcome = self._answer(entry.plate.text if entry.plate else "")
        if self.kill:
            self.kill = False
            raise Killed
        if outcome.cause is Cause.ANSWERED:
            self.answered.add(self.entry_id)
        self.causes[f"{outcome.cause.value} {outcome.code}".rstrip()] += 1
        return outcome

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome:
        raise NotImplementedError

    def warm_up(self, merchant: MerchantProfile) -> bool:
        return True

    def close(self) -> None: ...

    def _answer(self, plate: str) -> Outcome:
        trouble = self.script.trouble_at(self.clock.ticks)
        self.clock.ticks += 0.15
        if trouble is Trouble.OUTAGE:
            return Outcome(Cause.OFFLINE, code="CONNECT")
        if trouble is Trouble.TIMEOUT:
            self.clock.ticks += 7.8
            self._count()
            return Outcome(Cause.OFFLINE, code="TIMEOUT")
        if trouble is Trouble.RATE_LIMIT:
            asked = float(self.source.choice((5, 30, 120)))
            return Outcome(Cause.RATE_LIMITED, code="HTTP 429", retry_after=asked)
        if trouble is Trouble.FORGED_SIGNATURE_ERROR:
            return Outcome(Cause.SIGNATURE_REFUSED, message="签名错误")
        if trouble is Trouble.FORGED_UNKNOWN_FAIL:
            return Outcome(Cause.UNCLEAR_REFUSAL, message="车辆不存在")
        if trouble is Trouble.PORTAL:
            return Outcome(Cause.INTERCEPTED, code="HTTP 200")
        if trouble is Trouble.UNTRUSTED:
            return Outcome(Cause.UNTRUSTED, code="BAD_SIGNATURE")
        if plate in self.script.poison or self.source.random() < SYSTEM_ERRORS:
            return _SYSTEM_ERROR
        self._count()
        return _NORMAL

    def _count(self) -> None:
        self.heard[self.entry_id].append(self.clock.ticks)


class FullDisk(sqlite3.Connection):
    """SQLite connection whose writes fail during the script's episodes of a full disk."""

    script: Script
    clock: Clock

    def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
        full = self.script.trouble_at(self.clock.ticks) is Trouble.DISK_FULL
        if full and sql.lstrip().startswith(("COMMIT", "INSERT", "UPDATE entries")):
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(sql, parameters)  # type: ignore[arg-type]


class WatchedJournal(SqliteJournal):
    """Journal that notes on the `Line` which entry is being sent and when an entry is closed."""

    line: Line

    def finish_attempt(
        self, entry_id: str, outcome: Outcome, step: NextStep, now: datetime
    ) -> EntryRecord:
        record = super().finish_attempt(entry_id, outcome, step, now)
        if not record.state.is_open:
            self.line.closed[entry_id] = self.line.clock.ticks
        return record

    def start_attempt(
        self, entry_id: str, now: datetime, sent_as: SentAs, *, resume: bool = False
    ) -> EntryRecord:
        record = super().start_attempt(entry_id, now, sent_as, resume=resume)
        self.line.entry_id = entry_id
        return record
