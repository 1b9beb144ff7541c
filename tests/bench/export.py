"""Export of many entries: duration, growth of memory, and delay of a cancellation.

For each export that is not cancelled, the longest time between two checks for a cancellation is
printed too, while rows are written and while the file is completed: a cancel waits no longer.

    python -m tests.bench.export [--rows 1000000] [--folder DIR]

Each export runs in a process of its own, so that its memory can be measured. The journal is made
once in the folder and reused.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.export import ExportCancelledError, ExportFormat, ExportProgress
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.service.export import ExportRequest
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.wording import ExportRowWords, Wording

MOST_GROWTH_MB = 50
LONGEST_CANCEL_MS = 200

CANCELS = {
    ExportFormat.CSV: ("rows", "never"),
    ExportFormat.XLSX: ("rows", "finishing", "never"),
}

_START = datetime(2026, 1, 1, tzinfo=timezone.utc)
_STATES = ("NORMAL", "NORMAL", "NORMAL", "OVERDUE", "BLOCKED", "PAUSED", "UNAUTHORIZED")


def make_journal(path: Path, rows: int) -> None:
    """Write a journal whose `rows` entries lie one minute apart and are all answered.

    Each row holds the values that the program would write.
    """
    with closing(SqliteJournal(path, SystemClock())):
        pass
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO attempts (attempt, entry_id, run, started_at, ended_at, cause, user_state,"
            " deduct_mode, host, elapsed_ms, fingerprint, reply_hash, sent_mch_id, sent_sub_mch_id,"
            " reached) VALUES (?, ?, 1, ?, ?, 'answered', ?, 'AUTOPAY', 'api.mch.weixin.qq.com', ?,"
            " ?, ?, '1900000001', '1900000002', 1)",
            _attempts(rows),
        )
        connection.executemany(
            "INSERT INTO entries (position, entry_id, lot, booth, sequence, mch_id, sub_mch_id,"
            " training, scene, start_time, plate, car_type, space_number, openid, sub_openid,"
            " saved_at, saved_monotonic, run, state, attempts, last_attempt, account_id, free_time,"
            " attendant) VALUES (?, ?, '欢乐海岸停车场', '1号岗', ?, '1900000001', '1900000002', 0,"
            " 'PARKING', ?, ?, '小型车', '', '', '', ?, ?, 1, 'answered', 1, ?,"
            " '1900000001-1900000002', 900, '李师傅')",
            _entries(rows),
        )
        connection.execute("COMMIT")


def _entry_id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number * 7919 % 2**48:012x}"


def _attempts(rows: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(1)
    for number in range(1, rows + 1):
        moment = (_START + timedelta(minutes=number)).isoformat(timespec="milliseconds")
        state, elapsed = chance.choice(_STATES), chance.randint(40, 400)
        fingerprint = f"{number:064x}"
        yield number, _entry_id(number), moment, moment, state, elapsed, fingerprint, fingerprint


def _entries(rows: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(2)
    for number in range(1, rows + 1):
        moment = (_START + timedelta(minutes=number)).isoformat(timespec="milliseconds")
        plate = f"粤B{chance.randint(10000, 99999)}"
        yield number, _entry_id(number), number, moment, plate, moment, float(number), number


def measure(directory: Path, target: Path, kind: ExportFormat, cancel: str) -> dict[str, float]:
    """Export in this process and return the measurements by name.

    Args:
        cancel: `never`; `rows` cancels while rows are written; `finishing` cancels while the file
            is completed.
    """
    words = ExportRowWords(Wording.for_language("zh_CN"))
    cancelled = threading.Event()
    cancelled_at: list[float] = []
    gaps = {"rows": 0.0, "finishing": 0.0}
    phase, asked_at = "rows", time.perf_counter()

    def is_cancelled() -> bool:
        nonlocal asked_at
        now = time.perf_counter()
        gaps[phase] = max(gaps[phase], now - asked_at)
        asked_at = now
        return cancelled.is_set()

    def stop() -> None:
        cancelled_at.append(time.perf_counter())
        cancelled.set()

    def report(progress: ExportProgress) -> None:
        nonlocal phase
        phase = "finishing" if progress.finishing else "rows"
        due = progress.finishing if cancel == "finishing" else progress.share > 0.1
        if cancel != "never" and due and not timer.is_alive() and not cancelled_at:
            with suppress(RuntimeError):
                timer.start()

    timer = threading.Timer(0.5, stop)
    timer.daemon = True
    with Assembly(directory, read_only=True) as parts:
        export = parts.export
        # XlsxWriter's code is part of the program, not of the growth.
        __import__("xlsxwriter")
        before, started = _peak_mb(), time.perf_counter()
        asked_at = started
        request = ExportRequest(target, kind, overwrite=True)
        try:
            result = export.run(request, words, report, is_cancelled)
        except ExportCancelledError:
            waited = (time.perf_counter() - cancelled_at[0]) * 1000
            assert not target.exists()
            return {"cancel_ms": waited}
        return {
            "rows": result.rows,
            "seconds": time.perf_counter() - started,
            "growth_mb": _peak_mb() - before,
            "rows_gap_ms": gaps["rows"] * 1000,
            "finishing_gap_ms": gaps["finishing"] * 1000,
            "file_mb": target.stat().st_size / 1e6,
        }


def _peak_mb() -> float:
    """Return the largest resident memory of this process so far, in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "CANCEL"))
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="wxpark-export-"))
    target = folder / "out"
    if options.one:
        kind, cancel = options.one
        figures = measure(folder, target.with_suffix(f".{kind}"), ExportFormat(kind), cancel)
        sys.stdout.write(json.dumps({"format": kind, "cancel": cancel, **figures}) + "\n")
        return 0
    folder.mkdir(exist_ok=True)
    if not (folder / "journal.sqlite3").exists():
        make_journal(folder / "journal.sqlite3", options.rows)
    failed = False
    for kind in ExportFormat:
        for cancel in CANCELS[kind]:
            target.with_suffix(f".{kind.value}").unlink(missing_ok=True)
            command = [sys.executable, "-m", "tests.bench.export", "--folder", str(folder)]
            done = subprocess.run(
                [*command, "--one", kind.value, cancel],
                check=True, capture_output=True, encoding="utf-8",
            )  # fmt: skip
            sys.stdout.write(done.stdout)
            sys.stdout.flush()
            figures = json.loads(done.stdout)
            failed |= figures.get("growth_mb", 0) > MOST_GROWTH_MB
            for wait in ("cancel_ms", "rows_gap_ms", "finishing_gap_ms"):
                failed |= figures.get(wait, 0) > LONGEST_CANCEL_MS
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
