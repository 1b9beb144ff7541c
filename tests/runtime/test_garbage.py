"""Collections of garbage, each time in a process of its own."""

from __future__ import annotations

import subprocess
import sys


def _output(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return done.stdout.strip()


NODE = """
import gc, threading, weakref
from wxpark_gui.runtime.garbage import collect_if_due, resume
class Node: pass
def lost_cycle():
    node = Node()
    node.itself = node
    return weakref.ref(node)
def make_objects(kept):
    kept.extend([] for _ in range(100_000))
"""
"""Defines a cycle of references that nothing refers to, and objects that make a collection due."""


def test_no_collection_is_automatic() -> None:
    program = f"""{NODE}
resume()
before, lost = gc.get_stats(), lost_cycle()
thread = threading.Thread(target=make_objects, args=([],))
thread.start()
thread.join()
print(lost() is None, gc.get_stats() == before)
"""
    assert _output(program) == "False True"


def test_import_pauses_the_collections() -> None:
    program = f"""{NODE}
kept, lost = [], lost_cycle()
make_objects(kept)
collect_if_due()
print(lost() is None)
"""
    assert _output(program) == "False"


def test_resumed_collections_leave_out_the_objects_of_the_start() -> None:
    program = f"""{NODE}
kept = [[] for _ in range(1000)]
resume()
print(gc.get_freeze_count() > 1000, kept[0] in gc.get_objects())
"""
    assert _output(program) == "True False"


def test_cycle_is_freed_once_a_collection_is_due() -> None:
    program = f"""{NODE}
resume()
gc.collect()
kept, lost = [], lost_cycle()
collect_if_due()
early = lost() is None
make_objects(kept)
collect_if_due()
print(early, lost() is None)
"""
    assert _output(program) == "False True"


def test_old_generations_are_collected_as_often_as_automatic_collections_would() -> None:
    program = f"""{NODE}
resume()
gc.collect()
before = [each["collections"] for each in gc.get_stats()]
kept = []
for _ in range(133):
    kept.extend([] for _ in range(1_000))
    collect_if_due()
print([each["collections"] - old for each, old in zip(gc.get_stats(), before)])
"""
    assert _output(program) == "[121, 11, 1]"
