"""Checks of `wxpark doctor`, from the data directory to the version file. They leave no change.

The module exceeds the project's limit of 300 lines: one method for each examined part.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import MAIN_HOST, STANDBY_HOST
from wxpark_gui.domain.door import DoorClosedError, DoorPortTakenError, PortState, PortUse
from wxpark_gui.domain.errors import (
    JournalDamagedError,
    NotSetUpError,
    ReadableError,
    VersionFileUntrustedError,
)
from wxpark_gui.domain.health import (
    DiskCheck,
    Finding,
    GatewayCheck,
    Health,
    Subject,
    Trouble,
    TrustStore,
    judge_clock,
    judge_disk,
    judge_version,
)
from wxpark_gui.domain.manager import Guard, GuardState, ManagersLostError
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.settings import NO_PROXY, SYSTEM_PROXY, Settings
from wxpark_gui.service.examination import Check
from wxpark_gui.service.keyring_check import try_keyring

if TYPE_CHECKING:
    from wxpark_gui.service.ports import JournalReader, ProbedVault, Releases, SettingsStore

_SHORT, _DISK, _NETWORK, _KEYRING, _JOURNAL = 10.0, 20.0, 30.0, 35.0, 60.0
"""Seconds after which a check is overdue. The keyring's makes three calls of at most 10 s."""


@dataclass(frozen=True, slots=True)
class Probes:
    """Examinations of the computer, each a call that may block.

    Attributes:
        directory: returns the data directory's path, or raises a `ReadableError`.
        disk: measures space and speed of the data directory's disk, or raises a `ReadableError`.
        gateway: connects to a base URL with the settings' proxy; sends no entry.
        proxy: connects to a proxy's URL; returns the failed step, or None.
        system_proxy: returns the URL of the system's proxy to the gateway, empty for none, and the
            kind of a setting that is not supported, empty for none.
        trust: finds the trusted certificate authorities.
        managers: reads the guard of the managers, or raises a `ReadableError`.
        port: finds out who listens on the local port for offered plates.
        versions: version of each component.
    """

    directory: Callable[[], str]
    disk: Callable[[], DiskCheck]
    gateway: Callable[[Settings, str], GatewayCheck]
    proxy: Callable[[str], ConnectionFailure | None]
    trust: Callable[[], TrustStore]
    versions: Mapping[Subject, str]
    system_proxy: Callable[[], tuple[str, str]] = lambda: ("", "")
    managers: Callable[[], GuardState] = GuardState
    port: Callable[[int], PortUse] = lambda _: PortUse(PortState.FREE)


class Doctor:
    """Examines each part on its own, so that one failure does not hide the next."""

    def __init__(
        self,
        *,
        probes: Probes,
        open_journal: Callable[[], JournalReader],
        settings: SettingsStore,
        vault: ProbedVault,
        releases: Releases,
        log_failure: ReadableError | None = None,
        training: bool = False,
    ) -> None:
        """Take the parts to examine.

        Args:
            open_journal: opens the journal for reading, or raises a `ReadableError`.
            log_failure: reason why there is no log; None if there is one.
            training: True if the gateway is the embedded one, which then is no warning.
        """
        self._probes = probes
        self._log_failure = log_failure
        self._open_journal = open_journal
        self._settings = settings
        self._vault = vault
        self._releases = releases
        self._training = training

    def checks(self) -> Sequence[Check]:
        """Return the checks in the order in which problems should be corrected."""
        return (
            Check(Subject.DATA_DIRECTORY, _SHORT, self._examine_directory),
            Check(Subject.DISK, _DISK, lambda: [judge_disk(self._probes.disk())]),
            Check(Subject.JOURNAL, _JOURNAL, self._examine_journal),
            Check(Subject.SETTINGS, _SHORT, self._examine_settings),
            Check(Subject.MANAGERS, _SHORT, self._examine_managers),
            Check(Subject.KEYRING, _KEYRING, self._examine_key),
            Check(Subject.PROXY, _NETWORK, self._examine_proxy),
            Check(Subject.TRUST, _SHORT, self._examine_trust),
            Check(Subject.GATEWAY, _NETWORK, self._examine_gateway),
            Check(Subject.STANDBY_GATEWAY, _NETWORK, self._examine_standby),
            *(
                Check(subject, _SHORT, partial(_judge_version, subject, version))
                for subject, version in self._probes.versions.items()
            ),
            Check(Subject.DOOR, _SHORT, self._examine_door),
            Check(Subject.VERSION_FILE, _NETWORK, self._read_version_file),
        )

    def _examine_directory(self) -> Iterable[Finding]:
        """Examine the data directory; a log that cannot be opened is only a warning."""
        found = _look(Subject.DATA_DIRECTORY, self._probes.directory)
        if found.health is Health.GOOD and self._log_failure:
            found = Finding(found.subject, Health.WARNING, found.detail, self._log_failure)
        yield found

    def _examine_journal(self) -> Iterable[Finding]:
        """Examine the journal; an archive that is missing or unusable is only a warning."""
        found = _look(Subject.JOURNAL, self._count_open)
        if found.health is Health.GOOD and (lost := self._lost_archives()):
            error = JournalDamagedError(f"archive {', '.join(lost)}")
            found = Finding(found.subject, Health.WARNING, error.detail, error)
        yield found

    def _lost_archives(self) -> Sequence[str]:
        """Return the months without a usable archive; none if the journal became unreadable."""
        with contextlib.suppress(ReadableError):
            journal = self._open_journal()
            try:
                return journal.lost_archives()
            finally:
                journal.close()
        return ()

    def _count_open(self) -> str:
        journal = self._open_journal()
        try:
            journal.check()
            return str(journal.count_open())
        finally:
            journal.close()

    def _examine_settings(self) -> Iterable[Finding]:
        yield _look(Subject.SETTINGS, lambda: self._settings.load().booth.name)
        yield _look(Subject.MERCHANT, self._read_merchant_id)

    def _examine_managers(self) -> Iterable[Finding]:
        """Count the managers; a lost file is a warning, because plates are taken without it.

        No finding without managers, or with a journal that cannot tell if there should be some.
        """
        with contextlib.suppress(ReadableError):
            state = self._probes.managers()
            if state.guard is Guard.LOST:
                error = ManagersLostError()
                yield Finding(Subject.MANAGERS, Health.WARNING, error=error)
            elif state.guard is Guard.SET:
                yield Finding(Subject.MANAGERS, Health.GOOD, str(len(state.people)))

    def _examine_door(self) -> Iterable[Finding]:
        """Look who listens on the port for offered plates, if it is switched on."""
        with contextlib.suppress(ReadableError):
            door = self._settings.load().door
            if not door.enabled:
                return
            use = self._probes.port(door.port)
            detail = f"127.0.0.1:{door.port} {use.program}".strip()
            errors = {PortState.OTHER: DoorPortTakenError(), PortState.FREE: DoorClosedError()}
            error = errors.get(use.state)
            health = Health.WARNING if error else Health.GOOD
            yield Finding(Subject.DOOR, health, detail, error)

    def _merchant(self) -> MerchantProfile:
        account = self._settings.load().account
        if account is None:
            raise NotSetUpError
        return account.merchant

    def _read_merchant_id(self) -> str:
        return self._merchant().mch_id

    def _examine_key(self) -> Iterable[Finding]:
        """Examine the keyring and, unless it is locked or fails, the keys."""
        keyring = _look(Subject.KEYRING, lambda: try_keyring(self._vault))
        yield keyring
        if not keyring.error:
            yield _look(Subject.KEY, self._read_key)
            yield from self._examine_other_keys()

    def _examine_other_keys(self) -> Iterable[Finding]:
        """Read the keys of the other profiles; one that cannot be read is a warning."""
        with contextlib.suppress(ReadableError):
            settings = self._settings.load()
            own = settings.account.merchant.mch_id if settings.account else ""
            others = {
                account.merchant.mch_id: account.merchant.label
                for account in settings.accounts
                if account.merchant.mch_id != own
            }
            for mch_id, label in others.items():
                found = _look(Subject.KEY, partial(self._load_key, mch_id))
                if found.error:
                    yield replace(found, health=Health.WARNING, detail=label)

    def _read_key(self) -> str:
        return self._load_key(self._read_merchant_id())

    def _load_key(self, mch_id: str) -> str:
        self._vault.load(mch_id)
        return ""

    def _examine_proxy(self) -> Iterable[Finding]:
        """Connect to the proxy, if there is one; no finding with unreadable settings."""
        with contextlib.suppress(ReadableError):
            network = self._settings.load().network
            mode, url, unsupported = network.proxy, network.wanted_proxy, ""
            if mode == SYSTEM_PROXY:
                url, unsupported = self._probes.system_proxy()
            if unsupported:
                detail, trouble = f"{mode}: {unsupported}", Trouble.PROXY_UNSUPPORTED
                yield Finding(Subject.PROXY, Health.WARNING, detail, trouble=trouble)
            elif url:
                failure = self._probes.proxy(url)
                health = Health.BAD if failure else Health.GOOD
                yield Finding(Subject.PROXY, health, f"{mode}: {url}", failure=failure)
            else:
                detail = f"{mode}: -" if mode == SYSTEM_PROXY else NO_PROXY
                yield Finding(Subject.PROXY, Health.GOOD, detail)

    def _examine_trust(self) -> Iterable[Finding]:
        store = self._probes.trust()
        if store.authorities == 0:
            yield Finding(Subject.TRUST, Health.BAD, store.name, trouble=Trouble.TRUST_EMPTY)
            return
        count = "" if store.authorities is None else f" ({store.authorities})"
        yield Finding(Subject.TRUST, Health.GOOD, f"{store.name}{count}")

    def _examine_gateway(self) -> Iterable[Finding]:
        """Connect to the main host, or to the gateway in the settings; judge the clock too."""
        settings, merchant = self._settings.load(), self._merchant()
        host = urlsplit(merchant.gateway_url).netloc
        if host and not self._training:
            yield Finding(
                Subject.OTHER_GATEWAY, Health.WARNING, host, trouble=Trouble.OTHER_GATEWAY
            )
        check = self._probes.gateway(settings, merchant.gateway_url or f"https://{MAIN_HOST}")
        yield gateway_finding(Subject.GATEWAY, host or MAIN_HOST, check, Health.BAD)
        if check.clock_offset is not None:
            yield judge_clock(check.clock_offset)

    def _examine_standby(self) -> Iterable[Finding]:
        """Connect to the standby host; a failure is a warning. No finding if it is not used."""
        with contextlib.suppress(ReadableError):
            if not self._merchant().gateway_url:
                check = self._probes.gateway(self._settings.load(), f"https://{STANDBY_HOST}")
                yield gateway_finding(Subject.STANDBY_GATEWAY, STANDBY_HOST, check, Health.WARNING)

    def _read_version_file(self) -> Iterator[Finding]:
        """Examine the version file, if one is set; unless it is untrusted, errors are warnings."""
        try:
            source = self._settings.load().release_source
        except ReadableError:
            # The finding of `Subject.SETTINGS` has this error already.
            return
        if source is None:
            return
        finding = _look(Subject.VERSION_FILE, lambda: str(self._releases.announced(source).version))
        if finding.error and not isinstance(finding.error, VersionFileUntrustedError):
            finding = replace(finding, health=Health.WARNING)
        yield finding


def _judge_version(subject: Subject, version: str) -> Iterable[Finding]:
    yield judge_version(subject, version)


def _look(subject: Subject, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, Health.GOOD, look())
    except ReadableError as error:
        return Finding(subject, Health.BAD, error.detail, error)


def gateway_finding(subject: Subject, host: str, check: GatewayCheck, if_failed: Health) -> Finding:
    """Return the finding about one host; a failure has the health `if_failed`."""
    if check.failure is None:
        return Finding(subject, Health.GOOD, host, steps=check.steps)
    if check.proxy_status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return Finding(subject, if_failed, host, trouble=Trouble.PROXY_AUTH, steps=check.steps)
    return Finding(subject, if_failed, host, failure=check.failure, steps=check.steps)
