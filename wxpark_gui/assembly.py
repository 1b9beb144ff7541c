"""Builds the parts that both front ends, window and console tool, use. Qt-free."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import final

from wxpark_gui import __version__
from wxpark_gui.domain.errors import LogNotWrittenError, ReadableError
from wxpark_gui.domain.record import Salvage
from wxpark_gui.domain.release import read_version
from wxpark_gui.domain.settings import Settings
from wxpark_gui.releases import VersionFile
from wxpark_gui.runtime.logs import start_logging, stop_logging
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.merchants import Merchants
from wxpark_gui.service.on_thread import Caller, journal_on_thread
from wxpark_gui.service.ports import (
    AccountUse,
    Journal,
    JournalReader,
    QueryAudit,
    Releases,
    SettingsStore,
    Vault,
)
from wxpark_gui.service.query import PlateQuery
from wxpark_gui.service.releases import Upgrades
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.directory import (
    DataDirectory,
    DirectoryLock,
    locate_directory,
    prepare_directory,
)
from wxpark_gui.storage.opening import open_journal, read_journal
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.storage.shared import SharedJournal
from wxpark_gui.storage.vault import KeyringVault
from wxpark_gui.training.booth import TrainingSettings, TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

FINGERPRINTS_KEPT = 20_000

_log = logging.getLogger(__name__)


@final
class Assembly:
    """Everything below the front ends, for one data directory. A context manager.

    Attributes:
        directory: the data directory; in training mode a folder of its own inside the live one.
        training: use the embedded gateway, merchant and key.
        log_failure: the reason why there is no log; None while there is one.
    """

    def __init__(
        self,
        data_directory: Path | None = None,
        *,
        training: bool = False,
        read_only: bool = False,
    ) -> None:
        """Lock, start and open nothing yet.

        Args:
            read_only: use the directory as it is, beside a program that works in it: only
                `read_journal`, `load_settings`, `vault` and `open_gateway` may be used.

        Raises:
            DataDirectoryUnusableError: the directory cannot be made.
        """
        find = locate_directory if read_only else prepare_directory
        live = find(data_directory)
        self.directory: DataDirectory = find(live.training) if training else live
        self._read_only = read_only
        self.training = training
        self.clock = SystemClock()
        self.random = SystemRandom()
        self.settings: SettingsStore = TomlSettings(self.directory.settings)
        self.vault: Vault = KeyringVault()
        self.releases: Releases = VersionFile()
        self.log_failure: LogNotWrittenError | None = None
        self._lock = DirectoryLock(self.directory)
        self._seen = SeenReplies(())
        self._route = Route(self.clock.monotonic)
        self._gateways: list[GatewayClient] = []
        self._salvaged: Salvage | None = None
        self.current = CurrentSettings()
        self._training_gateway: TrainingGateway | None = None
        if training:
            key = make_training_key()
            self._training_gateway = TrainingGateway(key)
            self.vault = TrainingVault(key)
        self.keys = Keys(self.vault)

    def __enter__(self) -> Assembly:
        """Start logging and, in training, the gateway."""
        try:
            if not self._read_only or self.directory.logs.is_dir():
                start_logging(self.directory.logs)
        except OSError as error:
            # A booth works without its log; the doctor says so.
            self.log_failure = LogNotWrittenError(error.strerror or type(error).__name__)
            _log.warning("no log: %s", self.log_failure.detail)
        if self._training_gateway and not self._read_only:
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

    def claim(self) -> None:
        """Lock the data directory for this process until the context ends.

        Raises:
            DataDirectoryInUseError: another process holds the lock.
        """
        self._lock.acquire()

    def load_settings(self) -> Settings:
        """Read the settings and put them in force.

        Raises:
            SettingsUnreadableError: the file is invalid; the defaults stay in force.
        """
        self.current.replace(self.settings.load())
        return self.current.value

    def merchants(self, use: AccountUse) -> Merchants:
        """The writer of settings and keys; `use` is the journal."""
        return Merchants(self.settings, self.keys, use)

    @property
    def upgrades(self) -> Upgrades:
        return Upgrades(self.releases, read_version(__version__))

    @property
    def training_gateway(self) -> TrainingGateway | None:
        """The embedded gateway, for the tour's faults; None when live."""
        return self._training_gateway

    def open_journal(self) -> Journal:
        """Open the journal in the calling thread, which then owns it.

        A damaged file is moved aside and its readable rows are recovered.

        Raises:
            ReadableError: the file was written by a newer version, or cannot be opened.
        """
        journal, self._salvaged = open_journal(self.directory, self.clock)
        self._seen.add_all(journal.fingerprints(FINGERPRINTS_KEPT))
        if self.training:
            _end_lessons(journal, self.clock.now())
        return journal

    def read_journal(self) -> JournalReader:
        """Open the journal for reading, beside a program that writes it.

        Raises:
            ReadableError: as `open_journal`, and `JournalDamagedError` for a damaged file.
        """
        return read_journal(self.directory, self.clock)

    def share_journal(self) -> SharedJournal:
        """The audit of a journal that another process may own, without taking its lock.

        Raises:
            ReadableError: the file is damaged, newer than this program, or out of reach.
        """
        journal = SharedJournal(self.directory.journal)
        self._seen.add_all(journal.fingerprints(FINGERPRINTS_KEPT))
        return journal

    def journal_on(self, thread: Caller) -> Journal:
        """The journal for callers on any thread; opened on this one, at the first call."""
        return journal_on_thread(self.open_journal, thread)

    def open_on(self, journal: Journal) -> Salvage | None:
        """Open the file; returns the result of a salvage once, None without one.

        Raises:
            ReadableError: as `open_journal`.
        """
        journal.recent(1)
        salvaged, self._salvaged = self._salvaged, None
        return salvaged

    def open_gateway(self) -> GatewayClient:
        """One more connection to the gateway, closed when the context ends.

        All connections share the route and the seen replies, and use the settings in force.
        """
        gateway = GatewayClient(
            nonces=self.random.nonce,
            clock=self.clock.monotonic,
            seen=self._seen,
            route=self._route,
            proxy=lambda: self.current.value.network.proxy_url,
            wall_clock=self.clock.now,
        )
        self._gateways.append(gateway)
        return gateway

    def submission(self, journal: Journal, gateway: GatewayClient) -> Submission:
        """The use cases of one entry, over one connection."""
        return Submission(
            journal=journal,
            gateway=gateway,
            keys=self.keys,
            settings=self.current,
            clock=self.clock,
            nonces=self.random,
            training=self.training,
        )

    def plate_query(self, audit: QueryAudit, gateway: GatewayClient) -> PlateQuery:
        """The use case of a query, over one connection."""
        return PlateQuery(gateway, self.vault, self.current, self.clock, audit)


def _end_lessons(journal: Journal, now: datetime) -> None:
    """Take back the entries that hold the training account, and plan the others.

    The training gateway would refuse them again, and so hold up the next lesson.
    """
    while held := journal.backlog().held:
        for record in held:
            journal.void(record.entry_id, now)
    journal.release(now)
