"""Painted text has enough contrast, and severities differ, also with colour blindness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.matrix import sampled
from tests.settings import settings_of
from tests.ui import manager_states, shift_states
from tests.ui.conftest import MERCHANT, NOW, FakeBooth, RecordMaker
from tests.ui.pixels import (
    DEFICIENCIES,
    contrast,
    difference,
    ground_of,
    lightness,
    read_print,
)
from tests.ui.statistics.busy_report import make_busy_report
from tests.ui.window.test_room import settle
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.statistics import Period
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.service.link_status import LinkState, LinkStatus
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_pixmap
from wxpark_gui.ui.verdict.message import idle, of_record
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.window.closing import closing_question
from wxpark_gui.ui.window.main_window import MainWindow

HEADLINE = 6.5
TEXT = 4.5
EDGE = 3.0
APART = 15.0
GREY_APART = 20.0
"""Smallest difference in L* (CIE Lab lightness) of two greys.

Below it they cannot be distinguished on a display in sunlight.
"""

THEMES = ["light", "dark"]
LOOKS = sampled(
    [
        *[(theme, scale, 1.0) for theme in THEMES for scale in (100, 150, 200)],
        *[(theme, 100, ratio) for theme in THEMES for ratio in (1.25, 1.5, 1.75, 2.0)],
    ],
    [*[(theme, 100, 1.0) for theme in THEMES], ("light", 200, 1.0), ("dark", 100, 1.25)],
)

RecordProperty = Callable[[str, object], None]


@pytest.fixture
def records(make_record: RecordMaker) -> dict[Severity, EntryRecord]:
    """One record of each severity."""
    waiting, refused = DeliveryState.WAITING, DeliveryState.REFUSED
    found = [
        make_record(user_state="NORMAL"),
        make_record(user_state="OVERDUE"),
        make_record(user_state="BLOCKED"),
        make_record(user_state="PAUSED"),
        make_record(user_state="UNAUTHORIZED"),
        make_record(user_state="SOMETHING_NEW"),
        make_record(state=waiting, cause=Cause.OFFLINE, code="RESET"),
        make_record(state=refused, cause=Cause.OTHER_REFUSAL, code="X", message="y"),
    ]
    return {record.verdict.severity: record for record in found}


@pytest.fixture
def panel(appearance: Appearance) -> Iterator[VerdictPanel]:
    panel = VerdictPanel(appearance)
    panel.resize(760, 440)
    yield panel
    shiboken6.delete(panel)


def paint(widget: QWidget, ratio: float = 1.0) -> QImage:
    """Return the painted widget at a device pixel ratio."""
    image = QImage(
        QSize(round(widget.width() * ratio), round(widget.height() * ratio)),
        QImage.Format.Format_RGB32,
    )
    image.setDevicePixelRatio(ratio)
    widget.render(image, QPoint())
    return image


@dataclass
class Worst:
    """The smallest of several values, and the place at which it was measured."""

    figure: float = 99.0
    place: str = ""

    def take(self, figure: float, place: str) -> None:
        if figure < self.figure:
            self.figure, self.place = figure, place

    def __str__(self) -> str:
        return f"{self.figure:.2f} ({self.place})"


@pytest.mark.parametrize(("theme", "scale", "ratio"), LOOKS)
def test_every_verdict_can_be_read(
    panel: VerdictPanel,
    appearance: Appearance,
    records: dict[Severity, EntryRecord],
    record_property: RecordProperty,
    theme: str,
    scale: int,
    ratio: float,
) -> None:
    appearance.follow(settings_of(theme=theme, font_scale=scale))
    panel.resize(appearance.length(760), appearance.length(440))
    headline, text = Worst(), Worst()
    assert set(records) == set(Severity)
    for severity in (None, *Severity):
        panel.show_message(of_record(records[severity]) if severity else idle())
        settle()
        image = paint(panel, ratio)
        for name in ("verdictTitle", "verdictPlate", "verdictAdvice", "verdictSmall"):
            label = panel.findChild(QLabel, name)
            assert isinstance(label, QLabel)
            if not label.text():
                continue
            worst = headline if name == "verdictTitle" and severity else text
            found = read_print(image, label.geometry()).contrast
            worst.take(found, f"{name} {severity.value if severity else 'idle'}")
    record_property("headline", str(headline))
    record_property("text", str(text))
    assert headline.figure >= HEADLINE, headline
    assert text.figure >= TEXT, text


@pytest.mark.parametrize("theme", THEMES)
def test_every_verdict_stands_out_from_the_window(
    panel: VerdictPanel,
    appearance: Appearance,
    records: dict[Severity, EntryRecord],
    theme: str,
) -> None:
    appearance.follow(settings_of(theme=theme))
    window = appearance.theme.surfaces.window
    for severity, record in records.items():
        panel.show_message(of_record(record))
        image = paint(panel)
        # A column of pixels from the middle of the left edge inwards: edge, then fill.
        inwards = {image.pixelColor(x, y).name() for x in range(8) for y in range(180, 220)}
        assert max(contrast(colour, window) for colour in inwards) >= EDGE, severity


@pytest.mark.parametrize("deficiency", ["", *DEFICIENCIES])
@pytest.mark.parametrize("theme", THEMES)
def test_no_two_verdicts_look_alike(
    panel: VerdictPanel,
    appearance: Appearance,
    records: dict[Severity, EntryRecord],
    record_property: RecordProperty,
    theme: str,
    deficiency: str,
) -> None:
    appearance.follow(settings_of(theme=theme))
    fills = {}
    for severity, record in records.items():
        panel.show_message(of_record(record))
        fills[severity] = ground_of(paint(panel), QRect(300, 20, 200, 20))
    by_icon_alone = []
    for one, other in combinations(Severity, 2):
        if difference(fills[one], fills[other], deficiency) >= APART:
            continue
        by_icon_alone.append(f"{one.value}/{other.value}")
        assert icon_shape(one) != icon_shape(other), by_icon_alone[-1]
    record_property("told apart by icon and word", by_icon_alone)
    assert difference(fills[Severity.OK], fills[Severity.ARREARS], deficiency) >= APART
    assert difference(fills[Severity.OK], fills[Severity.BLOCKED], deficiency) >= APART


@cache
def icon_shape(severity: Severity) -> bytes:
    """Return for each pixel of an icon one byte, 1 if the pixel is painted in any colour."""
    image = icon_pixmap(severity.value, "#000000", 48, 1.0).toImage()
    return bytes(image.pixelColor(x, y).alpha() > 127 for y in range(48) for x in range(48))


@pytest.mark.parametrize("theme", THEMES)
def test_greyscale_tells_arrears_from_normal(
    panel: VerdictPanel,
    appearance: Appearance,
    records: dict[Severity, EntryRecord],
    record_property: RecordProperty,
    theme: str,
) -> None:
    appearance.follow(settings_of(theme=theme))
    greys = {}
    for severity in (Severity.OK, Severity.ARREARS):
        panel.show_message(of_record(records[severity]))
        greys[severity] = lightness(ground_of(paint(panel), QRect(300, 20, 200, 20)))
    apart = abs(greys[Severity.OK] - greys[Severity.ARREARS])
    record_property("L* apart", round(apart, 1))
    assert apart >= GREY_APART


@pytest.mark.parametrize("theme", THEMES)
def test_every_word_of_the_window_can_be_read(
    qtbot: QtBot,
    window: MainWindow,
    booth: FakeBooth,
    appearance: Appearance,
    records: dict[Severity, EntryRecord],
    record_property: RecordProperty,
    theme: str,
) -> None:
    appearance.follow(settings_of(theme=theme))
    window.resize(1280, 800)
    panel = window.findChild(VerdictPanel)
    assert panel is not None
    worst, read = Worst(), 0
    for name, subject in _subjects(window, booth, records, appearance):
        settle()
        # Painting pauses for a moment after Enter.
        qtbot.waitUntil(panel.updatesEnabled)
        image = paint(subject)
        for part in subject.findChildren(QWidget):
            if part.isVisibleTo(subject) and part.isEnabled() and _has_words(part):
                place = QRect(part.mapTo(subject, QPoint()), part.size()) & subject.rect()
                seen = part.visibleRegion().boundingRect()
                if min(place.height(), seen.height()) < part.height():
                    continue  # scrolled out of sight
                # Within its edges, where it has any.
                inside = place if isinstance(part, QLabel) else place.adjusted(6, 5, -6, -5)
                worst.take(read_print(image, inside).contrast, f"{name}: {_words(part)}")
                read += 1
    record_property("worst", str(worst))
    record_property("words read", read)
    assert worst.figure >= TEXT, worst
    assert read > 200


def _subjects(
    window: MainWindow,
    booth: FakeBooth,
    records: dict[Severity, EntryRecord],
    appearance: Appearance,
) -> Iterator[tuple[str, QWidget]]:
    """Yield the window and its dialogs in states that together show every part."""
    yield "ready", window
    booth.entries.recentLoaded.emit(tuple(records.values()))
    booth.link.changed.emit(LinkStatus(LinkState.UP, 41))
    QTest.keyClicks(window.form.plate, "12\r")
    yield "problem", window
    booth.link.changed.emit(LinkStatus(LinkState.DOWN))
    booth.journal.failed.emit(JournalWriteError())
    QTest.keyClick(window, Qt.Key.Key_F7)
    yield "error notice, bay", window
    QTest.keyClick(window, Qt.Key.Key_F4)
    QTest.keyClicks(window.form.plate, "j")
    yield "keypad", window
    QTest.keyClick(window, Qt.Key.Key_F1)
    yield "help", window._help
    booth.settings.changed.emit(settings_of(MERCHANT))
    window.dialogs.open_merchant()
    merchant = window.dialogs.merchant
    assert merchant is not None
    save = merchant.findChild(QPushButton, "saveButton")
    assert isinstance(save, QPushButton)
    for entry in merchant.findChildren(QLineEdit):
        entry.clear()
    save.click()
    yield "merchant", merchant
    merchant.reject()
    window.dialogs.open_display()
    assert window.dialogs.display is not None
    yield "display", window.dialogs.display
    window.dialogs.display.reject()
    window.statistics.open()
    booth.statistics.finished.emit(make_busy_report(Period.TODAY, NOW))
    assert window.statistics.open_window is not None
    yield "statistics", window.statistics.open_window
    window.statistics.open_window.reject()
    question = closing_question(window, appearance, 3)
    question.open()
    yield "closing", question
    question.reject()
    for opener in (*shift_states.OPENERS, *manager_states.OPENERS):
        dialog = opener(window)
        assert dialog is not None
        yield opener.__name__, dialog
        dialog.reject()


def _has_words(part: QWidget) -> bool:
    return bool(_words(part).strip())


def _words(part: QWidget) -> str:
    if isinstance(part, QLineEdit):
        return part.text() or part.placeholderText()
    if isinstance(part, (QLabel, QPushButton, QToolButton)):
        return part.text()
    return ""


@pytest.mark.parametrize("theme", THEMES)
def test_the_pills_of_the_list_can_be_read_and_told_apart(
    window: MainWindow,
    booth: FakeBooth,
    appearance: Appearance,
    records: dict[Severity, EntryRecord],
    theme: str,
) -> None:
    appearance.follow(settings_of(theme=theme))
    window.resize(1280, 800)
    booth.entries.recentLoaded.emit(tuple(records.values()))
    settle()
    table = window._recent._table
    image = paint(table.viewport())
    for row, severity in enumerate(records):
        place = table.visualRect(table.model().index(row, 2)).adjusted(16, 14, -30, -14)
        assert read_print(image, place).contrast >= TEXT, severity
