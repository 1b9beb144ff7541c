"""The parts both doors are made of, put together once. Qt-free; the doors only connect them."""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType
from typing import final

from wxpark_gui import __version__
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.record import Salvage
from wxpark_gui.domain.release import read_version
from wxpark_gui.domain.settings import Settings
from wxpark_gui.releases import VersionFile
from wxpark_gui.runtime.logs import start_logging, stop_logging
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.merchants import Merchants
from wxpark_gui.service.on_thread import Caller, journal_on_thread
from wxpark_gui.service.ports import AccountUse, Journal, QueryAudit, Releases, SettingsStore, Vault
from wxpark_gui.service.query import PlateQuery
from wxpark_gui.service.releases import Upgrades
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.directory import DataDirectory, DirectoryLock, prepare_directory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.opening import open_journal
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
    """Everything below the doors, for one data directory. A context manager.

    Attributes:
        directory: where things are kept; the training mode has one of its own inside the live one.
        training: the gateway is the embedded one, and so are merchant and key.
    """

    def __init__(self, data_directory: Path | None = None, *, training: bool = False) -> None:
        """Nothing is locked, started or opened yet.

        Raises:
            DataDirectoryUnusableError: the directory cannot be made.
        """
        live = prepare_directory(data_directory)
        self.directory: DataDirectory = prepare_directory(live.training) if training else live
        self.training = training
        self.clock = SystemClock()
        self.random = SystemRandom()
        self.settings: SettingsStore = TomlSettings(self.directory.settings)
        self.vault: Vault = KeyringVault()
        self.releases: Releases = VersionFile()
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

    def __enter__(self) -> Assembly:
        """Start logging and, in training, the gateway.

        Raises:
            DataDirectoryUnusableError: the log cannot be written.
        """
        start_logging(self.directory.logs)
        if self._training_gateway:
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
        """Take the data directory for this process, until the context ends.

        Raises:
            DataDirectoryInUseError: another process works in it.
        """
        self._lock.acquire()

    def load_settings(self) -> Settings:
        """Read the settings and put them in force.

        Raises:
            SettingsUnreadableError: the file makes no sense; the defaults stay in force.
        """
        self.current.replace(self.settings.load())
        return self.current.value

    def merchants(self, use: AccountUse) -> Merchants:
        """The writer of settings and keys; `use` is the journal."""
        return Merchants(self.settings, self.vault, use)

    @property
    def upgrades(self) -> Upgrades:
        return Upgrades(self.releases, read_version(__version__))

    @property
    def training_gateway(self) -> TrainingGateway | None:
        """The embedded gateway, so that the tour can make it misbehave; None when live."""
        return self._training_gateway

    def open_journal(self) -> Journal:
        """Open the journal in the calling thread, which then owns it.

        A damaged file is kept aside and its readable rows carried over.

        Raises:
            ReadableError: the file is newer than this program, or out of reach.
        """
        journal, self._salvaged = open_journal(self.directory, self.clock)
        self._seen.add_all(journal.fingerprints(FINGERPRINTS_KEPT))
        return journal

    def examine_journal(self) -> Journal:
        """Open the journal without mending anything.

        Raises:
            ReadableError: as `open_journal`, and `JournalDamagedError` for a damaged file.
        """
        return SqliteJournal(self.directory.journal, self.clock)

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
        """Have the file opened; gives the result of a salvage once, None where none was needed.

        Raises:
            ReadableError: as `open_journal`.
        """
        journal.recent(1)
        salvaged, self._salvaged = self._salvaged, None
        return salvaged

    def open_gateway(self) -> GatewayClient:
        """One more connection to the gateway, closed when the context ends.

        All connections share the route and the replies seen, and follow the settings in force.
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
            vault=self.vault,
            settings=self.current,
            clock=self.clock,
            nonces=self.random,
            training=self.training,
        )

    def plate_query(self, audit: QueryAudit, gateway: GatewayClient) -> PlateQuery:
        """The use case of a query, over one connection."""
        return PlateQuery(gateway, self.vault, self.current, self.clock, audit)
