"""The set-up program for Windows: the frozen program and its NSIS script, compiled by `makensis`.

The script stands in `packaging/windows`, and compiles on every system that has NSIS.
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
    """Freeze and pack the program; returns the path of the set-up program in `dist`.

    Args:
        root: the checkout.
        sign_command: signs the file whose path is put behind it, and must be found without its
            folder. It is run on both programs, on the uninstaller and on the set-up program itself.
            Empty: none is signed.

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
    """Compile the script.

    Args:
        root: the checkout.
        payload: the folder that is installed, with `wxpark-gui.exe` and `wxpark.exe` in it.
        destination: the folder that the set-up program is put into.
        version: three numbers, as in `0.1.0`: Windows has no other versions.
        pictures: the folder with `wxpark.ico` and `sidebar.bmp`.
        sign_command: as for `build`; here it signs the uninstaller.
        target: NSIS's name of a processor, `amd64-unicode`; empty for 32 bits, which runs anywhere.

    Returns:
        The set-up program.

    Raises:
        SetUpError: NSIS is missing, the version or the payload is of another shape, or the script
            has an error; a warning is one.
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
    """Draw the script's pictures; returns their folder.

    Args:
        python: has Qt and Pillow; by default that of the locked packages, which have Pillow on
            Windows and macOS only.
    """
    pictures = root / "build" / "windows"
    files = [str(pictures / name) for name in ("wxpark.ico", "sidebar.bmp")]
    python = python or str(locked_environment(root, NEWEST.path(root)))
    run_step("Drawing the icon", [python, str(root / "packaging" / "icons.py"), *files])
    return pictures


def sign(command: Sequence[str], file: Path) -> None:
    """Sign one file."""
    run_step(f"Signing {file.name}", [*command, str(file)])


def in_one_line(command: Sequence[str]) -> str:
    """A command quoted for the shell that `makensis` uses."""
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def makensis() -> str:
    """Path of NSIS's compiler; on Windows it is not on the search path."""
    usual = Path(os.environ.get("PROGRAMFILES(X86)", ""), "NSIS")
    program = shutil.which("makensis") or shutil.which("makensis", path=str(usual))
    if program is None:
        raise SetUpError(ADVICE)
    return program


def kibibytes(folder: Path) -> int:
    """Size for the list of installed programs, in KiB."""
    return -(-contents.size(folder) // 1024)
