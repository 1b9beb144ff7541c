"""The use case of exports: order of its steps, progress, and the audit row for whole plates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.service.conftest import FakeClock
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.export import (
    Cell,
    ExportCancelledError,
    ExportFormat,
    ExportPage,
    ExportProgress,
    ExportResult,
    ExportRow,
    format_of,
)
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.service.export import Export, ExportRequest
from wxpark_gui.service.ports import ExportTable

NOW = datetime(2026, 3, 1, 4, 5, 6, tzinfo=timezone.utc)
REQUEST = ExportRequest(Path("x.csv"), ExportFormat.CSV)
WHOLE = ExportRequest(Path("x.csv"), ExportFormat.CSV, whole_plates=True)


def row(number: int) -> ExportRow:
    entry = check_draft(EntryDraft(f"粤B{number:05}"), NOW)
    origin = Origin("", "", "", "", "")
    return ExportRow(EntryRecord(str(number), number, number, entry, origin, NOW))


class Booth:
    """Fake of all ports of the export; `story` lists the calls in order."""

    def __init__(self) -> None:
        self.story: list[str] = []
        self.skipped: list[str] = []
        self.unreadable = 0
        self.sheet_name = "entries"
        self.headings = ["plate"]
        self.audit_fails = False

    def open(self) -> Booth:
        self.story.append("open")
        return self

    def pages(self, wanted: EntryFilter = EVERY_ENTRY) -> Iterator[ExportPage]:
        self.skipped.append("2026-01")
        yield ExportPage([row(1), row(2)], 0.5)
        yield ExportPage([row(3)], 1.0)

    def close(self) -> None:
        self.story.append("close")

    @contextmanager
    def create(
        self,
        target: Path,
        kind: ExportFormat,
        sheet_name: str,
        *,
        overwrite: bool,
        check: Callable[[], None],
        settle: Callable[[], None],
    ) -> Iterator[ExportTable]:
        try:
            yield self
            self.story.append("settled")
            settle()
        except BaseException:
            self.story.append("removed")
            raise
        self.story.append("published")

    def write_headings(self, headings: Sequence[str]) -> None:
        self.story.append(" ".join(headings))

    def write_row(self, cells: Sequence[Cell]) -> None:
        self.story.append(str(cells[0]))

    def note_export(self, detail: str, _now: datetime) -> None:
        if self.audit_fails:
            raise JournalWriteError
        self.story.append(f"audit: {detail}")

    def cells(self, row: ExportRow, *, whole_plates: bool) -> Sequence[Cell]:
        return [f"{row.record.position}{'' if whole_plates else '*'}"]


@pytest.fixture
def booth() -> Booth:
    return Booth()


@pytest.fixture
def export(booth: Booth) -> Export:
    return Export(booth.open, booth, booth, FakeClock())


def never() -> bool:
    return False


def test_rows_are_written_in_order_and_reported(booth: Booth, export: Export) -> None:
    told: list[ExportProgress] = []
    result = export.run(REQUEST, booth, told.append, never)
    assert booth.story == ["open", "plate", "1*", "2*", "3*", "settled", "published", "close"]
    assert result == ExportResult(3, ("2026-01",), 0)
    assert told == [
        ExportProgress(2, 0.5),
        ExportProgress(3, 1.0),
        ExportProgress(3, 1.0, finishing=True),
    ]


def test_whole_plates_are_noted_before_the_first_row(booth: Booth, export: Export) -> None:
    export.run(WHOLE, booth, lambda _: None, never)
    assert booth.story[1] == "audit: csv plates=whole since=- until=-"
    assert booth.story[3:6] == ["1", "2", "3"]


def test_whole_plates_are_not_exported_without_their_note(booth: Booth, export: Export) -> None:
    booth.audit_fails = True
    with pytest.raises(JournalWriteError):
        export.run(WHOLE, booth, lambda _: None, never)
    assert booth.story == ["open", "removed", "close"]


@pytest.mark.parametrize("row", ["1*", "2*", "3*"])
def test_cancelled_export_stops_after_the_row(booth: Booth, export: Export, row: str) -> None:
    with pytest.raises(ExportCancelledError):
        export.run(REQUEST, booth, lambda _: None, lambda: booth.story[-1] == row)
    assert booth.story[-3:] == [row, "removed", "close"]


def test_file_gets_no_name_if_the_export_may_not_be_completed(booth: Booth, export: Export) -> None:
    with pytest.raises(ExportCancelledError):
        export.run(REQUEST, booth, lambda _: None, never, lambda: False)
    assert booth.story[-3:] == ["settled", "removed", "close"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", ExportFormat.CSV),
        ("a.b.XLSX", ExportFormat.XLSX),
        ("csv", None),
        ("a.xls", None),
        ("", None),
    ],
)
def test_ending_of_the_name_chooses_the_format(name: str, kind: ExportFormat | None) -> None:
    assert format_of(name) is kind
