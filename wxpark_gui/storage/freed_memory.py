"""Returns the memory to the system that a task on a thread of its own has freed."""

from __future__ import annotations

import ctypes
import sys


def return_freed_memory() -> None:
    """Return memory that is free but still held by glibc's `malloc`; a no-op on other systems.

    glibc has up to eight arenas for each core. What a thread has freed stays with its arena, and a
    later thread may get another one. Without this, each arena in turn would hold some MB: those of
    the largest task that ever ran in it.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    # The C library musl has no such function, and no arenas.
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
