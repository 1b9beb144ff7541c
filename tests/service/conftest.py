"""Fakes of all ports except the journal, which is the real one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.journals import place_journal
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft, ParkingEntry
from wxpark_gui.domain.errors import (
    FieldError,
    KeyMissingError,
    KeyUnavailableError,
    VersionFileError,
    VersionFileUnreachableError,
)
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.release import Release
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.journal import SqliteJournal

MERCHANT = MerchantProfile(
    appid="wxcbda96de0b165486",
    mch_id="10000098",
    sub_mch_id="1900000109",
    parking_name="欢乐海岸停车场",
)
KEY = Secret("192006250b4c09247ec02edce69f6a2d")
OTHER_MERCHANT = replace(
    MERCHANT, mch_id="10000099", sub_mch_id="1900000199", parking_name="东门停车场", free_time=600
)
ACCOUNT = Account("10000098-1900000109", MERCHANT)
OTHER_ACCOUNT = Account("10000099-1900000199", OTHER_MERCHANT)
SETTINGS = Settings(accounts=(ACCOUNT,), account_id=ACCOUNT.account_id)
BOTH_ACCOUNTS = Settings(accounts=(ACCOUNT, OTHER_ACCOUNT), account_id=ACCOUNT.account_id)


@dataclass
class FakeClock:
    """Clock that moves only when a test moves it.

    Attributes:
        moment: the true time.
        offset: seconds by which the wall clock differs from the true time.
    """

    moment: datetime = datetime(2026, 3, 1, 3, 42, tzinfo=timezone.utc)
    offset: float = 0.0

    def now(self) -> datetime:
        return self.moment + timedelta(seconds=self.offset)

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class FakeRandom:
    """Counts up in place of random numbers."""

    def __init__(self) -> None:
        self._count = 0

    def nonce(self) -> str:
        return "N" * 32

    def entry_id(self) -> str:
        self._count += 1
        return f"00000000-0000-4000-8000-{self._count:012}"

    def jitter(self) -> float:
        return 1.0


@dataclass
class FakeGateway:
    """Gateway that returns the outcome set for the plate, or else the next of `outcomes`.

    The last of `outcomes` is returned again and again.
    """

    outcomes: list[Outcome] = field(
        default_factory=lambda: [Outcome(Cause.ANSWERED, user_state="NORMAL")]
    )
    errors: tuple[FieldError, ...] = ()
    by_plate: dict[str, Outcome] = field(default_factory=dict)
    sent: list[ParkingEntry] = field(default_factory=list)
    merchants: list[MerchantProfile] = field(default_factory=list)
    queried: list[str] = field(default_factory=list)

    def check(self, entry: ParkingEntry, merchant: MerchantProfile) -> tuple[FieldError, ...]:
        return self.errors

    def exchange(self, entry: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        assert key == KEY
        self.sent.append(entry)
        self.merchants.append(merchant)
        return self._answer(entry.plate.text if entry.plate else "")

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome:
        assert key == KEY
        self.queried.append(plate)
        self.merchants.append(merchant)
        return self._answer(plate)

    def _answer(self, plate: str) -> Outcome:
        if plate in self.by_plate:
            return self.by_plate[plate]
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    def warm_up(self, merchant: MerchantProfile) -> bool:
        return True

    def close(self) -> None: ...


@dataclass
class FakeVault:
    """A keyring in memory that fails on request.

    Attributes:
        failure: if set, raised by every call but `is_locked`.
        locked: result of `is_locked`.
        loads: number of reads.
    """

    keys: dict[str, Secret] = field(default_factory=lambda: {MERCHANT.mch_id: KEY})
    failure: KeyUnavailableError | None = None
    locked: bool | None = False
    loads: int = 0

    def load(self, mch_id: str) -> Secret:
        self.loads += 1
        self._fail()
        try:
            return self.keys[mch_id]
        except KeyError:
            raise KeyMissingError from None

    def store(self, mch_id: str, key: Secret) -> None:
        self._fail()
        self.keys[mch_id] = key

    def forget(self, mch_id: str) -> None:
        self._fail()
        self.keys.pop(mch_id, None)

    def describe(self) -> str:
        self._fail()
        return "fake"

    def is_locked(self) -> bool | None:
        return self.locked

    def probe(self) -> None:
        self._fail()

    def _fail(self) -> None:
        if self.failure:
            raise self.failure


@dataclass
class Booth:
    """The use cases of one booth over the fakes, with each part accessible to tests."""

    clock: FakeClock
    gateway: FakeGateway
    vault: FakeVault
    keys: Keys
    journal: SqliteJournal
    submission: Submission
    settings: CurrentSettings

    def save(self, plate: str = "粤B12345") -> EntryRecord:
        return self.submission.save(self.submission.prepare(EntryDraft(plate=plate)))

    def send(self, plate: str, *outcomes: Outcome) -> EntryRecord:
        """Set the gateway's outcomes, save an entry, send it once, and return its record."""
        self.gateway.outcomes = list(outcomes)
        return self.submission.deliver(self.save(plate))

    def state(self, record: EntryRecord) -> DeliveryState:
        found = self.journal.get(record.entry_id)
        assert found is not None
        return found.state


@dataclass
class Announcement:
    """Fake version file that returns a release or raises an error, and records its calls."""

    release: Release | VersionFileError
    sources: list[ReleaseSource] = field(default_factory=list)

    def announced(self, source: ReleaseSource) -> Release:
        self.sources.append(source)
        if isinstance(self.release, VersionFileError):
            raise self.release
        return self.release


UNASKED = Announcement(VersionFileUnreachableError("nobody is to be asked"))


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    clock = FakeClock()
    gateway = FakeGateway()
    vault = FakeVault()
    keys = Keys(vault)
    settings = CurrentSettings(SETTINGS)
    journal = SqliteJournal(place_journal(tmp_path / "journal.sqlite3"), clock)
    submission = Submission(
        journal=journal,
        gateway=gateway,
        keys=keys,
        settings=settings,
        clock=clock,
        nonces=FakeRandom(),
    )
    yield Booth(clock, gateway, vault, keys, journal, submission, settings)
    journal.close()
