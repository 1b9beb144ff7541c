"""The doctor: every check a support call starts with, none of which changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from wxpark_gui.domain.errors import NotSetUpError, ReadableError, VersionFileUntrustedError
from wxpark_gui.domain.health import Finding, Health, Subject
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.ports import Journal, Releases, SettingsStore, Vault


class Doctor:
    """Looks at each part by itself, so that one failure does not hide the next."""

    def __init__(
        self,
        *,
        data_directory: str,
        open_journal: Callable[[], Journal],
        settings: SettingsStore,
        vault: Vault,
        reach_gateway: Callable[[Settings], bool],
        releases: Releases,
        log_failure: ReadableError | None = None,
    ) -> None:
        """`reach_gateway` opens the line without sending anything: whether it could."""
        self._data_directory = data_directory
        self._log_failure = log_failure
        self._open_journal = open_journal
        self._settings = settings
        self._vault = vault
        self._reach_gateway = reach_gateway
        self._releases = releases

    def examine(self) -> Iterator[Finding]:
        """The findings, in the order in which they should be mended."""
        health = Health.WARNING if self._log_failure else Health.GOOD
        yield Finding(Subject.DATA_DIRECTORY, health, self._data_directory, self._log_failure)
        yield self._look(Subject.JOURNAL, self._count_open)
        yield self._look(Subject.SETTINGS, self._read_settings)
        yield self._look(Subject.MERCHANT, self._read_merchant)
        yield self._look(Subject.KEYRING, self._vault.describe)
        yield self._look(Subject.KEY, self._read_key)
        yield self._reach()
        yield from self._read_version_file()

    def _look(self, subject: Subject, look: Callable[[], str]) -> Finding:
        try:
            return Finding(subject, Health.GOOD, look())
        except ReadableError as error:
            return Finding(subject, Health.BAD, error.detail, error)

    def _count_open(self) -> str:
        journal = self._open_journal()
        try:
            return str(len(journal.open_entries()))
        finally:
            journal.close()

    def _read_settings(self) -> str:
        return self._settings.load().booth.name

    def _read_merchant(self) -> str:
        account = self._settings.load().account
        if account is None:
            raise NotSetUpError
        return account.merchant.mch_id

    def _read_key(self) -> str:
        self._vault.load(self._read_merchant())
        return ""

    def _reach(self) -> Finding:
        try:
            reached = self._reach_gateway(self._settings.load())
        except ReadableError as error:
            return Finding(Subject.GATEWAY, Health.BAD, error.detail, error)
        return Finding(Subject.GATEWAY, Health.GOOD if reached else Health.WARNING)

    def _read_version_file(self) -> Iterator[Finding]:
        """Nothing where none is named. One that cannot be read keeps no car waiting: a warning."""
        try:
            source = self._settings.load().release_source
        except ReadableError:
            # Said of the settings already.
            return
        if source is None:
            return
        finding = self._look(
            Subject.VERSION_FILE, lambda: str(self._releases.announced(source).version)
        )
        if finding.error and not isinstance(finding.error, VersionFileUntrustedError):
            finding = replace(finding, health=Health.WARNING)
        yield finding
