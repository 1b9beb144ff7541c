"""Growth of memory, threads and open files from 1,000 to 100,000 entries in one window.

    python -m tests.bench.memory [--quick]

The real window runs in training mode in a process of its own; cars are typed into it as in
`tests.faults.soak`: with outages of the gateway, while months end and are archived. The growth is
that of the resident memory, after a collection of garbage. 100,000 entries take an hour; `--quick`
reads the growth from 200 to 600. Linux only.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.elsewhere import Figures, figures_of, hand_back
from tests.bench.rows import LeftOut, Row, judge
from tests.faults import soak

MARKS, MARKS_QUICK = (1_000, 100_000), (200, 600)
MOST_GROWTH = 10.0
SEED = 1


def measure(*, quick: bool) -> Iterator[Row | LeftOut]:
    """Yield the rows of memory, threads and files."""
    first, last = MARKS_QUICK if quick else MARKS
    name = f"memory after {last:,} entries, less that after {first:,}"
    if sys.platform != "linux":
        yield LeftOut(name, "this system has no /proc")
        return
    figures = figures_of("memory", "--marks", str(first), str(last))
    yield Row(name, "", "MB", figures["memory"], most=MOST_GROWTH)
    yield Row("the same, threads", "", "threads", figures["threads"], most=0)
    yield Row("the same, open files", "", "files", figures["files"], most=0)


def measure_here(first: int, last: int) -> Figures:
    """Type `last` cars into a window.

    Raises:
        RuntimeError: an entry was lost, stored twice or not answered.
    """
    with tempfile.TemporaryDirectory(prefix="wxpark-bench-") as directory:
        figures = soak.run(Path(directory), last + 1, SEED, (first, last))
    if not figures.nothing_is_lost:
        raise RuntimeError(str(figures))
    before, after = figures.memory
    return {
        "memory": [after - before],
        "threads": [figures.threads[1] - figures.threads[0]],
        "files": [figures.files[1] - figures.files[0]],
    }


def main() -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--marks", type=int, nargs=2, help="hand back the figures of these")
    options = parser.parse_args()
    if options.marks:
        hand_back(measure_here(*options.marks))
        return 0
    return judge(measure(quick=options.quick))


if __name__ == "__main__":
    sys.exit(main())
