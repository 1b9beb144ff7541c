"""Reads all entries of a data directory in the trial `mixture`, archived ones included."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from tests.faults.mixture_world import open_read_only
from wxpark_gui.storage.archives import archive_directory, archive_files, shared_from

_ENTRIES = """
    SELECT position, entries.entry_id, coalesce(plate, space_number), start_time, account_id, state,
        shift_id, replaced_by, user_state, cause
    FROM entries LEFT JOIN attempts ON attempt = last_attempt
"""

_AMENDMENTS = "SELECT entry_id, state, replaced_by FROM amendments"


@dataclass(frozen=True, slots=True)
class Stored:
    """One entry as the files have it; times as they are stored."""

    position: int
    entry_id: str
    about: str
    start_time: str
    account_id: str
    state: str
    shift_id: str
    replaced_by: str
    user_state: str | None
    cause: str | None


def read_entries(journal: Path) -> dict[str, Stored]:
    """Return all entries by id.

    Raises:
        ValueError: an entry is stored twice.
    """
    found: dict[str, Stored] = {}
    with closing(open_read_only(journal)) as active:
        # One moment for all files: a month may be moved meanwhile.
        active.execute("BEGIN")
        amended = {row[0]: row[1:] for row in active.execute(_AMENDMENTS)}
        rows = [Stored(*row) for row in active.execute(_ENTRIES)]
        for file in archive_files(active, archive_directory(journal)):
            end = shared_from(active, file)
            with closing(open_read_only(file.path)) as archive:
                older = archive.execute(f"{_ENTRIES} WHERE position < ?", (end,))
                rows += [_amended(Stored(*row), amended) for row in older]
    for row in rows:
        if row.entry_id in found:
            raise ValueError(f"{row.entry_id} is stored twice")
        found[row.entry_id] = row
    return found


def _amended(entry: Stored, amended: dict[str, tuple[str | None, str | None]]) -> Stored:
    """Return an archived entry with the changes made since."""
    state, replaced_by = amended.get(entry.entry_id, (None, None))
    newer = entry.replaced_by if replaced_by is None else replaced_by
    return replace(entry, state=state or entry.state, replaced_by=newer)
