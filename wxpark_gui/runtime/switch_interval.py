"""A shorter switch interval of Python's threads, for the time of a long computation.

A thread that computes keeps the GIL for one switch interval, 5 ms by default. The GUI thread needs
the GIL several times for each key, so with the default these waits add up.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SHORT_TURN = 0.0005
"""Switch interval during a long computation, in seconds."""


_lock = threading.Lock()
_users: list[float] = []
"""The interval that each running block found."""


@contextmanager
def short_turns() -> Iterator[None]:
    """Set the process's switch interval to `SHORT_TURN` in the block.

    The last of the blocks that run at the same time restores the interval that the first one found.
    """
    with _lock:
        _users.append(_users[0] if _users else sys.getswitchinterval())
        sys.setswitchinterval(SHORT_TURN)
    try:
        yield
    finally:
        with _lock:
            before = _users.pop()
            if not _users:
                sys.setswitchinterval(before)
