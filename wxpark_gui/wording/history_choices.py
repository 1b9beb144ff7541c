"""Labels of the choices in the filter of the history."""

from __future__ import annotations

from wxpark_gui.domain.history import Kind, Period, PlateMatch
from wxpark_gui.wording.history import HistoryLabel

MATCHES = {
    PlateMatch.CONTAINS: HistoryLabel.CONTAINS,
    PlateMatch.PREFIX: HistoryLabel.PREFIX,
    PlateMatch.EXACT: HistoryLabel.EXACT,
    PlateMatch.LOOKALIKE: HistoryLabel.LOOKALIKE,
}

PERIODS = {
    Period.ANY: HistoryLabel.ANY_DAY,
    Period.TODAY: HistoryLabel.TODAY,
    Period.YESTERDAY: HistoryLabel.YESTERDAY,
    Period.WEEK: HistoryLabel.WEEK,
    Period.MONTH: HistoryLabel.MONTH,
    Period.CHOSEN: HistoryLabel.CHOSEN,
}

KINDS = {
    Kind.ANY: HistoryLabel.ANY_KIND,
    Kind.LIVE: HistoryLabel.LIVE,
    Kind.TRAINING: HistoryLabel.TRAINING,
    Kind.BACKFILLED: HistoryLabel.BACKFILLED,
}
