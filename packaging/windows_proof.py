"""Runs the tests, and those of the package, with a Python for Windows.

    python packaging/windows_proof.py [--short] [ARGUMENT …]    the arguments go to pytest

`--short` runs fewer tests of the window, fewer kills and fewer damaged files, for a machine that is
busy.

On Windows the tests use the Python that runs this script, elsewhere one under Wine. Wine is not
Windows, so the results name the system they are from.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from failure import SetUpError
from windows_python import NativePython, WindowsPython
from wine_python import WinePython

ROOT = Path(__file__).resolve().parent.parent
LIMIT, SHORT_LIMIT = 2700.0, 1800.0
"""Time limit in seconds for all parts, once the Python for Windows is made.

An idle machine takes half of it.
"""

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
"""Test folders and files that need no window; missing ones are skipped."""
WINDOW = ("tests/ui",)
SHORT_WINDOW = ("tests/ui/entry", "tests/ui/test_start_never_waits.py")
WINDOW_ON_A_SCREEN = (
    *WINDOW,
    "--ignore=tests/ui/look",
    "--ignore=tests/ui/test_painting.py",
    "--ignore=tests/ui/window/test_room.py",
)
"""Tests of the window on a real screen.

Those of colours, room and painting are left out: they check hundreds of pictures, and the offscreen
run suffices for them.
"""
SHORT_WINDOW_ON_A_SCREEN = ("tests/ui/test_start_never_waits.py",)
KILLS, SHORT_KILLS = 200, 40
DAMAGED_FILES, SHORT_DAMAGED_FILES = 1000, 66
PACKAGE_SECONDS = 900.0
"""Timeout of one test of the package."""
SCREEN_SIZE = "2560x1600x24"
"""Width, height and depth, large enough for every window that the tests show."""

SHORT = "--short"
LEFTOVER = re.compile(r"0x[0-9a-f]+:\d+:")
"""Start of the lines that Wine's server prints about its own objects when it ends."""
SKIPPED = re.compile(r"SKIPPED \[(\d+)\] \S+?(?::\d+)?: (.+)")
"""A line about skipped tests in pytest's summary."""
FIGURE = "figure: "
"""Start of the lines that the summary repeats."""


@dataclass(frozen=True)
class Part:
    """One part of the run: a command and its environment variables."""

    name: str
    command: Sequence[str]
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    """Result of one part.

    Attributes:
        skipped: number of skipped tests by reason.
        figures: measurements that the part printed.
        last: the last line that it printed.
    """

    name: str
    code: int
    seconds: float
    skipped: Mapping[str, int]
    figures: Sequence[str]
    last: str

    def report(self) -> Iterator[str]:
        """Yield the lines for the summary."""
        yield f"    {self.name}: exit code {self.code} after {self.seconds:.0f} s: {self.last}"
        for reason, count in sorted(self.skipped.items(), key=lambda item: (-item[1], item[0])):
            yield f"        skipped {count}: {reason}"
        for figure in self.figures:
            yield f"        {figure}"


def main(arguments: Sequence[str]) -> int:
    """Run all parts; return 1 if one failed or the time limit passed, 2 without a Python."""
    try:
        python = windows_python()
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    short, others = SHORT in arguments, [option for option in arguments if option != SHORT]
    limit = SHORT_LIMIT if short else LIMIT
    with time_limit(python, limit) as deadline, screen() as display:
        todo = parts(python, others, display, short=short)
        results = [run(part) for part in todo if not deadline.is_set()]
    print("\nRun " + ("on Windows" if sys.platform == "win32" else "under Wine") + ":")
    for result in results:
        print(*result.report(), sep="\n")
    if deadline.is_set():
        print(f"    The time of {limit:.0f} s was up.")
    return int(deadline.is_set() or any(result.code for result in results))


def windows_python() -> WindowsPython:
    """Return the Python for Windows; make the one under Wine if it is missing.

    Raises:
        SetUpError: it cannot be made.
    """
    if sys.platform == "win32":
        return NativePython()
    python = WinePython(ROOT)
    python.prepare()
    return python


def parts(
    python: WindowsPython, arguments: Sequence[str], display: Mapping[str, str], *, short: bool
) -> Iterator[Part]:
    """Yield the parts, to be run one after another.

    Args:
        arguments: for pytest.
        display: variables by which programs find the screen.
        short: True to leave out tests that take long.
    """
    # A console of Windows needs the screen too.
    offscreen = python.variables({"QT_QPA_PLATFORM": "offscreen", **display})
    on_screen = python.variables({"QT_QPA_PLATFORM": "windows", **display})
    pytest = python.python("-m", "pytest", "-q", "-p", "no:cacheprovider")
    suite = [place for place in SUITE if (ROOT / place).exists()]
    yield Part("tests", [*pytest, *suite, *arguments], offscreen)
    unseen = [*pytest, *(SHORT_WINDOW if short else WINDOW), *arguments]
    yield Part("window, offscreen platform", unseen, offscreen)
    shown = [*pytest, *(SHORT_WINDOW_ON_A_SCREEN if short else WINDOW_ON_A_SCREEN), *arguments]
    yield Part("window, windows platform", shown, on_screen)
    kills = str(SHORT_KILLS if short else KILLS)
    kill = python.python("-m", "tests.faults.kill", "--kills", kills)
    yield Part("kills", kill, python.variables())
    files = str(SHORT_DAMAGED_FILES if short else DAMAGED_FILES)
    damage = python.python("-m", "tests.faults.damaged_files", "--files", files)
    yield Part("damaged files", damage, python.variables())
    # Freezing is part of a test, and may take longer than one is given elsewhere.
    patient = ("-o", f"faulthandler_timeout={PACKAGE_SECONDS:.0f}")
    proof = [sys.executable, "-m", "pytest", "-q", *patient, "-m", "windows", "tests/windows"]
    yield Part("package", proof, dict(os.environ))


def run(part: Part) -> Result:
    """Run one part and show its output.

    The streams are pipes, because under Wine Python for Windows does not start with a file or the
    null device.
    """
    print(f"--> {part.name}: {' '.join(part.command)}", flush=True)
    began = time.monotonic()
    last = ""
    skipped: Counter[str] = Counter()
    figures = []
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
            if found := SKIPPED.match(line):
                skipped[found[2].strip()] += int(found[1])
            if line.startswith(FIGURE):
                figures.append(line.removeprefix(FIGURE).strip())
            if not LEFTOVER.match(line):
                last = line.strip() or last
    seconds = time.monotonic() - began
    return Result(part.name, process.returncode, seconds, skipped, figures, last)


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """Run a virtual screen; yield the variables that name it. On Windows its own screen is used."""
    if sys.platform == "win32":
        yield {}
        return
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN_SIZE, "-noreset"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            number = next(iter(server.stdout or ()), "").strip()
            yield {"DISPLAY": f":{number}"}
        finally:
            server.terminate()


@contextmanager
def time_limit(python: WindowsPython, seconds: float) -> Iterator[threading.Event]:
    """End every program of Wine after `seconds`; the yielded event is set then."""
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
