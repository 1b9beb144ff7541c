"""Runs the tests and the proof of the package with a Python for Windows.

    python packaging/windows_proof.py [--short] [ARGUMENT …]    the arguments go to pytest

`--short` runs fewer tests of the window and fewer kills, for machines that run much else.

On Windows with the Python that runs this, elsewhere with one under Wine. Wine is not Windows: the
figures say what ran where.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from failure import SetUpError
from windows_python import NativePython, WindowsPython
from wine_python import WinePython

ROOT = Path(__file__).resolve().parent.parent
LIMIT, SHORT_LIMIT = 2400.0, 1200.0
"""Seconds for everything, once the Python for Windows is made; on an idle machine half of it."""

SUITE = (
    "tests/domain",
    "tests/wechatpay",
    "tests/transport",
    "tests/storage",
    "tests/service",
    "tests/releases",
    "tests/controllers",
    "tests/runtime",
    "tests/settings",
    "tests/console",
    "tests/training",
)
"""Folders and files of the suite that need no window; those of an older layout may be missing."""
WINDOW = ("tests/ui",)
SHORT_WINDOW = ("tests/ui/entry", "tests/ui/test_start_never_waits.py")
KILLS, SHORT_KILLS = 200, 40


SHORT = "--short"
LEFTOVER = re.compile(r"0x[0-9a-f]+:\d+:")
"""Begins the lines that Wine's server prints about its own objects when it ends."""


@dataclass(frozen=True)
class Part:
    """One part of the proof: a command and the variables it is started with."""

    name: str
    command: Sequence[str]
    variables: Mapping[str, str]


def main(arguments: Sequence[str]) -> int:
    """1 when a part failed or the time was up."""
    try:
        python = windows_python()
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    short, others = SHORT in arguments, [option for option in arguments if option != SHORT]
    limit = SHORT_LIMIT if short else LIMIT
    with time_limit(python, limit) as deadline:
        todo = parts(python, others, short=short)
        results = [(part.name, *run(part)) for part in todo if not deadline.is_set()]
    print("\nRun " + ("on Windows" if sys.platform == "win32" else "under Wine") + ":")
    for name, code, seconds, last in results:
        print(f"    {name}: exit code {code} after {seconds:.0f} s: {last}")
    if deadline.is_set():
        print(f"    The time of {limit:.0f} s was up.")
    return int(deadline.is_set() or any(code for _, code, _, _ in results))


def windows_python() -> WindowsPython:
    """The Python for Windows, made where it is missing."""
    if sys.platform == "win32":
        return NativePython()
    python = WinePython(ROOT)
    python.prepare()
    return python


def parts(python: WindowsPython, arguments: Sequence[str], *, short: bool) -> Iterator[Part]:
    """Parts of the proof, run one after the other."""
    offscreen = python.variables({"QT_QPA_PLATFORM": "offscreen"})
    pytest = python.python("-m", "pytest", "-q", "-p", "no:cacheprovider")
    suite = [place for place in SUITE if (ROOT / place).exists()]
    yield Part("tests", [*pytest, *suite, *arguments], offscreen)
    yield Part("window", [*pytest, *(SHORT_WINDOW if short else WINDOW), *arguments], offscreen)
    kill = python.python("-m", "tests.faults.kill", "--kills", str(SHORT_KILLS if short else KILLS))
    yield Part("kills", kill, python.variables())
    proof = [sys.executable, "-m", "pytest", "-q", "-m", "windows", "tests/windows"]
    yield Part("package", proof, dict(os.environ))


def run(part: Part) -> tuple[int, float, str]:
    """Run one part and show what it prints: exit code, seconds and last line.

    The streams are pipes: with a file or the null device, Python for Windows does not start under
    Wine.
    """
    print(f"--> {part.name}: {' '.join(part.command)}", flush=True)
    began = time.monotonic()
    last = ""
    with subprocess.Popen(
        part.command,
        cwd=ROOT,
        env=part.variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if not LEFTOVER.match(line):
                last = line.strip() or last
    return process.returncode, time.monotonic() - began, last


@contextmanager
def time_limit(python: WindowsPython, seconds: float) -> Iterator[threading.Event]:
    """End every program of Wine when the time is up; the event then tells so."""
    passed = threading.Event()

    def end() -> None:
        passed.set()
        if isinstance(python, WinePython):
            python.stop()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield passed
    finally:
        timer.cancel()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
