"""Start-up time of the frozen window, compared with the window run from source.

Both are started alternately on a virtual screen, each time with an empty data directory. The lower
bound is the start from source: the same window, loaded file by file by the same version of Python.

    python -m tests.bench.frozen_start [--runs 15]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.screen import PATIENCE, screen, wait_for_window

FROZEN = Path(__file__).parents[2] / "build" / "frozen" / "wxpark" / "wxpark-gui"
SOURCE = Path(sys.executable).with_name("wxpark-gui")
DISPLAY = ":88"
LARGEST_RATIO = 1.35


def main() -> int:
    """Print both medians and their ratio; return 1 if the ratio is too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    if not FROZEN.exists():
        sys.exit("There is no frozen program yet: python3 packaging/dev.py package")
    seconds: dict[Path, list[float]] = {FROZEN: [], SOURCE: []}
    with screen(DISPLAY) as variables:
        for program in seconds:
            # The first start reads from the disk what the others find in memory.
            start(program, variables)
        for _ in range(runs):
            for program, taken in seconds.items():
                taken.append(start(program, variables))
    frozen, source = (median(seconds[program]) * 1000 for program in (FROZEN, SOURCE))
    ratio = frozen / source
    sys.stdout.write(
        f"start to window, {runs} runs, median\n"
        f"  from the source  {source:6.0f} ms\n"
        f"  frozen           {frozen:6.0f} ms, {ratio:.2f} of it, at most {LARGEST_RATIO}\n"
    )
    return int(ratio > LARGEST_RATIO)


def start(program: Path, variables: dict[str, str]) -> float:
    """Start the window, end it once it is visible, and return the seconds until then."""
    with tempfile.TemporaryDirectory() as directory:
        command = [str(program), "--training", "--data-dir", directory]
        began = time.perf_counter()
        process = subprocess.Popen(command, env=variables)
        try:
            wait_for_window(variables)
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait(PATIENCE)


if __name__ == "__main__":
    sys.exit(main())
