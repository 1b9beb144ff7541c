"""A screen of one's own, and a look at what is on it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PATIENCE = 60.0
"""Seconds after which what was waited for is taken not to come."""
PAUSE = 0.005
"""Seconds between two looks; a look itself takes about as long."""


@contextmanager
def screen(display: str, size: str = "1280x800") -> Iterator[dict[str, str]]:
    """An X server: the variables with which programs find it."""
    variables = {**os.environ, "DISPLAY": display}
    variables.pop("QT_QPA_PLATFORM", None)
    # Else it starts anew whenever its last program goes, and the next one may come too early.
    command = ["Xvfb", display, "-screen", "0", f"{size}x24", "-ac", "-noreset"]
    server = subprocess.Popen(command)
    try:
        wait_for("getdisplaygeometry", variables=variables)
        yield variables
    finally:
        server.terminate()
        server.wait()


def wait_for_window(variables: Mapping[str, str]) -> None:
    """Until the program's window is on the screen."""
    wait_for("search", "--onlyvisible", "--class", "wxpark-gui", variables=variables)


def wait_for(*question: str, variables: Mapping[str, str]) -> None:
    """Ask the screen until it has an answer."""
    end = time.monotonic() + PATIENCE
    command = ["xdotool", *question]
    while not subprocess.run(command, check=False, env=variables, capture_output=True).stdout:
        if time.monotonic() > end:
            raise TimeoutError(f"the screen does not answer: {' '.join(question)}")
        time.sleep(PAUSE)
