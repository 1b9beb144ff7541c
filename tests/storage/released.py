"""Writes a journal and a settings file of the current version, to test later versions with.

    python -m tests.storage.released

Writes `fixtures/version_N.sql` and `fixtures/settings_X.Y.Z.toml`. Run it before a release; files
of a released version must never be changed.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tests.settings import settings_of
from wxpark_gui import __version__
from wxpark_gui.domain.delivery import Cause, Outcome, after_exchange
from wxpark_gui.domain.entry import CarType, ParkingEntry, Scene
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.pin import PinHash
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord, NewEntry, Origin, SentAs
from wxpark_gui.domain.shift import NewShift
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.schema import APPLICATION_ID, MIGRATIONS
from wxpark_gui.storage.settings import TomlSettings

FIXTURES = Path(__file__).parent / "fixtures"
START = datetime(2026, 3, 1, 4, 5, 6, 789000, tzinfo=timezone.utc)
ORIGIN = Origin("1900000001-1900000002", "1900000001", "1900000002", "欢乐海岸停车场", "1号岗")

SETTINGS = settings_of(
    merchant=MerchantProfile(
        appid="wx0123456789abcdef",
        mch_id="1900000001",
        sub_mch_id="1900000002",
        parking_name="欢乐海岸停车场",
        sub_appid="wxfedcba9876543210",
        free_time=900,
        notify_url="https://park.example/state",
        gateway_url="https://gateway.example",
    ),
    name="2号岗",
    plate_prefix="京A",
    language="en",
    proxy_url="http://10.0.0.1:3128",
    expiry_hours=48,
    duplicate_minutes=5,
    retention_days=400,
    theme="dark",
    font_scale=150,
    sounds=False,
    version_file=r"\\server\apps\wxpark.toml",
    version_key="RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAt",
)
"""Settings in which no value is the default."""

_PERSON = "00000000-0000-4000-a000-000000000001"
_RELIEF = "00000000-0000-4000-a000-000000000002"

_OFFLINE = Outcome(Cause.OFFLINE, code="CONNECT", message="No route to host", elapsed_ms=3004)
_REFUSED = Outcome(
    Cause.CONTENT_REFUSED,
    code="PARAM_ERROR",
    message="参数错误",
    host="api.mch.weixin.qq.com",
    elapsed_ms=52,
    fingerprint="f" * 64,
    reply_hash="b" * 64,
)
_UNTRUSTED = Outcome(
    Cause.UNTRUSTED, code="BAD_SIGNATURE", host="api.mch.weixin.qq.com", elapsed_ms=61
)


@dataclass
class SteppingClock:
    """Clock that moves only when a test moves it.

    Its monotonic time counts from the first moment.
    """

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return (self.moment - START).total_seconds()

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class _Shift:
    """A day at a booth, after which the journal holds an entry in each possible state."""

    def __init__(self, journal: SqliteJournal, clock: SteppingClock) -> None:
        self._journal = journal
        self._clock = clock
        self._count = 0

    def work(self) -> None:
        self._exchange(self._save("粤B00001"), _OFFLINE)
        self._clock.advance(25 * 3600)
        self._journal.expire(self._clock.now() - timedelta(hours=24), self._clock.now())
        self._exchange(self._save("粤B00002"), _answer("NORMAL", "AUTOPAY", "1"))
        self._exchange(self._save("粤BF00003"), _answer("OVERDUE", "", "2"))
        self._exchange(self._save("京A00004", CarType.LARGE), _REFUSED)
        self._exchange(self._save("粤B00005"), _UNTRUSTED, _UNTRUSTED)
        self._journal.void(self._save("粤B00006").entry_id, self._clock.now())
        self._journal.note("merchant_changed", ORIGIN.mch_id, self._clock.now())
        self._exchange(self._save("粤B00007"), _OFFLINE, _OFFLINE)
        self._save("粤B00008")
        self._save_bay("D6666")
        cut_off = self._save("川AD00010")
        self._journal.start_attempt(cut_off.entry_id, self._clock.now(), SentAs())

    def _save(self, plate: str, car_type: CarType = CarType.SMALL) -> EntryRecord:
        moment = self._tick()
        car = ParkingEntry(
            Scene.PARKING, moment.replace(microsecond=0), read_plate(plate), car_type=car_type
        )
        return self._journal.append(NewEntry(self._next_id(), car, ORIGIN), moment)

    def _save_bay(self, number: str) -> EntryRecord:
        moment = self._tick()
        car = ParkingEntry(
            Scene.PARKING_SPACE,
            moment.replace(microsecond=0),
            space_number=number,
            sub_openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        )
        new = NewEntry(self._next_id(), car, replace(ORIGIN, booth="2号岗"))
        return self._journal.append(new, moment)

    def _exchange(self, record: EntryRecord, *outcomes: Outcome) -> None:
        for outcome in outcomes:
            record = self._journal.start_attempt(record.entry_id, self._tick(), SentAs())
            untrusted = record.untrusted + (outcome.cause is Cause.UNTRUSTED)
            step = after_exchange(outcome, record.attempts + 1, untrusted, jitter=0.5)
            record = self._journal.finish_attempt(record.entry_id, outcome, step, self._tick())

    def _next_id(self) -> str:
        self._count += 1
        return f"00000000-0000-4000-8000-{self._count:012}"

    def _tick(self) -> datetime:
        self._clock.advance(1.25)
        return self._clock.now()


def _answer(user_state: str, deduct_mode: str, digit: str) -> Outcome:
    return Outcome(
        Cause.ANSWERED,
        user_state,
        deduct_mode,
        host="api.mch.weixin.qq.com",
        elapsed_ms=41,
        fingerprint=digit * 64,
        reply_hash="a" * 64,
    )


def _hand_over(journal: SqliteJournal, clock: SteppingClock) -> None:
    """Add two attendants, a shift of each, and the hand-over from the first to the second."""
    book = journal.shift_book()
    pin = PinHash("5" * 32, "d" * 64)
    shifts = [
        NewShift(f"00000000-0000-4000-9000-{number:012}", person_id, ORIGIN.lot, ORIGIN.booth)
        for number, person_id in enumerate((_PERSON, _RELIEF))
    ]
    for shift, name in zip(shifts, ("李师傅", "王师傅"), strict=True):
        book.add_person(shift.person_id, name, pin, clock.now())
    book.sign_in(shifts[0], clock.now())
    book.close(shifts[0].shift_id, "钥匙在抽屉", clock.now(), shifts[1])


def dump_journal() -> str:
    """Return a day's journal of the current version as SQL, including its header PRAGMAs."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "journal.sqlite3"
        clock = SteppingClock()
        with closing(SqliteJournal(path, clock)) as journal:
            _Shift(journal, clock).work()
            _hand_over(journal, clock)
        with closing(sqlite3.connect(path)) as connection:
            statements = list(connection.iterdump())
    header = (
        f"-- A journal of version {len(MIGRATIONS)}, as {__version__} left it: in every state.",
        f"PRAGMA application_id = {APPLICATION_ID};",
        f"PRAGMA user_version = {len(MIGRATIONS)};",
    )
    return "\n".join((*header, *statements, ""))


def load_journal(path: Path, version: int) -> None:
    """Make the journal at `path` from the fixture of that schema version."""
    script = (FIXTURES / f"version_{version}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def make_newer(path: Path, *, program: str) -> None:
    """Change a journal so that a newer version, named `program`, seems to have opened it last."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE runs SET program = ?", (program,))
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")


def journal_versions() -> Sequence[int]:
    """Return the schema versions of the journal that have a fixture, in order."""
    names = (path.stem for path in FIXTURES.glob("version_*.sql"))
    return sorted(int(name.removeprefix("version_")) for name in names)


def settings_versions() -> Sequence[str]:
    """Return the program versions whose settings file is a fixture, in order."""
    names = (path.name for path in FIXTURES.glob("settings_*.toml"))
    return sorted(name.removeprefix("settings_").removesuffix(".toml") for name in names)


def main() -> None:
    journal = FIXTURES / f"version_{len(MIGRATIONS)}.sql"
    journal.write_text(dump_journal(), encoding="utf-8")
    settings = FIXTURES / f"settings_{__version__}.toml"
    if not settings.exists():
        TomlSettings(settings).save(SETTINGS)


if __name__ == "__main__":
    main()
