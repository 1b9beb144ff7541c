"""Runs the steps of the set-up, and reports a failed one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from progress import Clock

LINES_SHOWN = 25
SECONDS_BETWEEN_TICKS = 1.0


class SetUpError(Exception):
    """A step of the set-up failed; the text has the cause and the remedy."""


def run_step(
    what: str,
    command: Sequence[str],
    extra: Mapping[str, str] | None = None,
    *,
    explain: Callable[[str], str] | None = None,
) -> None:
    """Run a step of the set-up; its output is shown only if it fails.

    Args:
        what: name of the step for messages, such as `Installing system packages`.
        extra: environment variables to add.
        explain: returns cause and advice for the whole output; None names the command instead.

    Raises:
        SetUpError: the step failed; the text has the end of its output.
    """
    process = subprocess.Popen(
        command,
        env={**os.environ, **(extra or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    output = output_of(process)
    if process.returncode != 0:
        end = "\n".join(output.splitlines()[-LINES_SHOWN:])
        if explain:
            raise SetUpError(f"{end}\n\n{what} failed: {explain(output)}")
        raise SetUpError(f"{end}\n\n{what} failed. The command was: {' '.join(command)}")


def output_of(process: subprocess.Popen[str]) -> str:
    """Wait for the end of a process, show the elapsed time meanwhile, and return its output."""
    clock = Clock()
    with process:
        try:
            while (output := output_within_a_tick(process)) is None:
                clock.tick()
        except BaseException:
            process.kill()
            raise
        finally:
            clock.close()
    return output


def output_within_a_tick(process: subprocess.Popen[str]) -> str | None:
    """Return the whole output if the process ends within a second, else None."""
    with suppress(subprocess.TimeoutExpired):
        return process.communicate(timeout=SECONDS_BETWEEN_TICKS)[0]
    return None
