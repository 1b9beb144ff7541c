"""The mark of an entry from paper, wherever entries are shown."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from wxpark_gui.console.report import entry_json
from wxpark_gui.console.table import entry_line
from wxpark_gui.domain.backfill import BackfillTooOldError
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.export import ExportRow
from wxpark_gui.domain.history import HistoryEntry
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.domain.shift_report import ShiftEntry, summarise
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.history.model import remarks
from wxpark_gui.wording import ExportRowWords, Wording

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)


@pytest.fixture
def wording() -> Wording:
    return Wording.for_language("zh_CN")


def record_of(state: DeliveryState, *, hours: int = 3, from_paper: bool = True) -> EntryRecord:
    answered = state is DeliveryState.ANSWERED
    return EntryRecord(
        "0" * 36, 1, 1,
        check_draft(EntryDraft("粤B12345", start_time=NOW - timedelta(hours=hours)), NOW),
        Origin("a", "1", "2", "欢乐海岸停车场", "1号岗", attendant="李师傅"), NOW, state,
        attempts=int(answered), outcome=Outcome(Cause.ANSWERED, "NORMAL") if answered else None,
        outcome_at=NOW if answered else None, backfilled=from_paper,
    )  # fmt: skip


WITHHELD = record_of(DeliveryState.EXPIRED, hours=30)
SENT = record_of(DeliveryState.ANSWERED)
LIVE = record_of(DeliveryState.ANSWERED, from_paper=False)


def test_console_list_tells_of_it(wording: Wording) -> None:
    assert entry_line(WITHHELD, wording).endswith("未成功  补录，已过 30 小时，未发送")
    assert entry_line(SENT, wording).endswith("正常  补录，08:42 入场")
    assert entry_line(LIVE, wording).endswith("正常")
    assert [entry_json(each)["backfilled"] for each in (WITHHELD, LIVE)] == [True, False]


def test_history_tells_of_it(wording: Wording) -> None:
    assert remarks(HistoryEntry(WITHHELD), wording) == "补录，已过 30 小时，未发送"
    assert remarks(HistoryEntry(SENT), wording) == "补录"
    assert remarks(HistoryEntry(LIVE), wording) == ""


def test_export_tells_of_it(wording: Wording) -> None:
    words = ExportRowWords(wording)
    column = list(words.headings).index("补录")
    cells = [words.cells(ExportRow(each), whole_plates=False)[column] for each in (SENT, LIVE)]
    assert cells == ["是", None]


def test_shift_report_counts_it_apart(wording: Wording) -> None:
    summary = summarise(map(ShiftEntry.of, (WITHHELD, SENT, LIVE)))
    assert ("补录", 2) in wording.shifts.sums(summary)


def test_entry_that_was_not_sent_is_never_green() -> None:
    assert WITHHELD.verdict.severity is Severity.FAILED


def test_expired_entry_that_was_tried_is_not_called_too_old() -> None:
    tried = EntryRecord(
        "0" * 36, 1, 1, SENT.entry, SENT.origin, NOW, DeliveryState.EXPIRED, attempts=3,
        outcome=Outcome(Cause.OFFLINE), outcome_at=NOW, backfilled=True,
    )  # fmt: skip
    assert not tried.was_withheld


def test_refusal_to_send_it_again_names_the_limit(wording: Wording) -> None:
    assert "24 小时" in wording.failure(BackfillTooOldError(24)).message
