"""Ctrl-Break and the code page: the console of Windows differs from a POSIX terminal in both."""

from __future__ import annotations

import io
import json
import signal
import sys

import pytest

from wxpark_gui.console import interrupts
from wxpark_gui.console.interrupts import Interrupts
from wxpark_gui.console.streams import to_json

DOCUMENT = {"plate": "粤B12345", "title": "可自动扣费"}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("code_page", ["gbk", "utf-8", "cp437"])
def test_json_is_the_same_by_every_code_page_that_powershell_decodes_it_by(
    monkeypatch: pytest.MonkeyPatch, code_page: str
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert json.loads(to_json(DOCUMENT).encode("utf-8").decode(code_page)) == DOCUMENT


@pytest.mark.parametrize(
    ("platform", "stdout"), [("win32", Terminal()), ("linux", Terminal()), ("linux", io.StringIO())]
)
def test_json_shows_chinese_in_a_console_and_on_other_systems(
    monkeypatch: pytest.MonkeyPatch, platform: str, stdout: io.StringIO
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "stdout", stdout)
    assert "粤B12345" in to_json(DOCUMENT)


def test_second_signal_interrupts_like_the_first_and_is_ignored_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SIGTERM stands for SIGBREAK, which is of Windows."""
    monkeypatch.setattr(interrupts, "_SIGNALS", (signal.SIGINT, signal.SIGTERM))
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Interrupts(), pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.skipif(sys.platform != "win32", reason="Ctrl-Break is of Windows")
def test_ctrl_break_is_handled_on_windows() -> None:
    assert [number.name for number in interrupts._SIGNALS] == ["SIGINT", "SIGBREAK"]
