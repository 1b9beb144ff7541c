"""Keeps the memory of the process, which holds merchant keys, out of dumps of a crash."""

from __future__ import annotations

import ctypes
import logging
import sys

_log = logging.getLogger(__name__)

_PR_SET_DUMPABLE = 4
_NO_REPORTS = 0x0001 | 0x0002 | 0x8000
"""SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX and SEM_NOOPENFILEERRORBOX of Windows."""


def forbid_core_dumps() -> None:
    """Make the system write no memory of this process when it crashes. Never raises.

    - Linux: the process is not dumpable, so that no program that receives core dumps, as
      systemd-coredump, gets one either; for other programs of the user its memory is closed too.
    - Linux and macOS: the size of a core file is limited to 0, here and in child processes.
    - Windows: Windows Error Reporting is not started, which also stores dumps.
    """
    try:
        _forbid()
    except (OSError, ValueError, AttributeError) as error:
        _log.warning("core dumps stay possible: %s", error)


def _forbid() -> None:
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(_NO_REPORTS)
    else:
        import resource  # noqa: PLC0415 - Windows has no such module

        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        if library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
