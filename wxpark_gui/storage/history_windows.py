"""Ranges of positions that a page of the history is read from, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wxpark_gui.domain.history import HistoryFilter
from wxpark_gui.storage.archives import ArchiveFile, next_month
from wxpark_gui.storage.history_files import HistoryFile
from wxpark_gui.storage.rows import moment_text


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and the positions in it that can meet the filter.

    Attributes:
        archive: the archive as the journal names it; None for the active file.
        first, last: positions, both included.
        tests_days: False if each entry of the file is within the days of the filter.
    """

    archive: ArchiveFile | None
    first: int
    last: int
    tests_days: bool


def newest_window(
    sources: Sequence[Source], before: int | None
) -> tuple[int, int, list[Source]] | None:
    """Return the newest range of positions in which the same files can have entries.

    The result is the first position, the last one, and these files; None if no positions are left.

    Args:
        sources: sorted by `last`, the largest first.
        before: upper limit of the positions, itself excluded; None for no limit.
    """
    last: int | None = None
    first, inside = 0, []
    for each in sources:
        if before is not None and each.first >= before:
            continue
        if last is None:
            last = each.last if before is None else min(each.last, before - 1)
        if each.last < last:
            first = max(first, each.last + 1)
            break
        inside.append(each)
        first = max(first, each.first)
    return None if last is None else (first, last, inside)


def newest_position(file: HistoryFile, wanted: HistoryFilter) -> int:
    """Return an upper bound of the positions within the days of the filter.

    The result is the file's last position if no entry is later than the days. Otherwise it is the
    largest position within the days, or 0 if there is none. Finding that reads each entry within
    the days, because the clock may have been set back.
    """
    if wanted.until is None or not _exists(file, "saved_at >= ?", wanted.until):
        return file.last
    return _extreme(file, "max", wanted) or 0


def oldest_position(file: HistoryFile, wanted: HistoryFilter) -> int:
    """Return a lower bound of the positions within the days of the filter.

    The result is the file's first position if no entry is earlier than the days. Otherwise it is
    the smallest position within the days, or one more than the file's last if there is none.
    """
    if wanted.since is None or not _exists(file, "saved_at < ?", wanted.since):
        return file.first
    return _extreme(file, "min", wanted) or file.last + 1


def _exists(file: HistoryFile, condition: str, moment: datetime) -> bool:
    query = f"SELECT EXISTS (SELECT 1 FROM entries WHERE {condition})"  # noqa: S608 - our own
    found: int = file.connection.execute(query, (moment_text(moment),)).fetchone()[0]
    return bool(found)


def _extreme(file: HistoryFile, end: str, wanted: HistoryFilter) -> int | None:
    """Return the `min` or `max` position within the days; None if there is none."""
    # The plus keeps SQLite from walking the table from one end.
    query = f"SELECT {end}(+position) FROM entries WHERE saved_at >= ? AND saved_at < ?"  # noqa: S608
    found: int | None = file.connection.execute(query, text_range(wanted)).fetchone()[0]
    return found


def text_range(wanted: HistoryFilter) -> tuple[str, str]:
    """Return the days of the filter as bounds of `saved_at`: first included, second excluded."""
    return (
        moment_text(wanted.since) if wanted.since else "",
        moment_text(wanted.until) if wanted.until else "~",
    )


def days_within(month: str, days: tuple[str, str]) -> bool | None:
    """Test if a month, `YYYY-MM`, is wholly within bounds of `saved_at`.

    Returns:
        None if it is wholly outside of them; False if it is partly within.
    """
    since, until = days
    begin, end = f"{month}-01", f"{next_month(month)}-01"
    if until <= begin or since >= end:
        return None
    return since <= begin and end <= until
