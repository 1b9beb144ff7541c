"""A shorter switch interval of Python's threads, for the time of a long computation.

A thread that computes keeps the GIL for one switch interval, 5 ms by default. The GUI thread needs
the GIL several times for each key, so with the default these waits add up.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

SHORT_TURN = 0.0005
"""Switch interval during a long computation, in seconds."""


@contextmanager
def short_turns() -> Iterator[None]:
    """Set the process's switch interval to `SHORT_TURN` in the block, then restore it.

    Only one thread may use it at a time; two could restore in the wrong order.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SHORT_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
