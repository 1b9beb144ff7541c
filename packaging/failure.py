"""Set-up steps and their failures, as a developer reads them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from progress import Clock

LINES_SHOWN = 25
SECONDS_BETWEEN_TICKS = 1.0


class SetUpError(Exception):
    """Set-up cannot go on; the text says why and what to do."""


def run_step(
    what: str,
    command: Sequence[str],
    extra: Mapping[str, str] | None = None,
    *,
    explain: Callable[[str], str] | None = None,
) -> None:
    """Run a step of the set-up, in silence while all goes well.

    Args:
        what: the step, for the sentence: `Installing system packages`.
        extra: variables on top of the environment's.
        explain: cause and advice, given all output; without it the command is named.

    Raises:
        SetUpError: it failed; the text holds the end of its output.
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
    """Wait for the end of a process, and show meanwhile how long it takes: all its output."""
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
    """All its output when it ends in time, else None; nothing gets lost."""
    with suppress(subprocess.TimeoutExpired):
        return process.communicate(timeout=SECONDS_BETWEEN_TICKS)[0]
    return None
