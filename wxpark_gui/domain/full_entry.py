"""Values for everything that is stored about one entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wxpark_gui.domain.delivery import Outcome
from wxpark_gui.domain.export import ExportRow


@dataclass(frozen=True, slots=True)
class Attempt:
    """One exchange.

    Attributes:
        started_at: aware.
        ended_at: aware; None if the exchange was interrupted or still runs.
        outcome: None if no result is stored.
        mch_id, sub_mch_id: the merchant's ids in the request; empty if no request was made.
    """

    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    mch_id: str = ""
    sub_mch_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line of the audit.

    Attributes:
        at: time of the event, aware.
        what: stable name of the event, such as `voided`.
        detail: remark without keys and whole plates.
    """

    at: datetime
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class FullEntry:
    """An entry with its attempts and the audit lines that name it, each oldest first.

    Its links are in `row.record`: `replaces`, `link` and `replaced_by`.
    """

    row: ExportRow
    attempts: Sequence[Attempt]
    audit: Sequence[AuditLine]
