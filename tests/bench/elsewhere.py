"""Figures of a benchmark that runs in a process of its own.

A window that is gone would disturb the next one, and its memory would remain.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Figures: TypeAlias = Mapping[str, Sequence[float]]


def figures_of(module: str, *arguments: str) -> Figures:
    """Run a module of this package; return the figures that it passed to `hand_back`.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def hand_back(figures: Figures) -> None:
    """Write the figures as the last line of the output."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()
