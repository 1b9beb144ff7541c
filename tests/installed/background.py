"""Command that runs beside the tests, and is waited for when its result is needed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

SHOWN = 2000
"""Characters of the output that a failure shows."""


class Background:
    """A command in a process of its own; its output goes into a file."""

    def __init__(
        self, command: Sequence[str], log: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        """Start the command.

        Args:
            log: file for its output; an earlier one is replaced.
            variables: environment variables to add.
        """
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **(variables or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def result(self, timeout: float) -> str:
        """Wait for the end, and return the output.

        Args:
            timeout: in seconds.

        Raises:
            AssertionError: the command failed.
            subprocess.TimeoutExpired: it did not end in time.
        """
        code = self._process.wait(timeout)
        output = self._log.read_text(encoding="utf-8")
        assert code == 0, output[-SHOWN:]
        return output

    def end(self) -> None:
        """Terminate the command if it still runs, and wait for its end."""
        self._process.terminate()
        self._process.wait()
