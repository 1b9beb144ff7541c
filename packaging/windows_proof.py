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
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
FAILED = re.compile(r"(FAILED|ERROR) \S")
"""Start of a line about a failed test, or a broken file, in pytest's summary."""
SECTION = re.compile(r"=+ (.+?) =+$")
"""Header of a section of pytest's output."""
OF_FAILURES, OF_TESTS = ("FAILURES", "ERRORS"), "short test summary info"
"""Titles of the sections about failures, and of the one with a line for each failed test."""
HEADER = re.compile(r"_{2,} .+ _{2,}$")
"""Line above each failure in its section."""
LINES_OF_A_FAILURE = 20
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
        failed: pytest's line about each failed test.
        failures: the first lines about each failure.
        skipped: number of skipped tests by reason.
        figures: measurements that the part printed.
        last: the last line that it printed.
    """

    name: str
    code: int
    seconds: float
    failed: Sequence[str]
    failures: Sequence[str]
    skipped: Mapping[str, int]
    figures: Sequence[str]
    last: str

    def report(self) -> Iterator[str]:
        """Yield the lines for the summary."""
        yield f"    {self.name}: exit code {self.code} after {self.seconds:.0f} s: {self.last}"
        for test in self.failed:
            yield f"        {test}"
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
    for result in results:
        if result.failures:
            print(f"\nFailures of {result.name}:", *result.failures, sep="\n")
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
    pytest = python.python("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider")
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
    proof = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--tb=short",
        *patient,
        "-m",
        "windows",
        "tests/windows",
    ]
    yield Part("package", proof, dict(os.environ))


def run(part: Part) -> Result:
    """Run one part and show its output.

    The streams are pipes, because under Wine Python for Windows does not start with a file or the
    null device.
    """
    print(f"--> {part.name}: {' '.join(part.command)}", flush=True)
    began = time.monotonic()
    lines = []
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
            lines.append(line.rstrip())
    return read_result(part.name, process.returncode, time.monotonic() - began, lines)


def read_result(name: str, code: int, seconds: float, lines: Sequence[str]) -> Result:
    """Return the result of a part.

    Args:
        lines: its output, without the ends of the lines.
    """
    skipped: Counter[str] = Counter()
    for found in filter(None, map(SKIPPED.match, lines)):
        skipped[found[2].strip()] += int(found[1])
    said = [line.strip() for line in lines if line.strip() and not LEFTOVER.match(line)]
    return Result(
        name=name,
        code=code,
        seconds=seconds,
        failed=[
            line for title, line in with_titles(lines) if title == OF_TESTS and FAILED.match(line)
        ],
        failures=list(failures(lines)),
        skipped=skipped,
        figures=[line.removeprefix(FIGURE) for line in lines if line.startswith(FIGURE)],
        last=said[-1] if said else "",
    )


def failures(lines: Iterable[str]) -> Iterator[str]:
    """Yield the first `LINES_OF_A_FAILURE` lines about each failure in pytest's output."""
    left = 0
    for title, line in with_titles(lines):
        if title not in OF_FAILURES or SECTION.match(line):
            left = 0
        elif HEADER.match(line):
            left = LINES_OF_A_FAILURE
        if left:
            left -= 1
            yield line


def with_titles(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each line of pytest's output with the title of its section; at first that is empty."""
    title = ""
    for line in lines:
        if section := SECTION.match(line):
            title = section[1]
        yield title, line


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """Run a virtual screen; yield the variables that name it. On Windows its own screen is used."""
    if sys.platform == "win32":
        yield {}
        return
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN_SIZE, "-noreset"]
    # It complains about each display that exists already.
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=quiet, text=True) as server:
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
