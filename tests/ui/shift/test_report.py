"""The printed report of a shift."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import pytest

from tests.ui.shift_states import CLOSING, READING, SUMMARY, item
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.domain.shift_report import ShiftReport, ShiftSummary
from wxpark_gui.ui.shift.report import _blocks, render_report
from wxpark_gui.wording import Wording
from wxpark_gui.wording.shifts import ShiftWords

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def words() -> ShiftWords:
    return Wording.for_language("zh_CN").shifts


def _html(report: ShiftReport, words: ShiftWords, *, training: bool) -> str:
    return "".join(_blocks(report, words, training=training))


def pages(document: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", document))


@pytest.mark.parametrize("language", LANGUAGES)
def test_report_is_a4_with_its_font_inside(language: str) -> None:
    document = render_report(CLOSING, Wording.for_language(language).shifts, training=False)
    assert document.startswith(b"%PDF-")
    assert b"/FontFile" in document
    box = re.search(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)", document)
    assert box is not None
    assert [round(float(edge)) for edge in box.groups()] == [595, 842]


def test_four_hundred_waiting_entries_are_all_listed_on_numbered_pages(words: ShiftWords) -> None:
    many = tuple(item(number) for number in range(400))
    report = replace(CLOSING, summary=replace(SUMMARY, carried=many))
    html = _html(report, words, training=False)
    assert all(entry.label in html for entry in many)
    assert pages(render_report(report, words, training=False)) > 3


def test_names_and_messages_are_no_markup(words: ShiftWords) -> None:
    report = replace(CLOSING, message="<b>A</b> & <img src=x>", main="<i>李")
    html = _html(report, words, training=False)
    assert "&lt;b&gt;A&lt;/b&gt; &amp; &lt;img src=x&gt;" in html
    assert "<i>" not in html


def test_reading_has_no_signatures_and_a_closing_has_them(words: ShiftWords) -> None:
    assert "签名" not in _html(READING, words, training=False)
    assert "接班人签名" in _html(CLOSING, words, training=False)


def test_report_of_training_says_so(words: ShiftWords) -> None:
    assert "不是真实记录" in _html(CLOSING, words, training=True)
    assert "不是真实记录" not in _html(CLOSING, words, training=False)


def test_report_names_place_time_people_and_message(words: ShiftWords) -> None:
    html = _html(replace(CLOSING, acknowledged_by="王师傅"), words, training=False)
    for text in (
        "欢乐海岸停车场 · 1号岗",
        "2026-03-15 08:42 – 11:42",
        "第 7 班",
        "王师傅",
        CLOSING.message,
    ):
        assert text in html


def test_empty_shift_says_that_nothing_is_carried_over(words: ShiftWords) -> None:
    html = _html(replace(CLOSING, summary=ShiftSummary(), message=""), words, training=False)
    assert "全部已发出" in html
    assert ">无<" in html


def test_report_can_be_made_on_another_thread(words: ShiftWords) -> None:
    made: list[bytes] = []
    thread = threading.Thread(
        target=lambda: made.append(render_report(CLOSING, words, training=False))
    )
    thread.start()
    thread.join(30)
    assert made[0].startswith(b"%PDF-")
