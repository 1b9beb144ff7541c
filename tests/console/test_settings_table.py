"""The documentation table has a row for each key of the settings file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.settings import settings_of
from tests.storage.released import SETTINGS
from wxpark_gui.console.settings_table import SettingRow, setting_rows
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.wording import Wording

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def test_rows_are_the_keys_of_a_written_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    TomlSettings(path).save(SETTINGS)
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    document["merchant"] = document.pop("accounts")[0]
    del document["merchant"]["account_id"], document["format"], document["account"]
    keys = [(section, key) for section, table in document.items() for key in table]
    assert [(row.section, row.key) for row in setting_rows(Wording.for_language("en"))] == keys


@pytest.mark.parametrize(
    "row",
    [
        SettingRow("booth", "expiry_hours", "integer", "24", "1-720 h", "Give up sending after"),
        SettingRow("booth", "plate_prefix", "string", '""', "0-2", "Plates begin with"),
        SettingRow("appearance", "theme", "string", '"system"', "system | light | dark", "Colours"),
        SettingRow("appearance", "sounds", "boolean", "true", "true | false", "Sounds"),
        SettingRow("merchant", "parking_name", "string", "", "1-32", "Name of the car park"),
    ],
)
def test_row_gives_type_default_limits_and_label(row: SettingRow) -> None:
    assert row in list(setting_rows(Wording.for_language("en")))


def test_default_in_a_row_is_what_a_new_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    TomlSettings(path).save(settings_of())
    lines = path.read_text(encoding="utf-8").splitlines()
    for row in setting_rows(Wording.for_language("en")):
        assert row.section == "merchant" or f"{row.key} = {row.default}" in lines
