"""The program from source and from the set-up program, on Windows or under Wine."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from identity import APPLICATION_ID
from tests.windows.conftest import MEGABYTE, PICTURES, Installed, install, note, remove, uninstall
from tests.windows.window import window
from windows_python import WindowsPython, run

LARGEST_SETUP = 45 * MEGABYTE
PLATE_KEYS = "y1b12345"
"""Keys for 粤B12345 in a new installation, where 粤 is the first of the provinces under Y."""
KEY = "CanaryCanaryCanaryCanaryCanary03"
MERCHANT = (
    *("--mch-id", "1900000109", "--appid", "wx0123456789abcdef", "--sub-mch-id", "1900000110"),
    *("--parking-name", "停车场", "--gateway-url", "http://127.0.0.1:9", "--key-stdin"),
)
DONE, RUNNING = 0, 3
NO_KEY, IN_USE, REFUSED_DIRECTORY = 6, 7, 1
UNINSTALL_KEY = rf"Software\Microsoft\Windows\CurrentVersion\Uninstall\{APPLICATION_ID}"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
WINE_DRIVES = r"HKLM\Software\Wine\Drives"
ANSWER_SECONDS = 5.0


def console(
    windows: WindowsPython, program: list[str] | str, *arguments: str, given: str = ""
) -> tuple[int, str]:
    """Run the console tool; return its exit code, and its standard output and error together."""
    command = f"{program} {' '.join(arguments)}" if isinstance(program, str) else program
    whole = command if isinstance(command, str) else [*command, *arguments]
    done = run(windows, whole, given=given)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def tool(windows: WindowsPython) -> list[str]:
    """Command that runs the console tool from source."""
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


@pytest.mark.parametrize("place", [r"\\localhost\share\wxpark", r"\\localhost\share"])
def test_data_directory_on_a_share_is_refused_in_words(
    windows: WindowsPython, tool: list[str], place: str
) -> None:
    command = ("notify", "--training", "--plate", "粤A8K9Z2", "--data-dir", place)
    code, said = console(windows, tool, *command)
    assert code == REFUSED_DIRECTORY
    assert "网络驱动器" in said
    assert "Traceback" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="needs a share of another computer")
def test_data_directory_on_a_drive_of_the_network_is_refused_in_words(
    windows: WindowsPython, tool: list[str], home: Path
) -> None:
    """Wine treats a drive as a network drive if its registry says so."""
    registry = ("/v", "n:", "/f")
    run(windows, windows.program("reg", "add", WINE_DRIVES, *registry, "/d", "network"))
    try:
        with drive(windows, "n:", home):
            command = ("notify", "--training", "--plate", "粤A8K9Z2", "--data-dir", r"N:\wxpark")
            code, said = console(windows, tool, *command)
    finally:
        run(windows, windows.program("reg", "delete", WINE_DRIVES, *registry))
    assert code == REFUSED_DIRECTORY
    assert "网络驱动器" in said
    assert not (home / "wxpark").exists()
    note("data directory on a share or a drive of the network: refused in words")


def test_data_directory_may_be_the_root_of_a_drive(
    windows: WindowsPython, tool: list[str], home: Path
) -> None:
    root = home / "root"
    root.mkdir()
    with drive(windows, "m:", root):
        command = ("notify", "--training", "--plate", "粤A8K9Z2", "--data-dir", "M:\\")
        code, said = console(windows, tool, *command)
    assert (code, "欠费" in said) == (0, True), said
    assert (root / "training" / "journal.sqlite3").exists()
    note("data directory in the root of a drive: answered")


@contextmanager
def drive(windows: WindowsPython, letter: str, folder: Path) -> Iterator[None]:
    """Map a drive letter to a folder.

    Under Wine a symbolic link is made, as Wine has no `subst`.
    """
    if sys.platform == "win32":
        run(windows, windows.program("subst", letter, windows.path(folder)))
        yield
        run(windows, windows.program("subst", letter, "/D"))
        return
    link = windows.drive.parent / "dosdevices" / letter
    link.symlink_to(folder)
    try:
        yield
    finally:
        link.unlink()


def test_data_directory_may_have_a_path_longer_than_260_characters(
    windows: WindowsPython, tool: list[str], home: Path
) -> None:
    """Windows needs `LongPathsEnabled` for this; without it the path is refused with a message."""
    place = windows.path(home.joinpath(*["一个很长的目录名" * 5] * 7))
    command = ("notify", "--training", "--plate", "粤A8K9Z2", "--data-dir", place)
    code, said = console(windows, tool, *command)
    assert len(place) > 260
    assert "Traceback" not in said
    assert code in {0, REFUSED_DIRECTORY}, said
    note(f"data directory of {len(place)} characters: exit code {code}")


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


def test_second_start_ends_and_leaves_the_first_window(
    windows: WindowsPython, home: Path, display: Mapping[str, str]
) -> None:
    """The second start is a process of its own and connects through a named pipe."""
    options = ("--training", "--data-dir", windows.path(home / "second"))
    command = windows.python("-m", "wxpark_gui", *options)
    with window(windows, command, display, {}) as shown:
        began = time.monotonic()
        platform = {"QT_QPA_PLATFORM": "windows", **display}
        again = run(windows, command, platform)
        seconds = time.monotonic() - began
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
        assert shown.is_open()
        code, said = console(
            windows, windows.python("-m", "wxpark_gui.cli"), "notify", "--plate=粤A8K9Z2", *options
        )
        assert code == IN_USE, said
    note(f"second start: ended after {seconds:.1f} s, the first window stays")


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
