"""Virtual X display, and queries of what it shows."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PATIENCE = 60.0
"""Timeout of each wait, in seconds."""
PAUSE = 0.005
"""Seconds between two queries; a query itself takes about as long."""


@contextmanager
def screen(display: str, size: str = "1280x800") -> Iterator[dict[str, str]]:
    """Start an X server and yield the environment variables with which programs use it."""
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
    """Wait until the program's window is shown.

    Raises:
        TimeoutError: it was not shown within `PATIENCE`.
    """
    wait_for("search", "--onlyvisible", "--class", "wxpark-gui", variables=variables)


def wait_for(*question: str, variables: Mapping[str, str]) -> None:
    """Repeat a query of `xdotool` until it prints something.

    Raises:
        TimeoutError: it printed nothing within `PATIENCE`.
    """
    end = time.monotonic() + PATIENCE
    command = ["xdotool", *question]
    while not subprocess.run(command, check=False, env=variables, capture_output=True).stdout:
        if time.monotonic() > end:
            raise TimeoutError(f"the screen does not answer: {' '.join(question)}")
        time.sleep(PAUSE)
