"""Blocks with short turns may overlap; the interval is restored after the last one."""

from __future__ import annotations

import sys
from contextlib import ExitStack

from wxpark_gui.runtime.switch_interval import SHORT_TURN, short_turns


def test_interval_is_restored_after_blocks_that_end_in_the_order_of_their_start() -> None:
    before = sys.getswitchinterval()
    first, second = ExitStack(), ExitStack()
    first.enter_context(short_turns())
    second.enter_context(short_turns())
    first.close()
    assert round(sys.getswitchinterval(), 6) == SHORT_TURN
    second.close()
    assert sys.getswitchinterval() == before
