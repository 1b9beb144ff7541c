"""Export of entries to a file: the use case and its ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.export import (
    Cell,
    ExportCancelledError,
    ExportFormat,
    ExportPage,
    ExportProgress,
    ExportResult,
    ExportRow,
)

if TYPE_CHECKING:
    from wxpark_gui.service.ports import Clock, ExportTable


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """A file to write.

    Attributes:
        path: the file to write; its name includes the ending.
        wanted: conditions that an entry must meet.
        whole_plates: False masks the plates; True is noted in the audit.
        overwrite: True replaces an existing file.
    """

    path: Path
    format: ExportFormat
    wanted: EntryFilter = EVERY_ENTRY
    whole_plates: bool = False
    overwrite: bool = False


class RowSource(Protocol):
    """The entries of the journal and its archives, for one export.

    Attributes:
        skipped: archived months that could not be read, found so far.
        unreadable: number of entries with an invalid value, found so far.
    """

    skipped: list[str]
    unreadable: int

    def pages(self, wanted: EntryFilter = EVERY_ENTRY) -> Iterator[ExportPage]:
        """Yield pages of the wanted entries, oldest first; a page may be empty.

        Raises `JournalDamagedError` if the active file is damaged.
        """
        ...

    def close(self) -> None: ...


class TableFiles(Protocol):
    """Writer of export files."""

    def create(
        self,
        target: Path,
        kind: ExportFormat,
        sheet_name: str,
        *,
        overwrite: bool,
        check: Callable[[], None],
        settle: Callable[[], None],
    ) -> AbstractContextManager[ExportTable]:
        """Return a context with a table to fill.

        If its block ends without an error, the file is kept. `check` is called often, and `settle`
        once, just before the file gets its name; an exception that one of them raises ends the
        writing. Raises `ExportExistsError`, unless `overwrite`, and `FileNotWrittenError`.
        """
        ...


class ExportAudit(Protocol):
    """The audit of exports."""

    def note_export(self, detail: str, now: datetime, /) -> None:
        """Add an export to the audit. Raises a `ReadableError` if that fails."""
        ...


class RowWords(Protocol):
    """Headings and cells of a row in one language."""

    @property
    def sheet_name(self) -> str: ...

    @property
    def headings(self) -> Sequence[str]: ...

    def cells(self, row: ExportRow, *, whole_plates: bool) -> Sequence[Cell]:
        """Return as many cells as there are headings."""
        ...


class Export:
    """Writes entries to a file, on the calling thread and with connections of its own."""

    def __init__(
        self,
        open_rows: Callable[[], RowSource],
        files: TableFiles,
        audit: ExportAudit,
        clock: Clock,
    ) -> None:
        """Keep the given parts. `open_rows` may raise a `ReadableError`.

        It is called on the thread of `run`.
        """
        self._open_rows = open_rows
        self._files = files
        self._audit = audit
        self._clock = clock

    def run(
        self,
        request: ExportRequest,
        words: RowWords,
        report: Callable[[ExportProgress], object],
        is_cancelled: Callable[[], bool],
        may_complete: Callable[[], bool] = lambda: True,
    ) -> ExportResult:
        """Write the file. It appears under its name only when it is complete and on disk.

        Args:
            report: called after each page, and once before the file is completed.
            is_cancelled: called for each page and row, and while the file is completed.
            may_complete: called once, just before the file gets its name.

        Raises:
            ExportCancelledError: `is_cancelled` returned True, or `may_complete` False.
            ExportExistsError: there is a file of that name, and `request.overwrite` is False.
            FileNotWrittenError: the file cannot be written.
            ReadableError: the journal cannot be read, or, for whole plates, the audit cannot be
                written.
        """

        def check() -> None:
            if is_cancelled():
                raise ExportCancelledError

        def settle() -> None:
            if not may_complete():
                raise ExportCancelledError

        rows = 0
        with closing(self._open_rows()) as source:
            with self._files.create(
                request.path,
                request.format,
                words.sheet_name,
                overwrite=request.overwrite,
                check=check,
                settle=settle,
            ) as table:
                if request.whole_plates:
                    self._audit.note_export(_detail(request), self._clock.now())
                table.write_headings(words.headings)
                for page in source.pages(request.wanted):
                    check()
                    for row in page.rows:
                        table.write_row(words.cells(row, whole_plates=request.whole_plates))
                        check()
                    rows += len(page.rows)
                    report(ExportProgress(rows, page.share))
                report(ExportProgress(rows, 1.0, finishing=True))
            return ExportResult(rows, tuple(source.skipped), source.unreadable)


def _detail(request: ExportRequest) -> str:
    """Return the text for the audit: format and period.

    Plates are left out, and so is the path, which may contain a person's name.
    """
    wanted = request.wanted
    since = wanted.since.isoformat(timespec="seconds") if wanted.since else "-"
    until = wanted.until.isoformat(timespec="seconds") if wanted.until else "-"
    parts = (request.format.value, "plates=whole", f"since={since}", f"until={until}")
    return " ".join(parts)
