"""Files of the journal's backups: their names, and packing them with gzip.

A packed backup has about a third of the journal's size. Version 0.1.0 did not pack them; such a
backup is read as it is. `gzip -d` unpacks one by hand.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.storage.durable import sync_file

STAMP = "%Y%m%dT%H%M%S"
"""Format of a UTC moment in a file name."""

UNFINISHED = "journal-*.unfinished"
"""Pattern of the temporary files in the folder of backups; a power cut may leave one."""

_NAME = re.compile(r"journal-(\d{8}T\d{6})\.sqlite3(?:\.gz)?")
_PACKED = ".gz"

_LEVEL = 1
"""Level of gzip. Level 6 takes 2.6 times as long and makes the file smaller by 7 %."""

_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Backup:
    """One backup. `made_at` is the UTC time in its name; backups sort by it, the oldest first."""

    made_at: datetime
    path: Path


def backup_path(directory: Path, now: datetime) -> Path:
    """Return the path of a backup made at `now`, such as `journal-STAMP.sqlite3.gz`."""
    stamp = now.astimezone(timezone.utc).strftime(STAMP)
    return directory / f"journal-{stamp}.sqlite3{_PACKED}"


def backups_in(directory: Path) -> Iterator[Backup]:
    """Yield the backups of a journal in a directory, in no order.

    A folder is none, as a program that unpacks a backup beside it makes one of that name.
    """
    for path in directory.glob("journal-*.sqlite3*"):
        if (match := _NAME.fullmatch(path.name)) and path.is_file():
            with contextlib.suppress(ValueError):
                made_at = datetime.strptime(match[1], STAMP).replace(tzinfo=timezone.utc)
                yield Backup(made_at, path)


@contextlib.contextmanager
def unfinished_file(directory: Path) -> Iterator[Path]:
    """Create an empty temporary file for its owner only; delete it at the end, unless renamed.

    Raises:
        OSError: it cannot be created.
    """
    prefix, suffix = UNFINISHED.split("*")
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=directory)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def pack(source: Path, target: Path, go_on: Callable[[], object]) -> None:
    """Write `source` packed to `target` and flush it to disk.

    Args:
        go_on: called before each piece of the file; may raise to cancel.

    Raises:
        OSError: a file cannot be read or written.
    """
    with source.open("rb") as plain, target.open("wb") as file:
        with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
            while piece := plain.read(_PIECE):
                go_on()
                packed.write(piece)
        file.flush()
        sync_file(file.fileno())


@contextlib.contextmanager
def unpacked(path: Path, go_on: Callable[[], object] = lambda: None) -> Iterator[Path]:
    """Yield the path of an unpacked backup, which is a temporary file until the end of the block.

    For a backup that is not packed, its own path is yielded.

    Args:
        go_on: called before each piece of the file; may raise to cancel.

    Raises:
        JournalDamagedError: the packed file is damaged or cannot be read.
        OSError: the temporary file cannot be written.
    """
    if path.suffix != _PACKED:
        yield path
        return
    with unfinished_file(path.parent) as plain:
        with plain.open("wb") as file:
            for piece in _pieces(path):
                go_on()
                file.write(piece)
        yield plain


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) as packed:
            while piece := packed.read(_PIECE):
                yield piece
    # `BadGzipFile` is an `OSError`.
    except (OSError, EOFError, zlib.error) as error:
        raise JournalDamagedError("the packed backup is damaged") from error
