"""Reports the size of a frozen program by part, and on Linux its requirements."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import elf

LINES = 15


def report(folder: Path) -> Iterator[str]:
    """Yield the lines of the report on a package: its size, largest files, and needed glibc."""
    total = size(folder)
    yield f"Installed: {total / 1e6:.1f} MB, of which"
    for bytes_used, path in largest(folder, LINES):
        yield f"{bytes_used / 1e6:8.1f} MB  {path}"
    rest = total - sum(bytes_used for bytes_used, _ in largest(folder, LINES))
    yield f"{rest / 1e6:8.1f} MB  {len(files(folder)) - LINES} smaller files"
    if sys.platform == "linux":
        (major, minor), library = elf.highest_glibc(folder)
        asks = library.relative_to(folder)
        yield f"Runs with glibc {major}.{minor} or newer: {asks} asks for it."


def size(folder: Path) -> int:
    """Return the size of all files of a folder, in bytes."""
    return sum(path.stat().st_size for path in files(folder))


def largest(folder: Path, count: int) -> list[tuple[int, Path]]:
    """Return size in bytes and path of the `count` largest files, the largest first."""
    sizes = ((path.stat().st_size, path.relative_to(folder)) for path in files(folder))
    return sorted(sizes, reverse=True)[:count]


def files(folder: Path) -> list[Path]:
    """Return all files below a folder; links are left out."""
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
