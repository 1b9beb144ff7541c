"""The program from source, on Windows or under Wine."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.windows.conftest import PICTURES, note
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

IN_USE, REFUSED_DIRECTORY = 7, 1
WINE_DRIVES = r"HKLM\Software\Wine\Drives"


@pytest.fixture
def tool(windows: WindowsPython) -> list[str]:
    """Command that runs the console tool from source."""
    return windows.python("-m", "wxpark_gui.cli")


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
        wait_for_answer(data / "training" / "journal.sqlite3")
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
        wait_for_answer(data / "training" / "journal.sqlite3")
        # Asks every window with WM_QUERYENDSESSION, tells it with WM_ENDSESSION, ends the process.
        run(windows, windows.program("wineboot", "--end-session"), display)
        shown.wait_until_ended()
    assert answered_plates(data / "training" / "journal.sqlite3")
    note("end of session: the entry is in the journal")
