"""A shorter switch interval of Python's threads, for the program with a window.

A thread that computes keeps the GIL for one switch interval, 5 ms by default. The GUI thread needs
the GIL several times for each key, and the threads that save and send an entry need it again after
each statement of SQLite and each read of a socket. With the default these waits add up.
"""

from __future__ import annotations

import sys

SHORT_TURN = 0.0005
"""Switch interval in seconds."""


def use_short_turns() -> None:
    """Set the process's switch interval to `SHORT_TURN`."""
    sys.setswitchinterval(SHORT_TURN)
