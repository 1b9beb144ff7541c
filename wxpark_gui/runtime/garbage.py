"""Python's cyclic garbage collector: paused at the start, and then in the GUI thread only.

Nearly all objects of the start live until the program ends, so a collection finds nothing to free:
the 80 of a start take 20 ms. `app` imports this module before the others.

Automatic collections run in whichever thread makes the object that is one too many. In a worker
thread they would delete a QObject while the GUI thread delivers its events and timers, which ends
the process with a segmentation fault. So they stay off, and the GUI thread calls `collect_if_due`.
"""

from __future__ import annotations

import gc

_is_paused = True


def pause() -> None:
    """Make `collect_if_due` a no-op until `resume`."""
    global _is_paused  # noqa: PLW0603 - the collector is one for the process, and so is its pause
    _is_paused = True


def resume() -> None:
    """Allow collections, which will leave out all present objects."""
    global _is_paused  # noqa: PLW0603 - see `pause`
    gc.freeze()
    _is_paused = False


def is_due() -> bool:
    """Test if so many objects were made that an automatic collection would start."""
    return not _is_paused and gc.get_count()[0] > gc.get_threshold()[0]


def collect_if_due() -> None:
    """Collect the oldest generation that is due, as an automatic collection would.

    For the GUI thread only.
    """
    if not is_due():
        return
    counts, thresholds = gc.get_count(), gc.get_threshold()
    gc.collect(max(age for age in range(3) if age == 0 or counts[age] > thresholds[age]))


gc.disable()
