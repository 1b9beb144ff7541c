"""The doctor looks at each part by itself."""

from __future__ import annotations

import pytest

from tests.service.conftest import UNASKED, Announcement, Booth
from tests.settings import changed
from wxpark_gui.domain.errors import (
    JournalDamagedError,
    KeyringLockedError,
    LogNotWrittenError,
    NotSetUpError,
    VersionFileError,
    VersionFileNotUnderstoodError,
    VersionFileUnreachableError,
    VersionFileUntrustedError,
)
from wxpark_gui.domain.health import Health, Subject
from wxpark_gui.domain.release import Release, ReleaseSource, Version
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.health import Doctor
from wxpark_gui.service.ports import Journal

PUBLIC = "RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAt"


class _FixedSettings:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def load(self) -> Settings:
        return self._settings

    def save(self, settings: Settings) -> None:
        raise AssertionError("the doctor changes nothing")


def _examine(
    booth: Booth,
    *,
    reached: bool = True,
    damaged: bool = False,
    announcement: Announcement = UNASKED,
    log_failure: LogNotWrittenError | None = None,
) -> dict[Subject, tuple[Health, str]]:
    def open_journal() -> Journal:
        if damaged:
            raise JournalDamagedError
        return booth.journal

    def reach_gateway(settings: Settings) -> bool:
        if settings.account is None:
            raise NotSetUpError
        return reached

    doctor = Doctor(
        data_directory="/data",
        open_journal=open_journal,
        settings=_FixedSettings(booth.settings.value),
        vault=booth.vault,
        reach_gateway=reach_gateway,
        log_failure=log_failure,
        releases=announcement,
    )
    return {
        finding.subject: (finding.health, finding.error.code if finding.error else finding.detail)
        for finding in doctor.examine()
    }


def test_a_healthy_booth_is_good_throughout_and_its_key_is_not_told(booth: Booth) -> None:
    assert _examine(booth) == {
        Subject.DATA_DIRECTORY: (Health.GOOD, "/data"),
        Subject.JOURNAL: (Health.GOOD, "0"),
        Subject.SETTINGS: (Health.GOOD, "1号岗"),
        Subject.MERCHANT: (Health.GOOD, "10000098"),
        Subject.KEYRING: (Health.GOOD, "fake"),
        Subject.KEY: (Health.GOOD, ""),
        Subject.GATEWAY: (Health.GOOD, ""),
    }


def test_one_trouble_does_not_hide_the_next(booth: Booth) -> None:
    booth.vault.failure = KeyringLockedError()
    found = _examine(booth, reached=False, damaged=True)
    assert {
        subject: result for subject, result in found.items() if result[0] is not Health.GOOD
    } == {
        Subject.JOURNAL: (Health.BAD, "JOURNAL_DAMAGED"),
        Subject.KEYRING: (Health.BAD, "KEYRING_LOCKED"),
        Subject.KEY: (Health.BAD, "KEYRING_LOCKED"),
        Subject.GATEWAY: (Health.WARNING, ""),
    }


def test_without_a_merchant_there_is_nothing_to_reach(booth: Booth) -> None:
    booth.settings.replace(Settings())
    found = _examine(booth)
    assert {found[s][1] for s in (Subject.MERCHANT, Subject.KEY, Subject.GATEWAY)} == {"NOT_SET_UP"}


class TestVersionFile:
    @pytest.fixture(autouse=True)
    def asked_for(self, booth: Booth) -> None:
        booth.settings.replace(
            changed(booth.settings.value, version_file="/mnt/wxpark.toml", version_key=PUBLIC)
        )

    def test_says_which_version_is_the_newest(self, booth: Booth) -> None:
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
    def test_is_grave_only_when_somebody_else_may_have_written_it(
        self, booth: Booth, error: VersionFileError, health: Health
    ) -> None:
        found = _examine(booth, announcement=Announcement(error))
        assert found[Subject.VERSION_FILE] == (health, error.code)


def test_log_that_cannot_be_written_is_a_warning(booth: Booth) -> None:
    findings = _examine(booth, log_failure=LogNotWrittenError("Is a directory"))
    assert findings[Subject.DATA_DIRECTORY] == (Health.WARNING, "LOG_NOT_WRITTEN")
