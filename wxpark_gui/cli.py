"""`wxpark`: the console tool, for fleet set-up, support and tests. Never imports Qt."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from wxpark_gui.console.interrupts import INTERRUPTED
from wxpark_gui.console.streams import flush_or_discard, open_closed_streams


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (`console.report.ExitCode`).

    Raises:
        SystemExit: after `--help` and `--version`, and with 2 when the arguments are wrong.
    """
    open_closed_streams()
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT)
    if is_main and before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _end_at_once)
    try:
        # Imported late: it takes long enough to be interrupted.
        from wxpark_gui.console.commands import run_command  # noqa: PLC0415

        return run_command(sys.argv[1:] if arguments is None else arguments)
    finally:
        flush_or_discard()
        if is_main and arguments is not None:
            signal.signal(signal.SIGINT, before)


def _end_at_once(_number: int, _frame: FrameType | None) -> None:
    """Before the command begins there is nothing to undo and nothing to print."""
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
