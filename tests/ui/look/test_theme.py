"""Colours of the themes have enough contrast and can be distinguished."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.pixels import contrast
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.runtime.assets import asset
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import application_icon, icon_pixmap, icon_renderer
from wxpark_gui.ui.look.theme import DARK, LIGHT, Theme

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


@THEMES
@pytest.mark.parametrize("severity", Severity)
def test_a_headline_stands_out_from_its_fill(theme: Theme, severity: Severity) -> None:
    fill = theme.fills[severity]
    assert contrast(fill.text, fill.background) >= 6.5


@THEMES
@pytest.mark.parametrize("severity", Severity)
def test_a_verdict_stands_out_from_the_window(theme: Theme, severity: Severity) -> None:
    fill, window = theme.fills[severity], theme.surfaces.window
    assert max(contrast(fill.background, window), contrast(fill.edge, window)) >= 3


@THEMES
def test_words_can_be_read_on_every_surface(theme: Theme) -> None:
    surfaces = theme.surfaces
    for text in (surfaces.text, surfaces.muted, surfaces.problem):
        for ground in (surfaces.window, surfaces.card, surfaces.field):
            assert contrast(text, ground) >= 4.5
    assert contrast(surfaces.accent_text, surfaces.accent) >= 4.5
    assert contrast(surfaces.training_text, surfaces.training) >= 4.5
    assert contrast(surfaces.text, surfaces.notice) >= 4.5
    assert contrast(surfaces.text, surfaces.error) >= 4.5


@THEMES
def test_only_what_is_unknown_has_a_dashed_edge(theme: Theme) -> None:
    dashed = {severity for severity, fill in theme.fills.items() if fill.dashed}
    assert dashed == {Severity.UNKNOWN, Severity.PENDING}


def test_each_severity_has_an_icon_of_its_own_shape(qtbot: QtBot) -> None:
    drawings = {asset("icons", f"{s.value}.svg").read_bytes() for s in Severity}
    assert len(drawings) == len(Severity)
    for severity in Severity:
        assert icon_renderer(severity.value, "#000000").isValid()


def test_an_icon_takes_the_colour_of_the_text(qtbot: QtBot) -> None:
    image = icon_pixmap("ok", "#FF0000", 96, 1.0).toImage()
    assert image.pixelColor(48, 5).name() == "#ff0000"


def test_the_program_has_an_icon(qtbot: QtBot) -> None:
    assert not application_icon().pixmap(48, 48).isNull()


def test_check_box_grows_with_the_text(appearance: Appearance, qtbot: QtBot) -> None:
    box = QCheckBox("x")
    qtbot.addWidget(box)
    sides = []
    for scale in (100, 200):
        appearance.follow(settings_of(theme="light", font_scale=scale))
        box.ensurePolished()
        option = QStyleOptionButton()
        box.initStyleOption(option)
        element = QStyle.SubElement.SE_CheckBoxIndicator
        sides.append(box.style().subElementRect(element, option, box).width())
    assert sides[1] >= 1.8 * sides[0] - 4
