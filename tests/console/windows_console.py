"""Runs `wxpark notify` in a Chinese console of Windows, and sends Ctrl-C or Ctrl-Break to it.

    python -m tests.console.windows_console DATA EVENT

The process needs a console of its own, because the event reaches every program in a console. It
prints a JSON object with the exit code, the errors, and the output as PowerShell 5 decodes it, by
the console's code page.
"""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.console.test_streams_and_signals import PROGRAM, wait_for_sending

CHINESE = 936
PATIENCE = 60


def main(directory: Path, event: int) -> None:
    for name in ("SIGINT", "SIGBREAK"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    kernel: Any = getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009 - unknown elsewhere
    assert kernel.SetConsoleOutputCP(CHINESE)
    options = ("notify", "--plate=粤B12345", "--json", "--data-dir", str(directory))
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_for_sending(directory)
    assert kernel.GenerateConsoleCtrlEvent(event, 0)
    output, errors = process.communicate(timeout=PATIENCE)
    result = (process.returncode, output.decode(f"cp{CHINESE}"), errors.decode("utf-8"))
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
