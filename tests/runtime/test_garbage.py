"""The pause of the garbage collector, each time in a process of its own."""

from __future__ import annotations

import subprocess
import sys


def _output(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return done.stdout.strip()


def test_import_pauses_the_collector() -> None:
    program = "import gc; import wxpark_gui.runtime.garbage; print(gc.isenabled())"
    assert _output(program) == "False"


def test_resumed_collector_leaves_out_the_objects_of_the_start() -> None:
    program = """
import gc
from wxpark_gui.runtime.garbage import resume
kept = [[] for _ in range(1000)]
resume()
print(gc.isenabled(), gc.get_freeze_count() > 1000, kept[0] in gc.get_objects())
"""
    assert _output(program) == "True True False"


def test_resumed_collector_frees_a_later_cycle() -> None:
    program = """
import gc, weakref
from wxpark_gui.runtime.garbage import resume
resume()
class Node: pass
node = Node()
node.itself = node
gone = weakref.ref(node)
del node
gc.collect()
print(gone())
"""
    assert _output(program) == "None"
