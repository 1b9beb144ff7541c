"""Output of programs that belong to the operating system."""

from __future__ import annotations

from collections.abc import Sequence

SECONDS = 2.0
"""Longest time that a program may take."""


def output_of(command: Sequence[str]) -> str:
    """Return the output of a program; empty if it is missing or takes longer than `SECONDS`.

    On Windows no console window appears.
    """
    return output_in_time(command) or ""


def output_in_time(command: Sequence[str]) -> str | None:
    """Return the output of a program as `output_of`, but None if it takes longer than `SECONDS`."""
    import subprocess  # noqa: PLC0415 - most starts run no program

    try:
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
    except subprocess.TimeoutExpired:
        return None
    except (OSError, subprocess.SubprocessError):
        return ""
