"""Builds the parts that both front ends, window and console tool, use. Does not use Qt.

Each method imports the modules of its part, so that a front end loads only what it uses. The module
exceeds the project's limit of 300 lines: one documented method for each part.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, final

from wxpark_gui.concurrency import deferred
from wxpark_gui.domain.errors import (
    DataDirectoryInUseError,
    JournalTakenError,
    LogNotWrittenError,
    ReadableError,
)
from wxpark_gui.runtime.logs import start_logging, stop_logging
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.on_thread import Caller, journal_on_thread, shift_book_on_thread
from wxpark_gui.service.present_shift import PresentShift
from wxpark_gui.storage.directory import (
    DataDirectory,
    DirectoryLock,
    locate_directory,
    prepare_directory,
)
from wxpark_gui.storage.ownership import give_back
from wxpark_gui.storage.settings import TomlSettings

if TYPE_CHECKING:
    from wxpark_gui.domain.backup import Restored
    from wxpark_gui.domain.record import Salvage
    from wxpark_gui.domain.settings import Settings
    from wxpark_gui.service.autostart import StartAtLogin
    from wxpark_gui.service.backups import BackupStore
    from wxpark_gui.service.door import Door
    from wxpark_gui.service.export import Export
    from wxpark_gui.service.managers import Managers
    from wxpark_gui.service.merchants import Merchants
    from wxpark_gui.service.ports import (
        AccountUse,
        History,
        Journal,
        JournalReader,
        ProbedVault,
        QueryAudit,
        Releases,
        Searches,
        SettingsStore,
    )
    from wxpark_gui.service.query import PlateQuery
    from wxpark_gui.service.releases import Upgrades
    from wxpark_gui.service.shift_book import Documents
    from wxpark_gui.service.shifts import Shifts
    from wxpark_gui.service.statistics import Statistics
    from wxpark_gui.service.submit import Submission
    from wxpark_gui.storage.door_token import DoorTokenFile
    from wxpark_gui.storage.export_rows import ExportRows
    from wxpark_gui.storage.journal import SqliteJournal
    from wxpark_gui.storage.shared import SharedJournal
    from wxpark_gui.training.gateway import TrainingGateway
    from wxpark_gui.transport.deadline import Budget
    from wxpark_gui.transport.system_proxy import ProxyResolver
    from wxpark_gui.wechatpay.client import GatewayClient
    from wxpark_gui.wechatpay.replay import SeenReplies
    from wxpark_gui.wechatpay.route import Route

FINGERPRINTS_KEPT = 20_000

_log = logging.getLogger(__name__)


@final
class Assembly:
    """Everything below the front ends, for one data directory. A context manager.

    The class exceeds the project's limit of 20 methods: one for each part that a front end may
    need.

    Attributes:
        directory: the data directory; in training mode the folder `training` inside it.
        training: True to use the embedded gateway with its own merchant and key.
        log_failure: the error that kept the log from being opened; None without an error.
    """

    def __init__(
        self,
        data_directory: Path | None = None,
        *,
        training: bool = False,
        read_only: bool = False,
    ) -> None:
        """Create the data directory if it is missing. Lock, start and open nothing yet.

        Args:
            data_directory: None for the platform's user data directory.
            read_only: True to create no directory and start no gateway, because another process may
                own the directory. The caller must not lock or write anything in it.

        Raises:
            DataDirectoryUnusableError: the directory cannot be created, or is on a network drive.
        """
        find = locate_directory if read_only else prepare_directory
        live = find(data_directory)
        self.directory: DataDirectory = find(live.training) if training else live
        self._root = live.root
        self._named_directory = data_directory
        self._read_only = read_only
        self.training = training
        self.clock = SystemClock()
        self.random = SystemRandom()
        self.settings: SettingsStore = TomlSettings(self.directory.settings)
        self.vault: ProbedVault = deferred(_keyring_vault)
        self.proxies: ProxyResolver = deferred(self._new_proxies)
        self.releases: Releases = deferred(self._version_file)
        self.log_failure: LogNotWrittenError | None = None
        self._lock = DirectoryLock(self.directory)
        self._seen: SeenReplies = deferred(_seen_replies)
        self._route: Route = deferred(self._new_route)
        self._gateways: list[GatewayClient] = []
        self._salvaged: Salvage | None = None
        self._restored: Restored | None = None
        self._is_in_use = False
        self.current = CurrentSettings()
        self.present = PresentShift()
        self.documents: Documents = deferred(_document_folder)
        self._training_gateway: TrainingGateway | None = None
        if training:
            from wxpark_gui.training.booth import TrainingVault, make_training_key
            from wxpark_gui.training.gateway import TrainingGateway

            key = make_training_key()
            self._training_gateway = TrainingGateway(key)
            self.vault = TrainingVault(key)
        self.keys = Keys(self.vault)

    def __enter__(self) -> Assembly:
        """Start logging and, in training mode, the embedded gateway.

        With `read_only` no gateway is started, and logging only if the log folder exists. A log
        that cannot be opened sets `log_failure`.
        """
        try:
            if not self._read_only or self.directory.logs.is_dir():
                start_logging(self.directory.logs)
        except OSError as error:
            # The booth works without a log; the doctor reports it.
            self.log_failure = LogNotWrittenError(error.strerror or type(error).__name__)
            _log.warning("no log: %s", self.log_failure.detail)
        if self._training_gateway and not self._read_only:
            from wxpark_gui.training.booth import TrainingSettings

            self._training_gateway.start()
            self.settings = TrainingSettings(self.settings, self._training_gateway.url)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error and not isinstance(error, (ReadableError, KeyboardInterrupt, SystemExit)):
            _log.critical("uncaught %s", type(error).__name__, exc_info=error)
        for gateway in self._gateways:
            gateway.close()
        if self._training_gateway:
            self._training_gateway.stop()
        self._lock.release()
        stop_logging()
        give_back(self._root)

    def claim(self, *, restores: bool = True) -> None:
        """Lock the data directory for this process until the context ends.

        Args:
            restores: True to complete the restore of a backup now; False to leave the journal's
                part, which may take long, to `open_journal`.

        Raises:
            DataDirectoryInUseError: another process holds the lock.
            DataDirectoryUnusableError: the lock file cannot be created or locked.
        """
        self._lock.acquire()
        if restores and self.is_restoring:
            # The command meets the error itself if it opens the journal.
            with contextlib.suppress(ReadableError):
                self.open_journal().close()
        self._restore_settings()

    @property
    def is_restoring(self) -> bool:
        """True if a backup is to be restored, in whole or in part."""
        return self.directory.restore.exists()

    def _restore_settings(self) -> bool:
        """Complete the settings' part of a restore; return True if they were replaced."""
        if not self.is_restoring:
            return False
        from wxpark_gui.storage.restoring import finish_settings

        return finish_settings(self.directory, self.settings, self.clock.now())

    def load_settings(self) -> Settings:
        """Load the settings, put them into `current` and return them.

        Raises:
            SettingsUnreadableError: the file is invalid; `current` is unchanged.
        """
        self.current.replace(self.settings.load())
        return self.current.value

    def merchants(self, use: AccountUse) -> Merchants:
        """Return the writer of settings and keys. Pass the open journal as `use`."""
        from wxpark_gui.service.merchants import Merchants

        return Merchants(self.settings, self.keys, use)

    @property
    def upgrades(self) -> Upgrades:
        from wxpark_gui import __version__
        from wxpark_gui.domain.release import read_version
        from wxpark_gui.service.releases import Upgrades

        return Upgrades(self.releases, read_version(__version__))

    @property
    def training_gateway(self) -> TrainingGateway | None:
        """The embedded gateway; None outside training mode."""
        return self._training_gateway

    def open_journal(self) -> Journal:
        """Open the journal in the calling thread, which then owns it.

        A backup to be restored is merged into it first, and then its settings are put into
        `current`; `take_restored` returns the result. One that was prepared since `journal_on`
        opened the journal waits for the next start, as the window said. A damaged file is renamed,
        and its readable rows are recovered. The fingerprints of replies to earlier runs are loaded,
        so that a replay of one is detected. In training mode the entries that hold the account are
        voided.

        Raises:
            ReadableError: the file was written by a newer version, or cannot be opened or written.
        """
        from wxpark_gui.storage.opening import open_journal

        mark, restored = None, None
        has_restore = self.is_restoring or self.directory.unfinished_restore.exists()
        if has_restore and not self._is_in_use:
            from wxpark_gui.storage.restoring import finish_restore

            mark = self._guard_mark()
            restored = finish_restore(self.directory, self.clock)
            if self._restore_settings():
                self.load_settings()
        self._restored = restored or self._restored
        journal, self._salvaged = open_journal(
            self.directory, self.clock, keep_lock=self._keep_lock
        )
        if restored and not restored.failure:
            detail = f"{restored.kept_as} {restored.entries}".strip()
            journal.note("restored", detail, self.clock.now())
            self._keep_guard(journal, mark)
        self._seen.add_all(journal.fingerprints(FINGERPRINTS_KEPT))
        if self.training:
            _end_lessons(journal, self.clock.now())
        return journal

    def _keep_lock(self) -> None:
        """Lock the data directory again if another program replaced it.

        Raises:
            JournalTakenError: another process has locked it.
        """
        try:
            self._lock.renew()
        except DataDirectoryInUseError as error:
            raise JournalTakenError from error

    def _guard_mark(self) -> str | None:
        """Return the mark of the managers' guard in the journal; None if it cannot be read."""
        from wxpark_gui.storage.shared import SharedJournal

        try:
            return SharedJournal(self.directory.journal).guard_mark()
        except ReadableError:
            return None

    def _keep_guard(self, journal: SqliteJournal, before: str | None) -> None:
        """Mark the guard as it was before a restore, because the managers are in no backup.

        Otherwise a backup's mark would close the guarded acts of a new computer without managers,
        or open those of a computer whose managers' file is lost.
        """
        from wxpark_gui.service.managers import GUARD_RESET

        if before is not None and self._guard_mark() != before:
            journal.note(before or GUARD_RESET, "guard=restore", self.clock.now())

    def take_salvaged(self) -> Salvage | None:
        """Return the result of the salvage by `open_journal` the first time, then None."""
        salvaged, self._salvaged = self._salvaged, None
        return salvaged

    def take_restored(self) -> Restored | None:
        """Return the result of the restore by `open_journal` the first time, then None."""
        restored, self._restored = self._restored, None
        return restored

    @property
    def start_at_login(self) -> StartAtLogin:
        """The start of the window at login, with a data directory that was named."""
        from wxpark_gui.runtime.autostart import make_autostart, start_command
        from wxpark_gui.service.autostart import StartAtLogin

        named = self._named_directory
        arguments = ["--data-dir", str(named.absolute())] if named else []
        return StartAtLogin(make_autostart(start_command(arguments)))

    @property
    def backups(self) -> BackupStore:
        """The backups of the data directory, on connections of their own."""
        from wxpark_gui.storage.backup_store import BackupStore as DiskBackups

        return DiskBackups(
            self.directory, self.clock, lambda: self.settings, training=self.training
        )

    def read_journal(self) -> JournalReader:
        """Open the journal for reading only; another process may write it at the same time.

        Raises:
            ReadableError: as `open_journal`, and `JournalDamagedError` for a damaged file, which
                is not repaired.
        """
        from wxpark_gui.storage.opening import read_journal

        return read_journal(self.directory, self.clock)

    def read_entries(self) -> ExportRows:
        """Open journal and archives for reading only, in the calling thread, which then owns them.

        Raises:
            ReadableError: as `read_journal`. An unreadable archive raises nothing; its month is
                added to the result's `skipped`.
        """
        from wxpark_gui.storage.opening import read_entries

        return read_entries(self.directory, self.clock)

    @property
    def export(self) -> Export:
        """The use case of exports. A run opens its files in the thread that calls it."""
        from wxpark_gui.service.export import Export
        from wxpark_gui.storage.export_files import ExportFiles
        from wxpark_gui.storage.shared import SharedJournal

        audit = SharedJournal(self.directory.journal)
        return Export(self.read_entries, ExportFiles(), audit, self.clock)

    def open_history(self) -> History:
        """Open the journal for reading, in the calling thread, which then owns the connections.

        Archives are opened when they are searched.

        Raises:
            ReadableError: the journal is damaged, newer than this program, or cannot be read.
        """
        from wxpark_gui.storage.history import SqliteHistory

        return SqliteHistory(self.directory.journal, self.directory.archive, self.clock)

    @property
    def searches(self) -> Searches:
        """The saved searches of the history."""
        from wxpark_gui.storage.searches import JsonSearches

        return JsonSearches(self.directory.searches)

    def share_journal(self) -> SharedJournal:
        """Return the audit of a journal that another process may own; takes no directory lock.

        The fingerprints of replies to earlier runs are loaded, so that a replay of one is detected.

        Raises:
            ReadableError: the file is damaged, newer than this program, or cannot be opened.
        """
        from wxpark_gui.storage.shared import SharedJournal

        journal = SharedJournal(self.directory.journal)
        self._seen.add_all(journal.fingerprints(FINGERPRINTS_KEPT))
        return journal

    def journal_on(self, thread: Caller) -> Journal:
        """Return a journal for callers on any thread; `thread` opens it at the first call.

        The open shift is then read into `present`, for entries that were typed before. Files of
        the journal that another program removed are put back before the next call.
        """
        return journal_on_thread(lambda: self._open_with_shift(thread), thread, _must_reopen)

    def _open_with_shift(self, thread: Caller) -> Journal:
        from wxpark_gui.service.shifts import Shifts

        journal = self.open_journal()
        self._is_in_use = True
        book = journal.shift_book()
        try:
            Shifts(book, self.current, self.present, self.clock, self.random, thread).resume()
        except ReadableError as error:
            # The window's `Shifts` tries again, and shows the error.
            _log.warning("shift not read: %s", error.code)
        return journal

    def open_on(self, journal: Journal) -> Salvage | None:
        """Open the journal if it is not open. Return the salvage result the first time, then None.

        The first result is None too if the file was not damaged.

        Args:
            journal: made by `journal_on`.

        Raises:
            ReadableError: as `open_journal`.
        """
        journal.recent(1)
        return self.take_salvaged()

    def open_gateway(
        self, *, proxy: Callable[[], str] | None = None, budget: Budget | None = None
    ) -> GatewayClient:
        """Return a new client of the gateway; leaving the context of this object closes it.

        All clients share the order of hosts and the seen replies.

        Args:
            proxy: returns the proxy's URL, empty for none; None for the proxy in `current`.
            budget: time limits of an exchange; None for the defaults.
        """
        from wxpark_gui.wechatpay.client import GatewayClient

        gateway = GatewayClient(
            nonces=self.random.nonce,
            clock=self.clock.monotonic,
            seen=self._seen,
            route=self._route,
            proxy=proxy or (lambda: self.proxy_for(self.current.value)),
            wall_clock=self.clock.now,
            budget=budget,
        )
        self._gateways.append(gateway)
        return gateway

    def proxy_for(self, settings: Settings) -> str:
        """Return the URL of the proxy to the gateway, empty for none.

        May block for some seconds while the system's settings are read.
        """
        from wxpark_gui.domain.delivery import MAIN_HOST

        return self.proxies.resolve(settings.network.wanted_proxy, MAIN_HOST)

    def submission(self, journal: Journal, gateway: GatewayClient) -> Submission:
        """Return the use cases of one entry, which send through `gateway`."""
        from wxpark_gui.service.submit import Submission

        return Submission(
            journal=journal,
            gateway=gateway,
            keys=self.keys,
            settings=self.current,
            clock=self.clock,
            nonces=self.random,
            training=self.training,
            present=self.present,
        )

    def statistics(self) -> Statistics:
        """Return the use cases of the statistics. They open journal and archives when read."""
        from wxpark_gui.service.statistics import Statistics
        from wxpark_gui.storage.documents import DiskDocuments
        from wxpark_gui.storage.statistics import JournalStatistics

        source = JournalStatistics(
            self.directory.journal, self.directory.archive, training=self.training
        )
        return Statistics(source, DiskDocuments(), self.clock)

    def shifts(self, journal: Journal, thread: Caller) -> Shifts:
        """Return the use cases of shifts for callers on any thread.

        Args:
            journal: made by `journal_on` with the same thread.
        """
        from wxpark_gui.service.shifts import Shifts

        book = shift_book_on_thread(journal, thread)
        return Shifts(book, self.current, self.present, self.clock, self.random, thread)

    @property
    def door_tokens(self) -> DoorTokenFile:
        """Storage of the token of the local port for offered plates."""
        from wxpark_gui.storage.door_token import DoorTokenFile

        return DoorTokenFile(self.directory.door_token)

    def door(self) -> Door:
        """Return a new, closed port for offered plates. Its user closes it."""
        from wxpark_gui.door.server import DoorServer
        from wxpark_gui.service.door import Door

        return Door(DoorServer(), self.door_tokens, self.clock)

    def managers(self) -> Managers:
        """Return the use cases of the managers, for one thread."""
        from wxpark_gui.service.managers import Managers
        from wxpark_gui.storage.managers import JsonManagers
        from wxpark_gui.storage.shared import SharedJournal

        return Managers(
            JsonManagers(self.directory.managers),
            SharedJournal(self.directory.journal),
            self.present,
            self.clock,
            self.random,
        )

    def plate_query(self, audit: QueryAudit, gateway: GatewayClient) -> PlateQuery:
        """Return the use case of a query, which sends through `gateway`."""
        from wxpark_gui.service.query import PlateQuery

        return PlateQuery(gateway, self.keys, self.current, self.clock, audit, self.present)

    def _new_proxies(self) -> ProxyResolver:
        from wxpark_gui.transport.system_proxy import ProxyResolver

        return ProxyResolver(self.clock.monotonic)

    def _version_file(self) -> Releases:
        from wxpark_gui.releases import VersionFile

        return VersionFile(resolve_proxy=self.proxies.resolve)

    def _new_route(self) -> Route:
        from wxpark_gui.wechatpay.route import Route

        return Route(self.clock.monotonic)


def _keyring_vault() -> ProbedVault:
    from wxpark_gui.storage.vault import KeyringVault

    return KeyringVault()


def _document_folder() -> Documents:
    from wxpark_gui.storage.document_folder import DocumentFolder

    return DocumentFolder()


def _seen_replies() -> SeenReplies:
    from wxpark_gui.wechatpay.replay import SeenReplies

    return SeenReplies(())


def _must_reopen(journal: Journal) -> bool:
    from wxpark_gui.storage.journal import SqliteJournal

    return isinstance(journal, SqliteJournal) and journal.must_reopen()


def _end_lessons(journal: Journal, now: datetime) -> None:
    """Void the entries that hold the training account, and make the waiting ones due now.

    Otherwise the training gateway would refuse the held entries again, and new ones would be held.
    """
    while held := journal.held():
        for record in held:
            journal.void(record.entry_id, now)
    journal.release(now)
