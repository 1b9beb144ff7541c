"""Contract of `SettingsStore`: defaults at first, then the saved settings, replaced as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.test_merchants import FakeSettings
from tests.settings import changed, merchant_of, settings_of
from wxpark_gui.domain.errors import SettingsNotWrittenError, SettingsUnreadableError
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.ports import SettingsStore
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.booth import TRAINING_MERCHANT, TrainingSettings

GATEWAY = "http://127.0.0.1:1"
IDS = ["TomlSettings", "TrainingSettings", "FakeSettings"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@pytest.fixture(params=IDS)
def store(request: pytest.FixtureRequest, path: Path) -> SettingsStore:
    made: dict[str, SettingsStore] = {
        "TomlSettings": TomlSettings(path),
        "TrainingSettings": TrainingSettings(TomlSettings(path), GATEWAY),
        "FakeSettings": FakeSettings(Settings()),
    }
    return made[str(request.param)]


@pytest.fixture(params=IDS)
def full(request: pytest.FixtureRequest, path: Path) -> SettingsStore:
    """A store that cannot be written."""
    if request.param == "FakeSettings":
        return FakeSettings(Settings(), full=True)
    in_the_way = path / "below"
    path.write_text("no directory")
    toml = TomlSettings(in_the_way)
    return toml if request.param == "TomlSettings" else TrainingSettings(toml, GATEWAY)


@pytest.fixture(params=IDS)
def unreadable(request: pytest.FixtureRequest, path: Path) -> SettingsStore:
    if request.param == "FakeSettings":
        return FakeSettings(Settings(), unreadable=SettingsUnreadableError())
    path.write_bytes(b"\xff not TOML")
    toml = TomlSettings(path)
    return toml if request.param == "TomlSettings" else TrainingSettings(toml, GATEWAY)


def test_settings_are_the_defaults_at_first(store: SettingsStore) -> None:
    loaded, defaults = store.load(), Settings()
    assert (loaded.booth, loaded.network, loaded.appearance, loaded.updates) == (
        defaults.booth,
        defaults.network,
        defaults.appearance,
        defaults.updates,
    )


def test_saved_settings_are_loaded(store: SettingsStore) -> None:
    settings = changed(store.load(), name="3号岗", theme="dark", expiry_hours=48)
    store.save(settings)
    assert store.load() == settings


def test_settings_are_saved_again(store: SettingsStore) -> None:
    for name in ("1号岗", "2号岗"):
        store.save(changed(store.load(), name=name))
    assert store.load().booth.name == "2号岗"


@pytest.mark.parametrize("store", ["TomlSettings", "FakeSettings"], indirect=True)
def test_merchant_is_kept(store: SettingsStore) -> None:
    store.save(settings_of(TRAINING_MERCHANT))
    assert merchant_of(store.load()) == TRAINING_MERCHANT


def test_failed_save_says_so(full: SettingsStore) -> None:
    with pytest.raises(SettingsNotWrittenError):
        full.save(changed(Settings(), name="3号岗"))


def test_unreadable_settings_say_so(unreadable: SettingsStore) -> None:
    with pytest.raises(SettingsUnreadableError):
        unreadable.load()
