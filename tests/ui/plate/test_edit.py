"""Real key events on the plate field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QMetaType, QMimeData, QPoint, Qt
from PySide6.QtGui import (
    QClipboard,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QInputMethodQueryEvent,
    QKeyEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth
from tests.ui.keys import enter_at
from wxpark_gui.domain.entry import CarType
from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.edit import PlateEdit
from wxpark_gui.ui.plate.enter_bounce import BOUNCE_MS
from wxpark_gui.ui.plate.keypad import ProvinceKeypad
from wxpark_gui.ui.window.main_window import MainWindow


@pytest.fixture
def plate(qtbot: QtBot, appearance: Appearance) -> PlateEdit:
    edit = PlateEdit(appearance)
    qtbot.addWidget(edit)
    edit.resize(720, 300)
    edit.set_prefix("粤B")
    with qtbot.waitExposed(edit):
        edit.show()
    edit.activateWindow()
    edit.setFocus()
    return edit


def keypad(plate: PlateEdit) -> ProvinceKeypad:
    found = plate.findChild(ProvinceKeypad)
    assert isinstance(found, ProvinceKeypad)
    return found


def line(plate: PlateEdit) -> str:
    found = plate.findChild(QLabel, "plateLine")
    assert isinstance(found, QLabel)
    return found.text()


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("12345", "粤B12345"),
        ("f49883", "粤BF49883"),
        ("1 2·3-45", "粤B12345"),
        ("\b\b\byueb12345", "粤B12345"),
        ("\b\by412345", "云12345"),
        ("\b\bchuana12345", "川A12345"),
        ("\b\bwj", "WJ"),
        ("\b\bminhangb1234", "民航B1234"),
        ("\b\bka20003", "KA20003"),
        ("\b\bca20003", "CA20003"),
        ("\b\bc0a20003", "CA20003"),
        ("\b\b146001", "146001"),
    ],
)
def test_typed_keys_become_a_plate(qtbot: QtBot, plate: PlateEdit, keys: str, text: str) -> None:
    for key in keys:
        if key == "\b":
            QTest.keyClick(plate, Qt.Key.Key_Backspace)
        else:
            QTest.keyClicks(plate, key)
    assert plate.text() == text


def test_enter_submits_and_each_change_is_emitted(qtbot: QtBot, plate: PlateEdit) -> None:
    told: list[str] = []
    plate.plateChanged.connect(told.append)
    QTest.keyClicks(plate, "12")
    with qtbot.waitSignal(plate.submitted):
        QTest.keyClick(plate, Qt.Key.Key_Return)
    assert told == ["粤B1", "粤B12"]


@pytest.mark.parametrize("pasted", ["京A·12345", " 京ａ１２３４５\n", "京A 12345"])
def test_pasted_plate_is_normalised(qtbot: QtBot, plate: PlateEdit, pasted: str) -> None:
    QGuiApplication.clipboard().setText(pasted)
    QTest.keyClick(plate, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert plate.text() == "京A12345"


class SlowContent(QMimeData):
    """Content of a program that hangs: it offers nothing, and each look at it takes seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def formats(self) -> list[str]:
        self.looks += 1
        return []

    def hasFormat(self, mimetype: str) -> bool:  # noqa: N802 - Qt's name
        self.looks += 1
        return False

    def retrieveData(  # noqa: N802 - Qt's name
        self, mimetype: str, preferred: QMetaType | QMetaType.Type
    ) -> object:
        self.looks += 1
        return None


def test_paste_without_content_changes_nothing(
    qtbot: QtBot, plate: PlateEdit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QClipboard, "mimeData", lambda *_: None)
    QTest.keyClick(plate, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert plate.text() == "粤B"


def test_paste_looks_once_at_the_clipboard_of_a_program_that_hangs(
    qtbot: QtBot, plate: PlateEdit
) -> None:
    content = SlowContent()
    QGuiApplication.clipboard().setMimeData(content)
    content.looks = 0
    QTest.keyClick(plate, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    looks = content.looks
    QGuiApplication.clipboard().clear()
    assert (looks, plate.text()) == (1, "粤B")


@pytest.mark.parametrize(
    ("committed", "text"), [("湘", "湘B"), ("民航B1234", "民航B1234"), ("WJ粤7710B", "WJ粤7710B")]
)
def test_committed_chinese_text_is_inserted(plate: PlateEdit, committed: str, text: str) -> None:
    plate.choose_province()
    event = QInputMethodEvent()
    event.setCommitString(committed)
    QApplication.sendEvent(plate, event)
    assert plate.text() == text


def test_keypad_is_visible_while_the_province_is_chosen(qtbot: QtBot, plate: PlateEdit) -> None:
    assert not keypad(plate).isVisible()
    plate.choose_province()
    assert keypad(plate).isVisible()
    QTest.mouseClick(keypad(plate).key("湘"), Qt.MouseButton.LeftButton)
    assert plate.text() == "湘B"
    assert not keypad(plate).isVisible()
    assert plate.hasFocus()


def test_typed_letters_list_numbered_provinces(qtbot: QtBot, plate: PlateEdit) -> None:
    plate.choose_province()
    QTest.keyClicks(plate, "y")
    assert line(plate) == "Y：1 粤  2 豫  3 渝  4 云  0 按字母 Y"
    QTest.keyClick(plate, Qt.Key.Key_Escape)
    assert line(plate) == "选省份：拼音或数字键"


@pytest.mark.parametrize(
    ("reason", "letters"),
    [(Qt.FocusReason.PopupFocusReason, "y"), (Qt.FocusReason.TabFocusReason, "")],
)
def test_typed_pinyin_is_kept_while_a_menu_is_open(
    plate: PlateEdit, reason: Qt.FocusReason, letters: str
) -> None:
    plate.choose_province()
    QTest.keyClicks(plate, "y")
    QApplication.sendEvent(plate, QFocusEvent(QEvent.Type.FocusOut, reason))
    assert plate.state.letters == letters


def test_click_on_a_cell_moves_the_cursor(qtbot: QtBot, plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "12345")
    cells = plate.childAt(QPoint(300, 40))
    assert cells is not None
    QTest.mouseClick(cells, Qt.MouseButton.LeftButton, pos=QPoint(250, 40))
    QTest.keyClicks(plate, "9")
    assert plate.text() == "粤B92345"


def test_character_of_no_plate_is_shown_and_explained(qtbot: QtBot, plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "1<")
    assert plate.text() == "粤B1<"
    assert line(plate) == "车牌里没有“<”，请改正。"
    QTest.keyClick(plate, Qt.Key.Key_Backspace)
    assert line(plate) == ""


def test_overlong_plate_is_reported(qtbot: QtBot, plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "1" * 11)
    assert line(plate) == "没有这么长的车牌，按退格键删除。"


def test_new_prefix_keeps_typed_characters(qtbot: QtBot, plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "12")
    plate.set_prefix("京A")
    assert plate.text() == "粤B12"
    plate.clear_to_prefix()
    assert plate.text() == "京A"


def test_any_number_of_cells_is_painted(plate: PlateEdit) -> None:
    for text in ("", "粤B", "粤B12345", "粤BF49883", "京X1234应急", "WJ粤7710B", "9" * 12):
        plate.set_text(text)
        plate.show_problem(0, "x")
        assert not plate.grab().isNull()


KNOWN = [("粤B88888", 1), ("粤B88866", 5), ("粤B88801", 2), ("粤A88812", 1)]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("888 ", "粤B88866"),
        ("8880 ", "粤B88801"),
        ("a88 ", "粤A88812"),
        ("a12345 ", "粤BA12345"),
        ("a12345  ", "粤A12345"),
        ("f49883 ", "粤F49883"),
        ("i2345 ", "粤B12345"),
        ("o1i ", "粤B011"),
        ("777 ", "粤B777"),
    ],
)
def test_space_takes_the_offer(qtbot: QtBot, plate: PlateEdit, keys: str, text: str) -> None:
    plate.set_known_plates(KnownPlates(KNOWN))
    QTest.keyClicks(plate, keys)
    assert plate.text() == text


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("88", ""),
        ("888", "空格：填入 粤B·88866 · ↓ 下一个"),
        ("8880", "空格：填入 粤B·88801"),
        ("a12345", "空格：改为 粤B·A12345 · ＋ 直接发送它"),
        ("i2345", "序号不用 I、O。空格：改为 粤B·12345"),
    ],
)
def test_offer_is_shown_with_its_key(plate: PlateEdit, keys: str, said: str) -> None:
    plate.set_known_plates(KnownPlates(KNOWN))
    QTest.keyClicks(plate, keys)
    assert line(plate) == said


def test_enter_ignores_the_offer(qtbot: QtBot, plate: PlateEdit) -> None:
    plate.set_known_plates(KnownPlates(KNOWN))
    with qtbot.waitSignal(plate.submitted):
        QTest.keyClicks(plate, "888\r")
    assert plate.text() == "粤B888"


def test_plus_submits_the_other_reading(qtbot: QtBot, plate: PlateEdit) -> None:
    with qtbot.waitSignal(plate.submitted):
        QTest.keyClicks(plate, "a12345+")
    assert plate.text() == "粤BA12345"


def test_down_cycles_through_the_guesses(plate: PlateEdit) -> None:
    plate.set_known_plates(KnownPlates(KNOWN))
    QTest.keyClicks(plate, "888")
    offered = []
    for _ in range(4):
        offered.append(line(plate).split()[1])
        QTest.keyClick(plate, Qt.Key.Key_Down)
    assert offered == ["粤B·88866", "粤B·88801", "粤B·88888", "粤B·88866"]


def test_right_arrow_takes_a_guess(plate: PlateEdit) -> None:
    plate.set_known_plates(KnownPlates(KNOWN))
    QTest.keyClicks(plate, "8880")
    QTest.keyClick(plate, Qt.Key.Key_Right)
    assert plate.text() == "粤B88801"


def test_arrow_keys_browse_the_history(plate: PlateEdit) -> None:
    plate.set_history(["粤B33333", "京A22222", "粤B11111"])
    texts = []
    for key in (Qt.Key.Key_Up,) * 4 + (Qt.Key.Key_Down,) * 4:
        QTest.keyClick(plate, key)
        texts.append(plate.text())
    assert texts == [
        *("粤B33333", "京A22222", "粤B11111", "粤B11111"),
        *("京A22222", "粤B33333", "粤B", "粤B"),
    ]


def test_up_keeps_typed_characters(plate: PlateEdit) -> None:
    plate.set_history(["粤B33333"])
    QTest.keyClicks(plate, "1")
    QTest.keyClick(plate, Qt.Key.Key_Up)
    assert plate.text() == "粤B1"


def test_up_keeps_a_recalled_plate_that_was_edited(plate: PlateEdit) -> None:
    plate.set_history(["粤B33333", "京A22222"])
    QTest.keyClick(plate, Qt.Key.Key_Up)
    QTest.keyClick(plate, Qt.Key.Key_Backspace)
    QTest.keyClicks(plate, "4")
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        QTest.keyClick(plate, key)
        assert plate.text() == "粤B33334"


def test_browsing_goes_on_when_an_entry_joins_the_history(plate: PlateEdit) -> None:
    plate.set_history(["粤B33333", "京A22222"])
    QTest.keyClick(plate, Qt.Key.Key_Up)
    plate.set_history(["粤B55555", "粤B33333", "京A22222"])
    QTest.keyClick(plate, Qt.Key.Key_Up)
    assert plate.text() == "京A22222"


def test_space_takes_no_lookalike_while_the_first_cell_hides_it(plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "o2345")
    QTest.keyClick(plate, Qt.Key.Key_Home)
    QTest.keyClick(plate, Qt.Key.Key_Space)
    assert plate.text() == "粤BO2345"


def test_same_prefix_applied_again_keeps_the_province_search(
    plate: PlateEdit,
) -> None:
    plate.choose_province()
    QTest.keyClicks(plate, "x")
    plate.set_prefix("粤B")
    QTest.keyClicks(plate, "1")
    assert plate.text() == "湘B"


def test_new_prefix_replaces_the_old_one_in_an_untouched_field(plate: PlateEdit) -> None:
    plate.set_prefix("京A")
    assert plate.text() == "京A"


def repeat(widget: QWidget, key: Qt.Key, typed: str = "") -> None:
    """Send the key event that is repeated while a key is held down."""
    event = QKeyEvent(
        QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, typed, autorep=True
    )
    QApplication.sendEvent(widget, event)


def commit(plate: PlateEdit, committed: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(committed)
    QApplication.sendEvent(plate, event)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_held_enter_never_submits(qtbot: QtBot, plate: PlateEdit, key: Qt.Key) -> None:
    QTest.keyClicks(plate, "12345")
    with qtbot.assertNotEmitted(plate.submitted):
        repeat(plate, key, "\r")
    with qtbot.waitSignal(plate.submitted):
        QTest.keyClick(plate, key)


def test_held_character_is_typed_once(plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "5")
    for _ in range(60):
        repeat(plate, Qt.Key.Key_5, "5")
    assert plate.text() == "粤B5"


def test_held_backspace_deletes_on(plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "12345")
    for _ in range(5):
        repeat(plate, Qt.Key.Key_Backspace)
    assert plate.text() == "粤B"


def test_committed_punctuation_is_not_dropped_in_silence(
    plate: PlateEdit, monkeypatch: pytest.MonkeyPatch
) -> None:
    beeps: list[bool] = []
    monkeypatch.setattr(QApplication, "beep", lambda: beeps.append(True))
    QTest.keyClicks(plate, "123")
    commit(plate, "。")
    assert plate.text() == "粤B123"
    assert beeps == [True]


@pytest.mark.parametrize("committed", ["粤", "粵", "粤B", "粤B54321"])
def test_committed_province_replaces_the_prefix(plate: PlateEdit, committed: str) -> None:
    commit(plate, committed)
    QTest.keyClicks(plate, "B54321".removeprefix(plate.text()[1:]))
    assert plate.text() == "粤B54321"


def test_input_method_is_hinted_to_latin_in_the_serial_only(plate: PlateEdit) -> None:
    latin = Qt.InputMethodHint.ImhLatinOnly
    assert plate.inputMethodHints() & latin
    assert plate.inputMethodQuery(Qt.InputMethodQuery.ImHints) & latin.value
    plate.choose_province()
    assert not plate.inputMethodHints() & latin
    QTest.keyClicks(plate, "yue")
    assert plate.inputMethodHints() & latin


def compose(plate: PlateEdit, *steps: str, committed: str) -> None:
    """Send the events of an input method that composes step by step and then commits."""
    for step in steps:
        QApplication.sendEvent(plate, QInputMethodEvent(step, []))
    commit(plate, committed)


def accepts_input_method(plate: PlateEdit) -> bool:
    query = QInputMethodQueryEvent(Qt.InputMethodQuery.ImEnabled)
    QApplication.sendEvent(plate, query)
    return bool(query.value(Qt.InputMethodQuery.ImEnabled))


def test_input_method_is_off_in_the_serial(plate: PlateEdit) -> None:
    assert not accepts_input_method(plate)
    plate.choose_province()
    assert accepts_input_method(plate)
    compose(plate, "y", "yu", "yue", committed="粤")
    assert not accepts_input_method(plate)
    QTest.keyClicks(plate, "bd12345")
    assert plate.text() == "粤BD12345"


def test_qt_is_told_when_the_input_method_goes_off(
    plate: PlateEdit, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Qt.InputMethodQuery] = []
    monkeypatch.setattr(plate, "updateMicroFocus", told.append)
    plate.choose_province()
    QTest.keyClicks(plate, "yue")
    QTest.keyClicks(plate, "b12345")
    assert told == [Qt.InputMethodQuery.ImEnabled] * 2


@pytest.mark.parametrize(
    ("steps", "committed", "text"),
    [
        (("d",), "的", "粤BD12345"),
        (("d", "de"), "的", "粤DE12345"),
        (("x", "x'a"), "下啊", "粤XA12345"),
        (("d",), "d", "粤BD12345"),
        (("d",), "ｄ", "粤BD12345"),
        (("y", "yue"), "粤", "粤12345"),
    ],
)
def test_word_that_an_input_method_makes_of_serial_letters_is_taken_as_letters(
    plate: PlateEdit, steps: tuple[str, ...], committed: str, text: str
) -> None:
    compose(plate, *steps, committed=committed)
    QTest.keyClicks(plate, "12345")
    assert plate.text() == text


def test_province_inside_a_serial_is_taken_as_letters(plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "1")
    compose(plate, "y", committed="粤")
    assert plate.text() == "粤B1Y"


def test_word_at_the_end_of_a_plate_is_taken_as_it_is(plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "1234")
    compose(plate, "xue", committed="学")
    assert plate.text() == "粤B1234学"


@pytest.mark.parametrize("committed", ["粤", "约", "越"])
def test_composed_pinyin_in_the_first_cell_chooses_the_province(
    plate: PlateEdit, committed: str
) -> None:
    plate.choose_province()
    compose(plate, "y", "yue", committed=committed)
    assert plate.text() == "粤B"
    QTest.keyClicks(plate, "b")
    assert plate.text() == "粤B"


def test_letter_that_begins_no_province_is_taken_in_the_first_cell_too(plate: PlateEdit) -> None:
    plate.set_prefix("")
    compose(plate, "d", committed="的")
    assert plate.text() == "D"


def test_composed_text_is_not_taken_twice(plate: PlateEdit) -> None:
    compose(plate, "d", committed="的")
    commit(plate, "的")
    assert plate.text() == "粤BD的"


def test_committed_text_of_no_plate_is_shown_and_explained(plate: PlateEdit) -> None:
    commit(plate, "的")
    assert plate.text() == "粤B的"
    assert line(plate) == "车牌里没有“的”，请改正；输入法请切到英文。"
    assert plate.state.number.position == 2


def test_undo_key_restores_a_cleared_plate(plate: PlateEdit) -> None:
    QTest.keyClicks(plate, "1234")
    plate.clear_to_prefix()
    QTest.keyClick(plate, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert plate.text() == "粤B1234"


def test_lookalike_of_a_known_plate_is_named_beneath(plate: PlateEdit) -> None:
    plate.set_known_plates(KnownPlates([("粤B88888", 4)]))
    QTest.keyClicks(plate, "b8888")
    assert line(plate) == "留意：来过的是 粤B·88888，只差一个易混字"


def test_answer_to_the_prefix_question_is_emitted(qtbot: QtBot, plate: PlateEdit) -> None:
    plate.set_prefix("")
    assert plate.text() == ""
    assert keypad(plate).isVisible()
    assert line(plate) == "选省份：拼音或数字键"
    QTest.keyClicks(plate, "y1b")
    with (
        qtbot.assertNotEmitted(plate.submitted),
        qtbot.waitSignal(plate.prefixChosen) as chosen,
    ):
        QTest.keyClick(plate, Qt.Key.Key_Return)
    assert chosen.args == ["粤B"]
    assert plate.text() == "粤B"
    assert line(plate) == ""


@pytest.mark.parametrize(
    ("typed", "car_type", "said"),
    [
        ("12345", CarType.SMALL, "蓝牌 · 小型车"),
        ("12345", CarType.LARGE, "黄牌 · 大型车 · 微信只对蓝牌、绿牌扣费"),
        ("12345d", CarType.SMALL, "新能源（大型） · 小型车 · 按 F6 改为大型车"),
        ("12345d", CarType.LARGE, "新能源（大型） · 大型车"),
        ("1234", CarType.LARGE, ""),
    ],
)
def test_class_beneath_follows_the_car_type(
    plate: PlateEdit, typed: str, car_type: CarType, said: str
) -> None:
    QTest.keyClicks(plate, typed)
    plate.car_type = car_type
    assert line(plate) == said


def advice(window: MainWindow) -> str:
    label = window.findChild(QLabel, "verdictAdvice")
    assert isinstance(label, QLabel)
    return label.text()


def test_held_enter_answers_no_question(window: MainWindow, booth: FakeBooth) -> None:
    QTest.keyClicks(window.form.plate, "888888\r")
    assert advice(window) == "格式少见，再按一次回车发送"
    for _ in range(3):
        repeat(window.form.plate, Qt.Key.Key_Return, "\r")
    assert booth.entries.drafts == []
    QTest.keyClicks(window.form.plate, "\r")
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B888888"]


class TestBounce:
    """A worn key, or a scanner that ends each plate with CR and LF."""

    @pytest.mark.parametrize("second", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
    def test_second_enter_within_a_moment_answers_no_question(
        self, window: MainWindow, booth: FakeBooth, second: Qt.Key
    ) -> None:
        QTest.keyClicks(window.form.plate, "888888")
        enter_at(window.form.plate, 5000)
        enter_at(window.form.plate, 5000 + BOUNCE_MS - 1, second)
        assert advice(window) == "格式少见，再按一次回车发送"
        assert booth.entries.drafts == []
        enter_at(window.form.plate, 5000 + 2 * BOUNCE_MS)
        assert [draft.plate for draft in booth.entries.drafts] == ["粤B888888"]

    def test_person_answers_after_a_moment_however_busy_the_window_was(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        QTest.keyClicks(window.form.plate, "888888")
        enter_at(window.form.plate, 5000)
        enter_at(window.form.plate, 5000 + BOUNCE_MS)
        assert [draft.plate for draft in booth.entries.drafts] == ["粤B888888"]

    def test_enter_that_came_before_by_a_clock_that_wrapped_is_no_bounce(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        QTest.keyClicks(window.form.plate, "888888")
        enter_at(window.form.plate, 2**32 - 1)
        enter_at(window.form.plate, 7)
        assert [draft.plate for draft in booth.entries.drafts] == ["粤B888888"]

    def test_next_plate_of_a_fast_scanner_is_submitted(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        for milliseconds, plate in ((5000, "12345"), (5010, "67890")):
            QTest.keyClicks(window.form.plate, plate)
            enter_at(window.form.plate, milliseconds)
        assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345", "粤B67890"]

    def test_second_enter_after_one_in_another_field_is_one_too(
        self, window: MainWindow, booth: FakeBooth
    ) -> None:
        QTest.keyClicks(window.form.plate, "888888")
        time = window.findChild(QLineEdit, "entryTime")
        assert isinstance(time, QLineEdit)
        enter_at(time, 5000)
        enter_at(window.form.plate, 5001)
        assert booth.entries.drafts == []


def test_held_enter_in_another_field_submits_nothing(window: MainWindow, booth: FakeBooth) -> None:
    QTest.keyClicks(window.form.plate, "12345")
    time = window.findChild(QLineEdit, "entryTime")
    assert isinstance(time, QLineEdit)
    repeat(time, Qt.Key.Key_Return, "\r")
    assert booth.entries.drafts == []
    QTest.keyClick(time, Qt.Key.Key_Return)
    assert [draft.plate for draft in booth.entries.drafts] == ["粤B12345"]


def test_plate_cleared_by_escape_is_undone(window: MainWindow) -> None:
    plate = window.form.plate
    QTest.keyClicks(plate, "1234")
    QTest.keyClick(plate, Qt.Key.Key_Escape)
    assert plate.text() == "粤B"
    QTest.keyClick(plate, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert plate.text() == "粤B1234"
