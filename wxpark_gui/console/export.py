"""`wxpark journal export`: progress on a terminal, and the result."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wxpark_gui.console.streams import Output
from wxpark_gui.domain.export import ExportFormat, ExportProgress, ExportResult, format_of
from wxpark_gui.service.export import Export, ExportRequest
from wxpark_gui.wording import ExportRowWords, Wording

if TYPE_CHECKING:
    from wxpark_gui.domain.entry_filter import EntryFilter

_INTERVAL = 0.2
"""Seconds between two updates of the progress."""
_CLEAR_LINE = "\r\x1b[K"


def export_file(
    export: Export, options: argparse.Namespace, wanted: EntryFilter, wording: Wording
) -> ExportResult:
    """Write the file that the options name, with progress on standard error if it is a terminal.

    Raises:
        KeyboardInterrupt: Ctrl-C. No file was written; standard error says so.
        ReadableError: as `Export.run`.
    """
    request = ExportRequest(
        path=options.file,
        format=format_of(options.file.name) or ExportFormat.CSV,
        wanted=wanted,
        whole_plates=options.unmasked,
        overwrite=options.force,
    )
    progress = _Progress(wording)
    try:
        return export.run(request, ExportRowWords(wording), progress.show, lambda: False)
    except KeyboardInterrupt:
        Output().complain(f"{progress.clear}{wording.export.cancelled}")
        raise
    finally:
        progress.end()


def result_json(path: Path, result: ExportResult) -> dict[str, Any]:
    """Return the object that `journal export --json` prints."""
    kind = format_of(path.name)
    return {
        "file": str(path),
        "format": kind.value if kind else None,
        "entries": result.rows,
        "skipped_archives": list(result.skipped),
        "unreadable": result.unreadable,
    }


def result_text(path: Path, result: ExportResult, wording: Wording) -> str:
    """Return the text that `journal export` prints."""
    lines = [wording.export.done.format(rows=result.rows, name=path)]
    if result.unreadable:
        lines.append(wording.export.unreadable.format(count=result.unreadable))
    return "\n".join(lines)


def complain_of_skipped(months: Sequence[str], wording: Wording, output: Output) -> None:
    """Print the months (`YYYY-MM`) of unreadable archives to standard error; no-op for none."""
    if months:
        output.complain(wording.export.skipped.format(months=wording.listing(months)))


class _Progress:
    """Line on standard error with the number of rows written. Without a terminal it is off."""

    def __init__(self, wording: Wording) -> None:
        self._words = wording
        self._shown_at = 0.0
        self._shows = sys.stderr.isatty()

    @property
    def clear(self) -> str:
        """Characters that remove the line; empty without a terminal."""
        return _CLEAR_LINE if self._shows else ""

    def show(self, progress: ExportProgress) -> None:
        now = time.monotonic()
        if not self._shows or (now - self._shown_at < _INTERVAL and not progress.finishing):
            return
        self._shown_at = now
        if progress.finishing:
            text = self._words.export.finishing.format(rows=progress.rows)
        else:
            text = self._words.console.exports.percent.format(
                rows=progress.rows, percent=int(progress.share * 100)
            )
        self._write(f"{_CLEAR_LINE}{text}")

    def end(self) -> None:
        if self._shows and self._shown_at:
            self._write(_CLEAR_LINE)

    @staticmethod
    def _write(text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()
