"""The table of colours, which the help and the printed sheet share."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from tests.ui.conftest import RecordMaker
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.legend import LegendTable, SeverityBadge, legend
from wxpark_gui.ui.verdict.message import of_record
from wxpark_gui.wording import Wording


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_severity_has_one_row_with_advice(language: str) -> None:
    wording = Wording.for_language(language)
    rows = legend(wording)
    assert sorted(row.severity.value for row in rows) == sorted(each.value for each in Severity)
    assert [row.word for row in rows] == [wording.severity(row.severity) for row in rows]
    assert all(row.advice and all(row.advice) for row in rows)


@pytest.mark.parametrize(
    "state", ["NORMAL", "OVERDUE", "BLOCKED", "PAUSED", "VEHICLE_AUTH_ERROR", "UNAUTHORIZED"]
)
def test_advice_is_the_one_that_the_verdict_panel_shows(
    make_record: RecordMaker, wording: Wording, state: str
) -> None:
    message = of_record(make_record(user_state=state))
    row = next(row for row in legend(wording) if row.severity is message.severity)
    shown = message.words(wording, 0).advice
    assert any(line.endswith(shown) for line in row.advice)


def test_states_of_one_colour_are_named_in_its_row(wording: Wording) -> None:
    row = next(row for row in legend(wording) if row.severity is Severity.CAUTION)
    assert [line.partition("：")[0] for line in row.advice] == ["已暂停", "校验失败", "未绑定"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("severity", list(Severity))
def test_badge_has_the_fill_of_the_verdict_panel(
    qtbot: QtBot, appearance: Appearance, severity: Severity, theme: str
) -> None:
    appearance.follow(settings_of(theme=theme))
    table = LegendTable(appearance)
    qtbot.addWidget(table)
    table.arrange(1)
    badge = next(each for each in table.findChildren(SeverityBadge) if each.severity is severity)
    badge.resize(badge.sizeHint())
    image = badge.grab().toImage()
    left = round(badge.height() * 0.25)
    painted = image.pixelColor(left, badge.height() // 2)
    assert painted == QColor(appearance.theme.fills[severity].background)


def test_words_follow_the_language(qtbot: QtBot, appearance: Appearance) -> None:
    table = LegendTable(appearance)
    qtbot.addWidget(table)
    appearance.follow(settings_of(theme="light", language="en"))
    names = [badge.accessibleName() for badge in table.findChildren(SeverityBadge)]
    assert "Arrears" in names
