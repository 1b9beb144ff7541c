"""A whole desk for the tests: real threads, a real journal, the training gateway."""

from __future__ import annotations

from pathlib import Path

from tests.settings import changed
from wxpark_gui.assembly import NothingWaits
from wxpark_gui.controllers.backlog import BacklogKeeper
from wxpark_gui.controllers.desk import Desk
from wxpark_gui.controllers.workers import Workers
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.merchants import Merchants
from wxpark_gui.service.on_thread import JournalOnThread
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.service.ports import Vault
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import TRAINING_PREFIX, TrainingSettings
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route


def make_desk(directory: Path, gateway_url: str, vault: Vault) -> Desk:
    """Put together as the program does it; whoever asks for it stops it."""
    clock, chance = SystemClock(), SystemRandom()
    workers = Workers(*(Worker(f"test-{name}") for name in ("journal", "live", "back", "set")))
    journal = JournalOnThread(
        lambda: SqliteJournal(directory / "journal.sqlite3", clock), workers.journal
    )
    store = TomlSettings(directory / "settings.toml")
    store.save(changed(store.load(), plate_prefix=TRAINING_PREFIX))
    settings = TrainingSettings(store, gateway_url)
    seen, route = SeenReplies(()), Route(clock.monotonic)

    def submission() -> Submission:
        client = GatewayClient(nonces=chance.nonce, clock=clock.monotonic, seen=seen, route=route)
        return Submission(journal, client, vault, clock, chance)

    outbox = Outbox(journal, submission(), clock)
    return Desk(
        live=submission(),
        backlog=BacklogKeeper(outbox, workers.backlog),
        journal=journal,
        merchants=Merchants(settings, vault, NothingWaits()),
        clock=clock,
        workers=workers,
    )
