"""Export of many entries: duration, growth of memory, and answer to a cancellation.

A cancel is answered by the controller in the thread of the window. `answer_ms` is the time from a
key press to that answer: the call itself, and the longest time for which the thread of the window
served no event. `removed_ms` is the time until the export's thread has removed its files.

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
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from wxpark_gui.assembly import Assembly
from wxpark_gui.controllers.exports import Exports
from wxpark_gui.domain.export import ExportFormat, ExportProgress
from wxpark_gui.runtime.runner import Worker
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


def measure_cancel(
    directory: Path, target: Path, kind: ExportFormat, *, finishing: bool
) -> dict[str, float]:
    """Cancel an export half a second after it began to write rows, or to complete the file."""
    application, worker = QCoreApplication([]), Worker("bench-export")
    ticks: list[float] = []
    beat, delay = QTimer(), QTimer()
    beat.timeout.connect(lambda: ticks.append(time.perf_counter()))
    delay.setSingleShot(True)
    delay.timeout.connect(application.quit)
    with Assembly(directory, read_only=True) as parts:
        exports = Exports(parts.export, worker)

        def on_progress(progress: ExportProgress) -> None:
            if not delay.isActive() and (progress.finishing or not finishing):
                delay.start(500)

        answers: list[float] = []
        exports.progressed.connect(on_progress)
        exports.cancelled.connect(lambda: answers.append(time.perf_counter()))
        exports.finished.connect(lambda _: application.exit(1))
        beat.start(1)
        words = ExportRowWords(Wording.for_language("zh_CN"))
        exports.start(ExportRequest(target, kind, overwrite=True), words)
        if application.exec():
            raise RuntimeError("the export ended before it was cancelled")
        cancelled_at = time.perf_counter()
        exports.cancel()
        gap = max(later - earlier for earlier, later in pairwise(ticks))
        worker.stop(60)
        removed = time.perf_counter() - cancelled_at
        assert not target.exists()
    return {"answer_ms": (answers[0] - cancelled_at + gap) * 1000, "removed_ms": removed * 1000}


def measure(directory: Path, target: Path, kind: ExportFormat) -> dict[str, float]:
    """Export in this process and return the measurements by name."""
    words = ExportRowWords(Wording.for_language("zh_CN"))
    gaps = {"rows": 0.0, "finishing": 0.0}
    phase, asked_at = "rows", time.perf_counter()

    def is_cancelled() -> bool:
        nonlocal asked_at
        now = time.perf_counter()
        gaps[phase] = max(gaps[phase], now - asked_at)
        asked_at = now
        return False

    def report(progress: ExportProgress) -> None:
        nonlocal phase
        phase = "finishing" if progress.finishing else "rows"

    with Assembly(directory, read_only=True) as parts:
        export = parts.export
        # XlsxWriter's code is part of the program, not of the growth.
        __import__("xlsxwriter")
        before, started = _peak_mb(), time.perf_counter()
        asked_at = started
        request = ExportRequest(target, kind, overwrite=True)
        result = export.run(request, words, report, is_cancelled)
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
        path = target.with_suffix(f".{kind}")
        if cancel == "never":
            figures = measure(folder, path, ExportFormat(kind))
        else:
            figures = measure_cancel(
                folder, path, ExportFormat(kind), finishing=cancel == "finishing"
            )
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
            failed |= figures.get("answer_ms", 0) > LONGEST_CANCEL_MS
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
