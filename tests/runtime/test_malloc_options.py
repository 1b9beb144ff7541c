"""Arenas and mappings of `malloc`, as glibc counts them in a process with threads."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"),
    reason="glibc alone has arenas and these options",
)

PROGRAM = textwrap.dedent(
    """
    import ctypes, sys, threading
    from wxpark_gui.runtime.malloc_options import LARGE, limit_malloc

    if sys.argv[1] == "limited":
        limit_malloc()
    library = ctypes.CDLL(None)
    library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    together = threading.Barrier(4)

    def allocate():
        together.wait()
        library.malloc(100)
        together.wait()

    threads = [threading.Thread(target=allocate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    library.free(library.malloc(10 * LARGE))
    kept = [library.malloc(2 * LARGE) for _ in range(3)]
    output = ctypes.c_void_p.in_dll(library, "stdout")
    library.malloc_info(0, output)
    library.fflush(output)
    """
)


def _info(how: str) -> str:
    """Return the report of `malloc`, after a large block was freed and three were allocated."""
    command = [sys.executable, "-c", PROGRAM, how]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _mappings(info: str) -> int:
    found = re.search(r'<total type="mmap" count="(\d+)"', info)
    assert found
    return int(found[1])


def test_all_threads_share_one_arena_and_each_large_block_has_a_mapping() -> None:
    info = _info("limited")
    assert info.count("<heap nr=") == 1
    assert _mappings(info) >= 3


def test_by_default_threads_have_arenas_and_large_blocks_come_from_the_heap() -> None:
    info = _info("default")
    assert info.count("<heap nr=") > 1
    assert _mappings(info) < 3
