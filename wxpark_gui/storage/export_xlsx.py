"""XLSX for spreadsheet programs. Import it only to write such a file: XlsxWriter loads slowly.

XlsxWriter keeps one row in memory and the others in a temporary file, which it copies into the
sheet and packs at the end. Both steps take long for a million rows, so both can be cancelled.
Deleting the two temporary files, of a gigabyte each, takes a second and cannot be cancelled, so
they stay until their folder is removed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from wxpark_gui.domain.cell_text import is_risky, storable_text
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.export import Cell
from wxpark_gui.storage.flushed_file import open_text

MOST_ROWS = 1_048_575
"""Rows of one sheet below its headings; 1,048,576 is the limit of the format."""

_TIME_FORMAT = "yyyy-mm-dd hh:mm:ss"
_LONGEST_WIDTH = 20


_TEXTS_KEPT = 2048
"""Number of checked texts kept in memory, as most cells repeat the text of an earlier row."""


class XlsxTable:
    """Writes rows to an open file; after `MOST_ROWS` it adds a sheet. Times are those of Beijing.

    Every text is a text cell and never a formula. A text that a spreadsheet program would convert
    when its cell is edited has Excel's quote prefix, which prevents that.
    """

    def __init__(
        self,
        file: BinaryIO,
        temporary: Path,
        sheet_name: str,
        check: Callable[[], None],
        most_rows: int = MOST_ROWS,
    ) -> None:
        """Begin a workbook.

        Args:
            temporary: folder for the rows until `finish`.
            sheet_name: name of the first sheet; the others have a number in addition.
            check: called often; an exception that it raises ends the work.
        """
        self._check = check
        self._most_rows = most_rows
        self._sheet_name = sheet_name
        self._headings: Sequence[str] = ()
        self._file = _StoppableFile(file, check)
        options = {"constant_memory": True, "tmpdir": str(temporary), "use_zip64": True}
        self._book = Workbook(self._file, options)
        self._text = self._book.add_format({"num_format": "@"})
        self._marked = self._book.add_format({"num_format": "@", "quote_prefix": True})
        self._time = self._book.add_format({"num_format": _TIME_FORMAT, "align": "left"})
        self._heading = self._book.add_format({"bold": True})
        self._sheets: list[_StoppableSheet] = []
        self._row = 0

    def write_headings(self, headings: Sequence[str]) -> None:
        """Write the headings of the first sheet; further sheets repeat them."""
        self._headings = headings
        self._add_sheet()

    def write_row(self, cells: Sequence[Cell]) -> None:
        """Write one row.

        Raises:
            OSError: the temporary file could not be written.
        """
        if self._row == self._most_rows:
            self._add_sheet()
        self._row += 1
        sheet, row = self._sheets[-1], self._row
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                if cell:
                    text, risky = _safe_text(cell)
                    sheet.write_string(row, column, text, self._marked if risky else self._text)
            elif isinstance(cell, datetime):
                local = cell.astimezone(BEIJING).replace(tzinfo=None)
                sheet.write_datetime(row, column, local, self._time)
            elif cell is not None:
                sheet.write_number(row, column, cell)

    def finish(self) -> None:
        """Write the workbook to the file, which stays open.

        Raises:
            OSError: the file or a temporary file could not be written.
        """
        try:
            self._book.close()
        except XlsxWriterException as error:
            cause = error.args[0] if error.args else None
            raise (cause if isinstance(cause, OSError) else OSError(str(error))) from error

    def close(self) -> None:
        """Close the temporary files, so that Windows can remove them, and write no more."""
        self._file.stop()
        for sheet in self._sheets:
            sheet.close_files()

    def _add_sheet(self) -> None:
        number = len(self._sheets) + 1
        name = self._sheet_name if number == 1 else f"{self._sheet_name} {number}"
        sheet: _StoppableSheet = self._book.add_worksheet(name, _StoppableSheet)
        sheet.check = self._check
        self._sheets.append(sheet)
        self._row = 0
        for column, heading in enumerate(self._headings):
            sheet.write_string(0, column, heading, self._heading)
        sheet.set_column(0, len(self._headings) - 1, _LONGEST_WIDTH)
        sheet.freeze_panes(1, 0)


@lru_cache(_TEXTS_KEPT)
def _safe_text(text: str) -> tuple[str, bool]:
    """Return the text to store, and True if it needs Excel's quote prefix."""
    stored = storable_text(text)
    return stored, is_risky(stored)


class _StoppableSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A sheet whose copying of rows can be cancelled, with temporary files that `open_text` opens.

    Overrides private methods of XlsxWriter. If a later version renames them, a cancellation waits
    for the end of the copy and for the closing of the files, and
    `tests/storage/test_export_files.py` fails.
    """

    check: Callable[[], None]
    row_data_fh: Any
    row_data_filename: str
    fh: Any
    internal_fh: bool

    def _initialize(self, init_data: Any) -> None:
        super()._initialize(init_data)
        self.row_data_fh.close()
        self.row_data_fh = self.fh = open_text(Path(self.row_data_filename))

    def _set_xml_writer(self, filename: str) -> None:
        self.internal_fh = True
        self.fh = open_text(Path(filename))

    def close_files(self) -> None:
        """Close the temporary files of the rows and of the sheet."""
        for file in (self.row_data_fh, self.fh):
            if file is not None:
                file.close()

    def _write_optimized_sheet_data(self) -> None:
        for path in (self.row_data_filename, self.fh.name):
            _keep(path)
        self.row_data_fh = _StoppableReader(self.row_data_fh, self.check)
        super()._write_optimized_sheet_data()


def _keep(path: str) -> None:
    """Give a file a second name, so that it stays when XlsxWriter deletes it.

    Does nothing where the file system has no hard links.
    """
    with contextlib.suppress(OSError):
        os.link(path, f"{path}.kept")


class _StoppableReader:
    """The temporary file of a sheet's rows; `read` runs the check first."""

    def __init__(self, file: Any, check: Callable[[], None]) -> None:
        self._file = file
        self._check = check

    def read(self, size: int) -> Any:
        self._check()
        return self._file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _StoppableFile:
    """The target file, as `zipfile` uses it; `write` runs the check first.

    After an exception and after `stop` every call does nothing: an interrupted `ZipFile` writes its
    directory when it is collected, and would raise again. `tell` then gives the number of bytes
    written, because the `ZipFile` computes the size of its directory from it.
    """

    def __init__(self, file: BinaryIO, check: Callable[[], None]) -> None:
        self._file = file
        self._check = check
        self._stopped = False
        self._written = 0

    def write(self, content: bytes) -> int:
        self._written += len(content)
        if self._stopped:
            return len(content)
        try:
            self._check()
            return self._file.write(content)
        except BaseException:
            self._stopped = True
            raise

    def stop(self) -> None:
        self._stopped = True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._written if self._stopped else self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._written if self._stopped else self._file.tell()

    def flush(self) -> None:
        if not self._stopped:
            self._file.flush()

    def seekable(self) -> bool:
        return True
