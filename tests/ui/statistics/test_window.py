"""The statistics window: keyboard, states, and saving of the shown report."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.matrix import sampled
from tests.settings import settings_of
from tests.ui.conftest import NOW, Desk, FakeBooth
from tests.ui.keys import make_active
from tests.ui.look.test_colours import APART
from tests.ui.pixels import DEFICIENCIES, difference, ground_of
from tests.ui.statistics.busy_report import make_busy_report
from tests.ui.test_accessibility import unspoken
from tests.ui.window.room import cramped
from tests.ui.window.test_room import settle
from wxpark_gui.domain.errors import FileNotWrittenError, JournalDamagedError, JournalNewerError
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.domain.statistics import Period, make_report
from wxpark_gui.domain.tallies import Sums
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.statistics.bars import STACK, axis_step, draw_part
from wxpark_gui.ui.statistics.chart import Chart
from wxpark_gui.ui.statistics.table import FiguresTable
from wxpark_gui.ui.statistics.window import StatisticsWindow
from wxpark_gui.ui.window.main_window import MainWindow


@pytest.fixture
def statistics(desk: Desk, qtbot: QtBot) -> Iterator[StatisticsWindow]:
    desk.statistics.open()
    opened = desk.statistics.open_window
    assert opened is not None
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    yield opened
    if desk.statistics.open_window is not None:
        opened.reject()


def chart_of(statistics: StatisticsWindow) -> Chart:
    chart = statistics.findChild(Chart)
    assert isinstance(chart, Chart)
    return chart


def text_of(statistics: StatisticsWindow, name: str) -> str:
    label = statistics.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def test_today_is_read_when_the_window_opens(
    statistics: StatisticsWindow, booth: FakeBooth
) -> None:
    assert booth.statistics.periods == [Period.TODAY]
    assert text_of(statistics, "statisticsState") == "正在读取：0 %"


def test_digits_choose_the_period_and_read_it_again(
    statistics: StatisticsWindow, booth: FakeBooth
) -> None:
    for key in (Qt.Key.Key_4, Qt.Key.Key_2, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_1):
        press(key)
    periods = [Period.YEAR, Period.WEEK, Period.WEEK, Period.MONTH, Period.TODAY]
    assert booth.statistics.periods[1:] == periods


def test_f9_opens_and_escape_closes_cancels_and_gives_the_plate_the_keyboard(
    window: MainWindow, booth: FakeBooth, qtbot: QtBot
) -> None:
    QTest.keyClick(window, Qt.Key.Key_F9)
    opened = window.statistics.open_window
    assert opened is not None
    make_active(qtbot, opened)
    assert booth.statistics.periods == [Period.TODAY]
    # The figures may be those of yesterday.
    press(Qt.Key.Key_F9)
    window.statistics.open()
    assert booth.statistics.periods == [Period.TODAY] * 3
    press(Qt.Key.Key_Escape)
    assert window.statistics.open_window is None
    assert booth.statistics.cancelled == 1
    window.activateWindow()
    qtbot.waitUntil(window.form.plate.hasFocus)


def test_second_press_of_the_key_opens_no_second_window(
    desk: Desk, statistics: StatisticsWindow
) -> None:
    desk.statistics.open()
    assert desk.statistics.open_window is statistics


def test_arrow_keys_move_the_cursor_and_its_figures_are_shown_and_spoken(
    statistics: StatisticsWindow, booth: FakeBooth, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: spoken.append(event.message())
    )
    booth.statistics.finished.emit(make_busy_report(Period.TODAY, NOW))
    chart = chart_of(statistics)
    assert (chart.hasFocus(), chart.value()) == (True, 11)
    press(Qt.Key.Key_Left)
    assert chart.value() == 10
    assert text_of(statistics, "statisticsSentence").startswith("10:00–11:00  入场 ")
    said = QAccessible.queryAccessibleInterface(chart)
    assert said.role() is QAccessible.Role.Slider
    assert said.text(QAccessible.Text.Name) == "每小时入场"
    assert said.text(QAccessible.Text.Description) == spoken[-1]
    assert "欠费" in spoken[-1]
    press(Qt.Key.Key_Home)
    assert chart.value() == 0
    press(Qt.Key.Key_End)
    assert chart.value() == 23


def test_table_has_the_figures_of_the_bars_and_moves_with_the_cursor(
    statistics: StatisticsWindow, booth: FakeBooth
) -> None:
    report = make_busy_report(Period.WEEK, NOW)
    booth.statistics.finished.emit(report)
    table = statistics.findChild(FiguresTable)
    assert isinstance(table, FiguresTable)
    model = table.model()
    shown = [int(model.index(row, 1).data()) for row in range(model.rowCount())]
    assert shown == [bar.figures.entries for bar in report.bars]
    press(Qt.Key.Key_Left)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [5]
    table.setFocus()
    press(Qt.Key.Key_Up)
    assert chart_of(statistics).value() == 4


def test_partial_figures_are_shown_with_their_share_and_not_saved(
    statistics: StatisticsWindow, booth: FakeBooth
) -> None:
    booth.statistics.partial.emit(make_busy_report(Period.YEAR, NOW, read=0.4))
    assert text_of(statistics, "statisticsState") == "正在读取：40 %"
    press(Qt.Key.Key_T)
    assert statistics.findChildren(QFileDialog) == []


def test_time_without_entries_says_so(statistics: StatisticsWindow, booth: FakeBooth) -> None:
    booth.statistics.finished.emit(make_report(Period.TODAY, Sums(), NOW))
    assert text_of(statistics, "statisticsState") == ""
    assert text_of(statistics, "statisticsSentence") == "11:00–12:00  入场 0"


def test_damaged_journal_is_told_and_read_again_on_request(
    statistics: StatisticsWindow, booth: FakeBooth
) -> None:
    booth.statistics.failed.emit(JournalDamagedError())
    assert text_of(statistics, "statisticsState").startswith("记录文件已损坏")
    statistics._retry.click()
    assert booth.statistics.periods == [Period.TODAY, Period.TODAY]
    assert statistics._retry.isHidden()


def test_long_error_beside_the_buttons_is_no_narrow_column(
    statistics: StatisticsWindow, booth: FakeBooth, appearance: Appearance
) -> None:
    appearance.follow(settings_of(theme="light", font_scale=200))
    statistics.resize(1024, 732)
    booth.statistics.failed.emit(JournalNewerError("version 9"))
    QApplication.processEvents()
    assert statistics._state.width() >= 680
    assert statistics._page.height() > 300


def test_archives_that_cannot_be_read_are_named(
    statistics: StatisticsWindow, booth: FakeBooth
) -> None:
    booth.statistics.finished.emit(make_report(Period.YEAR, Sums(), NOW, skipped=("2026-01",)))
    assert "2026-01" in text_of(statistics, "statisticsState")


def choose(statistics: StatisticsWindow, path: Path) -> None:
    dialog = statistics.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.fileSelected.emit(str(path))
    dialog.close()


def test_table_is_saved_by_day_for_a_spreadsheet(
    statistics: StatisticsWindow, booth: FakeBooth, tmp_path: Path
) -> None:
    report = make_busy_report(Period.YEAR, NOW)
    booth.statistics.finished.emit(report)
    press(Qt.Key.Key_T)
    choose(statistics, tmp_path / "a.csv")
    path, content = booth.statistics.files[0]
    assert (path, content[:3]) == (str(tmp_path / "a.csv"), b"\xef\xbb\xbf")
    heading, *rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert heading[:3] == ["时间", "入场", "正常"]
    assert len(rows) == 365
    assert [int(row[1]) for row in rows] == [row.figures.entries for row in report.rows]
    booth.statistics.saved.emit(path)
    assert text_of(statistics, "statisticsState") == "已保存：a.csv"


def test_picture_is_saved_with_twice_the_pixels(
    statistics: StatisticsWindow, booth: FakeBooth, tmp_path: Path
) -> None:
    booth.statistics.finished.emit(make_busy_report(Period.TODAY, NOW))
    press(Qt.Key.Key_P)
    choose(statistics, tmp_path / "a.png")
    image = QImage.fromData(booth.statistics.files[0][1])
    assert image.width() > 2 * chart_of(statistics).width()
    places = [(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 7)]
    painted = {image.pixelColor(x, y).name().upper() for x, y in places}
    assert statistics._appearance.theme.fills[Severity.OK].background in painted


def test_file_that_cannot_be_written_is_told_in_words(
    statistics: StatisticsWindow, booth: FakeBooth
) -> None:
    booth.statistics.finished.emit(make_busy_report(Period.TODAY, NOW))
    booth.statistics.notSaved.emit(FileNotWrittenError("No space left on device"))
    assert text_of(statistics, "statisticsState").startswith("文件没有写成")


def test_click_on_a_bar_moves_the_cursor(statistics: StatisticsWindow, booth: FakeBooth) -> None:
    booth.statistics.finished.emit(make_busy_report(Period.TODAY, NOW))
    settle()
    chart = chart_of(statistics)
    place = chart._slot(3).center().toPoint()
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place)
    assert chart.value() == 3


@pytest.mark.parametrize(
    ("language", "scale", "period"),
    sampled(
        product(LANGUAGES, [100, 150, 200], Period),
        [*product(LANGUAGES, [100, 200], [Period.YEAR]), ("zh_CN", 200, Period.TODAY)],
    ),
)
def test_every_text_is_whole_on_the_smallest_screen(
    statistics: StatisticsWindow,
    booth: FakeBooth,
    appearance: Appearance,
    language: str,
    scale: int,
    period: Period,
) -> None:
    appearance.follow(settings_of(theme="light", language=language, font_scale=scale))
    statistics.resize(1024, 732)
    booth.statistics.finished.emit(make_busy_report(period, NOW))
    settle()
    assert (statistics.width(), statistics.height()) == (1024, 732)
    assert cramped(statistics) == []


def test_whatever_takes_the_keyboard_says_what_it_is(
    statistics: StatisticsWindow, booth: FakeBooth
) -> None:
    assert unspoken(statistics) == []
    booth.statistics.failed.emit(JournalDamagedError())
    assert unspoken(statistics) == []


def paint_part(severity: Severity, appearance: Appearance) -> QImage:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        draw_part(painter, QRectF(image.rect()), severity, appearance.theme)
    return image


@pytest.mark.parametrize("deficiency", ["", *DEFICIENCIES])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_parts_of_a_bar_differ_in_colour_or_in_pattern(
    appearance: Appearance, theme: str, deficiency: str
) -> None:
    appearance.follow(settings_of(theme=theme))
    assert set(STACK) == set(Severity)
    pictures = {severity: paint_part(severity, appearance) for severity in STACK}
    grounds = {severity: ground_of(image, image.rect()) for severity, image in pictures.items()}
    for one, other in combinations(STACK, 2):
        if difference(grounds[one], grounds[other], deficiency) < APART:
            inked = [_ink(pictures[each]) for each in (one, other)]
            assert abs(inked[0] - inked[1]) > 0.05, (one, other)


def _ink(image: QImage) -> float:
    """Return the share of pixels that differ from the most frequent colour, from 0 to 1."""
    ground = QColor(ground_of(image, image.rect()))
    places = [(x, y) for x in range(2, 38) for y in range(2, 38)]
    return sum(image.pixelColor(x, y) != ground for x, y in places) / len(places)


@pytest.mark.parametrize(
    ("largest", "step"), [(1, 1), (4, 1), (5, 2), (131, 40), (2745, 800), (83_066, 30_000)]
)
def test_axis_has_four_round_steps(largest: int, step: int) -> None:
    assert axis_step(largest, 4) == step


def test_bug_closes_the_window_instead_of_leaving_it_at_reading(
    desk: Desk, booth: FakeBooth
) -> None:
    desk.statistics.open()
    assert desk.statistics.open_window is not None
    booth.statistics.crashed.emit(KeyError())
    assert desk.statistics.open_window is None
