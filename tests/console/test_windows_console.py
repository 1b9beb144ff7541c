"""Ctrl-Break and the code page, in which Windows consoles differ from POSIX terminals."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console.test_streams_and_signals import PATIENCE, ROOT, kept, silent_gateway
from tests.systems import not_under_wine
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
    """SIGTERM stands in for SIGBREAK, which exists on Windows only."""
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


@pytest.mark.skipif(sys.platform != "win32", reason="needs a console of Windows")
@pytest.mark.parametrize(
    "event",
    [
        pytest.param("CTRL_C_EVENT", id="Ctrl-C"),
        pytest.param(
            "CTRL_BREAK_EVENT",
            id="Ctrl-Break",
            marks=not_under_wine("no Ctrl-Break can be sent"),
        ),
    ],
)
def test_interrupted_notify_says_that_the_entry_waits(tmp_path: Path, event: str) -> None:
    with silent_gateway(tmp_path) as directory:
        number = int(getattr(signal, event))
        done = subprocess.run(
            [sys.executable, "-m", "tests.console.windows_console", str(directory), str(number)],
            cwd=ROOT,
            check=False,
            capture_output=True,
            input="",
            encoding="utf-8",
            timeout=PATIENCE,
            creationflags=getattr(subprocess, "CREATE_NEW_CONSOLE", 0),
        )
    assert done.returncode == 0, done.stderr
    code, output, errors = json.loads(done.stdout)
    document = json.loads(output)
    assert (code, document["delivery"], document["plate"]) == (3, "queued", "粤B12345")
    assert errors.splitlines() == ["已中断。记录已保存，可用 wxpark journal flush 发送。"]
    assert [(record[0], record[1]) for record in kept(directory)] == [(document["entry_id"], True)]
