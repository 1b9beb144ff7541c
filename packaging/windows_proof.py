"""Runs the tests, and those of the package, with a Python for Windows.

    python packaging/windows_proof.py [--short] [ARGUMENT …]    the arguments go to pytest

`--short` runs fewer tests of the window, fewer kills and fewer damaged files, for a machine that is
busy.

On Windows the tests use the Python that runs this script, elsewhere one under Wine. Wine is not
Windows, so the results name the system they are from.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from build_hook import compile_catalogue
from failure import SetUpError
from windows_lanes import Lane, Part, lanes, run_all, time_limit
from windows_python import NativePython, WindowsPython
from windows_results import summary
from wine_python import DRIVES, WinePython

ROOT = Path(__file__).resolve().parent.parent
LIMIT, SHORT_LIMIT = 2700.0, 1200.0
"""Time limit in seconds for all parts, once the Python for Windows is made.

A busy machine takes several times as long as an idle one.
"""

SUITE = {
    ("tests/storage",): 110.0,
    ("tests/wechatpay", "tests/transport", "tests/releases"): 80.0,
    ("tests/console", "tests/training", "tests/settings"): 60.0,
    ("tests/domain", "tests/service", "tests/controllers", "tests/runtime"): 50.0,
}
"""Test folders that need no window, by part, with the seconds that they take.

Missing folders are skipped. The seconds are for the order of the parts only.
"""
PICTURES = ("tests/ui/look", "tests/ui/test_painting.py", "tests/ui/window/test_room.py")
"""Tests of colours, painting and room, which check hundreds of pictures."""
SHORT_WINDOW = ("tests/ui/entry", "tests/ui/test_start_never_waits.py")
WINDOW = (*SHORT_WINDOW, *PICTURES)
"""Tests of the window on the offscreen platform; on Linux this platform gets all of them."""
WINDOW_ON_A_SCREEN = ("tests/ui", *(f"--ignore={place}" for place in PICTURES))
SHORT_WINDOW_ON_A_SCREEN = ("tests/ui/test_start_never_waits.py",)
KILLS, SHORT_KILLS = 200, 40
KILLS_A_PART = 50
"""Kills after which Wine's server is to end.

The server of Wine 8 keeps sockets of a killed program that was reading them, and then computes
without a pause until it ends.
"""
DAMAGED_FILES, SHORT_DAMAGED_FILES = 1000, 66
PACKAGE_SECONDS = 900.0
"""Timeout of one test of the package."""
DRIVE = "WXPARK_WINE_DRIVE"
"""Variable with the name of the drive that the tests of the package use."""
SHORT = "--short"


def main(arguments: Sequence[str]) -> int:
    """Run all parts; return 1 if one failed or the time limit passed, 2 without a Python."""
    try:
        pythons = windows_pythons()
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    short, others = SHORT in arguments, [option for option in arguments if option != SHORT]
    limit = SHORT_LIMIT if short else LIMIT
    # Tests compile a missing one, and several processes would do so at once.
    for source in (ROOT / "resources").rglob("*.po"):
        compile_catalogue(source)
    with time_limit(pythons, limit) as deadline, lanes(pythons) as found:
        variants = zip(*(parts(lane, others, short=short) for lane in found), strict=True)
        results = run_all(list(variants), deadline)
    print(*summary(results), sep="\n")
    if deadline.is_set():
        print(f"    The time of {limit:.0f} s was up.")
    return int(deadline.is_set() or any(result.code for result in results))


def windows_pythons() -> Sequence[WindowsPython]:
    """Return a Python for Windows for each lane; make those under Wine if they are missing.

    Real Windows has one registry and one screen, so there is one.

    Raises:
        SetUpError: they cannot be made.
    """
    if sys.platform == "win32":
        return [NativePython()]
    WinePython(ROOT).prepare()
    # Not more than there are cores: some tests have a deadline, and Wine's servers work besides.
    number = min(os.cpu_count() or 1, len(DRIVES))
    return [WinePython(ROOT, drive) for drive in DRIVES[:number]]


def windows_python() -> WindowsPython:
    """Return the Python for Windows of the lane in which the tests of the package run.

    Raises:
        SetUpError: it cannot be made.
    """
    if sys.platform == "win32":
        return NativePython()
    python = WinePython(ROOT, os.environ.get(DRIVE, DRIVES[0]))
    python.prepare()
    return python


def parts(lane: Lane, arguments: Sequence[str], *, short: bool) -> Iterator[Part]:
    """Yield the parts.

    Args:
        lane: the one in which they are to run.
        arguments: for pytest.
        short: True to leave out tests that take long.
    """
    python = lane.python
    # A console of Windows needs the screen too.
    offscreen = python.variables({"QT_QPA_PLATFORM": "offscreen", **lane.display})
    on_screen = python.variables({"QT_QPA_PLATFORM": "windows", **lane.display})
    options = ("-m", "pytest", "-q", "--tb=short")
    pytest = python.python(*options, "-p", "no:cacheprovider")
    # Freezing is part of a test, and may take longer than one is given elsewhere.
    patient = ("-o", f"faulthandler_timeout={PACKAGE_SECONDS:.0f}", "-m", "windows")
    proof = [sys.executable, *options, *patient]
    drive = {**os.environ, DRIVE: python.name}
    yield Part("package", [*proof, "tests/windows/test_package.py"], drive, 300)
    yield Part("program from the source", [*proof, "tests/windows/test_source.py"], drive, 100)
    for folders, seconds in SUITE.items():
        name = ", ".join(folder.partition("/")[2] for folder in folders)
        there = [place for place in folders if (ROOT / place).exists()]
        yield Part(f"tests of {name}", [*pytest, *there, *arguments], offscreen, seconds)
    unseen = [*pytest, *(SHORT_WINDOW if short else WINDOW), *arguments]
    yield Part("window, offscreen platform", unseen, offscreen, 30 if short else 270)
    shown = [*pytest, *(SHORT_WINDOW_ON_A_SCREEN if short else WINDOW_ON_A_SCREEN), *arguments]
    yield Part("window, windows platform", shown, on_screen, 10 if short else 250)
    kills = SHORT_KILLS if short else KILLS
    for seed, number in enumerate(_shares(kills), 1):
        kill = python.python("-m", "tests.faults.kill", "--kills", str(number), "--seed", str(seed))
        yield Part(f"{number} kills, seed {seed}", kill, python.variables(), 2 * number)
    files = SHORT_DAMAGED_FILES if short else DAMAGED_FILES
    damage = python.python("-m", "tests.faults.damaged_files", "--files", str(files))
    yield Part("damaged files", damage, python.variables(), files / 6)


def _shares(kills: int) -> Iterator[int]:
    """Yield the number of kills of each part."""
    while kills > 0:
        yield min(kills, KILLS_A_PART)
        kills -= KILLS_A_PART


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
