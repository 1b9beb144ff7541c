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


def has_days(file: HistoryFile, wanted: HistoryFilter) -> bool:
    """Test if the file has an entry within the days of the filter."""
    return _exists(file, "saved_at >= ? AND saved_at < ?", *text_range(wanted))


def newest_position(file: HistoryFile, wanted: HistoryFilter) -> tuple[int | None, int]:
    """Return a lower and an upper bound of the positions within the days of the filter.

    If no entry is later than the days, the result is None and the file's last position. Otherwise
    no position between the largest one within the days and the upper bound exists in the file; the
    bound is below the first position if there is none within the days. Finding it reads each entry
    within the days, because the clock may have been set back, or each later one, if they are fewer.
    """
    if wanted.until is None or not _exists(file, "saved_at >= ?", moment_text(wanted.until)):
        return None, file.last
    if wanted.since is None or not _exists(file, "saved_at < ?", moment_text(wanted.since)):
        if (before_later := _position_before_later(file, wanted.until)) is not None:
            return file.first, before_later
        return file.first, _extreme(file, "max(+position)", wanted)[0] or 0
    first, last = _extreme(file, "min(+position), max(+position)", wanted)
    return (file.first, 0) if last is None else (first, last)


def _position_before_later(file: HistoryFile, until: datetime) -> int | None:
    """Return the position before the first of the entries from `until` on.

    Return None if these are probably more than the others, or if an earlier entry or a gap lies
    among their positions.
    """
    text, middle = moment_text(until), (file.first + file.last) // 2
    query = "SELECT saved_at FROM entries WHERE position >= ? ORDER BY position LIMIT 1"
    newer = file.connection.execute(query, (middle,)).fetchone()
    if newer is None or newer[0] >= text:
        return None
    first, count = file.connection.execute(
        "SELECT min(+position), count(*) FROM entries WHERE saved_at >= ?", (text,)
    ).fetchone()
    # The rows of a month may be deleted between two statements, once its archive has them.
    return first - 1 if count and file.last - first + 1 == count else None


def earliest_position(file: HistoryFile, wanted: HistoryFilter) -> int:
    """Return the position of the first entry by time that is not before the days of the filter.

    Return one more than the file's last position if there is none. Only an entry that was saved
    after the clock was set back can be within the days and have a smaller position.
    """
    query = "SELECT position FROM entries WHERE saved_at >= ? ORDER BY saved_at, position LIMIT 1"
    row = file.connection.execute(query, (text_range(wanted)[0],)).fetchone()
    return file.last + 1 if row is None else int(row[0])


def oldest_position(file: HistoryFile, wanted: HistoryFilter) -> int:
    """Return a lower bound of the positions within the days of the filter.

    The result is the file's first position if no entry is earlier than the days. Otherwise it is
    the smallest position within the days, or one more than the file's last if there is none.
    """
    if wanted.since is None or not _exists(file, "saved_at < ?", moment_text(wanted.since)):
        return file.first
    return _extreme(file, "min(+position)", wanted)[0] or file.last + 1


def _exists(file: HistoryFile, condition: str, *moments: str) -> bool:
    query = f"SELECT EXISTS (SELECT 1 FROM entries WHERE {condition})"  # noqa: S608 - our own
    found: int = file.connection.execute(query, moments).fetchone()[0]
    return bool(found)


def _extreme(file: HistoryFile, what: str, wanted: HistoryFilter) -> Sequence[int | None]:
    """Return extreme positions within the days, each None if there is none.

    Args:
        what: SQL of the extremes; computing one costs half as much as both.
    """
    # The plus keeps SQLite from walking the table from one end.
    query = f"SELECT {what} FROM entries WHERE saved_at >= ? AND saved_at < ?"  # noqa: S608 - our own
    return tuple(file.connection.execute(query, text_range(wanted)).fetchone())


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
