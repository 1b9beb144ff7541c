"""CSV for spreadsheet programs: UTF-8 with a byte order mark, commas, lines ended by CR LF."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import lru_cache
from typing import BinaryIO

from wxpark_gui.domain.cell_text import guarded_text, storable_text
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.export import Cell

_TEXTS_KEPT = 2048
"""Number of checked texts kept in memory, as most cells repeat the text of an earlier row."""


class CsvTable:
    """Writes rows to an open file. Times are those of Beijing, as `2026-03-15 11:39:12`.

    A text that a spreadsheet program would run or convert gets a leading apostrophe.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        self._writer = csv.writer(self._text, lineterminator="\r\n")

    def write_headings(self, headings: Sequence[str]) -> None:
        self._writer.writerow(headings)

    def write_row(self, cells: Sequence[Cell]) -> None:
        """Write one row.

        Raises:
            OSError: the file could not be written.
        """
        self._writer.writerow([_text_of(cell) for cell in cells])

    def finish(self) -> None:
        """Write all rows to the file, which stays open.

        Raises:
            OSError: the file could not be written.
        """
        self._text.flush()

    def close(self) -> None:
        """Detach from the file, which stays open.

        Raises:
            OSError: buffered rows could not be written.
        """
        self._text.detach()


@lru_cache(_TEXTS_KEPT)
def _safe_text(text: str) -> str:
    return guarded_text(storable_text(text))


def _text_of(cell: Cell) -> str:
    if isinstance(cell, str):
        return _safe_text(cell)
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(cell)
    return cell.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
