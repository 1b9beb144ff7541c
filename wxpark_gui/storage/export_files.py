"""Files of an export, which get their final name only when they are complete and on disk."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from wxpark_gui.domain.errors import FileNotWrittenError
from wxpark_gui.domain.export import ExportFormat
from wxpark_gui.service.ports import ExportTable
from wxpark_gui.storage.durable import sync_file
from wxpark_gui.storage.export_csv import CsvTable
from wxpark_gui.storage.inspection import remark
from wxpark_gui.storage.unfinished_file import create_for_owner, folder_beside, publish


class _FileTable(ExportTable, Protocol):
    """A table that writes to an open file."""

    def finish(self) -> None:
        """Write everything to the file."""
        ...

    def close(self) -> None:
        """Close temporary files, also of an unfinished table; the file itself stays open."""
        ...


class ExportFiles:
    """Writes tables to temporary files, flushes them to disk, and then gives them their names."""

    @contextlib.contextmanager
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
        """Yield a table; its file appears at the end of the block, and not after an exception.

        Args:
            check: called often while XLSX is written, and once after either format; an exception
                that it raises ends the writing.
            settle: called just before the file gets its name; an exception that it raises keeps the
                file from getting it.

        Raises:
            ExportExistsError: there is a file of that name, and `overwrite` is False.
            FileNotWrittenError: the file cannot be written; `detail` is the system's message.
        """
        with _write_errors(), folder_beside(target, overwrite=overwrite) as folder:
            unfinished = folder / f"unfinished.{kind.value}"
            with create_for_owner(unfinished) as file:
                with _closing(_table(file, kind, sheet_name, folder, check)) as table:
                    yield table
                    table.finish()
                file.flush()
                sync_file(file.fileno())
            check()
            settle()
            publish(unfinished, target, overwrite=overwrite)


def _table(
    file: BinaryIO,
    kind: ExportFormat,
    sheet_name: str,
    folder: Path,
    check: Callable[[], None],
) -> _FileTable:
    if kind is ExportFormat.CSV:
        return CsvTable(file)
    # XlsxWriter takes half a second to load.
    from wxpark_gui.storage.export_xlsx import XlsxTable  # noqa: PLC0415

    return XlsxTable(file, folder, sheet_name, check)


@contextlib.contextmanager
def _closing(table: _FileTable) -> Iterator[_FileTable]:
    try:
        yield table
    except BaseException:
        # A full disk fails the closing too; the first error is the one to report.
        with contextlib.suppress(OSError, ValueError):
            table.close()
        raise
    table.close()


@contextlib.contextmanager
def _write_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileNotWrittenError(remark(error)) from error
