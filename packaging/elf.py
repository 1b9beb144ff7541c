"""Reads dependencies of Linux libraries with objdump, and removes unused libraries."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from failure import SetUpError, run_step

_MAGIC = b"\x7fELF"
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)", re.MULTILINE)
_RUNPATH = re.compile(r"^\s+(?:RUNPATH|RPATH)\s+(\S+)", re.MULTILINE)
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)")

Version = tuple[int, int]


def libraries(folder: Path) -> Iterator[Path]:
    """Yield every ELF program and library below a folder; links are left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and is_elf(path):
            yield path


def is_elf(path: Path) -> bool:
    """Test if a file is an ELF file."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def needed(library: Path) -> set[str]:
    """Return the names of the libraries that a library is linked to, such as `libGL.so.1`.

    Raises:
        SetUpError: binutils is not installed.
    """
    return set(_NEEDED.findall(objdump("--private-headers", library)))


def glibc_of(library: Path) -> Version:
    """Return the newest glibc version whose symbols a library needs; (0, 0) if it needs none.

    Raises:
        SetUpError: binutils is not installed.
    """
    found = _GLIBC.findall(objdump("--dynamic-syms", library))
    return max(((int(major), int(minor)) for major, minor in found), default=(0, 0))


def highest_glibc(folder: Path) -> tuple[Version, Path]:
    """Return the newest glibc version that a folder's libraries need, and a library needing it."""
    return max((glibc_of(library), library) for library in libraries(folder))


def asked_of_the_system(folder: Path) -> dict[str, list[Path]]:
    """Return the needed libraries that are not in the folder, each with those that need it."""
    there = {path.name for path in folder.rglob("*")}
    asked: defaultdict[str, list[Path]] = defaultdict(list)
    for library in libraries(folder):
        for name in needed(library) - there:
            asked[name].append(library)
    return dict(asked)


def remove_unneeded(folder: Path) -> list[Path]:
    """Remove the libraries that nothing in the folder is linked to; return their paths.

    Modules of Python, plugins of Qt and libpython are opened by name, so they are kept. The search
    is repeated, because a removed library may have been the only one that needed another.
    """
    removed: list[Path] = []
    while True:
        wanted = {name for library in libraries(folder) for name in needed(library)}
        unneeded = [
            library
            for library in libraries(folder)
            if is_linked_library(library) and library.name not in wanted
        ]
        if not unneeded:
            break
        for library in unneeded:
            library.unlink()
        removed += unneeded
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()
    return removed


def is_linked_library(path: Path) -> bool:
    """Test if a library such as `libssl.so.3` is only linked to, never opened by name."""
    is_opened_by_name = "plugins" in path.parts or path.name.startswith("libpython")
    return ".so." in path.name and not is_opened_by_name


def forget_the_builder(folder: Path, patchelf: str) -> None:
    """Remove from the libraries' run paths the folders of the build system.

    Args:
        patchelf: path of that program.

    Raises:
        SetUpError: a step failed, or binutils is not installed.
    """
    for library in libraries(folder):
        found = ":".join(_RUNPATH.findall(objdump("--private-headers", library)))
        paths = [path for path in found.split(":") if path]
        own = [path for path in paths if path.startswith("$ORIGIN")]
        if own != paths:
            change = ["--set-rpath", ":".join(own)] if own else ["--remove-rpath"]
            run_step("Forgetting the builder", [patchelf, *change, str(library)])


def objdump(what: str, library: Path) -> str:
    """Return the output of objdump for a library.

    Args:
        what: option of objdump, such as `--dynamic-syms`.

    Raises:
        SetUpError: binutils is not installed.
        subprocess.CalledProcessError: objdump cannot read the file.
    """
    program = shutil.which("objdump")
    if program is None:
        raise SetUpError("objdump is missing: install binutils.")
    done = subprocess.run(
        [program, what, str(library)], check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout
