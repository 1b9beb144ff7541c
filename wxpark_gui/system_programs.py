"""Output of programs that belong to the operating system."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

SECONDS = 2.0
"""Longest time that a program may take."""


def output_of(command: Sequence[str]) -> str:
    """Return the output of a program; empty if it is missing or takes longer than `SECONDS`.

    On Windows no console window appears.
    """
    import subprocess  # noqa: PLC0415 - most starts run no program

    with suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(  # noqa: S603 - programs of the system, with fixed arguments
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ).stdout
    return ""
