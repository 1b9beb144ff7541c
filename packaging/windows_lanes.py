"""Runs the parts of `windows_proof.py`, as many at a time as there are lanes.

A lane has what programs for Windows would share: a drive C with its registry and its Credential
Manager, and a screen.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from windows_python import WindowsPython
from windows_results import Result, read_result
from wine_python import WinePython

ROOT = Path(__file__).resolve().parent.parent
SCREEN_SIZE = "2560x1600"
"""Width and height, large enough for every window that the tests show."""
MEMORY = Path("/dev/shm")  # noqa: S108 - the files in it get random names
ROOM_IN_MEMORY = 2_000_000_000
"""Free bytes needed to keep temporary files in memory; several times their size."""


@dataclass(frozen=True)
class Lane:
    """A Python for Windows with a drive C and a screen that no other part uses meanwhile.

    Attributes:
        display: variables by which programs find the screen.
    """

    python: WindowsPython
    display: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """One part of the run: a command and its environment variables.

    Attributes:
        usual: seconds that it takes on an idle machine, about.
    """

    name: str
    command: Sequence[str]
    variables: Mapping[str, str]
    usual: float = 0


@contextmanager
def lanes(pythons: Iterable[WindowsPython]) -> Iterator[list[Lane]]:
    """Yield a lane for each Python; temporary files of Wine are kept in memory meanwhile."""
    with ExitStack() as stack:
        found = []
        for python in pythons:
            if isinstance(python, WinePython) and has_room(MEMORY):
                folder = stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
                stack.enter_context(python.temporary_files_in(Path(folder)))
            found.append(Lane(python, stack.enter_context(screen(SCREEN_SIZE))))
        yield found


def has_room(memory: Path) -> bool:
    """Test if a folder exists and has `ROOM_IN_MEMORY`."""
    return memory.is_dir() and shutil.disk_usage(memory).free > ROOM_IN_MEMORY


def run_all(variants: Sequence[Sequence[Part]], deadline: threading.Event) -> list[Result]:
    """Run each part in the next free lane, the longest first; return the results in that order.

    Args:
        variants: for each part, the same part for each lane.
        deadline: no part is started when it is set.
    """
    order = sorted(variants, key=lambda variants_of_one: -variants_of_one[0].usual)
    free: SimpleQueue[int] = SimpleQueue()
    number_of_lanes = len(order[0])
    for lane in range(number_of_lanes):
        free.put(lane)
    output = threading.Lock()

    def run_next(variants_of_one: Sequence[Part]) -> Result | None:
        if deadline.is_set():
            return None
        lane = free.get()
        try:
            return run(variants_of_one[lane], output)
        finally:
            free.put(lane)

    with ThreadPoolExecutor(number_of_lanes) as pool:
        return [result for result in pool.map(run_next, order) if result is not None]


def run(part: Part, output: threading.Lock) -> Result:
    """Run one part, and show its output at its end.

    The streams are pipes, because under Wine Python for Windows does not start with a file or the
    null device.

    Args:
        output: held while something is printed.
    """
    with output:
        print(f"--> {part.name}: {' '.join(part.command)}", flush=True)
    began = time.monotonic()
    done = subprocess.run(
        part.command,
        check=False,
        cwd=ROOT,
        env=part.variables,
        input="",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    result = read_result(part.name, done.returncode, time.monotonic() - began, lines)
    with output:
        print(f"--- {part.name} after {result.seconds:.0f} s:", *lines, sep="\n", flush=True)
    return result


@contextmanager
def screen(size: str) -> Iterator[dict[str, str]]:
    """Run a virtual screen; yield the variables that name it. On Windows its own screen is used.

    Args:
        size: width and height, such as `1366x768`.
    """
    if sys.platform == "win32":
        yield {}
        return
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{size}x24", "-noreset"]
    # It complains about each display that exists already.
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=quiet, text=True) as server:
        try:
            number = next(iter(server.stdout or ()), "").strip()
            yield {"DISPLAY": f":{number}"}
        finally:
            server.terminate()


@contextmanager
def time_limit(pythons: Iterable[WindowsPython], seconds: float) -> Iterator[threading.Event]:
    """End every program of Wine after `seconds`; the yielded event is set then."""
    passed = threading.Event()

    def end() -> None:
        passed.set()
        for python in pythons:
            if isinstance(python, WinePython):
                python.stop()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield passed
    finally:
        timer.cancel()
