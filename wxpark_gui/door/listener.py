"""Name of the program that listens on a local port, as far as the system tells it."""

from __future__ import annotations

import contextlib
import csv
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from wxpark_gui.system_programs import output_of

_PROC = Path("/proc")
_LISTENING = "0A"
"""State of a listening socket in the tables of the Linux kernel."""
_SYSTEM = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"


def listener_name(port: int) -> str:
    """Return the listening program as `nginx (1234)`, with its process id.

    It is `uid 0` for a program of another user on Linux, and empty if it is unknown.
    """
    # The answer helps a person only, so nothing about it is an error.
    reader = _READERS.get(sys.platform)
    with contextlib.suppress(LookupError, OSError, ValueError):
        return reader(port) if reader else ""
    return ""


def _linux(port: int) -> str:
    """Find the socket's inode in the kernel's tables, then the process that has it open."""
    owners = dict(_sockets(port))
    wanted = {f"socket:[{inode}]" for inode in owners}
    if not wanted:
        return ""
    for process in _PROC.iterdir():
        if process.name.isdecimal() and wanted.intersection(_open_files(process)):
            return f"{(process / 'comm').read_text(errors='replace').strip()} ({process.name})"
    return f"uid {min(owners.values())}"


def _sockets(port: int) -> Iterator[tuple[str, str]]:
    """Yield inode and owner's uid of each listening socket of a port."""
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9], fields[7]


def _open_files(process: Path) -> Iterator[str]:
    """Yield what a process has open; nothing for a process of another user."""
    with contextlib.suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                yield str(descriptor.readlink())


def _macos(port: int) -> str:
    lines = output_of(
        ["/usr/sbin/lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"]
    ).splitlines()
    found = {line[:1]: line[1:] for line in reversed(lines)}
    return f"{found['c']} ({found['p']})" if {"c", "p"} <= found.keys() else ""


def _windows(port: int) -> str:
    for line in output_of([str(_SYSTEM / "netstat.exe"), "-ano"]).splitlines():
        fields = line.split()
        # The word for the state is translated, the remote port 0 of a listener is not.
        if fields[:1] != ["TCP"] or not fields[1].endswith(f":{port}"):
            continue
        if fields[2].endswith(":0"):
            return _windows_program(fields[-1])
    return ""


def _windows_program(process: str) -> str:
    command = [str(_SYSTEM / "tasklist.exe"), "/FO", "CSV", "/NH"]
    rows = [row for row in csv.reader(output_of(command).splitlines()) if row[1:2] == [process]]
    return f"{rows[0][0]} ({process})" if rows else f"pid {process}"


_READERS: Mapping[str, Callable[[int], str]] = {
    "linux": _linux,
    "darwin": _macos,
    "win32": _windows,
}
