"""Output of programs of the operating system."""

from __future__ import annotations

import sys

import pytest

from wxpark_gui import system_programs
from wxpark_gui.system_programs import output_in_time, output_of


def test_output_is_returned() -> None:
    assert output_of([sys.executable, "-c", "print('proxy')"]).strip() == "proxy"


def test_bytes_that_are_no_text_do_no_harm() -> None:
    program = r"import sys; sys.stdout.buffer.write(b'a\xff\x81b')"
    assert output_of([sys.executable, "-c", program])[:1] == "a"


def test_missing_program_has_no_output() -> None:
    assert output_of(["/no/such/program"]) == ""


def test_program_that_hangs_has_no_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_programs, "SECONDS", 0.1)
    assert output_of([sys.executable, "-c", "import time; time.sleep(60)"]) == ""
    assert output_in_time([sys.executable, "-c", "import time; time.sleep(60)"]) is None
