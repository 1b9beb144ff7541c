"""Builds the set-up program for Windows from the frozen program and an NSIS script.

The script is in `packaging/windows`, and compiles on every system that has NSIS.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import contents
from failure import SetUpError, run_step
from freeze import freeze
from identity import APPLICATION_ID, AUTHORS, PROGRAMS, read_version
from lock import NEWEST, locked_environment

ADVICE = "makensis is missing: install NSIS (Debian calls the package nsis)."


def build(root: Path, *, sign_command: Sequence[str] = ()) -> Path:
    """Freeze and pack the program; return the path of the set-up program in `dist`.

    Args:
        root: the checkout.
        sign_command: command that signs the file whose path is appended. Its program must be on the
            search path. It signs both programs, the uninstaller and the set-up program; empty signs
            none.

    Raises:
        SetUpError: a step failed.
    """
    payload = freeze(root)
    pictures = draw_pictures(root)
    if sign_command:
        for program in PROGRAMS:
            sign(sign_command, payload / f"{program}.exe")
    installer = compile_installer(
        root, payload, root / "dist", read_version(root), pictures, sign_command=sign_command
    )
    if sign_command:
        sign(sign_command, installer)
    return installer


def compile_installer(
    root: Path,
    payload: Path,
    destination: Path,
    version: str,
    pictures: Path,
    *,
    sign_command: Sequence[str] = (),
    target: str = "",
) -> Path:
    """Compile the script; return the path of the set-up program.

    Args:
        root: the checkout.
        payload: the folder to install, which contains `wxpark-gui.exe` and `wxpark.exe`.
        destination: folder for the set-up program.
        version: three numbers, such as `0.1.0`, as Windows requires.
        pictures: the folder with `wxpark.ico` and `sidebar.bmp`.
        sign_command: as for `build`; here it signs the uninstaller.
        target: NSIS's name of a processor, such as `amd64-unicode`; empty for 32 bits, which runs
            on all.

    Raises:
        SetUpError: NSIS is missing, version or payload is invalid, or the script has an error or a
            warning.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise SetUpError(f"Windows needs a version of three numbers, and this one is {version}.")
    for program in PROGRAMS:
        if not (payload / f"{program}.exe").is_file():
            raise SetUpError(f"{program}.exe is not in {payload}: freeze the program on Windows.")
    destination.mkdir(parents=True, exist_ok=True)
    installer = destination / f"wxpark-{version}-windows-x64-setup.exe"
    values = {
        "APPLICATION_ID": APPLICATION_ID,
        "PUBLISHER": AUTHORS,
        "VERSION": version,
        "SIZE_KIB": str(kibibytes(payload)),
        "PAYLOAD": str(payload.resolve()),
        "ICON": str((pictures / "wxpark.ico").resolve()),
        "SIDEBAR": str((pictures / "sidebar.bmp").resolve()),
        "OUTPUT": str(installer.resolve()),
    }
    if sign_command:
        values["SIGN_COMMAND"] = in_one_line(sign_command)
    if target:
        values["TARGET"] = target
    run_step(
        "Compiling the set-up program",
        [
            makensis(),
            *("-V2", "-WX", "-INPUTCHARSET", "UTF8"),
            *(f"-D{name}={value}" for name, value in values.items()),
            str(root / "packaging" / "windows" / "installer.nsi"),
        ],
    )
    return installer


def draw_pictures(root: Path, python: str | None = None) -> Path:
    """Draw the script's pictures; return their folder.

    Args:
        python: path of a Python with Qt and Pillow. None for that of the locked packages, which
            have Pillow on Windows and macOS only.

    Raises:
        SetUpError: a step failed.
    """
    pictures = root / "build" / "windows"
    files = [str(pictures / name) for name in ("wxpark.ico", "sidebar.bmp")]
    python = python or str(locked_environment(root, NEWEST.path(root)))
    run_step("Drawing the icon", [python, str(root / "packaging" / "icons.py"), *files])
    return pictures


def sign(command: Sequence[str], file: Path) -> None:
    """Sign one file.

    Raises:
        SetUpError: the command failed.
    """
    run_step(f"Signing {file.name}", [*command, str(file)])


def in_one_line(command: Sequence[str]) -> str:
    """Return a command as one line, quoted for the shell that `makensis` uses."""
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def makensis() -> str:
    """Return the path of NSIS's compiler, which on Windows is not on the search path.

    Raises:
        SetUpError: NSIS is missing.
    """
    usual = Path(os.environ.get("PROGRAMFILES(X86)", ""), "NSIS")
    program = shutil.which("makensis") or shutil.which("makensis", path=str(usual))
    if program is None:
        raise SetUpError(ADVICE)
    return program


def kibibytes(folder: Path) -> int:
    """Return the folder's size in KiB, for the list of installed programs."""
    return -(-contents.size(folder) // 1024)
