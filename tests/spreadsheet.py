"""Reads the cells of an XLSX file without a library."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_sheets(path: Path) -> dict[str, list[list[str]]]:
    """Return the rows of each sheet by its name; numbers are the text in the file."""
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        index = ET.fromstring(book.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in index.iter(f"{_MAIN}sheet")]
        return {
            name: _rows(book.read(f"xl/worksheets/sheet{number}.xml"))
            for number, name in enumerate(names, start=1)
        }


def formulas(path: Path) -> int:
    """Return the number of cells that hold a formula."""
    with zipfile.ZipFile(path) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        return sum(book.read(name).count(b"<f>") for name in sheets)


def _rows(sheet: bytes) -> list[list[str]]:
    rows = []
    for row in ET.fromstring(sheet).iter(f"{_MAIN}row"):
        cells: dict[int, str] = {}
        for cell in row:
            column = _column(cell.attrib["r"])
            cells[column] = "".join(part.text or "" for part in cell.iter() if part.text)
        rows.append([cells.get(column, "") for column in range(max(cells, default=-1) + 1)])
    return rows


def _column(reference: str) -> int:
    letters = re.match("[A-Z]+", reference)
    number = 0
    for letter in letters[0] if letters else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
