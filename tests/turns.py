"""Turns among the processes of one test run: a test marked `alone` has no neighbour.

Such a test measures time, and the load of a neighbour would add to it. Two file locks decide: a
test holds the room, shared or for itself, and passes the gate first, so that no stream of others
keeps one waiting that wants the room for itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """Wait for a turn, and keep it for the body of the `with`.

    Args:
        folder: the same for all processes.
        alone: no other process has a turn meanwhile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "room").open("w") as room:
        with (folder / "gate").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
