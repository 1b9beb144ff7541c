"""Set-up steps and their failures, as a developer reads them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence

LINES_SHOWN = 25


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
    done = subprocess.run(
        command,
        check=False,
        env={**os.environ, **(extra or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        end = "\n".join(done.stdout.splitlines()[-LINES_SHOWN:])
        if explain:
            raise SetUpError(f"{end}\n\n{what} failed: {explain(done.stdout)}")
        raise SetUpError(f"{end}\n\n{what} failed. The command was: {' '.join(command)}")
