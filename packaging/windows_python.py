"""The Python for Windows used by the tests: this one on Windows, one under Wine on Linux."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class WindowsPython(Protocol):
    """Builds commands for Windows programs. The native Python and Wine's implement it.

    Attributes:
        name: name of the drive C that its programs use.
        drive: folder of drive C, as this system names it.
    """

    name: str
    drive: Path

    def python(self, *arguments: str) -> list[str]:
        """Return the command that starts Python."""
        ...

    def program(self, path: Path | str, *arguments: str) -> list[str] | str:
        """Return the command that starts a program by path, or one of Windows by name."""
        ...

    def variables(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment for programs, with `extra` added."""
        ...

    def path(self, path: Path) -> str:
        """Return the path of a file as programs for Windows name it."""
        ...


class NativePython:
    """The Python that runs this code, on Windows itself."""

    def __init__(self) -> None:
        self.name = "C"
        self.drive = Path("C:/")

    def python(self, *arguments: str) -> list[str]:
        return [sys.executable, *arguments]

    def program(self, path: Path | str, *arguments: str) -> list[str] | str:
        # NSIS takes what follows `/D=` and `_?=` to the end of the line, and wants no quotes.
        return " ".join([f'"{path}"', *arguments])

    def variables(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        return {**os.environ, **(extra or {})}

    def path(self, path: Path) -> str:
        return str(path)


def run(
    python: WindowsPython,
    command: Sequence[str] | str,
    extra: Mapping[str, str] | None = None,
    *,
    given: str = "",
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; raise `subprocess.TimeoutExpired` after `timeout` seconds.

    All three streams are pipes, because under Wine Python for Windows does not start with the null
    device or a file.

    Args:
        extra: environment variables to add.
        given: standard input.
    """
    return subprocess.run(
        command,
        check=False,
        env=python.variables(extra),
        input=given,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
    )


def start(
    python: WindowsPython, command: Sequence[str] | str, extra: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start a command, with the variables `extra` added.

    Return its process, which has pipes as streams.
    """
    return subprocess.Popen(
        command,
        env=python.variables(extra),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
