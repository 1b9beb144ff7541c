"""The health check examines each part independently of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.service.conftest import (
    ACCOUNT,
    BOTH_ACCOUNTS,
    KEY,
    MERCHANT,
    OTHER_MERCHANT,
    SETTINGS,
    UNASKED,
    Announcement,
    Booth,
    FakeVault,
)
from tests.settings import changed
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import STANDBY_HOST
from wxpark_gui.domain.door import PortState, PortUse
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import (
    JournalDamagedError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyringMissingError,
    LogNotWrittenError,
    VersionFileError,
    VersionFileNotUnderstoodError,
    VersionFileUnreachableError,
    VersionFileUntrustedError,
)
from wxpark_gui.domain.health import (
    DiskCheck,
    Finding,
    GatewayCheck,
    Health,
    Subject,
    TrustStore,
)
from wxpark_gui.domain.manager import Guard, GuardState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.domain.shift import Person
from wxpark_gui.service.examination import examine
from wxpark_gui.service.health import Doctor, Probes
from wxpark_gui.storage.journal import SqliteJournal

PUBLIC = "RWR4+hyKqsk8qOvjY9eLh+QE/8HbcSyOYgTPPJGHnDQ44birIasOFyAt"


CONNECTED = GatewayCheck(clock_offset=0.4)
TRUST = TrustStore("/etc/ssl/certs", 142)


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
    if finding.trouble:
        return finding.trouble.value
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

    def waiting(self, account_id: str) -> int:
        return 0

    def count_open(self) -> int:
        if self._damaged:
            raise JournalDamagedError
        return self._journal.backlog().count

    def check(self) -> None: ...

    def verify(self) -> int:
        return self._journal.verify()

    def lost_archives(self) -> Sequence[str]:
        return self._lost

    def visits(self, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
        return ()

    def close(self) -> None:
        """Leave the journal open, which belongs to the booth."""


OPEN = GuardState()
OWN, OTHER, FREE = map(PortUse, (PortState.OWN, PortState.OTHER, PortState.FREE))


def _examine(booth: Booth, **values: Any) -> dict[Subject, tuple[Health, str]]:
    """Return health and reason of each subject; `values` are those of `_findings`."""
    return {
        finding.subject: (finding.health, _reason(finding))
        for finding in _findings(booth, **values)
    }


def _findings(
    booth: Booth,
    *,
    check: GatewayCheck = CONNECTED,
    standby: GatewayCheck = CONNECTED,
    damaged: bool = False,
    lost: Sequence[str] = (),
    announcement: Announcement = UNASKED,
    log_failure: LogNotWrittenError | None = None,
    proxy: ConnectionFailure | None = None,
    system_proxy: tuple[str, str] = ("", ""),
    trust: TrustStore = TRUST,
    sqlite: str = "3.51.3",
    training: bool = False,
    guard: GuardState = OPEN,
    port: PortUse = FREE,
) -> list[Finding]:
    doctor = Doctor(
        probes=Probes(
            directory=lambda: "/data",
            disk=lambda: DiskCheck(9_000_000_000, 4.0),
            gateway=lambda _, url: standby if url.endswith(STANDBY_HOST) else check,
            proxy=lambda _: proxy,
            trust=lambda: trust,
            versions={Subject.SQLITE: sqlite},
            system_proxy=lambda: system_proxy,
            managers=lambda: guard,
            port=lambda _: port,
        ),
        open_journal=lambda: _Reader(booth.journal, damaged=damaged, lost=lost),
        settings=_FixedSettings(booth.settings.value),
        vault=booth.vault,
        log_failure=log_failure,
        releases=announcement,
        training=training,
    )
    return [finding for check in doctor.checks() for finding in examine(check)]


def test_healthy_booth_is_good_throughout_and_its_key_is_not_shown(booth: Booth) -> None:
    assert _examine(booth) == {
        Subject.DATA_DIRECTORY: (Health.GOOD, "/data"),
        Subject.DISK: (Health.GOOD, "9.0 GB, 4 ms"),
        Subject.JOURNAL: (Health.GOOD, "0"),
        Subject.SETTINGS: (Health.GOOD, "1号岗"),
        Subject.MERCHANT: (Health.GOOD, "10000098"),
        Subject.KEYRING: (Health.GOOD, "fake"),
        Subject.KEY: (Health.GOOD, ""),
        Subject.PROXY: (Health.GOOD, "none"),
        Subject.TRUST: (Health.GOOD, "/etc/ssl/certs (142)"),
        Subject.GATEWAY: (Health.GOOD, "api.mch.weixin.qq.com"),
        Subject.STANDBY_GATEWAY: (Health.GOOD, "api2.mch.weixin.qq.com"),
        Subject.CLOCK: (Health.GOOD, "+0 s"),
        Subject.SQLITE: (Health.GOOD, "3.51.3"),
    }


def test_missing_key_of_another_profile_is_a_warning_with_its_name(booth: Booth) -> None:
    booth.settings.replace(BOTH_ACCOUNTS)
    assert _examine(booth)[Subject.KEY] == (Health.WARNING, "KEY_MISSING")
    booth.vault.keys[OTHER_MERCHANT.mch_id] = KEY
    assert _examine(booth)[Subject.KEY] == (Health.GOOD, "")


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
    assert found[Subject.OTHER_GATEWAY] == (Health.WARNING, "OTHER_GATEWAY")
    assert Subject.STANDBY_GATEWAY not in found
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


def test_embedded_gateway_of_the_training_is_no_warning(booth: Booth) -> None:
    merchant = replace(MERCHANT, gateway_url="http://127.0.0.1:8080")
    booth.settings.replace(SETTINGS.with_account(Account(ACCOUNT.account_id, merchant)))
    assert Subject.OTHER_GATEWAY not in _examine(booth, training=True)


def test_failing_standby_is_a_warning_and_the_main_host_is_not(booth: Booth) -> None:
    failed = GatewayCheck(ConnectionFailure.DNS)
    found = _examine(booth, check=failed, standby=failed)
    assert found[Subject.GATEWAY] == (Health.BAD, "DNS")
    assert found[Subject.STANDBY_GATEWAY] == (Health.WARNING, "DNS")


def test_proxy_that_asks_for_a_password_is_told_from_one_that_refuses(booth: Booth) -> None:
    refused = ConnectionFailure.PROXY_REFUSED
    asking = _examine(booth, check=GatewayCheck(refused, proxy_status=407))
    refusing = _examine(booth, check=GatewayCheck(refused, proxy_status=403))
    assert asking[Subject.GATEWAY] == (Health.BAD, "PROXY_AUTH")
    assert refusing[Subject.GATEWAY] == (Health.BAD, "PROXY_REFUSED")


@pytest.mark.parametrize(
    ("mode", "system_proxy", "expected"),
    [
        ("explicit", ("http://other:1", ""), (Health.GOOD, "explicit: http://proxy:3128")),
        ("none", ("http://other:1", ""), (Health.GOOD, "none")),
        ("system", ("http://other:1", ""), (Health.GOOD, "system: http://other:1")),
        ("system", ("", ""), (Health.GOOD, "system: -")),
        ("system", ("", "PAC"), (Health.WARNING, "PROXY_UNSUPPORTED")),
    ],
)
def test_line_of_the_proxy_names_its_mode(
    booth: Booth, mode: str, system_proxy: tuple[str, str], expected: tuple[Health, str]
) -> None:
    values = changed(booth.settings.value, proxy=mode, proxy_url="http://proxy:3128")
    booth.settings.replace(values)
    assert _examine(booth, system_proxy=system_proxy)[Subject.PROXY] == expected


def test_proxy_that_cannot_be_reached_is_a_problem(booth: Booth) -> None:
    booth.settings.replace(changed(booth.settings.value, proxy_url="http://proxy:3128"))
    found = _examine(booth, proxy=ConnectionFailure.PROXY_UNREACHABLE)
    assert found[Subject.PROXY] == (Health.BAD, "PROXY_UNREACHABLE")


def test_missing_authorities_are_a_problem(booth: Booth) -> None:
    found = _examine(booth, trust=TrustStore("OpenSSL", 0))
    assert found[Subject.TRUST] == (Health.BAD, "TRUST_EMPTY")


def test_keyring_that_keeps_no_item_is_a_problem(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: FakeVault) -> None:
        raise KeyringMismatchError

    monkeypatch.setattr(FakeVault, "probe", fail)
    found = _examine(booth)
    assert found[Subject.KEYRING] == (Health.BAD, "KEYRING_MISMATCH")


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        (GuardState(), None),
        (GuardState(Guard.SET, (Person("m1", "王经理", "王经理"),)), (Health.GOOD, "1")),
        (GuardState(Guard.LOST), (Health.WARNING, "MANAGERS_LOST")),
    ],
    ids=["none", "set", "lost"],
)
def test_lost_managers_are_a_warning(
    booth: Booth, guard: GuardState, expected: tuple[Health, str] | None
) -> None:
    assert _examine(booth, guard=guard).get(Subject.MANAGERS) == expected


@pytest.mark.parametrize(
    ("is_on", "port", "expected"),
    [
        (False, OTHER, None),
        (True, OWN, (Health.GOOD, "127.0.0.1:18765")),
        (True, OTHER, (Health.WARNING, "DOOR_PORT_TAKEN")),
        (True, FREE, (Health.WARNING, "DOOR_CLOSED")),
    ],
)
def test_port_for_plates_is_examined_if_it_is_switched_on(
    booth: Booth, is_on: bool, port: PortUse, expected: tuple[Health, str] | None
) -> None:
    booth.settings.replace(changed(booth.settings.value, enabled=is_on))
    assert _examine(booth, port=port).get(Subject.DOOR) == expected


def test_program_on_the_port_for_plates_is_named(booth: Booth) -> None:
    booth.settings.replace(changed(booth.settings.value, enabled=True))
    foreign = PortUse(PortState.OTHER, "nginx (1234)")
    found = {finding.subject: finding.detail for finding in _findings(booth, port=foreign)}
    assert found[Subject.DOOR] == "127.0.0.1:18765 nginx (1234)"
