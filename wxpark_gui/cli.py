"""`wxpark`: the console tool, for fleet set-up, support and tests. Never imports Qt.

`main` imports the other modules after it has set a SIGINT handler, so that Ctrl-C during the
imports prints no traceback.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence

_YOUNG_OBJECTS = 100_000
"""Number of new objects that start a garbage collection; Python's default is 700.

A notification makes 35,000, nearly all by imports. With the default, 84 collections of them and the
last one at the exit take a tenth of its time.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (`console.report.ExitCode`).

    Raises:
        SystemExit: after `--help` and `--version`, and with 2 when the arguments are wrong.
    """
    before, threshold = _end_on_interrupt(), gc.get_threshold()
    gc.set_threshold(_YOUNG_OBJECTS, *threshold[1:])
    if arguments is None:
        from wxpark_gui.runtime.utf8_mode import use_utf8_mode  # noqa: PLC0415

        use_utf8_mode()
    from wxpark_gui.console.streams import (  # noqa: PLC0415
        flush_or_discard,
        open_closed_streams,
    )

    open_closed_streams()
    try:
        from wxpark_gui.console.run import run_command  # noqa: PLC0415

        return run_command(sys.argv[1:] if arguments is None else arguments)
    finally:
        flush_or_discard()
        if arguments is None:
            # The process ends, so the collection at the exit would free nothing that is needed.
            gc.freeze()
        else:
            gc.set_threshold(*threshold)
            if before is not None:
                signal.signal(signal.SIGINT, before)


def _end_on_interrupt() -> signal._HANDLER:
    """Set a SIGINT handler that exits with 130 at once; no command has begun yet.

    Return the previous handler for `main` to restore. Return None and change nothing if SIGINT is
    ignored or this is not the main thread.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        return None
    try:
        # 130 is `console.interrupts.INTERRUPTED`, which is not imported yet.
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    except ValueError:
        return None
    return before


if __name__ == "__main__":
    sys.exit(main())
