"""Latency from key press to paint while the backlog is sent and entries are exported.

    python -m tests.bench.busy_keys [--quick]

Plates are typed as in `tests.bench.key_to_paint`, in turns with keys for a bare widget, while two
entries of a backlog are sent each second and an export of another journal runs in the same process.
An export that ends is started again. The 99th percentile of each format is judged.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from tests.bench.elsewhere import Figures, figures_of, hand_back
from tests.bench.export import make_journal
from tests.bench.key_to_paint import LONGEST_P99_MS, run
from tests.bench.rows import Row, judge
from wxpark_gui.assembly import Assembly
from wxpark_gui.controllers.exports import Exports
from wxpark_gui.domain.export import ExportFormat
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.export import ExportRequest
from wxpark_gui.wording import ExportRowWords, Wording

KEYS, KEYS_QUICK = 600, 60
EXPORTED, EXPORTED_QUICK = 200_000, 20_000
"""Entries of the exported journal."""
STOP_SECONDS = 5.0


class ExportsInTurn(QObject):
    """Starts the same export again when it has ended."""

    def __init__(self, exports: Exports, request: ExportRequest) -> None:
        super().__init__()
        self._exports = exports
        self._request = request
        self._words = ExportRowWords(Wording.for_language("zh_CN"))
        exports.finished.connect(self.start)

    @Slot()
    def start(self) -> None:
        self._exports.start(self._request, self._words)


@contextmanager
def exporting(journal: Path, kind: ExportFormat) -> Iterator[None]:
    """Export a journal again and again during the block."""
    worker = Worker("bench-export")
    with Assembly(journal, read_only=True) as parts:
        exports = Exports(parts.export, worker)
        target = journal / f"typing.{kind.value}"
        in_turn = ExportsInTurn(exports, ExportRequest(target, kind, overwrite=True))
        in_turn.start()
        yield
        if not exports.running:
            raise RuntimeError("no export runs")
        exports.stop()
        worker.stop(STOP_SECONDS)


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield a row for each format of the export."""
    with tempfile.TemporaryDirectory(prefix="wxpark-bench-") as journal:
        make_journal(Path(journal, "journal.sqlite3"), EXPORTED_QUICK if quick else EXPORTED)
        for kind in ExportFormat:
            figures = figures_of(
                "busy_keys",
                *("--journal", journal, "--kind", kind.value),
                *("--keys", str(KEYS_QUICK if quick else KEYS)),
            )
            name = f"key to paint, 99th percentile, beside backlog and export of {kind.value}"
            yield Row(name, "", "ms", figures["keys"], most=LONGEST_P99_MS, percent=99)
            yield Row(
                "the same", "bare widget", "ms", figures["keys"], figures["floors"], percent=99
            )
            others = list((Counter(figures["keys"]) - Counter(figures["enters"])).elements())
            yield Row("the same, without Enter", "", "ms", others, percent=99)
            yield Row("the same, Enter alone", "", "ms", figures["enters"], percent=99)


def measure_here(journal: Path, kind: ExportFormat, keys: int) -> Figures:
    """Type while entries of `journal` are exported.

    Raises:
        RuntimeError: no entry of the backlog was sent meanwhile.
    """
    with tempfile.TemporaryDirectory(prefix="wxpark-bench-") as directory:
        figures = run(Path(directory), keys, exporting(journal, kind))
    if not figures.drained:
        raise RuntimeError("no entry of the backlog was sent")
    return {"keys": figures.keys, "floors": figures.floors, "enters": figures.enters}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keys", type=int, default=KEYS)
    parser.add_argument("--kind", type=ExportFormat, default=ExportFormat.CSV)
    parser.add_argument("--journal", type=Path, help="hand back the figures beside its export")
    options = parser.parse_args(arguments)
    if options.journal:
        hand_back(measure_here(options.journal, options.kind, options.keys))
        return 0
    return judge(measure(quick=options.quick))


if __name__ == "__main__":
    sys.exit(main())
