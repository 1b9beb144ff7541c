"""Parses the arguments, and imports the commands only if one is to be run."""

from __future__ import annotations

import os
from collections.abc import Sequence

from wxpark_gui.console.interrupts import INTERRUPTED, Interrupts
from wxpark_gui.console.language import choose_language
from wxpark_gui.console.parser import parse_arguments
from wxpark_gui.console.streams import use_utf8
from wxpark_gui.runtime.core_dumps import forbid_core_dumps
from wxpark_gui.runtime.library_path import restore_library_path
from wxpark_gui.runtime.session_bus import find_session_bus
from wxpark_gui.training.fault_names import Fault
from wxpark_gui.wording import Wording


def run_command(arguments: Sequence[str]) -> int:
    """Parse the arguments, run the command and return its exit code; 130 after Ctrl-C.

    Raises:
        SystemExit: after `--help` and `--version`, and with 2 if the arguments are wrong.
    """
    with Interrupts() as interrupts:
        try:
            return _run(arguments, interrupts)
        except KeyboardInterrupt:
            return INTERRUPTED


def _run(arguments: Sequence[str], interrupts: Interrupts) -> int:
    forbid_core_dumps()
    use_utf8()
    wording = Wording.for_console(choose_language(arguments, os.environ))
    options = parse_arguments(arguments, wording.console, [fault.value for fault in Fault])
    restore_library_path(os.environ)
    find_session_bus(os.environ)
    # `--help` and a wrong argument do not need the commands.
    from wxpark_gui.console.commands import run  # noqa: PLC0415

    return run(options, wording, interrupts)
