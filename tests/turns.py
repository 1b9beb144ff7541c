"""Locks between the processes of one test run: a test marked `alone` runs without other tests.

Such a test measures time, which other tests would falsify. Two file locks are used. Each test holds
the lock `room` while it runs: exclusively if it is marked `alone`, shared otherwise. To get it, the
test first takes the lock `gate` and releases it afterwards. A test that waits for an exclusive
`room` thus holds `gate`, so that later tests cannot overtake it.
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
    """Wait for the lock, and hold it during the body of the `with` statement.

    Args:
        folder: folder of the lock files, the same for all processes.
        alone: True for the exclusive lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "room").open("w") as room:
        with (folder / "gate").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
