"""The painted cells of the plate field: click targets and fonts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QImage, QPaintEvent, QPixmap, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from wxpark_gui.ui.look import appearance as appearance_module
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.cells import PlateCells


@pytest.fixture
def cells(qtbot: QtBot, appearance: Appearance) -> PlateCells:
    cells = PlateCells(appearance)
    qtbot.addWidget(cells)
    cells.resize(720, 94)
    return cells


@pytest.fixture(scope="module")
def noted(qapp: QApplication) -> Iterator[_Noted]:
    """Cells for all examples."""
    cells = _Noted(Appearance(settings_of(theme="light")))
    cells.resize(720, 94)
    yield cells
    cells.close()


class _Counted(PlateCells):
    """Cells that count their paint events."""

    paints = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paints += 1
        super().paintEvent(event)


def test_same_plate_is_not_painted_again(qtbot: QtBot, appearance: Appearance) -> None:
    cells = _Counted(appearance)
    qtbot.addWidget(cells)
    cells.show_plate("粤B1", 3, None, active=True)
    with qtbot.waitExposed(cells):
        cells.show()
    QApplication.processEvents()
    before = cells.paints
    cells.show_plate("粤B1", 3, None, active=True)
    QApplication.processEvents()
    assert cells.paints == before > 0
    cells.show_plate("粤B1", 2, None, active=True)
    QApplication.processEvents()
    assert cells.paints == before + 1


class _Noted(PlateCells):
    """Cells that note which rectangles they request to paint."""

    def __init__(self, appearance: Appearance) -> None:
        self.requested: list[QRect] = []
        super().__init__(appearance)

    def update(self, *area: QRect) -> None:  # type: ignore[override]
        self.requested += area or (self.rect(),)
        super().update(*area)


RGB32 = QImage.Format.Format_RGB32
MOST_DIFFERENCE = 8
"""Qt may place a character by 1/64 pixel elsewhere the first time; that makes a difference of 4."""

PLATES = st.sampled_from(
    ["", "粤", "粤B", "粤B1", "粤B1234", "粤B12345", "粤BF12345", "B", "WJ粤1"]
)
STATES = st.tuples(
    PLATES, st.integers(0, 8), st.none() | st.integers(0, 7), st.booleans(), st.just("") | PLATES
)


def largest_difference(first: QPixmap, second: QPixmap) -> int:
    """Return the largest difference of a colour component, 0 to 255."""
    images = first.toImage(), second.toImage()
    if images[0] == images[1]:
        return 0
    one, other = (bytes(image.convertToFormat(RGB32).constBits()) for image in images)
    return max(abs(value - wanted) for value, wanted in zip(one, other, strict=True))


@given(states=st.lists(STATES, min_size=2, max_size=6))
def test_the_requested_cells_are_all_that_changed(
    noted: _Noted, states: list[tuple[str, int, int | None, bool, str]]
) -> None:
    """The former picture with the requested parts painted again is the whole new picture."""
    noted.show_plate("", 0, None, active=False)
    picture = QPixmap(noted.size())
    noted.render(picture)
    for text, cursor, bad, active, guess in states:
        noted.requested.clear()
        noted.show_plate(text, cursor, bad, active=active)
        noted.show_guess(guess)
        for area in noted.requested:
            noted.render(picture, area.topLeft(), QRegion(area))
        assert largest_difference(picture, noted.grab()) <= MOST_DIFFERENCE


def test_a_typed_letter_paints_two_cells(noted: _Noted) -> None:
    noted.show_plate("粤B1", 3, None, active=True)
    noted.requested.clear()
    noted.show_plate("粤B12", 4, None, active=True)
    assert len(noted.requested) == 2
    assert all(area.width() < noted.width() / 4 for area in noted.requested)


@pytest.mark.parametrize(
    ("text", "clicked"), [("粤B", []), ("粤B12345", []), ("粤BF12345", [7])], ids=str
)
def test_leaf_cell_is_no_target_until_it_holds_a_character(
    cells: PlateCells, text: str, clicked: list[int]
) -> None:
    found: list[int] = []
    cells.cellClicked.connect(found.append)
    cells.show_plate(text, len(text), None, active=True)
    QTest.mouseClick(cells, Qt.MouseButton.LeftButton, pos=QPoint(710, 47))
    assert found == clicked
    assert cells.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_family_without_a_bold_face_stays_regular(
    appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A font is made once for each size.
    for points, has_bold, weight in (
        (201, False, QFont.Weight.Normal),
        (202, True, QFont.Weight.Bold),
    ):
        monkeypatch.setattr(appearance_module, "has_bold_face", lambda _face, has=has_bold: has)
        assert appearance.font(points, bold=True).weight() is weight
