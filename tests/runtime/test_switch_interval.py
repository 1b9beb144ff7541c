"""The program with a window shortens the switch interval of its threads."""

from __future__ import annotations

import subprocess
import sys

from wxpark_gui.runtime.switch_interval import SHORT_TURN, use_short_turns

MAIN = """
import sys
from wxpark_gui import app
app._open = lambda *_: print(sys.getswitchinterval()) or 0
sys.exit(app.main([]))
"""


def test_interval_of_the_process_is_shortened() -> None:
    before = sys.getswitchinterval()
    try:
        sys.setswitchinterval(10 * SHORT_TURN)
        use_short_turns()
        assert round(sys.getswitchinterval(), 6) == SHORT_TURN
    finally:
        sys.setswitchinterval(before)


def test_window_is_opened_with_short_turns() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MAIN], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert round(float(done.stdout), 6) == SHORT_TURN
