"""The panel shows one verdict, and passes the same text to screen readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.message import not_saved, note, of_record, saving, typing
from wxpark_gui.ui.verdict.panel import VerdictPanel

RecordMaker = Callable[..., EntryRecord]


@pytest.fixture
def panel(qtbot: QtBot, appearance: Appearance) -> VerdictPanel:
    panel = VerdictPanel(appearance)
    qtbot.addWidget(panel)
    panel.resize(760, 440)
    return panel


def text(panel: VerdictPanel, name: str) -> str:
    label = panel.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


@pytest.mark.parametrize(
    ("state", "cause", "user_state", "severity", "title"),
    [
        (DeliveryState.ANSWERED, Cause.ANSWERED, "NORMAL", "ok", "正常"),
        (DeliveryState.ANSWERED, Cause.ANSWERED, "OVERDUE", "arrears", "欠费"),
        (DeliveryState.ANSWERED, Cause.ANSWERED, "BLOCK", "blocked", "受限"),
        (DeliveryState.ANSWERED, Cause.ANSWERED, "PAUSED", "caution", "已暂停"),
        (DeliveryState.ANSWERED, Cause.ANSWERED, "UNAUTHORIZED", "info", "未开通"),
        (DeliveryState.ANSWERED, Cause.ANSWERED, "normal", "unknown", "状态未知"),
        (DeliveryState.ANSWERED, Cause.ANSWERED, "", "unknown", "状态未知"),
        (DeliveryState.WAITING, Cause.OFFLINE, "NORMAL", "pending", "未查询"),
        (DeliveryState.SAVED, None, "", "pending", "未查询"),
        (DeliveryState.UNTRUSTED, Cause.UNTRUSTED, "NORMAL", "failed", "未成功"),
    ],
)
def test_each_severity_has_its_colour_class_icon_and_word(
    panel: VerdictPanel,
    make_record: RecordMaker,
    state: DeliveryState,
    cause: Cause | None,
    user_state: str,
    severity: str,
    title: str,
) -> None:
    panel.show_message(of_record(make_record(state=state, cause=cause, user_state=user_state)))
    assert panel.property("severity") == severity
    assert panel.icon_name == severity
    assert text(panel, "verdictTitle") == title
    assert text(panel, "verdictPlate") == "粤B·12345"


def test_a_state_is_labelled_with_its_time(panel: VerdictPanel, make_record: RecordMaker) -> None:
    panel.show_message(of_record(make_record()))
    assert text(panel, "verdictSmall") == "截至 11:43:07"


def test_what_wechat_says_is_never_read_as_mark_up(
    panel: VerdictPanel, make_record: RecordMaker
) -> None:
    panel.show_message(of_record(make_record(user_state="<b>x</b>")))
    label = panel.findChild(QLabel, "verdictAdvice")
    assert isinstance(label, QLabel)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert "<b>x</b>" in label.text()


def test_a_verdict_is_announced(
    panel: VerdictPanel, make_record: RecordMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[str] = []
    monkeypatch.setattr(
        QAccessible, "updateAccessibility", lambda event: announced.append(event.message())
    )
    panel.show_message(of_record(make_record(user_state="OVERDUE")))
    assert announced == ["欠费. 粤B·12345. 请司机在微信还款；本次按普通车收费"]
    assert panel.accessibleDescription() == announced[0]


def test_before_the_first_entry_nothing_is_claimed(panel: VerdictPanel) -> None:
    assert panel.property("severity") == ""
    assert text(panel, "verdictTitle") == "就绪"


def test_an_entry_that_was_not_saved_is_never_called_saved(
    panel: VerdictPanel, appearance: Appearance
) -> None:
    panel.show_message(saving("粤B·12345"))
    assert panel.property("severity") == "pending"
    assert "已存" not in text(panel, "verdictAdvice")
    panel.show_message(not_saved(JournalWriteError(), "粤B·12345"))
    assert panel.property("severity") == "failed"
    assert text(panel, "verdictTitle") == "未保存"
    assert text(panel, "verdictSmall") == "JOURNAL_NOT_WRITTEN"


@pytest.mark.parametrize("size", [(760, 440), (620, 200), (380, 190)])
def test_title_and_plate_fit_whatever_the_size(
    panel: VerdictPanel, make_record: RecordMaker, size: tuple[int, int]
) -> None:
    panel.show_message(of_record(make_record("京X1234应急", user_state="VEHICLE_AUTH_ERROR")))
    panel.resize(*size)
    panel.show()
    for name in ("verdictTitle", "verdictPlate"):
        label = panel.findChild(QLabel, name)
        assert isinstance(label, QLabel)
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width() + 1


class _LayoutRequests(QObject):
    """Counts the requests to lay out a widget."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.LayoutRequest
        return super().eventFilter(watched, event)


def test_window_is_laid_out_again_only_for_a_message_that_needs_another_height(
    qtbot: QtBot, appearance: Appearance, make_record: RecordMaker
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    panel = VerdictPanel(appearance, window)
    QVBoxLayout(window).addWidget(panel)
    panel.show_message(of_record(make_record(state=DeliveryState.SAVED, cause=None)))
    window.resize(900, 500)
    with qtbot.waitExposed(window):
        window.show()
    QApplication.processEvents()
    requests = _LayoutRequests(window)
    panel.show_message(of_record(make_record()))
    panel.show_message(of_record(make_record(user_state="OVERDUE")))
    QApplication.processEvents()
    assert requests.count == 0
    before = panel.heightForWidth(panel.width())
    panel.show_message(note(lambda _: "发送前已撤回 " * 60, lambda: None))
    assert panel.heightForWidth(panel.width()) > before
    QApplication.processEvents()
    assert requests.count > 0


def test_texts_have_the_colour_of_the_verdict_shown(
    panel: VerdictPanel, make_record: RecordMaker
) -> None:
    for user_state, colour in (("NORMAL", "#ffffff"), ("OVERDUE", "#000000"), ("BLOCK", "#ffffff")):
        panel.show_message(of_record(make_record(user_state=user_state)))
        label = panel.findChild(QLabel, "verdictAdvice")
        assert label is not None
        assert label.palette().windowText().color().name() == colour


def test_message_that_looks_the_same_is_not_laid_out_again(
    panel: VerdictPanel, make_record: RecordMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out = 0

    def count(self: VerdictPanel) -> None:
        nonlocal laid_out
        laid_out += 1

    monkeypatch.setattr(VerdictPanel, "make_room", count)
    last = make_record()
    panel.show_message(typing(last))
    panel.show_message(typing(last))
    assert laid_out == 1
    panel.show_message(of_record(last))
    assert (laid_out, text(panel, "verdictTitle")) == (2, "正常")
    panel.show_message(replace(of_record(last), marked=True))
    assert laid_out == 3


class _CountedPanel(VerdictPanel):
    """Panel that counts the paint events of its whole area."""

    paints = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paints += event.rect() == self.rect()
        super().paintEvent(event)


def test_message_of_the_same_colours_repaints_only_the_texts_that_changed(
    qtbot: QtBot, appearance: Appearance, make_record: RecordMaker
) -> None:
    panel = _CountedPanel(appearance)
    qtbot.addWidget(panel)
    panel.resize(760, 440)
    panel.show_message(saving("粤B·12345"))
    with qtbot.waitExposed(panel):
        panel.show()
    QApplication.processEvents()
    before = panel.paints
    panel.show_message(of_record(make_record(state=DeliveryState.SAVED, cause=None)))
    QApplication.processEvents()
    assert panel.paints == before > 0
    panel.show_message(of_record(make_record()))
    QApplication.processEvents()
    assert panel.paints == before + 1


@pytest.mark.parametrize(("height", "gap"), [(290, 24), (170, 11)])
def test_texts_keep_away_from_the_edge_of_a_panel_with_room(
    panel: VerdictPanel, height: int, gap: int
) -> None:
    panel.resize(600, height)
    panel.show_message(not_saved(JournalWriteError(), "粤B·12345"))
    QApplication.processEvents()
    lowest = max(
        part.geometry().bottom() + 1
        for part in panel.findChildren(QLabel)
        if part.text() and part.isVisibleTo(panel)
    )
    assert panel.height() - lowest >= gap
