"""The health check examines each part independently of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from tests.service.conftest import ACCOUNT, MERCHANT, SETTINGS, UNASKED, Announcement, Booth
from tests.settings import changed
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import (
    JournalDamagedError,
    KeyringLockedError,
    KeyringMissingError,
    LogNotWrittenError,
    VersionFileError,
    VersionFileNotUnderstoodError,
    VersionFileUnreachableError,
    VersionFileUntrustedError,
)
from wxpark_gui.domain.health import Finding, GatewayCheck, Health, Subject
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.release import Release, ReleaseSource, Version
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.service.health import Doctor
from wxpark_gui.storage.journal import SqliteJournal

PUBLIC = "RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAt"


CONNECTED = GatewayCheck(clock_offset=0.4)


class _FixedSettings:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def load(self) -> Settings:
        return self._settings

    def save(self, settings: Settings) -> None:
        raise AssertionError("the doctor changes nothing")


def _reason(finding: Finding) -> str:
    if finding.failure:
        return finding.failure.value
    return finding.error.code if finding.error else finding.detail


class _Reader:
    """The port for reading, over the journal that writes."""

    def __init__(self, journal: SqliteJournal, *, damaged: bool, lost: Sequence[str] = ()) -> None:
        self._journal = journal
        self._damaged = damaged
        self._lost = lost

    def page(
        self,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
        wanted: EntryFilter = EVERY_ENTRY,
    ) -> Sequence[EntryRecord]:
        return self._journal.page(limit, before=before, after=after, wanted=wanted)

    def count_open(self) -> int:
        if self._damaged:
            raise JournalDamagedError
        return self._journal.backlog().count

    def verify(self) -> int:
        return self._journal.verify()

    def lost_archives(self) -> Sequence[str]:
        return self._lost

    def visits(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        return ()

    def close(self) -> None:
        """Leave the journal open, which belongs to the booth."""


def _examine(
    booth: Booth,
    *,
    check: GatewayCheck = CONNECTED,
    damaged: bool = False,
    lost: Sequence[str] = (),
    announcement: Announcement = UNASKED,
    log_failure: LogNotWrittenError | None = None,
) -> dict[Subject, tuple[Health, str]]:
    doctor = Doctor(
        check_directory=lambda: "/data",
        open_journal=lambda: _Reader(booth.journal, damaged=damaged, lost=lost),
        settings=_FixedSettings(booth.settings.value),
        vault=booth.vault,
        check_gateway=lambda _: check,
        log_failure=log_failure,
        releases=announcement,
    )
    return {finding.subject: (finding.health, _reason(finding)) for finding in doctor.examine()}


def test_healthy_booth_is_good_throughout_and_its_key_is_not_shown(booth: Booth) -> None:
    assert _examine(booth) == {
        Subject.DATA_DIRECTORY: (Health.GOOD, "/data"),
        Subject.JOURNAL: (Health.GOOD, "0"),
        Subject.SETTINGS: (Health.GOOD, "1号岗"),
        Subject.MERCHANT: (Health.GOOD, "10000098"),
        Subject.KEYRING: (Health.GOOD, "fake"),
        Subject.KEY: (Health.GOOD, ""),
        Subject.GATEWAY: (Health.GOOD, "api.mch.weixin.qq.com"),
        Subject.CLOCK: (Health.GOOD, "+0 s"),
    }


def test_one_failure_does_not_hide_the_next(booth: Booth) -> None:
    booth.vault.failure = KeyringMissingError()
    found = _examine(booth, check=GatewayCheck(ConnectionFailure.DNS), damaged=True)
    assert {
        subject: result for subject, result in found.items() if result[0] is not Health.GOOD
    } == {
        Subject.JOURNAL: (Health.BAD, "JOURNAL_DAMAGED"),
        Subject.KEYRING: (Health.BAD, "KEYRING_MISSING"),
        Subject.GATEWAY: (Health.BAD, "DNS"),
    }
    assert Subject.KEY not in found


def test_lost_archive_is_a_warning(booth: Booth) -> None:
    found = _examine(booth, lost=("2026-03", "2026-02"))
    assert found[Subject.JOURNAL] == (Health.WARNING, "JOURNAL_DAMAGED")


def test_locked_keyring_is_not_asked_for_the_key(booth: Booth) -> None:
    booth.vault.failure = KeyringLockedError()
    found = _examine(booth)
    assert found[Subject.KEYRING] == (Health.BAD, "KEYRING_LOCKED")
    assert Subject.KEY not in found
    assert booth.vault.loads == 0


def test_without_a_merchant_there_is_nothing_to_reach(booth: Booth) -> None:
    booth.settings.replace(Settings())
    found = _examine(booth)
    assert {found[s][1] for s in (Subject.MERCHANT, Subject.KEY, Subject.GATEWAY)} == {"NOT_SET_UP"}


def test_other_gateway_is_a_warning(booth: Booth) -> None:
    merchant = replace(MERCHANT, gateway_url="https://gateway.example:8443")
    booth.settings.replace(SETTINGS.with_account(Account(ACCOUNT.account_id, merchant)))
    found = _examine(booth)
    assert found[Subject.OTHER_GATEWAY] == (Health.WARNING, "gateway.example:8443")
    assert found[Subject.GATEWAY] == (Health.GOOD, "gateway.example:8443")


@pytest.mark.parametrize(
    ("offset", "health"),
    [
        (59.9, Health.GOOD),
        (-59.9, Health.GOOD),
        (60.0, Health.WARNING),
        (-60.0, Health.WARNING),
        (1e8, Health.WARNING),
    ],
)
def test_clock_is_a_warning_from_a_minute_on(booth: Booth, offset: float, health: Health) -> None:
    found = _examine(booth, check=GatewayCheck(clock_offset=offset))
    assert found[Subject.CLOCK] == (health, f"{offset:+.0f} s")


def test_clock_is_left_out_where_no_date_came(booth: Booth) -> None:
    assert Subject.CLOCK not in _examine(booth, check=GatewayCheck())


class TestVersionFile:
    @pytest.fixture(autouse=True)
    def asked_for(self, booth: Booth) -> None:
        booth.settings.replace(
            changed(booth.settings.value, version_file="/mnt/wxpark.toml", version_key=PUBLIC)
        )

    def test_newest_version_is_its_detail(self, booth: Booth) -> None:
        announcement = Announcement(Release(Version(0, 0, 1)))
        found = _examine(booth, announcement=announcement)
        assert found[Subject.VERSION_FILE] == (Health.GOOD, "0.0.1")
        assert announcement.sources == [ReleaseSource("/mnt/wxpark.toml", PUBLIC)]

    @pytest.mark.parametrize(
        ("error", "health"),
        [
            (VersionFileUnreachableError("HTTP 404"), Health.WARNING),
            (VersionFileNotUnderstoodError("not TOML"), Health.WARNING),
            (VersionFileUntrustedError("signed with another key"), Health.BAD),
        ],
    )
    def test_is_a_problem_only_when_its_signature_is_wrong(
        self, booth: Booth, error: VersionFileError, health: Health
    ) -> None:
        found = _examine(booth, announcement=Announcement(error))
        assert found[Subject.VERSION_FILE] == (health, error.code)


def test_log_that_cannot_be_written_is_a_warning(booth: Booth) -> None:
    findings = _examine(booth, log_failure=LogNotWrittenError("Is a directory"))
    assert findings[Subject.DATA_DIRECTORY] == (Health.WARNING, "LOG_NOT_WRITTEN")
