"""Searches in the history: filters, saved searches, and the entries and details found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum

from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.plate_lookalikes import variants
from wxpark_gui.domain.plate_text import normalise_plate
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity

LONGEST_PLATE = 16
"""Number of characters of a typed plate that are searched for; every plate is shorter."""

WHOLE_PLATE = 7
"""Number of characters of the shortest ordinary plate."""

LONGEST_NAME = 20
"""Most characters in the name of a saved search, and most that are read of a typed day."""


class PlateMatch(Enum):
    """Relation of a plate to the text searched for. The values are stored."""

    CONTAINS = "contains"
    PREFIX = "prefix"
    EXACT = "exact"
    LOOKALIKE = "lookalike"


class Period(Enum):
    """Days of a search; `WEEK` is 7 and `MONTH` 30 days up to today. The values are stored."""

    ANY = "any"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"
    CHOSEN = "chosen"


class Kind(Enum):
    """Kind of entries that a search accepts. The values are stored."""

    ANY = "any"
    LIVE = "live"
    TRAINING = "training"
    BACKFILLED = "backfilled"


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Conditions that an entry must all meet; by default every entry does.

    Attributes:
        plate: normalised text that `match` relates to the plate; empty for any plate or none.
        first_day, last_day: days of saving in Beijing, both included; None for no limit.
        severities: accepted severities of the verdict; empty for any.
        states: accepted delivery states; empty for any.
        attendant, lot: exact names; empty for any.
        kind: live and training entries exclude each other; a back-filled one may be either.
    """

    plate: str = ""
    match: PlateMatch = PlateMatch.CONTAINS
    first_day: date | None = None
    last_day: date | None = None
    severities: frozenset[Severity] = frozenset()
    states: frozenset[DeliveryState] = frozenset()
    attendant: str = ""
    lot: str = ""
    kind: Kind = Kind.ANY

    @property
    def since(self) -> datetime | None:
        """Start of the first day, aware; None without one."""
        return day_start(self.first_day) if self.first_day else None

    @property
    def until(self) -> datetime | None:
        """Start of the day after the last day, aware; None without a last day or for `date.max`."""
        if self.last_day is None or self.last_day == date.max:
            return None
        return day_start(self.last_day + timedelta(days=1))

    @property
    def plates(self) -> tuple[str, ...]:
        """The text searched for, followed by its variants if look-alikes are wanted."""
        if self.match is PlateMatch.LOOKALIKE:
            return (self.plate, *variants(self.plate))
        return (self.plate,)

    @property
    def names_whole_plates(self) -> bool:
        """True if the plate must equal one of `plates`."""
        is_whole = self.match is PlateMatch.LOOKALIKE and len(self.plate) >= WHOLE_PLATE
        return self.match is PlateMatch.EXACT or is_whole

    def accepts(self, found: HistoryEntry) -> bool:
        """Test if an entry meets all conditions."""
        record = found.record
        return (
            self._accepts_plate(record.entry.plate.text if record.entry.plate else "")
            and (self.since is None or record.saved_at >= self.since)
            and (self.until is None or record.saved_at < self.until)
            and (not self.severities or record.verdict.severity in self.severities)
            and (not self.states or record.state in self.states)
            and self.attendant in ("", record.origin.attendant)
            and self.lot in ("", record.origin.lot)
            and self._accepts_kind(found)
        )

    def _accepts_plate(self, plate: str) -> bool:
        if not self.plate:
            return True
        if self.names_whole_plates:
            return plate in self.plates
        if self.match is PlateMatch.PREFIX:
            return plate.startswith(self.plate)
        return any(text in plate for text in self.plates)

    def _accepts_kind(self, found: HistoryEntry) -> bool:
        if self.kind is Kind.BACKFILLED:
            return found.record.backfilled
        return self.kind is Kind.ANY or found.record.origin.training == (self.kind is Kind.TRAINING)


EVERYTHING = HistoryFilter()


@dataclass(frozen=True, slots=True)
class Search:
    """A filter with a period that is counted from the day of the search.

    Attributes:
        name: chosen by a person; empty for a search that is not saved.
        wanted: conditions of the search; its days apply only if `period` is `CHOSEN`.
    """

    name: str = ""
    period: Period = Period.ANY
    wanted: HistoryFilter = EVERYTHING

    def on(self, today: date) -> HistoryFilter:
        """Return the filter with the days of the period; `today` is a day in Beijing."""
        if self.period is Period.CHOSEN:
            return self.wanted
        back = {
            Period.TODAY: (0, 0),
            Period.YESTERDAY: (1, 1),
            Period.WEEK: (6, 0),
            Period.MONTH: (29, 0),
        }.get(self.period)
        if back is None:
            return replace(self.wanted, first_day=None, last_day=None)
        first, last = (today - timedelta(days=days) for days in back)
        return replace(self.wanted, first_day=first, last_day=last)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An entry of the history, from the active file or an archive.

    Attributes:
        record: the entry; an archived one includes its amendment.
        void_reason: reason given when it was voided; empty for none.
        archive: month of its archive, `YYYY-MM`; empty in the active file.
    """

    record: EntryRecord
    void_reason: str = ""
    archive: str = ""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Part of the entries found, newest first.

    Attributes:
        before: argument `before` for reading the next part; None if this is the last part.
        skipped: months whose archive is missing or cannot be read.
    """

    entries: tuple[HistoryEntry, ...] = ()
    before: int | None = None
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One exchange of an entry.

    Attributes:
        started_at: aware.
        ended_at: aware; None if the exchange was interrupted or still runs.
        cause: kind of the result; None if no result is stored.
        elapsed_ms: duration in ms.
    """

    started_at: datetime
    ended_at: datetime | None = None
    cause: Cause | None = None
    user_state: str = ""
    code: str = ""
    message: str = ""
    host: str = ""
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True)
class AuditNote:
    """A row of the audit that names an entry.

    Attributes:
        at: time of the event, aware.
        what: kind of the event, such as `voided`.
        remark: the row's detail without ids; may be empty.
    """

    at: datetime
    what: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class HistoryDetail:
    """Everything that is stored about one entry.

    Attributes:
        attempts, notes: oldest first.
        older: the entry that this one replaces; None for none, or one that cannot be read.
        newer: the entry that replaces this one; None likewise.
        skipped: months, `YYYY-MM`, of unreadable archives that may hold a missing part; empty if
            nothing is missing.
    """

    found: HistoryEntry
    attempts: tuple[Attempt, ...] = ()
    notes: tuple[AuditNote, ...] = ()
    older: HistoryEntry | None = None
    newer: HistoryEntry | None = None
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryChoices:
    """Names of attendants and car parks in recent entries, each sorted, to choose from."""

    attendants: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()


def plate_wanted(typed: str) -> str:
    """Return typed text normalised as a plate, without surrogates, cut to `LONGEST_PLATE`."""
    kept = "".join(c for c in normalise_plate(typed) if not "\ud800" <= c <= "\udfff")
    return kept[:LONGEST_PLATE]


def day_start(day: date) -> datetime:
    """Return the first moment of a day in Beijing, aware."""
    return datetime.combine(day, time(), BEIJING)


def day_of(moment: datetime) -> date:
    """Return the day of an aware time in Beijing."""
    return moment.astimezone(BEIJING).date()
