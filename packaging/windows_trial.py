"""Tests the set-up program on Windows itself, or under Wine.

python packaging/windows_trial.py

Compiles two versions with a stand-in for the program, then installs, updates and removes them
silently for the current user. Not part of the test suite: it needs Windows or Wine, and a user who
has neither the program nor its data.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path, PureWindowsPath

import icons
from failure import SetUpError, run_step
from identity import APPLICATION_ID, PROGRAMS
from windows_installer import compile_installer, makensis

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = os.name == "nt"
KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion"
UNINSTALL_KEY = rf"{KEY}\Uninstall\{APPLICATION_ID}"

DONE, RUNNING, NEWER, SWITCH = 0, 3, 4, 7

TARGET = "" if WINDOWS else "amd64-unicode"
"""NSIS target. Wine without 32-bit libraries runs 64-bit programs only."""

SLEEPER = """\
{}
OutFile "{}"
RequestExecutionLevel user
SilentInstall silent
Section
  Sleep 300000
SectionEnd
"""
"""NSIS script of the stand-in, a program for Windows that runs until it is killed."""


class Trial:
    """Set-up programs of two versions, and the folder in which they are installed."""

    def __init__(self, folder: Path) -> None:
        self._installed = folder / "wxpark"
        self._data = local_data() / "wxpark-gui"
        if self._data.exists() or registered("DisplayVersion"):
            raise SetUpError("The program is installed here or has data: try it somewhere else.")
        self._older = make_version(folder / "older", "1.9.0", "removed-later.txt")
        self._newer = make_version(folder / "newer", "1.10.0", "added.txt")

    def play(self) -> None:
        """Run all steps, each of which depends on those before.

        Raises:
            SetUpError: a step had another result than expected.
        """
        internal = self._installed / "program" / "_internal"

        expect("installed", self._install(self._older, "/CurrentUser", "/AUTOSTART=1"), DONE)
        expect("its version is registered", registered("DisplayVersion"), "1.9.0")
        expect("a wrong switch", self._install(self._older, "/AUTOSTART=yes"), SWITCH)

        for program in PROGRAMS:
            with subprocess.Popen(command(self._installed / "program" / f"{program}.exe")):
                try:
                    time.sleep(3)
                    expect(f"renewing while {program} runs", self._install(self._newer), RUNNING)
                    expect(f"removing while {program} runs", self._uninstall(), RUNNING)
                finally:
                    call(Path("taskkill"), "/f", "/im", f"{program}.exe")
        expect("nothing was touched", names(internal), ["removed-later.txt"])

        expect("renewed", self._install(self._newer), DONE)
        expect("nothing of the old one is left", names(internal), ["added.txt"])
        expect("no leftovers", names(self._installed), ["program", "uninstall.exe"])
        expect("the choice is kept", bool(query(rf"{KEY}\Run", "wxpark-gui")), True)
        expect("an older one", self._install(self._older), NEWER)

        self._data.mkdir()
        (self._data / "journal.sqlite3").write_bytes(b"entries")
        expect("removed", self._uninstall(), DONE)
        expect("nothing of it is left", names(self._installed), ["uninstall.exe"])
        expect("nothing is registered", registered("DisplayVersion"), "")
        expect("it does not start at logon", query(rf"{KEY}\Run", "wxpark-gui"), "")
        expect("the data are kept", names(self._data), ["journal.sqlite3"])

        expect("installed again", self._install(self._newer, "/CurrentUser"), DONE)
        expect("removed with data", self._uninstall("/DELETEDATA=1"), DONE)
        expect("the data are gone", self._data.exists(), False)

    def _install(self, installer: Path, *switches: str) -> int:
        return call(installer, "/S", *switches, f"/D={windows_name(self._installed)}")

    def _uninstall(self, *switches: str) -> int:
        """Run the uninstaller to its end and return its exit code.

        Because of `_?=` it does not delete itself.
        """
        folder = f"_?={windows_name(self._installed)}"
        return call(self._installed / "uninstall.exe", "/S", *switches, folder)


def make_version(folder: Path, version: str, file: str) -> Path:
    """Compile a set-up program whose programs only sleep; return its path.

    Raises:
        SetUpError: NSIS is missing, or a step failed.
    """
    payload = folder / "payload"
    (payload / "_internal").mkdir(parents=True)
    (payload / "_internal" / file).touch()
    for program in PROGRAMS:
        script = folder / f"{program}.nsi"
        target = f"Target {TARGET}" if TARGET else ""
        sleeper = SLEEPER.format(target, payload / f"{program}.exe")
        script.write_text(sleeper, encoding="utf-8")
        run_step("Compiling a stand-in", [makensis(), "-V2", str(script)])
    icons.main([str(folder / name) for name in ("wxpark.ico", "sidebar.bmp")])
    return compile_installer(ROOT, payload, folder, version, folder, target=TARGET)


def command(program: Path, *arguments: str) -> str | list[str]:
    """Return the command that starts a program.

    On Windows it is one text, because NSIS accepts no quotes around a folder, even one with a
    space.
    """
    if WINDOWS:
        return " ".join([f'"{program}"', *arguments])
    return ["wine", str(program), *arguments]


def call(program: Path, *arguments: str) -> int:
    """Run a program to its end; return its exit code."""
    return subprocess.run(command(program, *arguments), check=False, capture_output=True).returncode


def query(key: str, name: str) -> str:
    """Return a value of the registry; empty if it is missing."""
    done = subprocess.run(
        command(Path("reg"), "query", key, "/v", name), check=False, capture_output=True
    )
    _, _, value = done.stdout.decode(errors="replace").partition("REG_SZ")
    return value.strip()


def registered(name: str) -> str:
    """Return a value of the program's entry in the list of installed programs."""
    return query(UNINSTALL_KEY, name)


def local_data() -> Path:
    """Return the folder `%LOCALAPPDATA%`, as this system names it."""
    if WINDOWS:
        return Path(os.environ["LOCALAPPDATA"])
    asked = ["wine", "cmd", "/c", "echo %LOCALAPPDATA%"]
    answer = subprocess.run(asked, check=True, capture_output=True, encoding="utf-8").stdout
    prefix = Path(os.environ.get("WINEPREFIX", Path.home() / ".wine"))
    return prefix.joinpath("drive_c", *PureWindowsPath(answer.strip()).parts[1:])


def windows_name(path: Path) -> str:
    """Return a path as Windows programs name it; Wine maps the whole file system to drive Z."""
    return str(path) if WINDOWS else "Z:" + str(path).replace("/", "\\")


def names(folder: Path) -> list[str]:
    """Return the names in a folder, sorted."""
    return sorted(path.name for path in folder.iterdir())


def expect(what: str, found: object, expected: object) -> None:
    """Print a result.

    Raises:
        SetUpError: it differs from the expected one.
    """
    if found != expected:
        raise SetUpError(f"{what}: expected {expected!r}, found {found!r}.")
    print(f"    {what}: {found}", flush=True)


def main() -> int:
    """Run the trial; return 0, or 1 if a result was not as expected."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            Trial(Path(folder)).play()
        except SetUpError as error:
            print(error, file=sys.stderr)
            return 1
    print("All as it should be.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
