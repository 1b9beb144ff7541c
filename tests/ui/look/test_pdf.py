"""After `prepare_pdf`, a worker that paints a PDF file makes no class of Qt."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import wxpark_gui.ui

UI = Path(wxpark_gui.ui.__file__).parent

RENDERERS = {
    "sheets": """
from wxpark_gui.ui.backfill.sheet import SheetOrder, render_sheets
order = SheetOrder(2, "欢乐海岸停车场", "1号岗", training=True)
render = lambda wording: render_sheets(1, order, wording.backfill, wording.shifts)
""",
    "help": """
from wxpark_gui.ui.window.help_sheet import HelpSheet, render_help
render = lambda wording: render_help(HelpSheet("欢乐海岸停车场", "李工"), wording)
""",
    "report": """
from tests.ui.shift_states import READING
from wxpark_gui.ui.shift.report import render_report
render = lambda wording: render_report(READING, wording.shifts, training=True)
""",
}

STORY = """
import gc
import wxpark_gui.runtime.import_hook
from PySide6.QtWidgets import QApplication
from wxpark_gui.ui.look.pdf import prepare_pdf
from wxpark_gui.wording import Wording
{renderer}
def classes():
    found = (each for each in gc.get_objects() if isinstance(each, type))
    return {{f"{{each.__module__}}.{{each.__qualname__}}" for each in found}}
application = QApplication([])
{prepare}
before = classes()
render(Wording.for_language("zh_CN"))
print(*sorted(name for name in classes() - before if name.startswith("PySide6")))
"""
"""Prints the classes of Qt that a renderer makes."""


@pytest.mark.parametrize("renderer", RENDERERS)
def test_a_renderer_makes_no_class_after_it(renderer: str) -> None:
    assert _made(renderer, "") != []
    assert _made(renderer, "prepare_pdf()") == []


def _made(renderer: str, prepare: str) -> list[str]:
    story = STORY.format(renderer=RENDERERS[renderer], prepare=prepare)
    done = subprocess.run(
        [sys.executable, "-c", story],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.split()


def test_each_window_that_lets_a_worker_paint_calls_it() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in UI.rglob("*.py")}
    found = {
        path: names
        for path, source in sources.items()
        if "open_pdf(" in source
        and (names := re.findall(r"^def (render_\w+)", source, re.MULTILINE))
    }
    renderers = {name for names in found.values() for name in names}
    assert renderers == {"render_sheets", "render_help", "render_report"}
    callers = [
        path
        for path, source in sources.items()
        if path not in found and any(name in source for name in renderers)
    ]
    assert len(callers) == len(renderers)
    assert [path.name for path in callers if "    prepare_pdf()\n" not in sources[path]] == []
