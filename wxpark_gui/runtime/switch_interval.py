"""Short turns of Python's threads, while one of them computes for long.

A thread that wants to run waits until the running one has had its turn, 5 ms by default. The window
waits so several times for each key, so these waits add up while another thread computes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

SHORT_TURN = 0.0005
"""Seconds."""


@contextmanager
def short_turns() -> Iterator[None]:
    """Let every thread of the process run for `SHORT_TURN` at a time in the block."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SHORT_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
