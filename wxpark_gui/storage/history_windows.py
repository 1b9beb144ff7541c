"""Ranges of positions that a page of the history is read from, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from wxpark_gui.domain.history import HistoryFilter
from wxpark_gui.storage.archives import ArchiveFile
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
        before: upper limit of the positions, itself excluded; None for no limit.
    """
    remaining = [each for each in sources if before is None or each.first < before]
    if not remaining:
        return None
    last = max(each.last for each in remaining)
    if before is not None:
        last = min(last, before - 1)
    inside = [each for each in remaining if each.first <= last <= each.last]
    below = [each.last for each in remaining if each.last < last]
    first = max([*(each.first for each in inside), *(end + 1 for end in below)])
    return first, last, inside


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
    low = moment_text(wanted.since) if wanted.since else ""
    high = moment_text(wanted.until) if wanted.until else "~"
    # The plus keeps SQLite from walking the table from one end.
    query = f"SELECT {end}(+position) FROM entries WHERE saved_at >= ? AND saved_at < ?"  # noqa: S608
    found: int | None = file.connection.execute(query, (low, high)).fetchone()[0]
    return found


def days_within(month: str, wanted: HistoryFilter) -> bool | None:
    """Test if a month, `YYYY-MM`, is wholly within the days of the filter.

    Returns:
        None if it is wholly outside of them; False if it is partly within.
    """
    year, number = int(month[:4]), int(month[5:])
    begin = f"{month}-01"
    end = date(year + number // 12, number % 12 + 1, 1).isoformat()
    since = moment_text(wanted.since) if wanted.since else ""
    until = moment_text(wanted.until) if wanted.until else "~"
    if until <= begin or since >= end:
        return None
    return since <= begin and end <= until
