"""The painted cells of the plate field: click targets and fonts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wxpark_gui.ui.look import appearance as appearance_module
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.cells import PlateCells


@pytest.fixture
def cells(qtbot: QtBot, appearance: Appearance) -> PlateCells:
    cells = PlateCells(appearance)
    qtbot.addWidget(cells)
    cells.resize(720, 94)
    return cells


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
