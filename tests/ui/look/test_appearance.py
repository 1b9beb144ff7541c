"""Change of colours, language and text size while the window is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.settings import changed, settings_of
from tests.ui.conftest import MERCHANT, FakeBooth, RecordMaker
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.theme import BODY_POINTS, DARK, LIGHT
from wxpark_gui.ui.window.main_window import MainWindow

BASE = settings_of(MERCHANT, theme="light")


@pytest.fixture
def as_started(appearance: Appearance) -> Iterator[Callable[[str], Appearance]]:
    """Function that makes a second appearance in the language of `--lang`.

    After the test the first one's language is used again.
    """
    made: list[Appearance] = []

    def start(language: str) -> Appearance:
        made.append(Appearance(Settings(), language))
        return made[-1]

    yield start
    for each in made:
        shiboken6.delete(each)
    appearance.follow(changed(BASE, theme="dark"))
    appearance.follow(BASE)


def label(window: MainWindow, name: str) -> QLabel:
    found = window.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found


def test_the_language_changes_in_every_part_and_what_was_typed_stays(
    window: MainWindow, appearance: Appearance, make_record: RecordMaker, booth: FakeBooth
) -> None:
    booth.entries.saved.emit(make_record(user_state="OVERDUE"))
    QTest.keyClicks(window.form.plate, "888888")
    appearance.follow(changed(BASE, language="en"))
    assert window.windowTitle() == "Parking entry"
    assert label(window, "verdictSmall").text() == "Last: 粤B·12345 · Arrears"
    assert label(window, "plateLine").text().startswith("Unusual format")
    assert label(window, "statusPending").text() == "To send 0"
    assert window.form.plate.text() == "粤B888888"
    appearance.follow(BASE)
    assert label(window, "verdictSmall").text() == "上一辆：粤B·12345 · 欠费"
    window.form.clear()
    booth.entries.saved.emit(make_record(sequence=2, user_state="OVERDUE"))
    appearance.follow(changed(BASE, language="en"))
    assert label(window, "verdictTitle").text() == "Arrears"
    appearance.follow(BASE)
    assert label(window, "verdictTitle").text() == "欠费"


def test_qts_own_dialogs_speak_the_same_language(
    qtbot: QtBot,
    window: MainWindow,
    as_started: Callable[[str], Appearance],
    appearance: Appearance,
) -> None:
    as_started("zh_CN")
    said = []
    for language in ("zh_CN", "en"):
        appearance.follow(changed(BASE, language=language))
        box = QMessageBox(window)
        qtbot.addWidget(box)
        box.setStandardButtons(QMessageBox.StandardButton.Cancel)
        said.append(box.button(QMessageBox.StandardButton.Cancel).text())
    assert said == ["取消", "Cancel"]


def test_colours_change_from_light_to_dark(window: MainWindow, appearance: Appearance) -> None:
    def ground() -> str:
        image = window.grab().toImage()
        return image.pixelColor(3, image.height() // 2).name()

    before = ground()
    appearance.follow(changed(BASE, theme="dark"))
    assert (before, ground()) == (
        QColor(LIGHT.surfaces.window).name(),
        QColor(DARK.surfaces.window).name(),
    )


def test_the_systems_choice_is_followed_while_it_changes(appearance: Appearance) -> None:
    appearance.follow(changed(BASE, theme="system"))
    hints = QGuiApplication.styleHints()
    seen = []
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light):
        hints.colorSchemeChanged.emit(scheme)
        seen.append(appearance.theme)
    assert seen == [DARK, LIGHT]


def test_a_theme_of_its_own_does_not_follow_the_system(appearance: Appearance) -> None:
    appearance.follow(BASE)
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert appearance.theme is LIGHT


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_letters_grow_by_the_percentage_chosen(
    window: MainWindow, appearance: Appearance, percent: int
) -> None:
    appearance.follow(changed(BASE, font_scale=percent))
    body = label(window, "statusToday").font().pointSizeF()
    assert body == pytest.approx(BODY_POINTS * percent / 100)


def test_font_that_a_caller_changes_leaves_the_others_as_they_were(appearance: Appearance) -> None:
    face = appearance.font(BODY_POINTS)
    before = face.pointSizeF()
    face.setPointSizeF(5.0)
    assert appearance.font(BODY_POINTS).pointSizeF() == before


def test_fonts_are_made_once_for_each_look(
    appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[float] = []
    make = appearance._make_font

    def note(points: float, *, bold: bool) -> QFont:
        made.append(points)
        return make(points, bold=bold)

    monkeypatch.setattr(appearance, "_make_font", note)
    appearance.follow(changed(BASE, font_scale=150))
    made.clear()
    for _ in range(3):
        appearance.font(41.0)
        appearance.font(41.0, bold=True)
    assert made == [41.0, 41.0]
    larger = appearance.font(41.0)
    appearance.follow(BASE)
    assert larger.pointSizeF() == 1.5 * appearance.font(41.0).pointSizeF()


def test_the_language_of_the_command_line_holds_until_another_is_chosen(
    qtbot: QtBot, as_started: Callable[[str], Appearance]
) -> None:
    appearance = as_started("en")
    appearance.follow(settings_of(language="zh_CN", theme="dark"))
    assert appearance.language == "en"
    appearance.follow(settings_of(language="en"))
    appearance.follow(settings_of(language="zh_CN"))
    assert appearance.language == "zh_CN"


@pytest.mark.parametrize(
    ("key", "begun", "kept"),
    [
        (Qt.Key.Key_Plus, 100, [125]),
        (Qt.Key.Key_Minus, 150, [125]),
        (Qt.Key.Key_0, 175, [100]),
        (Qt.Key.Key_Plus, 200, []),
        (Qt.Key.Key_Minus, 100, []),
    ],
)
def test_control_and_plus_minus_nought_change_the_size_of_letters(
    window: MainWindow, booth: FakeBooth, key: Qt.Key, begun: int, kept: list[int]
) -> None:
    booth.settings.changed.emit(changed(BASE, font_scale=begun))
    QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    assert [settings.appearance.font_scale for settings in booth.settings.appearances] == kept


def test_the_dialog_shows_each_choice_at_once_and_has_it_kept(
    qtbot: QtBot, window: MainWindow, booth: FakeBooth, appearance: Appearance
) -> None:
    booth.settings.changed.emit(BASE)
    QTest.keyClick(window, Qt.Key.Key_F11)
    dialog = window.dialogs.display
    assert dialog is not None
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    for caption in ("English", "Dark", "Off"):
        button = next(b for b in dialog.findChildren(QPushButton) if b.text() == caption)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (appearance.language, appearance.theme) == ("en", DARK)
    assert booth.settings.appearances[-1] == changed(
        BASE, language="en", theme="dark", sounds=False
    )
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.dialogs.display is None


def test_settings_saved_later_name_their_old_colours_as_not_edited(
    window: MainWindow, booth: FakeBooth
) -> None:
    booth.settings.changed.emit(BASE)
    window.dialogs.open_merchant()
    booth.settings.changed.emit(changed(BASE, theme="dark", font_scale=150))
    dialog = window.dialogs.merchant
    assert dialog is not None
    save = dialog.findChild(QPushButton, "saveButton")
    assert isinstance(save, QPushButton)
    save.click()
    ((settings, _),), (seen,) = booth.settings.kept, booth.settings.seen
    assert seen is not None
    assert settings.appearance == seen.appearance == BASE.appearance
