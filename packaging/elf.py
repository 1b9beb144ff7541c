"""Linux libraries: what they need of the system, and how they are made smaller."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from failure import SetUpError, run_step

_MAGIC = b"\x7fELF"
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)", re.MULTILINE)
_RUNPATH = re.compile(r"^\s+(?:RUNPATH|RPATH)\s+(\S+)", re.MULTILINE)
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)")
_ICU_SYMBOL = re.compile(r"\b(icudt\d+_dat)\b")

Version = tuple[int, int]


def libraries(folder: Path) -> Iterator[Path]:
    """Every program and library below a folder, links left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and is_elf(path):
            yield path


def is_elf(path: Path) -> bool:
    """Test if a file is an ELF file."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def needed(library: Path) -> set[str]:
    """The names of the libraries it is linked to: `libGL.so.1`."""
    return set(_NEEDED.findall(objdump("--private-headers", library)))


def glibc_of(library: Path) -> Version:
    """The newest version of the C library it asks for; (0, 0) when it asks for none."""
    found = _GLIBC.findall(objdump("--dynamic-syms", library))
    return max(((int(major), int(minor)) for major, minor in found), default=(0, 0))


def highest_glibc(folder: Path) -> tuple[Version, Path]:
    """The newest version of the C library that anything in a folder asks for, and what asks."""
    return max((glibc_of(library), library) for library in libraries(folder))


def asked_of_the_system(folder: Path) -> dict[str, list[Path]]:
    """The libraries that are needed and not in the folder, each with those that need it."""
    there = {path.name for path in folder.rglob("*")}
    asked: defaultdict[str, list[Path]] = defaultdict(list)
    for library in libraries(folder):
        for name in needed(library) - there:
            asked[name].append(library)
    return dict(asked)


def remove_unneeded(folder: Path) -> list[Path]:
    """Remove the libraries that nothing in the folder is linked to: which.

    Modules of Python and plugins of Qt are opened by name, and so is Python itself. One that goes
    may have been the only one to need another, so it is looked again.
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
    """Test if a library is only linked to, never opened by name: `libssl.so.3`."""
    is_opened_by_name = "plugins" in path.parts or path.name.startswith("libpython")
    return ".so." in path.name and not is_opened_by_name


def empty_icu_data(folder: Path) -> None:
    """Replace ICU's tables by none.

    Qt is linked to ICU, for sorting by language and for old character sets; the window does
    neither, and Qt does what is left without the tables. They are a quarter of all there is.

    Raises:
        SetUpError: a tool is missing, or failed.
    """
    for library in [path for path in libraries(folder) if path.name.startswith("libicudata.so")]:
        symbol = _ICU_SYMBOL.search(objdump("--dynamic-syms", library))
        if symbol is None:
            raise SetUpError(f"{library.name} holds no tables of ICU.")
        make_library(library, symbol[1], no_tables())


def forget_the_builder(folder: Path, patchelf: str) -> None:
    """Take out of the libraries where the building system keeps its own.

    Args:
        patchelf: path of that program.
    """
    for library in libraries(folder):
        found = ":".join(_RUNPATH.findall(objdump("--private-headers", library)))
        paths = [path for path in found.split(":") if path]
        own = [path for path in paths if path.startswith("$ORIGIN")]
        if own != paths:
            change = ["--set-rpath", ":".join(own)] if own else ["--remove-rpath"]
            run_step("Forgetting the builder", [patchelf, *change, str(library)])


def no_tables() -> bytes:
    """ICU's common data with an empty table of contents, as its own stand-in is built.

    Layout: icu4c, `common/ucmndata.h`: a header of 32 bytes, then the number of entries.
    """
    header_size, magic = 32, b"\xda\x27"
    info = struct.pack("<HHBBBB", 20, 0, 0, 0, 2, 0) + b"CmnD" + bytes((1, 0, 0, 0)) + bytes(4)
    header = struct.pack("<H", header_size) + magic + info
    return header.ljust(header_size, b"\0") + struct.pack("<I", 0) + bytes(12)


def make_library(path: Path, symbol: str, content: bytes) -> None:
    """A shared library with the name it had, in which one symbol names these bytes."""
    data, object_file = path.with_suffix(".data"), path.with_suffix(".o")
    data.write_bytes(content)
    sections = ".data=.rodata,alloc,load,readonly,data,contents"
    # The linker knows the processor of the machine it runs on.
    run_step(
        "Making an empty library",
        ["ld", "--relocatable", "--format=binary", f"--output={object_file}", str(data)],
    )
    run_step(
        "Naming its content",
        [
            *("objcopy", f"--rename-section={sections}", "--strip-all", str(object_file)),
            f"--add-symbol={symbol}=.rodata:0,global,object",
        ],
    )
    path.unlink()
    run_step(
        "Linking it",
        [
            *("ld", "--shared", "--strip-all", "--build-id=none", "-z", "noexecstack"),
            *(f"--soname={path.name}", f"--output={path}", str(object_file)),
        ],
    )
    path.chmod(0o755)
    data.unlink()
    object_file.unlink()


def objdump(what: str, library: Path) -> str:
    """Output of objdump for a library."""
    program = shutil.which("objdump")
    if program is None:
        raise SetUpError("objdump is missing: install binutils.")
    done = subprocess.run(
        [program, what, str(library)], check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout
