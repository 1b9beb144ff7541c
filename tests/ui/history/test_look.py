"""The history window: complete texts, contrast in both themes, names for screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from tests.matrix import sampled
from tests.settings import settings_of
from tests.ui.conftest import FakeBooth
from tests.ui.history.conftest import EntryMaker, show
from tests.ui.look.test_colours import TEXT, THEMES, Worst, paint
from tests.ui.pixels import read_print
from tests.ui.test_accessibility import focusable, unspoken
from tests.ui.window.room import cramped
from tests.ui.window.test_room import SCALES, SIZES, SMALLEST, pseudo, settle
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.errors import JournalDamagedError
from wxpark_gui.domain.history import (
    Attempt,
    AuditNote,
    HistoryDetail,
    HistoryEntry,
    HistoryPage,
    Period,
    Search,
)
from wxpark_gui.domain.record import Link
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.history.window import HistoryWindow
from wxpark_gui.ui.look.appearance import Appearance

__all__ = ["pseudo"]


@pytest.fixture
def rows(make_entry: EntryMaker) -> list[HistoryEntry]:
    """An entry of each severity, with every possible remark."""
    waiting, refused = DeliveryState.WAITING, DeliveryState.REFUSED
    entries = [
        *(
            make_entry("粤BF49883", position, user_state=state)
            for position, state in enumerate(
                ("NORMAL", "OVERDUE", "BLOCKED", "PAUSED", "UNAUTHORIZED", "NEW"), 3
            )
        ),
        make_entry("粤BF49883", 2, state=waiting, cause=Cause.OFFLINE, code="RESET"),
        make_entry("粤BF49883", 1, state=refused, cause=Cause.OTHER_REFUSAL, message="x" * 60),
    ]
    return [
        replace(each, void_reason="车没有进场", record=replace(
            each.record, backfilled=True,
            origin=replace(each.record.origin, attendant="李师傅", training=True),
        ))
        for each in sorted(entries, key=lambda each: -each.record.position)
    ]  # fmt: skip


def states(history: HistoryWindow, booth: FakeBooth, rows: list[HistoryEntry]) -> Iterator[str]:
    """Bring the window into each of its states, and yield the state's name."""
    yield "searching"
    booth.history.failed.emit(JournalDamagedError("disk I/O error"))
    yield "failed"
    history.start(Search(period=Period.TODAY))
    show(booth, [])
    yield "nothing found"
    history.start(Search())
    booth.history.found.emit(HistoryPage(tuple(rows), None, ("2026-02", "2025-11")))
    booth.history.ended.emit(False)
    booth.history.newCounted.emit(1_000)
    QTest.keyClick(history, Qt.Key.Key_F5)
    yield "rows"
    QTest.keyClick(history.plate, Qt.Key.Key_Return)
    shown = history.selected
    assert shown is not None
    linked = replace(shown, record=replace(shown.record, link=Link.CORRECTED))
    at = shown.record.saved_at
    booth.history.detailRead.emit(
        HistoryDetail(
            linked,
            (
                Attempt(at),
                Attempt(at, at, Cause.ANSWERED, "OVERDUE", "", "", "api.mch.weixin.qq.com", 8_000),
                Attempt(at, at, Cause.OFFLINE, code="PROXY_UNREACHABLE", host="h" * 40),
            ),
            (AuditNote(at, "entry_corrected", "李" * 30), AuditNote(at, "x" * 40, "y" * 80)),
            rows[1],
            linked,
        )
    )
    yield "details"
    history.show_list()
    more = history.findChild(QPushButton, "historyMore")
    assert isinstance(more, QPushButton)
    more.click()
    yield "more conditions"


def faults(history: HistoryWindow, booth: FakeBooth, rows: list[HistoryEntry]) -> list[str]:
    found = []
    for state in states(history, booth, rows):
        settle()
        found += [f"{state}: {fault}" for fault in cramped(history)]
    return found


@pytest.mark.parametrize(
    ("language", "scale", "size"),
    sampled(
        product(LANGUAGES, SCALES, SIZES),
        [*product(LANGUAGES, [100, 200], [SMALLEST]), ("zh_CN", 100, SIZES[0])],
    ),
)
def test_every_text_is_shown_whole(
    history: HistoryWindow,
    booth: FakeBooth,
    appearance: Appearance,
    rows: list[HistoryEntry],
    language: str,
    scale: int,
    size: tuple[int, int],
) -> None:
    appearance.follow(settings_of(theme="light", language=language, font_scale=scale))
    history.resize(*size)
    found = faults(history, booth, rows)
    assert (history.width(), history.height()) == size
    assert found == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_longer_sentences_of_another_language_would_fit(
    history: HistoryWindow,
    booth: FakeBooth,
    pseudo: Appearance,
    rows: list[HistoryEntry],
    size: tuple[int, int],
) -> None:
    history.resize(*size)
    assert faults(history, booth, rows) == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_word_can_be_read(
    history: HistoryWindow,
    booth: FakeBooth,
    appearance: Appearance,
    rows: list[HistoryEntry],
    theme: str,
) -> None:
    appearance.follow(settings_of(theme=theme))
    history.resize(1280, 800)
    worst, read = Worst(), 0
    for state in states(history, booth, rows):
        settle()
        image = paint(history)
        for part in history.findChildren(QWidget):
            words = _words(part)
            if not words.strip() or not part.isVisibleTo(history) or not part.isEnabled():
                continue
            place = QRect(part.mapTo(history, QPoint()), part.size()) & history.rect()
            if part.visibleRegion().boundingRect().height() < part.height():
                continue  # scrolled out of sight
            inside = place if isinstance(part, QLabel) else place.adjusted(6, 5, -6, -5)
            worst.take(read_print(image, inside).contrast, f"{state}: {words}")
            read += 1
    assert worst.figure >= TEXT, worst
    assert read > 60


def _words(part: QWidget) -> str:
    if isinstance(part, QLineEdit):
        return part.text() or part.placeholderText()
    return part.text() if isinstance(part, (QLabel, QPushButton)) else ""


@pytest.mark.parametrize("theme", THEMES)
def test_every_cell_can_be_read(
    history: HistoryWindow,
    booth: FakeBooth,
    appearance: Appearance,
    rows: list[HistoryEntry],
    theme: str,
) -> None:
    appearance.follow(settings_of(theme=theme))
    history.resize(1280, 800)
    show(booth, rows)
    settle()
    table = history._table
    image = paint(history)
    origin = table.viewport().mapTo(history, QPoint())
    severities = []
    for row, entry in enumerate(rows):
        severities.append(entry.record.verdict.severity)
        for column in range(table.model().columnCount()):
            cell = table.visualRect(table.model().index(row, column))
            place = cell.translated(origin).adjusted(16, 14, -30, -14)
            assert read_print(image, place).contrast >= TEXT, (row, column)
    assert set(severities) == set(Severity)


def test_whatever_takes_the_keyboard_says_what_it_is(
    history: HistoryWindow, booth: FakeBooth, rows: list[HistoryEntry]
) -> None:
    for state in states(history, booth, rows):
        settle()
        assert focusable(history)
        assert unspoken(history) == [], state


def test_cells_of_a_row_can_be_read_out(
    history: HistoryWindow, booth: FakeBooth, rows: list[HistoryEntry]
) -> None:
    show(booth, rows[-1:])
    table = QAccessible.queryAccessibleInterface(history._table)
    cells = [table.child(index) for index in range(table.childCount())]
    spoken = [cell.text(QAccessible.Text.Name) for cell in cells]
    assert [each for each in spoken if each][-4:] == [
        "2026-03-15 11:43", "粤B·F49883", "未成功", "补录 · 训练 · 李师傅",
    ]  # fmt: skip
