"""From the source and from the set-up program to an answered plate, on Windows or under Wine."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.windows.conftest import MEGABYTE, PICTURES, Installed, install, note, uninstall
from tests.windows.window import window
from windows_python import WindowsPython, run

LARGEST_SETUP = 45 * MEGABYTE
PLATE_KEYS = "y1b12345"
"""粤B12345 at a booth that does not know yet how plates begin here: 粤 is the first of Y."""
KEY = "CanaryCanaryCanaryCanaryCanary03"
MERCHANT = (
    *("--mch-id", "1900000109", "--appid", "wx0123456789abcdef", "--sub-mch-id", "1900000110"),
    *("--parking-name", "停车场", "--gateway-url", "http://127.0.0.1:9", "--key-stdin"),
)
DONE, RUNNING = 0, 3
NO_KEY = 6
ANSWER_SECONDS = 5.0


def console(
    windows: WindowsPython, program: list[str] | str, *arguments: str, given: str = ""
) -> tuple[int, str]:
    """Exit code and output of the console tool."""
    command = f"{program} {' '.join(arguments)}" if isinstance(program, str) else program
    whole = command if isinstance(command, str) else [*command, *arguments]
    done = run(windows, whole, given=given)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def tool(windows: WindowsPython) -> list[str]:
    """The console tool from the source."""
    return windows.python("-m", "wxpark_gui.cli")


def answered_plates(journal: Path) -> list[str]:
    with closing(sqlite3.connect(journal)) as connection:
        rows = connection.execute("SELECT plate FROM entries WHERE state = 'answered'")
        return [plate for (plate,) in rows]


def test_notify_in_training_is_answered(windows: WindowsPython, tool: list[str]) -> None:
    code, said = console(windows, tool, "notify", "--training", "--plate", "粤A8K9Z2", "--json")
    answer = json.loads(said)
    assert (code, answer["severity"], answer["title"]) == (0, "arrears", "欠费")
    note("notify from the source: answered")


def test_key_is_kept_in_the_credential_manager_and_forgotten(
    windows: WindowsPython, tool: list[str], home: Path
) -> None:
    data = ("--data-dir", windows.path(home / "key"))
    assert console(windows, tool, "merchant", "set", *MERCHANT, *data, given=KEY)[0] == 0
    assert console(windows, tool, "merchant", "show", *data)[0] == 0
    _, said = console(windows, tool, "doctor", "--json", *data)
    findings = {finding["subject"]: finding for finding in json.loads(said)["findings"]}
    assert (findings["keyring"]["health"], findings["key"]["health"]) == ("good", "good")
    assert findings["keyring"]["detail"] == "Windows"
    assert console(windows, tool, "merchant", "forget", *data)[0] == 0
    assert console(windows, tool, "merchant", "show", *data)[0] == NO_KEY
    kept = [path for path in (home / "key").rglob("*") if path.is_file()]
    assert not [path for path in kept if KEY.encode() in path.read_bytes()]
    note("key: kept and forgotten in the Credential Manager")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_window_on_the_windows_platform_answers_typed_keys(
    windows: WindowsPython, home: Path, display: Mapping[str, str], language: str, scale: str
) -> None:
    data = home / f"window-{language}-{scale}"
    command = windows.python(
        *("-m", "wxpark_gui", "--training", "--lang", language),
        *("--data-dir", windows.path(data)),
    )
    with window(windows, command, display, {"QT_SCALE_FACTOR": scale}) as shown:
        time.sleep(1)
        shown.type(PLATE_KEYS)
        time.sleep(ANSWER_SECONDS)
        shown.picture(PICTURES / f"source-{language}-{scale}.png")
    assert [plate[2:] for plate in answered_plates(data / "training" / "journal.sqlite3")]
    note(f"window from the source, {language}, scale {scale}: answered")


@pytest.mark.skipif(sys.platform == "win32", reason="it would end the session of the tests")
def test_entry_survives_the_end_of_the_session(
    windows: WindowsPython, home: Path, display: Mapping[str, str]
) -> None:
    data = home / "session"
    command = windows.python("-m", "wxpark_gui", "--training", "--data-dir", windows.path(data))
    with window(windows, command, display, {}) as shown:
        time.sleep(1)
        shown.type(PLATE_KEYS)
        time.sleep(ANSWER_SECONDS)
        # Asks every window with WM_QUERYENDSESSION, tells it with WM_ENDSESSION, ends the process.
        run(windows, windows.program("wineboot", "--end-session"), display)
        shown.wait_until_ended()
    assert answered_plates(data / "training" / "journal.sqlite3")
    note("end of session: the entry is in the journal")


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
        time.sleep(ANSWER_SECONDS)
        shown.picture(PICTURES / "installed.png")
        assert install(windows, installed) == RUNNING
        assert uninstall(windows, installed) == RUNNING
    assert answered_plates(data / "training" / "journal.sqlite3")
    note("window from the installed program: answered, and refused to be renewed while it ran")


def test_data_stay_when_the_program_is_removed(
    windows: WindowsPython, installed: Installed, home: Path
) -> None:
    assert install(windows, installed) == DONE
    assert uninstall(windows, installed) == DONE
    assert not (installed.folder / "program").exists()
    assert (home / "installed" / "training" / "journal.sqlite3").exists()
    note("removed: the data stay")
