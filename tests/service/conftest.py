"""Fakes at the ports, and the real journal, which is cheap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.settings import settings_of
from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.errors import (
    FieldError,
    KeyMissingError,
    KeyUnavailableError,
    VersionFileError,
    VersionFileUnreachableError,
)
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.release import Release, ReleaseSource
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.journal import SqliteJournal

MERCHANT = MerchantProfile(
    appid="wxcbda96de0b165486",
    mch_id="10000098",
    sub_mch_id="1900000109",
    parking_name="欢乐海岸停车场",
)
KEY = Secret("192006250b4c09247ec02edce69f6a2d")


@dataclass
class FakeClock:
    """A clock that moves when told to."""

    moment: datetime = datetime(2026, 3, 1, 3, 42, tzinfo=timezone.utc)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class FakeRandom:
    """Counts where the real one draws."""

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
    """Answers with the outcomes given, the last one for ever."""

    outcomes: list[Outcome] = field(
        default_factory=lambda: [Outcome(Cause.ANSWERED, user_state="NORMAL")]
    )
    errors: tuple[FieldError, ...] = ()
    sent: list[ParkingEntry] = field(default_factory=list)

    def check(self, entry: ParkingEntry, merchant: MerchantProfile) -> tuple[FieldError, ...]:
        return self.errors

    def exchange(self, entry: ParkingEntry, merchant: MerchantProfile, key: Secret) -> Outcome:
        assert key == KEY
        self.sent.append(entry)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    def warm_up(self, merchant: MerchantProfile) -> bool:
        return True

    def close(self) -> None: ...


@dataclass
class FakeVault:
    """A keyring in memory that fails when told to."""

    keys: dict[str, Secret] = field(default_factory=lambda: {MERCHANT.mch_id: KEY})
    failure: KeyUnavailableError | None = None

    def load(self, mch_id: str) -> Secret:
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

    def _fail(self) -> None:
        if self.failure:
            raise self.failure


@dataclass
class Booth:
    """One booth's parts, for the tests to pull at."""

    clock: FakeClock
    gateway: FakeGateway
    vault: FakeVault
    journal: SqliteJournal
    submission: Submission
    settings: Settings


@dataclass
class Announcement:
    """What the operator announces, or why nobody can tell; notes who asked."""

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
    journal = SqliteJournal(tmp_path / "journal.sqlite3", clock)
    submission = Submission(
        journal=journal, gateway=gateway, vault=vault, clock=clock, nonces=FakeRandom()
    )
    yield Booth(clock, gateway, vault, journal, submission, settings_of(MERCHANT))
    journal.close()
