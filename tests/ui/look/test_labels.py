"""A wrapping label has the size of its present text, in its present font."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from wxpark_gui.ui.widgets.labels import WrappingLabel, wrapping_label

Change = Callable[[QLabel], None]


def _lengthen(label: QLabel) -> None:
    label.setText(f"{label.text()} {label.text()}")


def _enlarge(label: QLabel) -> None:
    font = label.font()
    font.setPointSizeF(2 * font.pointSizeF())
    label.setFont(font)


def _enlarge_by_style(label: QLabel) -> None:
    label.setStyleSheet("font-size: 40pt")


def _widen_margins(label: QLabel) -> None:
    label.setContentsMargins(30, 30, 30, 30)


@pytest.fixture
def label(qtbot: QtBot) -> WrappingLabel:
    parent = QWidget()
    qtbot.addWidget(parent)
    label = wrapping_label(parent)
    label.setText("Ask the driver to pay the debt in WeChat")
    parent.show()
    return label


def sizes(label: QLabel) -> tuple[int, int, int, int]:
    """Return the preferred width and height, and the heights for two widths."""
    hint = label.sizeHint()
    return hint.width(), hint.height(), label.heightForWidth(120), label.heightForWidth(200)


@pytest.mark.parametrize("change", [_lengthen, _enlarge, _enlarge_by_style, _widen_margins])
def test_size_follows_text_font_and_margins(label: WrappingLabel, change: Change) -> None:
    before = sizes(label)
    change(label)
    after = sizes(label)
    assert after[0] > before[0]
    assert after[2] > before[2]
    assert after[3] > before[3]
    assert label.minimumSizeHint().height() == after[1]


def test_text_is_lower_in_more_room(label: WrappingLabel) -> None:
    assert label.sizeHint().height() == label.heightForWidth(label.sizeHint().width())
    assert label.heightForWidth(120) > label.heightForWidth(200) > label.sizeHint().height()
    assert label.minimumSizeHint().width() < label.sizeHint().width()
