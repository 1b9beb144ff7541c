"""Findings about fonts and screens, which each test sets for a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.systems import not_on_windows

LOOK = """
import json, sys
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
application = QApplication([])
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.support.window_checks import desktop_findings
from wxpark_gui.wording import FindingReport
appearance = Appearance(Settings())
found = desktop_findings(QGuiApplication.primaryScreen(), appearance.font(14))
print(json.dumps(FindingReport(appearance.wording).document(found)))
"""
NO_FONTS = '<?xml version="1.0"?><fontconfig><dir>{folder}</dir></fontconfig>'


def look(tmp_path: Path, **variables: str) -> dict[str, tuple[str, str | None]]:
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **variables},
    )
    document = json.loads(done.stdout)
    return {f["subject"]: (f["health"], f["error"]) for f in document["findings"]}


@pytest.mark.matrix
@not_on_windows("fontconfig")
def test_computer_without_chinese_fonts(tmp_path: Path) -> None:
    latin = next(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"), None)
    if latin is None:
        pytest.skip("no Latin font to be left with")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / latin.name).write_bytes(latin.read_bytes())
    config = tmp_path / "fonts.conf"
    config.write_text(NO_FONTS.format(folder=tmp_path / "fonts"))
    found = look(tmp_path, FONTCONFIG_FILE=str(config))
    assert found["fonts"] == ("bad", "NO_CHINESE_FONT")


@pytest.mark.matrix
def test_screen_that_is_too_small(tmp_path: Path) -> None:
    found = look(tmp_path, QT_SCALE_FACTOR="3")
    assert found["screen"] == ("warning", "SCREEN_SMALL")
