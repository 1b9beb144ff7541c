"""Runs the program without a window against the real keyring of the D-Bus session.

The keyring is first locked and later unlocked. The process stands in for the desktop's password
prompt: it counts the prompts and dismisses each. It prints one JSON object. Its arguments are a
data directory, the keyring's password, and the number of entries.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import Settings, change_merchant
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.storage.vault import KeyringVault
from wxpark_gui.training.booth import TRAINING_MERCHANT, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

PROMPTER = "org.gnome.keyring.SystemPrompter"
MCH_ID = TRAINING_MERCHANT.mch_id


class Prompter:
    """D-Bus service in place of the one that shows the desktop's password prompt."""

    def __init__(self) -> None:
        self.prompts = 0
        self._jeepney: Any = import_module("jeepney")
        blocking: Any = import_module("jeepney.io.blocking")
        self._connection = blocking.open_dbus_connection()
        bus = blocking.Proxy(import_module("jeepney").message_bus, self._connection)
        bus.RequestName(PROMPTER)
        threading.Thread(target=self._serve, name="prompter", daemon=True).start()

    def _serve(self) -> None:
        while True:
            message = self._connection.receive()
            fields = message.header.fields
            if message.header.message_type is not self._jeepney.MessageType.method_call:
                continue
            if fields.get(self._jeepney.HeaderFields.member) == "BeginPrompting":
                self.prompts += 1
            error = self._jeepney.new_error(message, "org.gnome.keyring.Error.Dismissed")
            self._connection.send(error)


@contextmanager
def secret_service() -> Iterator[tuple[Any, Any]]:
    secretstorage = import_module("secretstorage")
    with closing(secretstorage.dbus_init()) as connection:
        yield connection, secretstorage.get_default_collection(connection)


def lock() -> None:
    with secret_service() as (_, collection):
        collection.lock()


def unlock(password: str) -> None:
    """Unlock the keyring without a prompt, as the log-in does."""
    util = import_module("secretstorage.util")
    with secret_service() as (connection, collection):
        session = util.open_session(connection)
        service = util.DBusAddressWrapper(
            "/org/freedesktop/secrets",
            "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
            connection,
        )
        secret = util.format_secret(session, password.encode(), "text/plain")
        service.call("UnlockWithMasterPassword", "o(oayays)", collection.collection_path, secret)


class Booth:
    """The program without a window, connected to the training gateway."""

    def __init__(self, directory: Path, gateway: TrainingGateway, keys: Keys) -> None:
        clock, chance = SystemClock(), SystemRandom()
        merchant = replace(TRAINING_MERCHANT, gateway_url=gateway.url)
        settings = CurrentSettings(change_merchant(Settings(), merchant, proven=False))
        self.clock = clock
        self.journal = SqliteJournal(directory / "journal.sqlite3", clock)
        self.client = GatewayClient(
            nonces=chance.nonce,
            clock=clock.monotonic,
            seen=SeenReplies(()),
            route=Route(clock.monotonic),
        )
        self.submission = Submission(self.journal, self.client, keys, settings, clock, chance)
        self.outbox = Outbox(self.journal, self.submission, clock)

    def enter_cars(self, count: int) -> list[EntryRecord]:
        """Save `count` cars, then send each once; return the records after sending."""
        drafts = [EntryDraft(plate=f"粤B{number + 200:05}") for number in range(count)]
        saved = [self.submission.save(self.submission.prepare(draft)) for draft in drafts]
        return [self.submission.deliver(record) for record in saved]

    def flush(self) -> None:
        self.outbox.flush(self.clock.pause)

    def states(self) -> list[str]:
        return sorted({record.state.value for record in self.journal.recent(100)})

    def close(self) -> None:
        self.client.close()
        self.journal.close()


def walk(directory: Path, password: str, cars: int) -> dict[str, object]:
    prompter, vault, key = Prompter(), KeyringVault(), make_training_key()
    vault.store(MCH_ID, key)
    lock()
    told: dict[str, object] = {"locked": vault.is_locked()}
    told["prompts to see that"] = prompter.prompts
    keys = Keys(vault)
    with TrainingGateway(key) as gateway, closing(Booth(directory, gateway, keys)) as booth:
        told["codes"] = sorted({record.verdict.code for record in booth.enter_cars(cars)})
        told["read while locked"] = keys.retry([MCH_ID])
        booth.flush()
        told["states while locked"] = booth.states()
        unlock(password)
        told["read once unlocked"] = keys.retry([MCH_ID])
        booth.flush()
        told["states once unlocked"] = booth.states()
    told["prompts"] = prompter.prompts
    return told


if __name__ == "__main__":
    print(json.dumps(walk(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))  # noqa: T201
