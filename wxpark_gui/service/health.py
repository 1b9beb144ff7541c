"""Checks of `wxpark doctor`, from the data directory to the version file. They change nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from wxpark_gui.domain.delivery import MAIN_HOST
from wxpark_gui.domain.errors import (
    JournalDamagedError,
    KeyringLockedError,
    NotSetUpError,
    ReadableError,
    VersionFileUntrustedError,
)
from wxpark_gui.domain.health import (
    TOLERATED_CLOCK_OFFSET,
    Finding,
    GatewayCheck,
    Health,
    Subject,
)
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.ports import JournalReader, Releases, SettingsStore, Vault


class Doctor:
    """Examines each part on its own, so that one failure does not hide the next."""

    def __init__(
        self,
        *,
        check_directory: Callable[[], str],
        open_journal: Callable[[], JournalReader],
        settings: SettingsStore,
        vault: Vault,
        check_gateway: Callable[[Settings], GatewayCheck],
        releases: Releases,
        log_failure: ReadableError | None = None,
    ) -> None:
        """Keep the given parts, which are to be examined.

        Args:
            check_directory: returns the data directory's path, or raises a `ReadableError`.
            open_journal: opens the journal for reading, or raises a `ReadableError`.
            check_gateway: connects to the gateway of the current account; sends no entry.
            log_failure: reason why there is no log; None if there is one.
        """
        self._check_directory = check_directory
        self._log_failure = log_failure
        self._open_journal = open_journal
        self._settings = settings
        self._vault = vault
        self._check_gateway = check_gateway
        self._releases = releases

    def examine(self) -> Iterator[Finding]:
        """Yield the findings in the order in which they should be corrected."""
        yield self._examine_directory()
        yield self._examine_journal()
        yield self._look(Subject.SETTINGS, self._read_settings)
        yield self._look(Subject.MERCHANT, self._read_merchant_id)
        yield from self._examine_key()
        yield from self._examine_gateway()
        yield from self._read_version_file()

    def _examine_directory(self) -> Finding:
        """Examine the data directory; a log that cannot be opened is only a warning."""
        found = self._look(Subject.DATA_DIRECTORY, self._check_directory)
        if found.health is Health.GOOD and self._log_failure:
            return Finding(found.subject, Health.WARNING, found.detail, self._log_failure)
        return found

    def _look(self, subject: Subject, look: Callable[[], str]) -> Finding:
        try:
            return Finding(subject, Health.GOOD, look())
        except ReadableError as error:
            return Finding(subject, Health.BAD, error.detail, error)

    def _examine_journal(self) -> Finding:
        """Examine the journal; an archive that is missing or unusable is only a warning."""
        found = self._look(Subject.JOURNAL, self._count_open)
        if found.health is Health.GOOD and (lost := self._lost_archives()):
            error = JournalDamagedError(f"archive {', '.join(lost)}")
            return Finding(found.subject, Health.WARNING, error.detail, error)
        return found

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
            return str(journal.count_open())
        finally:
            journal.close()

    def _read_settings(self) -> str:
        return self._settings.load().booth.name

    def _merchant(self) -> MerchantProfile:
        account = self._settings.load().account
        if account is None:
            raise NotSetUpError
        return account.merchant

    def _read_merchant_id(self) -> str:
        return self._merchant().mch_id

    def _examine_key(self) -> Iterator[Finding]:
        """Examine the keyring and, unless it is locked or fails, the key."""
        keyring = self._look(Subject.KEYRING, self._describe_keyring)
        yield keyring
        if not keyring.error:
            yield self._look(Subject.KEY, self._read_key)

    def _describe_keyring(self) -> str:
        if self._vault.is_locked():
            raise KeyringLockedError
        return self._vault.describe()

    def _read_key(self) -> str:
        self._vault.load(self._read_merchant_id())
        return ""

    def _examine_gateway(self) -> Iterator[Finding]:
        try:
            settings, merchant = self._settings.load(), self._merchant()
        except ReadableError as error:
            yield Finding(Subject.GATEWAY, Health.BAD, error.detail, error)
            return
        host = urlsplit(merchant.gateway_url).netloc
        if host:
            yield Finding(Subject.OTHER_GATEWAY, Health.WARNING, host)
        check = self._check_gateway(settings)
        health = Health.BAD if check.failure else Health.GOOD
        yield Finding(Subject.GATEWAY, health, host or MAIN_HOST, failure=check.failure)
        if check.clock_offset is not None:
            yield _clock_finding(check.clock_offset)

    def _read_version_file(self) -> Iterator[Finding]:
        """Examine the version file, if one is set; unless it is untrusted, errors are warnings."""
        try:
            source = self._settings.load().release_source
        except ReadableError:
            # The finding of `Subject.SETTINGS` has this error already.
            return
        if source is None:
            return
        finding = self._look(
            Subject.VERSION_FILE, lambda: str(self._releases.announced(source).version)
        )
        if finding.error and not isinstance(finding.error, VersionFileUntrustedError):
            finding = replace(finding, health=Health.WARNING)
        yield finding


def _clock_finding(offset: float) -> Finding:
    health = Health.WARNING if abs(offset) >= TOLERATED_CLOCK_OFFSET else Health.GOOD
    return Finding(Subject.CLOCK, health, f"{offset:+.0f} s", clock_offset=offset)
