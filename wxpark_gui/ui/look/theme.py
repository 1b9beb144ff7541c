"""Colours of the window by their meaning, for a light and a dark theme.

Verdicts never differ by colour alone: icon and text differ too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from string import Template

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette, QPen

from wxpark_gui.domain.verdict import Severity
from wxpark_gui.runtime.assets import asset

BODY_POINTS = 14.0
PLATE_POINTS = 56.0
TITLE_POINTS = 63.0

FAMILIES = (
    "Microsoft YaHei UI",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "Segoe UI",
    "sans-serif",
)


@dataclass(frozen=True, slots=True)
class Fill:
    """Colours and edge of a verdict.

    Attributes:
        background, text, edge: colours, as `#RRGGBB`.
        edge_width: in pixels.
        dashed: True for a dashed edge.
    """

    background: str
    text: str
    edge: str
    edge_width: int = 2
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Surfaces:
    """Colours of everything but the verdicts, as `#RRGGBB`.

    Attributes:
        strip: background of the status strip.
        soft: background of selected items.
        notice, error: background of a notice of that level.
        problem, good: texts and edges that signal a problem, or its absence.
        guess: suggested characters of a plate, which are not typed yet.
    """

    window: str
    card: str
    field: str
    strip: str
    border: str
    text: str
    muted: str
    accent: str
    accent_text: str
    soft: str
    training: str
    training_text: str
    notice: str
    notice_edge: str
    error: str
    problem: str
    good: str
    guess: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Complete set of colours; `fills` has one entry for each `Severity`."""

    name: str
    surfaces: Surfaces
    fills: Mapping[Severity, Fill]

    @property
    def idle(self) -> Fill:
        """Fill of the verdict panel without a verdict."""
        return Fill(self.surfaces.card, self.surfaces.muted, self.surfaces.border, 1)

    @property
    def note(self) -> Fill:
        """Fill of the verdict panel while it explains why a key did nothing."""
        return Fill(self.surfaces.card, self.surfaces.text, self.surfaces.muted, 2)

    @property
    def question(self) -> Fill:
        """Fill of the verdict panel while it asks a question."""
        return Fill(self.surfaces.soft, self.surfaces.text, self.surfaces.accent, 3)

    def dimmed(self, fill: Fill) -> Fill:
        """Return `fill` for an old verdict: only its edge keeps the colour."""
        surfaces = self.surfaces
        return replace(fill, background=surfaces.card, text=surfaces.muted, edge_width=4)

    def marked(self, fill: Fill) -> Fill:
        """Return `fill` with the wide dashed edge of an answer that did not come from WeChat."""
        return replace(fill, edge=self.surfaces.training, edge_width=9, dashed=True)


LIGHT = Theme(
    "light",
    Surfaces(
        window="#F3F5F7",
        card="#FFFFFF",
        field="#FFFFFF",
        strip="#E6EAEE",
        border="#D5DAE0",
        text="#17212B",
        muted="#56626E",
        accent="#1B5FAB",
        accent_text="#FFFFFF",
        soft="#E6EEFA",
        training="#5F3A9B",
        training_text="#FFFFFF",
        notice="#FFF3D6",
        notice_edge="#B97D12",
        error="#FDE7E7",
        problem="#B3261E",
        good="#006B5E",
        guess="#8A95A1",
    ),
    {
        Severity.OK: Fill("#00695C", "#FFFFFF", "#00695C"),
        Severity.ARREARS: Fill("#F28E00", "#000000", "#A86200"),
        Severity.CAUTION: Fill("#FFE97F", "#000000", "#3A3A2A"),
        Severity.BLOCKED: Fill("#7A0019", "#FFFFFF", "#7A0019"),
        Severity.INFO: Fill("#AEB9CC", "#000000", "#2E3742"),
        Severity.UNKNOWN: Fill("#FFFFFF", "#17212B", "#17212B", 3, dashed=True),
        Severity.PENDING: Fill("#FFFFFF", "#17212B", "#17212B", 3, dashed=True),
        Severity.FAILED: Fill("#FFFFFF", "#17212B", "#17212B", 7),
    },
)

DARK = Theme(
    "dark",
    Surfaces(
        window="#12171C",
        card="#1B2128",
        field="#14191F",
        strip="#171D24",
        border="#343D47",
        text="#E8EDF2",
        muted="#9DA9B5",
        accent="#6AAFF5",
        accent_text="#0B1015",
        soft="#20344E",
        training="#7A52BD",
        training_text="#FFFFFF",
        notice="#33290F",
        notice_edge="#C98A1B",
        error="#3A1719",
        problem="#FF8A80",
        good="#2BB5A0",
        guess="#6B7784",
    ),
    {
        Severity.OK: Fill("#00695C", "#FFFFFF", "#2BA492"),
        Severity.ARREARS: Fill("#F28E00", "#000000", "#F28E00"),
        Severity.CAUTION: Fill("#FFE97F", "#000000", "#FFE97F"),
        Severity.BLOCKED: Fill("#7A0019", "#FFFFFF", "#D8576F"),
        Severity.INFO: Fill("#AEB9CC", "#000000", "#AEB9CC"),
        Severity.UNKNOWN: Fill("#1B2128", "#FFFFFF", "#E8EDF2", 3, dashed=True),
        Severity.PENDING: Fill("#1B2128", "#FFFFFF", "#E8EDF2", 3, dashed=True),
        Severity.FAILED: Fill("#1B2128", "#FFFFFF", "#E8EDF2", 7),
    },
)


def edge_pen(fill: Fill) -> QPen:
    """Return the pen for the edge of a verdict, in the panel and in the list."""
    pen = QPen(QColor(fill.edge), fill.edge_width)
    if fill.dashed:
        pen.setDashPattern([4.0, 2.5])
    return pen


def has_bold_face(face: QFont) -> bool:
    """Test if the family that Qt uses for `face` has a bold face. WenQuanYi has none."""
    return _family_has_bold_face(QFontInfo(face).family())


@cache
def _family_has_bold_face(family: str) -> bool:
    return any(
        QFontDatabase.weight(family, style) >= QFont.Weight.DemiBold.value
        for style in QFontDatabase.styles(family)
    )


def style_sheet(surfaces: Surfaces, body_points: float) -> str:
    """Return `style/window.qss` with colours and font size filled in."""
    template = asset("style", "window.qss").read_text(encoding="utf-8")
    return Template(template).substitute(asdict(surfaces), body_points=f"{body_points:g}")


def palette(surfaces: Surfaces) -> QPalette:
    """Return the colours as a `QPalette`, for widgets without a rule in the style sheet."""
    result = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, surfaces.window),
        (QPalette.ColorRole.WindowText, surfaces.text),
        (QPalette.ColorRole.Base, surfaces.field),
        (QPalette.ColorRole.AlternateBase, surfaces.strip),
        (QPalette.ColorRole.Text, surfaces.text),
        (QPalette.ColorRole.PlaceholderText, surfaces.muted),
        (QPalette.ColorRole.Button, surfaces.card),
        (QPalette.ColorRole.ButtonText, surfaces.text),
        (QPalette.ColorRole.Highlight, surfaces.accent),
        (QPalette.ColorRole.HighlightedText, surfaces.accent_text),
        (QPalette.ColorRole.ToolTipBase, surfaces.card),
        (QPalette.ColorRole.ToolTipText, surfaces.text),
    ):
        result.setColor(role, QColor(colour))
    return result
