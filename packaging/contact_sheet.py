"""Puts all pictures of a tour on one sheet: a row for each state, a column for each look.

python packaging/contact_sheet.py FOLDER     writes FOLDER/contact-sheet.png

It draws with Qt, which the window's environment has anyway, so that `dev.py run` need not download
Pillow on a fresh machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QImageReader, QPainter

NAME = "contact-sheet.png"
PICTURE = QSize(240, 180)
"""Largest size of a picture on the sheet, in pixels."""
CAPTION_HEIGHT = 18
CAPTION_PIXELS = 11
GAP = 8
PAPER, INK = QColor("#D0D0D0"), QColor("#101010")
LOOK_PARTS = 3
"""Parts of a name such as `arrears-dark-zh_CN-1280x800` after the state: theme, language, size."""

Cell = tuple[int, int]
"""Column and row, from 0."""


def main(arguments: Sequence[str]) -> int:
    """Write the contact sheet of the folder that `arguments` names.

    Return 0, or 2 if there are no pictures or the arguments are wrong.
    """
    if len(arguments) != 1:
        print(__doc__)
        return 2
    folder = Path(arguments[0])
    pictures = pictures_in(folder)
    if not pictures:
        print(f"There is no picture in {folder}.", file=sys.stderr)
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    draw(pictures).save(str(folder / NAME))
    application.shutdown()
    return 0


def pictures_in(folder: Path) -> list[Path]:
    """Return the pictures in the order in which they were taken, without an earlier sheet."""
    found = [path for path in folder.glob("*.png") if path.name != NAME]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def layout(names: Sequence[str]) -> dict[str, Cell]:
    """Return the cell of each picture; states and looks keep the order of their first picture."""
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    cells = {}
    for name in names:
        state, *look = name.rsplit("-", LOOK_PARTS)
        row = rows.setdefault(state, len(rows))
        column = columns.setdefault("-".join(look), len(columns))
        cells[name] = (column, row)
    return cells


def draw(pictures: Sequence[Path]) -> QImage:
    """Return the sheet with all pictures."""
    cells = layout([path.stem for path in pictures])
    step = QSize(PICTURE.width() + GAP, PICTURE.height() + CAPTION_HEIGHT + GAP)
    columns, rows = (1 + max(place) for place in zip(*cells.values(), strict=True))
    sheet = QImage(
        GAP + columns * step.width(), GAP + rows * step.height(), QImage.Format.Format_RGB32
    )
    sheet.fill(PAPER)
    painter = QPainter(sheet)
    painter.setPen(INK)
    font = QFont()
    font.setPixelSize(CAPTION_PIXELS)
    painter.setFont(font)
    for path in pictures:
        column, row = cells[path.stem]
        corner = QPoint(GAP + column * step.width(), GAP + row * step.height())
        put(painter, path, corner)
    painter.end()
    return sheet


def put(painter: QPainter, path: Path, corner: QPoint) -> None:
    """Draw one picture at `corner`, with its name below."""
    picture = read(path)
    inset = QPoint(
        (PICTURE.width() - picture.width()) // 2, (PICTURE.height() - picture.height()) // 2
    )
    painter.drawImage(corner + inset, picture)
    below = QRect(corner.x(), corner.y() + PICTURE.height(), PICTURE.width(), CAPTION_HEIGHT)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, path.stem)


def read(path: Path) -> QImage:
    """Return a picture, scaled down to at most `PICTURE`."""
    reader = QImageReader(str(path))
    size = reader.size()
    if size.width() > PICTURE.width() or size.height() > PICTURE.height():
        size.scale(PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
    image: QImage = reader.read()
    return image.scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
