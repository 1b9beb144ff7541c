"""Number of arenas of `malloc`, as glibc counts them in a process with threads."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"),
    reason="glibc alone has arenas",
)

PROGRAM = textwrap.dedent(
    """
    import ctypes, sys, threading
    from wxpark_gui.runtime.malloc_arena import use_one_arena

    if sys.argv[1] == "one":
        use_one_arena()
    library = ctypes.CDLL(None)
    library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
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
    output = ctypes.c_void_p.in_dll(library, "stdout")
    library.malloc_info(0, output)
    library.fflush(output)
    """
)


def _arenas(how: str) -> int:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True
    )
    return ran.stdout.count("<heap nr=")


def test_all_threads_share_one_arena() -> None:
    assert _arenas("one") == 1


def test_each_thread_has_its_own_by_default() -> None:
    assert _arenas("default") > 1
