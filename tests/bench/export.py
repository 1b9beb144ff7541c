"""Export of many entries: duration, growth of memory, and answer to a cancellation.

    python -m tests.bench.export [--quick] [--rows 1000000] [--folder DIR]

- Answer: the controller answers a cancel in the thread of the window. The time is that from a key
  press to the answer: the call itself, and the longest time for which the thread of the window
  served no event. The export is cancelled `CANCEL_AFTER_MS` after it began to write rows, or to
  complete the file.
- Checks: a cancelled export ends at its next check, so the longest time between two checks of a
  whole export is the longest that its thread goes on after a cancel at any moment.
- Files removed: the time from a cancel until the thread has removed its files.

Each export runs in a process of its own, so that its memory can be measured. The journal is made
once in the folder and reused. A million rows as XLSX take minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from tests.bench.elsewhere import Figures, figures_of, hand_back
from tests.bench.history import resident_mb
from tests.bench.rows import LeftOut, Row, judge
from wxpark_gui.assembly import Assembly
from wxpark_gui.controllers.exports import Exports
from wxpark_gui.domain.export import ExportFormat, ExportProgress
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.service.export import ExportRequest
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.wording import ExportRowWords, Wording

ROWS, ROWS_QUICK = 1_000_000, 50_000
CANCEL_AFTER_MS = 100
MOST_GROWTH_MB = 50
LONGEST_CANCEL_MS = 200

CANCELS = {
    ExportFormat.CSV: ("rows",),
    ExportFormat.XLSX: ("rows", "finishing"),
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
) -> Figures:
    """Cancel an export that has begun to write rows, or to complete the file."""
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
                delay.start(CANCEL_AFTER_MS)

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
    return {
        "answer": [(answers[0] - cancelled_at + gap) * 1000],
        "removed": [removed * 1000],
    }


def measure_whole(directory: Path, target: Path, kind: ExportFormat) -> Figures:
    """Export in this process; return growth in MB, seconds, and longest gaps between checks."""
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
        before, started = resident_mb(os.getpid()), time.perf_counter()
        asked_at = started
        request = ExportRequest(target, kind, overwrite=True)
        result = export.run(request, words, report, is_cancelled)
        assert result.rows
        return {
            "seconds": [time.perf_counter() - started],
            "growth": [resident_mb(os.getpid()) - before],
            "rows": [gaps["rows"] * 1000],
            "finishing": [gaps["finishing"] * 1000],
        }


def measure(*, quick: bool) -> Iterator[Row | LeftOut]:
    """Yield the rows of each format."""
    with tempfile.TemporaryDirectory(prefix="wxpark-export-") as folder:
        yield from measure_formats(Path(folder), ROWS_QUICK if quick else ROWS)


def measure_formats(folder: Path, rows: int) -> Iterator[Row | LeftOut]:
    """Yield the rows of exports of a journal in `folder`, which is made if it is missing."""
    if sys.platform != "linux":
        yield LeftOut("exports", "this system has no /proc")
        return
    if not (folder / "journal.sqlite3").exists():
        make_journal(folder / "journal.sqlite3", rows)
    for kind in ExportFormat:
        name = f"export of {rows:,} rows as {kind.value}"
        whole = _figures(folder, kind, "never")
        yield Row(name, "", "s", whole["seconds"])
        yield Row("the same, growth of memory", "", "MB", whole["growth"], most=MOST_GROWTH_MB)
        for part in ("rows", "finishing"):
            title = f"the same, {part}, longest between two checks"
            yield Row(title, "", "ms", whole[part], most=LONGEST_CANCEL_MS)
        for part in CANCELS[kind]:
            cancel = _figures(folder, kind, part)
            title = f"the same, {part}, cancel"
            yield Row(f"{title} answered", "", "ms", cancel["answer"], most=LONGEST_CANCEL_MS)
            yield Row(f"{title}, files removed", "", "ms", cancel["removed"])


def _figures(folder: Path, kind: ExportFormat, cancel: str) -> Figures:
    return figures_of("export", "--folder", str(folder), "--one", kind.value, cancel)


def main() -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "CANCEL"), help="hand back figures")
    options = parser.parse_args()
    if options.one:
        kind, cancel = ExportFormat(options.one[0]), options.one[1]
        target = options.folder / f"out.{kind.value}"
        target.unlink(missing_ok=True)
        if cancel == "never":
            figures = measure_whole(options.folder, target, kind)
        else:
            figures = measure_cancel(options.folder, target, kind, finishing=cancel == "finishing")
        hand_back(figures)
        return 0
    if options.folder:
        options.folder.mkdir(exist_ok=True)
        return judge(measure_formats(options.folder, options.rows))
    return judge(measure(quick=options.quick))


if __name__ == "__main__":
    sys.exit(main())
