"""A booth without a window: real threads, a real journal, the training gateway."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from tests.journals import place_journal
from tests.settings import changed
from wxpark_gui.controllers import Controllers
from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.controllers.autostart import AutostartSwitch
from wxpark_gui.controllers.backfills import Backfills
from wxpark_gui.controllers.backlog import BacklogSender
from wxpark_gui.controllers.backups import BackupKeeper
from wxpark_gui.controllers.checkup import Checkup
from wxpark_gui.controllers.diagnostics import DiagnosticsSaver
from wxpark_gui.controllers.documents import DocumentSaver
from wxpark_gui.controllers.door import DoorController
from wxpark_gui.controllers.entries import Entries
from wxpark_gui.controllers.exports import Exports
from wxpark_gui.controllers.history import HistoryBrowser
from wxpark_gui.controllers.journal_status import JournalStatus
from wxpark_gui.controllers.key_change import KeyChanger
from wxpark_gui.controllers.keys import KeyReader
from wxpark_gui.controllers.known_plates import KnownPlatesReader
from wxpark_gui.controllers.link import Link
from wxpark_gui.controllers.live import LiveSender
from wxpark_gui.controllers.queries import Queries
from wxpark_gui.controllers.settings import SettingsController
from wxpark_gui.controllers.setup import SetupController
from wxpark_gui.controllers.shifts import ShiftController
from wxpark_gui.controllers.statistics import StatisticsController
from wxpark_gui.controllers.updates import UpdateChecker
from wxpark_gui.controllers.workers import Workers
from wxpark_gui.domain.record import Salvage
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.domain.release_source import ReleaseSource
from wxpark_gui.domain.settings import Settings
from wxpark_gui.door.server import DoorServer
from wxpark_gui.runtime.autostart import DesktopEntry
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.autostart import StartAtLogin
from wxpark_gui.service.connection_test import ConnectionTest
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.diagnostics import Diagnostics
from wxpark_gui.service.door import Door
from wxpark_gui.service.export import Export
from wxpark_gui.service.key_change import KeyChange
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.managers import Managers
from wxpark_gui.service.merchants import Merchants
from wxpark_gui.service.on_thread import journal_on_thread, shift_book_on_thread
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.service.ports import Clock, Journal, ProbedVault, SettingsStore
from wxpark_gui.service.present_shift import PresentShift
from wxpark_gui.service.query import PlateQuery
from wxpark_gui.service.releases import Upgrades
from wxpark_gui.service.shifts import Shifts
from wxpark_gui.service.statistics import Statistics
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.archives import archive_directory
from wxpark_gui.storage.backup_store import BackupStore
from wxpark_gui.storage.directory import locate_directory
from wxpark_gui.storage.document_folder import DocumentFolder
from wxpark_gui.storage.documents import DiskDocuments
from wxpark_gui.storage.door_token import DoorTokenFile
from wxpark_gui.storage.export_files import ExportFiles
from wxpark_gui.storage.export_rows import ExportRows
from wxpark_gui.storage.history import SqliteHistory
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.managers import JsonManagers
from wxpark_gui.storage.reading import JournalReader
from wxpark_gui.storage.searches import JsonSearches
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.storage.shared import SharedJournal
from wxpark_gui.storage.statistics import JournalStatistics
from wxpark_gui.storage.zip_file import write_zip
from wxpark_gui.training.booth import TrainingSettings
from wxpark_gui.transport.deadline import Budget
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route


class NoReleases:
    """Source of versions in which the operator has announced none."""

    def announced(self, source: ReleaseSource) -> Release:
        return Release(Version(0, 0, 0))


class Booth:
    """The controllers of one booth and their threads; `stop` ends them."""

    def __init__(self, controllers: Controllers, workers: Workers) -> None:
        self.controllers = controllers
        self.workers = workers
        self.entries = controllers.entries
        self.live = controllers.live
        self.backlog = controllers.backlog
        self.journal = controllers.journal
        self.settings = controllers.settings
        self.link = controllers.link
        self.updates = controllers.updates
        self.keys = controllers.keys
        self.shifts = controllers.shifts
        self.approvals = controllers.approvals

    def start(self) -> None:
        self.controllers.start()

    def stop(self, timeout: float) -> bool:
        """End the threads; return False if one still runs after `timeout` seconds."""
        self.controllers.stop()
        return self.workers.stop(timeout, self.journal.close)


def _with_prefix(settings: Settings) -> Settings:
    return changed(settings, plate_prefix="粤B")


def make_booth(
    directory: Path,
    gateway_url: str,
    vault: ProbedVault,
    *,
    clock: Clock | None = None,
    open_journal: Callable[[], Journal] | None = None,
    take_salvaged: Callable[[], Salvage | None] = lambda: None,
    training: bool = False,
    budget: Budget | None = None,
    settings: SettingsStore | None = None,
    trust: ssl.SSLContext | None = None,
) -> Booth:
    """Build the controllers and connect them, as the program does.

    `budget` limits the time of an exchange; None for the program's limits. `settings` is a store
    with plate prefix and accounts; None for that of the training mode, with the prefix 粤B. `trust`
    replaces the operating system's trust store. `take_salvaged` returns the result of a salvage by
    `open_journal` once.
    """
    clock, chance = clock or SystemClock(), SystemRandom()
    workers = Workers(*(Worker(f"test-{field.name}") for field in fields(Workers)))
    path = directory / "journal.sqlite3"

    def open_or_make() -> SqliteJournal:
        return SqliteJournal(path if path.exists() else place_journal(path), clock)

    journal = journal_on_thread(open_journal or open_or_make, workers.journal)
    store = settings or TrainingSettings(TomlSettings(directory / "settings.toml"), gateway_url)
    current = CurrentSettings(settings.load() if settings else _with_prefix(store.load()))
    keys = Keys(vault)
    present = PresentShift()
    seen, route = SeenReplies(()), Route(clock.monotonic)

    def client() -> GatewayClient:
        return GatewayClient(
            nonces=chance.nonce,
            clock=clock.monotonic,
            seen=seen,
            route=route,
            proxy=lambda: current.value.network.proxy_url,
            trust=trust,
            budget=budget,
        )

    def submission() -> Submission:
        return Submission(journal, client(), keys, current, clock, chance, training, present)

    def open_it() -> Salvage | None:
        journal.recent(1)
        return take_salvaged()

    live = submission()
    sender = LiveSender(live, workers.live)
    controllers = Controllers(
        entries=Entries(
            live,
            journal,
            clock,
            workers.journal,
            sender,
            plates=KnownPlatesReader(lambda: JournalReader(path, clock), clock, workers.history),
        ),
        live=sender,
        backlog=BacklogSender(Outbox(journal, submission(), clock), workers.backlog),
        journal=JournalStatus(journal, open_it, clock, workers.journal),
        settings=SettingsController(Merchants(store, keys, journal), current, workers.settings),
        link=Link(live, clock, workers.live),
        updates=UpdateChecker(Upgrades(NoReleases(), Version(0, 1, 0)), workers.updates),
        keys=KeyReader(keys, current, workers.keyring),
        queries=Queries(
            PlateQuery(client(), keys, current, clock, journal, present), workers.query
        ),
        statistics=StatisticsController(
            Statistics(
                JournalStatistics(path, archive_directory(path), training=training),
                DiskDocuments(),
                clock,
            ),
            workers.statistics,
        ),
        exports=Exports(
            Export(
                lambda: ExportRows(path, archive_directory(path)),
                ExportFiles(),
                SharedJournal(path),
                clock,
            ),
            workers.export,
        ),
        shifts=ShiftController(
            Shifts(
                shift_book_on_thread(journal, workers.journal),
                current,
                present,
                clock,
                chance,
                workers.journal,
            ),
            DocumentFolder(directory / "documents"),
            workers.shifts,
        ),
        history=HistoryBrowser(
            lambda: SqliteHistory(path, archive_directory(path), clock),
            JsonSearches(directory / "searches.json"),
            workers.history,
        ),
        checkup=Checkup(tuple, workers.checkup),
        diagnostics=DiagnosticsSaver(
            Diagnostics(checks=tuple, sources=(), mask=str, write=write_zip), workers.diagnostics
        ),
        backfills=Backfills(
            live,
            journal,
            DocumentFolder(directory / "documents"),
            workers.journal,
            workers.shifts,
        ),
        door=DoorController(
            Door(DoorServer(), DoorTokenFile(directory / "door.token"), clock), workers.door
        ),
        documents=DocumentSaver(DocumentFolder(directory / "documents"), workers.shifts),
        setup=SetupController(
            vault,
            keys,
            ConnectionTest(lambda _: client()),
            workers.setup,
            Checkup(tuple, workers.connection_test),
        ),
        approvals=Approvals(
            Managers(
                JsonManagers(directory / "managers.json"),
                SharedJournal(path),
                present,
                clock,
                chance,
            ),
            workers.shifts,
        ),
        key_changer=KeyChanger(
            KeyChange(keys, current, ConnectionTest(lambda _: client())), workers.key_change
        ),
        backups=BackupKeeper(
            BackupStore(locate_directory(directory), clock, lambda: store, training=training),
            lambda: None,
            workers.backups,
        ),
        autostart=AutostartSwitch(
            StartAtLogin(DesktopEntry(directory / "autostart", ["wxpark-gui"])), workers.settings
        ),
    )
    controllers.connect()
    return Booth(controllers, workers)
