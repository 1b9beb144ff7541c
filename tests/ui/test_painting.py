"""Painting raises no exception; Qt aborts after one while a painter is active."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import wxpark_gui
from tests.settings import settings_of
from wxpark_gui.domain.plate import normalise_plate
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.cells import PlateCells
from wxpark_gui.ui.window.main_window import MainWindow

_MODULES = sorted(Path(wxpark_gui.__file__).parent.rglob("*.py"))
_CHARACTERS_WITHOUT_INK = ["\u2800", "\u3164", "\u115f", "\u1160", "\uffa0"]
_MARKS = ["\ufe0f", "\u0301", "\u034f", "\u20e3", "\u200d"]


@pytest.fixture(scope="module")
def light(qapp: QApplication) -> Appearance:
    """One appearance for all examples, because each new one sets the application's style sheet."""
    return Appearance(settings_of(theme="light"))


@pytest.mark.parametrize("size", [(720, 94), (60, 20), (1, 1)], ids=str)
@example("粤B12345❤\ufe0f")
@example("粤B1\u28002345")
@given(text=st.text(max_size=40))
def test_any_text_is_painted_at_any_size(
    light: Appearance, size: tuple[int, int], text: str
) -> None:
    cells = PlateCells(light)
    cells.resize(QSize(*size))
    cells.show_plate(text, cursor=len(text), bad=len(text) - 1, active=True)
    assert not cells.grab().isNull()


@pytest.mark.parametrize("mark", _MARKS, ids=ascii)
def test_mark_without_ink_is_dropped(mark: str) -> None:
    assert normalise_plate(f"粤B1{mark}2345{mark}") == "粤B12345"


@pytest.mark.parametrize("character", _CHARACTERS_WITHOUT_INK, ids=ascii)
def test_character_without_ink_is_shown_as_a_box(
    qtbot: QtBot, appearance: Appearance, character: str
) -> None:
    cells = PlateCells(appearance)
    qtbot.addWidget(cells)
    cells.resize(720, 94)
    cells.show_plate("粤B1234", cursor=2, bad=None, active=False)
    without = cells.grab().toImage()
    cells.show_plate("粤B1234" + character, cursor=2, bad=None, active=False)
    assert cells.grab().toImage() != without


@pytest.mark.parametrize("pasted", ["粤B12345❤\ufe0f", "粤B\u28002345", "粤B1\u0301\u034f2345"])
def test_pasted_text_is_painted_by_the_window(
    window: MainWindow, pasted: str, qapp: QApplication
) -> None:
    qapp.clipboard().setText(pasted)
    QTest.keyClick(window.form.plate, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert not window.grab().isNull()


def test_every_painter_is_ended_by_a_with_statement() -> None:
    sources = {str(path): path.read_text(encoding="utf-8") for path in _MODULES}
    # Most modules paint nothing; parsing them takes most of the time.
    painting = {name: source for name, source in sources.items() if "QPainter" in source}
    loose = [
        f"{name}:{node.lineno}"
        for name, source in painting.items()
        for node in _painters_outside_with(ast.parse(source))
    ]
    assert len(painting) > 5
    assert loose == []


def _painters_outside_with(tree: ast.Module) -> list[ast.Call]:
    """Return the calls of `QPainter(…)` that are not an item of a `with` statement."""
    nodes = list(ast.walk(tree))
    held = {
        item.context_expr for node in nodes if isinstance(node, ast.With) for item in node.items
    }
    return [
        node
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "QPainter"
        and node not in held
    ]
