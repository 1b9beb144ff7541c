"""The Python for Windows that the proof runs: this one on Windows, one under Wine on Linux."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class WindowsPython(Protocol):
    """Starts programs for Windows. A native one and Wine's do the same.

    Attributes:
        drive: folder of drive C, as this system names it.
    """

    drive: Path

    def python(self, *arguments: str) -> list[str]:
        """The command that starts Python."""
        ...

    def program(self, path: Path | str, *arguments: str) -> list[str] | str:
        """The command that starts another program, or one of Windows by its name."""
        ...

    def variables(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment that programs are started in."""
        ...

    def path(self, path: Path) -> str:
        """Path of a file as programs for Windows name it."""
        ...


class NativePython:
    """The Python that runs this, on Windows itself."""

    def __init__(self) -> None:
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
    """Run a command to its end.

    All three streams are pipes: with the null device or a file, Python for Windows does not start
    under Wine.
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
    """Start a command and leave it running, with pipes for its streams."""
    return subprocess.Popen(
        command,
        env=python.variables(extra),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
