"""The contact sheet, one image with all screenshots of a tour."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

import contact_sheet

RED, BLUE = QColor("#FF0000"), QColor("#0000FF")
LARGE, DIALOG = QSize(1280, 800), QSize(100, 60)
STEP_X = contact_sheet.PICTURE.width() + contact_sheet.GAP
STEP_Y = contact_sheet.PICTURE.height() + contact_sheet.CAPTION_HEIGHT + contact_sheet.GAP


def take(folder: Path, name: str, colour: QColor, size: QSize, moment: int) -> None:
    """Save a picture of one colour, with `moment` as its time of modification."""
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(colour)
    path = folder / f"{name}.png"
    assert image.save(str(path))
    os.utime(path, (moment, moment))


@pytest.fixture
def tour(tmp_path: Path) -> Path:
    """Folder with pictures of two window states in two looks.

    One of the four pictures is missing.
    """
    take(tmp_path, "ready-light-zh_CN-1280x800", RED, LARGE, 1)
    take(tmp_path, "about-light-zh_CN-1280x800", BLUE, DIALOG, 2)
    take(tmp_path, "ready-dark-en-1024x768", BLUE, LARGE, 3)
    return tmp_path


def make_sheet(folder: Path) -> tuple[int, QImage]:
    """Run the script in a process of its own, and return its exit code and the contact sheet."""
    command = [sys.executable, str(contact_sheet.__file__), str(folder)]
    variables = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    code = subprocess.run(command, check=False, env=variables, timeout=60).returncode
    return code, QImage(str(folder / contact_sheet.NAME))


def middle(sheet: QImage, column: int, row: int) -> QColor:
    """Return the colour in the middle of the picture at a column and row of the sheet."""
    x = contact_sheet.GAP + column * STEP_X + contact_sheet.PICTURE.width() // 2
    y = contact_sheet.GAP + row * STEP_Y + contact_sheet.PICTURE.height() // 2
    return sheet.pixelColor(x, y)


def test_a_state_has_a_row_and_a_look_a_column(tour: Path) -> None:
    code, sheet = make_sheet(tour)
    assert code == 0
    assert sheet.size() == QSize(contact_sheet.GAP + 2 * STEP_X, contact_sheet.GAP + 2 * STEP_Y)
    colours = [[middle(sheet, column, row) for column in range(2)] for row in range(2)]
    assert colours == [[RED, BLUE], [BLUE, contact_sheet.PAPER]]


def test_each_picture_has_its_name_below(tour: Path) -> None:
    _, sheet = make_sheet(tour)
    top = contact_sheet.GAP + contact_sheet.PICTURE.height()
    captions = [
        {
            sheet.pixelColor(contact_sheet.GAP + column * STEP_X + x, row * STEP_Y + top + y).name()
            for x in range(contact_sheet.PICTURE.width())
            for y in range(contact_sheet.CAPTION_HEIGHT)
        }
        for column, row in ((0, 0), (1, 0), (0, 1), (1, 1))
    ]
    assert [len(colours) > 1 for colours in captions] == [True, True, True, False]


def test_a_small_picture_is_not_enlarged(tour: Path) -> None:
    image = contact_sheet.read(tour / "about-light-zh_CN-1280x800.png")
    assert image.size() == DIALOG
    assert contact_sheet.read(tour / "ready-dark-en-1024x768.png").size() == QSize(240, 150)


def test_an_earlier_sheet_is_not_put_on_the_new_one(tour: Path) -> None:
    _, first = make_sheet(tour)
    code, second = make_sheet(tour)
    assert code == 0
    assert first == second


def test_a_folder_without_pictures_gets_no_sheet(tmp_path: Path) -> None:
    code, _ = make_sheet(tmp_path)
    assert code == 2
    assert list(tmp_path.iterdir()) == []


def test_states_whose_names_begin_alike_keep_rows_of_their_own() -> None:
    names = ["ok-dark-en-1024x768", "ok-driver-pays-dark-en-1024x768", "ok-light-en-1024x768"]
    assert contact_sheet.layout(names) == dict(zip(names, [(0, 0), (0, 1), (1, 0)], strict=True))
