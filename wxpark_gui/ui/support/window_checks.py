"""Findings about fonts, screen and Qt. Call the functions in the GUI thread; none blocks."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFont, QRawFont, QScreen, QTextLayout

from wxpark_gui.domain.health import Finding, Health, Subject, Trouble, judge_version
from wxpark_gui.domain.plate import PROVINCES

NEEDED = (1024, 768)
"""Least width and height of the screen in device-independent pixels."""
_SAMPLE = PROVINCES[:5]
_COUNTS_RIGHT = (3, 12)
"""First version of Python on which no version of Qt for Python loses references."""


def desktop_findings(screen: QScreen, font: QFont) -> Sequence[Finding]:
    """Return the findings about Qt, the font for Chinese and the screen."""
    return (_qt_finding(), _font_finding(font), _screen_finding(screen))


def _qt_finding() -> Finding:
    finding = judge_version(Subject.QT, qVersion())
    if finding.health is not Health.GOOD and sys.version_info >= _COUNTS_RIGHT:
        return Finding(Subject.QT, Health.GOOD, qVersion())
    return finding


def _font_finding(font: QFont) -> Finding:
    """Return the finding about the fonts that draw Chinese; `BAD` if a glyph is missing."""
    families = chinese_families(font)
    if families is None:
        trouble = Trouble.NO_CHINESE_FONT
        return Finding(Subject.FONTS, Health.BAD, font.family(), trouble=trouble)
    return Finding(Subject.FONTS, Health.GOOD, ", ".join(families))


def chinese_families(font: QFont) -> Sequence[str] | None:
    """Return the font families that draw the Chinese `_SAMPLE`; None if a glyph is missing."""
    layout = QTextLayout(_SAMPLE, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    families = []
    for run in layout.glyphRuns():
        face: QRawFont = run.rawFont()
        if not all(run.glyphIndexes()):
            return None
        families.append(face.familyName())
    return tuple(dict.fromkeys(families)) or None


def _screen_finding(screen: QScreen) -> Finding:
    size, ratio = screen.geometry(), screen.devicePixelRatio()
    detail = f"{size.width()} × {size.height()}, {ratio:.0%}"
    if size.width() < NEEDED[0] or size.height() < NEEDED[1]:
        return Finding(Subject.SCREEN, Health.WARNING, detail, trouble=Trouble.SCREEN_SMALL)
    return Finding(Subject.SCREEN, Health.GOOD, detail)
