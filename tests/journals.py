"""New journals for tests, each a copy of one that is made once per process.

Making the tables of a journal takes longer than most tests do.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from wxpark_gui.storage.database import open_database

OWNER_ONLY = 0o600


def place_journal(path: Path) -> Path:
    """Write a new journal to `path`, which must not exist; return the path."""
    path.touch(OWNER_ONLY, exist_ok=False)
    path.write_bytes(_new_journal())
    return path


@cache
def _new_journal() -> bytes:
    """Return the content of a journal that was made and never used."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "journal.sqlite3"
        open_database(path, busy_timeout=0.0).close()
        return path.read_bytes()
