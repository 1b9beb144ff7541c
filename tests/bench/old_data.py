"""Data directories of booths after five years, made once and kept in the folder `build`."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timezone
from pathlib import Path

from tests.bench.five_years import make_booth
from wxpark_gui.storage.schema import MIGRATIONS

KEPT = Path(__file__).parents[2] / "build" / "bench"
_COMPLETE = "complete"
_JOURNAL = "journal.sqlite3"


def kept_booth(entries: int, months: int, kept: Path = KEPT) -> Path:
    """Return a data directory with this many entries, spread over the months until now.

    It is made at the first call of a month, and again after a change of the schema; 5,000,000
    entries take 4 GB and up to ten minutes. Older ones are removed then. Use `copy_of`: the
    directory itself must not change.
    """
    now = datetime.now(timezone.utc)
    group = f"booth-{entries}-{months}"
    directory = kept / f"{group}-{len(MIGRATIONS)}-{now:%Y-%m}"
    if not (directory / _COMPLETE).exists():
        for older in kept.glob(f"{group}-*"):
            shutil.rmtree(older)
        make_booth(directory, entries, months, now)
        (directory / _COMPLETE).touch()
    return directory


def copy_of(booth: Path, target: Path) -> None:
    """Copy the journal of a booth to a new directory, and link the archives, which never change.

    Args:
        target: on the same file system.
    """
    ignored = shutil.ignore_patterns(_JOURNAL + "*", _COMPLETE, "backup", "logs")
    shutil.copytree(booth, target, ignore=ignored, copy_function=os.link)
    shutil.copyfile(booth / _JOURNAL, target / _JOURNAL)
