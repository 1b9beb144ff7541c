"""The program from the set-up program, on Windows or under Wine."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

from identity import APPLICATION_ID
from tests.windows.conftest import MEGABYTE, PICTURES, Installed, install, note, remove, uninstall
from tests.windows.program import (
    KEY,
    MERCHANT,
    NO_KEY,
    PLATE_KEYS,
    answered_plates,
    console,
    wait_for_answer,
)
from tests.windows.window import window
from windows_python import WindowsPython, run

LARGEST_SETUP = 45 * MEGABYTE
DONE, RUNNING = 0, 3
UNINSTALL_KEY = rf"Software\Microsoft\Windows\CurrentVersion\Uninstall\{APPLICATION_ID}"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


def test_setup_is_small_enough_for_a_bad_connection(setup: Path) -> None:
    assert setup.stat().st_size <= LARGEST_SETUP


def test_installed_console_answers(windows: WindowsPython, installed: Installed) -> None:
    program = windows.program(installed.program("wxpark"))
    code, said = console(windows, program, "notify", "--training", "--plate", "粤A8K9Z2", "--json")
    assert (code, json.loads(said)["title"]) == (0, "欠费")
    note("notify from the installed program: answered")


def test_installed_window_answers_and_is_not_renewed_while_it_runs(
    windows: WindowsPython, installed: Installed, home: Path, display: Mapping[str, str]
) -> None:
    data = home / "installed"
    options = ("--training", "--data-dir", f'"{windows.path(data)}"')
    command = windows.program(installed.program("wxpark-gui"), *options)
    if not isinstance(command, str):
        command = [part.strip('"') for part in command]
    with window(windows, command, display, {}) as shown:
        time.sleep(1)
        shown.type(PLATE_KEYS)
        wait_for_answer(data / "training" / "journal.sqlite3")
        shown.picture(PICTURES / "installed.png")
        assert install(windows, installed) == RUNNING
        assert uninstall(windows, installed) == RUNNING
    assert answered_plates(data / "training" / "journal.sqlite3")
    note("window from the installed program: answered, and refused to be renewed while it ran")


def test_installed_program_keeps_a_key(
    windows: WindowsPython, installed: Installed, home: Path
) -> None:
    data = ("--data-dir", f'"{windows.path(home / "installed-key")}"')
    program = windows.program(installed.program("wxpark"))
    if not isinstance(program, str):
        data = (data[0], data[1].strip('"'))
    assert console(windows, program, "merchant", "set", *MERCHANT, *data, given=KEY)[0] == 0
    assert console(windows, program, "merchant", "show", *data)[0] == 0
    assert console(windows, program, "merchant", "forget", *data)[0] == 0
    assert console(windows, program, "merchant", "show", *data)[0] == NO_KEY
    note("key of the installed program: kept and forgotten")


def test_data_stay_when_the_program_is_removed(
    windows: WindowsPython, installed: Installed, home: Path
) -> None:
    assert install(windows, installed) == DONE
    assert uninstall(windows, installed) == DONE
    assert not (installed.folder / "program").exists()
    assert (home / "installed" / "training" / "journal.sqlite3").exists()
    note("removed: the data stay")


def test_program_for_all_users_is_installed_renewed_and_removed_in_silence(
    windows: WindowsPython, installed_for_all: Installed, home: Path
) -> None:
    assert registered(windows, "HKLM", UNINSTALL_KEY, "DisplayVersion")
    assert registered(windows, "HKLM", RUN_KEY, "wxpark-gui")
    assert not registered(windows, "HKCU", UNINSTALL_KEY, "DisplayVersion")
    program = windows.program(installed_for_all.program("wxpark"))
    code, said = console(windows, program, "notify", "--training", "--plate", "粤A8K9Z2", "--json")
    assert (code, json.loads(said)["title"]) == (0, "欠费")
    assert install(windows, installed_for_all) == DONE
    remove(windows, installed_for_all)
    assert not installed_for_all.folder.exists()
    assert not registered(windows, "HKLM", UNINSTALL_KEY, "DisplayVersion")
    assert not registered(windows, "HKLM", RUN_KEY, "wxpark-gui")
    note("for all users: installed, answered, renewed and removed in silence")


def registered(windows: WindowsPython, root: str, key: str, name: str) -> str:
    """Return a value of the registry, or "" if there is none."""
    command = windows.program("reg", "query", rf"{root}\{key}", "/v", name, "/reg:64")
    _, _, value = run(windows, command).stdout.partition("REG_SZ")
    return value.strip()
