"""Options of glibc's `malloc` that keep the memory of the program with a window small.

glibc makes an arena for each thread, up to eight for each core, and memory that is free in one
serves no other. The window has a dozen threads, of which few compute at a time: with one arena it
takes 3 MB less after 1,000 entries (`tests/bench/memory.py`).

Once a large block is freed, glibc no longer maps blocks of up to its size, but takes them from its
heap. The growing arrays of known plates and of fingerprints then leave gaps there, 6 MB after
40,000 entries. With a fixed threshold each large block has a mapping of its own.
"""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
LARGE = 256 * 1024
"""Bytes from which on a block has a mapping of its own."""


def limit_malloc() -> None:
    """Set the options; a no-op on systems without glibc. Call it before threads."""
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    # The C library musl has no such function, and no arenas.
    if not hasattr(library, "mallopt"):
        return
    library.mallopt(_M_ARENA_MAX, 1)
    library.mallopt(_M_MMAP_THRESHOLD, LARGE)
    # Free memory at the end of the heap that is kept; glibc's own default until a large block.
    library.mallopt(_M_TRIM_THRESHOLD, 128 * 1024)
