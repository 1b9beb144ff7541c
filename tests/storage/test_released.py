"""The program opens the files of every released version and loses nothing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.settings import changed, settings_of
from tests.storage.released import (
    FIXTURES,
    SETTINGS,
    SteppingClock,
    journal_versions,
    load_journal,
    settings_versions,
)
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import DataDirectoryUnusableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import Settings, setting_definitions
from wxpark_gui.runtime.system import SystemRandom
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.service.submit import Submission
from wxpark_gui.storage.backup_files import unpacked
from wxpark_gui.storage.directory import DataDirectory, prepare_directory
from wxpark_gui.storage.opening import open_journal
from wxpark_gui.storage.schema import MIGRATIONS, columns_of, migrate
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import TRAINING_MERCHANT, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
KEY = make_training_key()
OPEN = {"saved", "sending", "waiting"}

Row = dict[str, Any]

EVERY_JOURNAL = pytest.mark.parametrize("version", journal_versions())
EVERY_SETTINGS = pytest.mark.parametrize("version", settings_versions())


@dataclass(frozen=True, slots=True)
class Keyring:
    """Vault with the same key for every merchant."""

    key: Secret

    def load(self, mch_id: str) -> Secret:
        return self.key

    def store(self, mch_id: str, key: Secret) -> None: ...

    def forget(self, mch_id: str) -> None: ...

    def describe(self) -> str:
        return "one key"

    def is_locked(self) -> bool:
        return False


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    return prepare_directory(tmp_path)


@pytest.fixture
def gateway() -> Iterator[TrainingGateway]:
    with TrainingGateway(KEY) as gateway:
        yield gateway


def rows(path: Path, table: str, columns: tuple[str, ...]) -> list[Row]:
    """Return the rows of a table in the given columns, in the order of insertion."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid")
        return [dict(zip(columns, row, strict=True)) for row in found]


def contents(path: Path, version: int) -> dict[str, list[Row]]:
    """Return the rows of all tables, in the columns of that schema version."""
    columns = columns_of(MIGRATIONS[:version])
    return {table: rows(path, table, names) for table, names in columns.items()}


def just_after(path: Path) -> SteppingClock:
    """Return a clock that stands one minute after the last saved entry."""
    with closing(sqlite3.connect(path)) as connection:
        last = connection.execute("SELECT max(saved_at) FROM entries").fetchone()[0]
    return SteppingClock(datetime.fromisoformat(last) + timedelta(minutes=1))


def opened(before: Row) -> Row:
    """Return the row as it must be after opening.

    An open entry waits to be sent; if it was being sent, `maybe_sent` is set.
    """
    if before["state"] not in OPEN:
        return before
    maybe_sent = int(before["maybe_sent"] or before["state"] == "sending")
    return before | {"state": "waiting", "maybe_sent": maybe_sent}


def without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def shape(connection: sqlite3.Connection) -> set[str]:
    """Return the SQL of every table, index and trigger, with white space and quotes normalised."""
    found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {" ".join(sql.replace('"', "").split()) for (sql,) in found}


def test_no_version_of_the_journal_lacks_its_fixture() -> None:
    """If this fails, run `python -m tests.storage.released` before you add the migration."""
    assert list(journal_versions()) == list(range(1, len(MIGRATIONS) + 1))


def test_no_released_version_of_the_settings_lacks_its_fixture() -> None:
    headings = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\]", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(headings) <= set(settings_versions())


@EVERY_JOURNAL
def test_a_migration_that_was_released_was_not_edited(tmp_path: Path, version: int) -> None:
    load_journal(tmp_path / "journal.sqlite3", version)
    with (
        closing(sqlite3.connect(tmp_path / "journal.sqlite3")) as then,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as now,
    ):
        migrate(now, MIGRATIONS[:version])
        assert shape(then) == shape(now)


def test_the_newest_fixture_knows_every_state_there_is(directory: DataDirectory) -> None:
    load_journal(directory.journal, len(MIGRATIONS))
    found = {row["state"] for row in contents(directory.journal, len(MIGRATIONS))["entries"]}
    assert found == {state.value for state in DeliveryState}


@EVERY_JOURNAL
def test_entries_exchanges_and_audit_come_over_unchanged(
    directory: DataDirectory, version: int
) -> None:
    load_journal(directory.journal, version)
    before = contents(directory.journal, version)
    journal, salvage = open_journal(directory, just_after(directory.journal))
    journal.close()
    after = contents(directory.journal, version)
    assert salvage is None
    planned = "next_attempt_at"
    assert [without(row, planned) for row in after["entries"]] == [
        without(opened(row), planned) for row in before["entries"]
    ]
    assert after["attempts"] == before["attempts"]
    assert after["audit"][: len(before["audit"])] == before["audit"]
    assert after["runs"][: len(before["runs"])] == before["runs"]


@EVERY_JOURNAL
def test_waiting_entries_of_every_version_are_sent(
    directory: DataDirectory, gateway: TrainingGateway, version: int
) -> None:
    load_journal(directory.journal, version)
    entries = contents(directory.journal, version)["entries"]
    clock, chance = just_after(directory.journal), SystemRandom()
    client = GatewayClient(
        nonces=chance.nonce,
        clock=clock.monotonic,
        seen=SeenReplies(()),
        route=Route(clock.monotonic),
    )
    merchant = replace(
        TRAINING_MERCHANT,
        gateway_url=gateway.url,
        mch_id=entries[0]["mch_id"],
        sub_mch_id=entries[0]["sub_mch_id"],
    )
    with closing(open_journal(directory, clock)[0]) as journal, closing(client):
        settings = CurrentSettings(settings_of(merchant))
        submission = Submission(journal, client, Keys(Keyring(KEY)), settings, clock, chance)
        Outbox(journal, submission, clock).flush(clock.advance)
        assert journal.open_entries() == []
    waited = [row["plate"] or "" for row in entries if row["state"] in OPEN]
    assert sorted(notification.plate for notification in gateway.received) == sorted(waited)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_journal_is_backed_up_before_it_is_changed(
    directory: DataDirectory, version: int
) -> None:
    load_journal(directory.journal, version)
    before = contents(directory.journal, version)
    open_journal(directory, just_after(directory.journal))[0].close()
    (backup,) = directory.backup.iterdir()
    with unpacked(backup) as plain, closing(sqlite3.connect(plain)) as connection:
        assert contents(plain, version) == before
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_without_room_for_a_backup_an_older_journal_is_not_changed(
    directory: DataDirectory, version: int
) -> None:
    load_journal(directory.journal, version)
    before = contents(directory.journal, version)
    directory.backup.rmdir()
    directory.backup.touch()
    with pytest.raises(DataDirectoryUnusableError):
        open_journal(directory, just_after(directory.journal))
    assert contents(directory.journal, version) == before


@EVERY_SETTINGS
def test_the_settings_are_read_as_they_were_meant(tmp_path: Path, version: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes((FIXTURES / f"settings_{version}.toml").read_bytes())
    names = {line.partition(" =")[0] for line in path.read_text(encoding="utf-8").splitlines()}
    defaults = Settings(SETTINGS.accounts, SETTINGS.account_id)
    loaded = TomlSettings(path).load()
    assert (loaded.accounts, loaded.account_id) == (SETTINGS.accounts, SETTINGS.account_id)
    for section, definition in setting_definitions():
        if section == "merchant":
            continue
        known = definition.name in names or definition.field.value in names
        meant = getattr(SETTINGS if known else defaults, section)
        found = getattr(getattr(loaded, section), definition.name)
        assert found == getattr(meant, definition.name)


def test_flat_settings_are_rewritten_at_the_next_save_and_a_copy_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    text = (FIXTURES / "settings_0.1.0.toml").read_text(encoding="utf-8")
    text = f'colour = "teal"\n{text}agreement = 7\n\n[printer]\nport = "COM3"\n'
    path.write_text(text, encoding="utf-8")
    store = TomlSettings(path)
    before = store.load()
    assert path.read_text(encoding="utf-8") == text
    store.save(changed(before, name="3号岗"))
    assert store.load() == changed(before, name="3号岗")
    assert path.read_text(encoding="utf-8").startswith("format = 2\n")
    assert path.with_name("settings.toml.format1").read_text(encoding="utf-8") == text
