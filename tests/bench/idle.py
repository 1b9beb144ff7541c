"""Memory, time of the processor and wake-ups of a window that nobody uses.

    python -m tests.bench.idle [--quick]

The real window, live and with an empty journal, and the floor, a bare PySide6 main window
with one line edit, are open at the same time. The real one has an unlocked GNOME Keyring with the
merchant's key, in a D-Bus session of its own, because a keyring that is missing is looked for every
five seconds. After both have settled the resident memory of each is read (`VmRSS`). Then the real
one is watched for a minute, five seconds with `--quick`: the time that its threads ran
(`schedstat`, in nanoseconds) and their voluntary context switches, each of which ends with a
wake-up. Linux only.

Resident memory of the real window by stage, in megabytes, without a keyring:

| stage | memory |
|---|---|
| interpreter and Qt | 42 |
| modules of the program before the paint | 16 |
| application, construction of the window, Qt's pages of code, the Chinese font | 23 |
| first paint and key | 9 |
| QtNetwork, for the socket of a second start | 7 |
| requests, urllib3, charset_normalizer, OpenSSL, client of the gateway | 11 |
| keyring, cryptography | 9 |
| journal, backups, other controllers | 3 |

65 of the 120 MB are pages of files, most of them code of libraries. The floor shows no Chinese,
talks to no network and keeps no key; the rows after the paint alone exceed what the goal leaves.
Fewer arenas of the allocator, fewer threads and returning free memory save at most 1 MB each.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.rows import Row, judge
from tests.bench.start import BARE, PATIENCE, REAL, running
from tests.desktop_session import UNLOCKED, make_home
from wxpark_gui.training.booth import make_training_key

SETTLE = 5.0
WATCH = 60.0
SLICE = 5.0
"""Seconds of one figure."""
MOST_MEMORY = 1.35
MOST_PERCENT = 0.5
MOST_WAKE_UPS = 5.0

_SET_KEY = (
    f"{sys.executable} -m wxpark_gui.cli merchant set --key-stdin"
    ' --data-dir "$WXPARK_BENCH_DIRECTORY"'
)
_KIBIBYTE = 1024
_MEGABYTE = 1_000_000


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of memory, processor and wake-ups."""
    with (
        tempfile.TemporaryDirectory() as home,
        running(REAL, before=_session(Path(home))) as session,
        running(BARE) as bare,
    ):
        for process in (session, bare):
            assert process.stdout is not None
            json.loads(process.stdout.readline())
        time.sleep(SETTLE)
        pid = _window_in(session.pid)
        memory = [[_memory(pid)] for pid in (pid, bare.pid)]
        percents, wake_ups = [], []
        for _ in range(1 if quick else round(WATCH / SLICE)):
            ran, woke = _activity(pid)
            began = time.monotonic()
            time.sleep(SLICE)
            seconds = time.monotonic() - began
            ran_then, woke_then = _activity(pid)
            percents.append(100 * (ran_then - ran) / seconds)
            wake_ups.append((woke_then - woke) / seconds)
        # The session ends with the window; its other processes would keep the pipe open.
        os.kill(pid, signal.SIGTERM)
        session.wait(PATIENCE)
    yield Row("memory when idle", "bare window", "MB", memory[0], memory[1], MOST_MEMORY)
    yield Row("processor when idle", "", "%", percents, most=MOST_PERCENT)
    yield Row("wake-ups when idle", "", "/s", wake_ups, most=MOST_WAKE_UPS)


def _session(home: Path) -> Sequence[str]:
    """Return a command that starts another one in a session whose keyring has the merchant's key.

    Raises:
        RuntimeError: GNOME Keyring or D-Bus is not installed.
    """
    if not all(map(shutil.which, ("dbus-run-session", "gnome-keyring-daemon"))):
        raise RuntimeError("this needs gnome-keyring and dbus-run-session")
    inside = f'printf {make_training_key().reveal()} | {_SET_KEY} >/dev/null; exec "$@"'
    environment = [f"{name}={value}" for name, value in make_home(home).items()]
    return ["env", "-u", "DISPLAY", *environment, *UNLOCKED, "sh", "-c", inside, "sh"]


def _window_in(pid: int) -> int:
    """Return the process of the window in the session that has the process number `pid`."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    for child in children:
        if b"real_window" in Path("/proc", child, "cmdline").read_bytes():
            return int(child)
    raise RuntimeError("the window ended")


def _memory(pid: int) -> float:
    """Return the resident memory of a process in megabytes."""
    return int(_status(Path("/proc", str(pid)), "VmRSS")) * _KIBIBYTE / _MEGABYTE


def _activity(pid: int) -> tuple[float, int]:
    """Return the seconds that the threads of a process ran, and their voluntary switches."""
    seconds, switches = 0.0, 0
    for task in Path("/proc", str(pid), "task").iterdir():
        seconds += int((task / "schedstat").read_text().split()[0]) / 1e9
        switches += int(_status(task, "voluntary_ctxt_switches"))
    return seconds, switches


def _status(folder: Path, name: str) -> str:
    lines = (folder / "status").read_text(encoding="utf-8").splitlines()
    values = (line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return next(values)


def main() -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    return judge(measure(quick=parser.parse_args().quick))


if __name__ == "__main__":
    sys.exit(main())
