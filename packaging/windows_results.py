"""Results of the parts of `windows_proof.py`, read from their output."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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


def summary(results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines printed at the end: the failures, and a report of each part."""
    for result in results:
        if result.failures:
            yield f"\nFailures of {result.name}:"
            yield from result.failures
    yield "\nRun " + ("on Windows" if sys.platform == "win32" else "under Wine") + ":"
    for result in results:
        yield from result.report()


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
