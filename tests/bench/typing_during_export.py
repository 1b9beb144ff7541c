"""Latency from key press to paint during an export, compared with that without one.

The window has no backlog, unlike that of `tests.bench.busy_keys`. An export that ends is started
again.

python -m tests.bench.typing_during_export [--keys 600] [--turn 0.0005] [--journal DIR]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from PySide6.QtGui import QInputDevice
from PySide6.QtWidgets import QApplication

from tests.bench.busy_keys import exporting
from tests.bench.export import make_journal
from tests.bench.key_to_paint import (
    BareWidget,
    Figures,
    TimedWindow,
    Typist,
    _gateway,
    _percentile,
    _spin,
    _time,
    figures_of,
)
from tests.booths import make_booth
from tests.settings import settings_of
from wxpark_gui.domain.export import ExportFormat
from wxpark_gui.runtime import garbage, switch_interval
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.ui.look.appearance import Appearance

ROWS = 200_000


def run(directory: Path, keys: int, work: AbstractContextManager[None]) -> Figures:
    """Type `keys` keys while `work` runs; return the measurements."""
    switch_interval.use_short_turns()
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    # Made now, in this thread: an event made in the typist's would try to.
    QInputDevice.primaryKeyboard()
    key = make_training_key()
    with _gateway(key.reveal()) as url:
        booth = make_booth(directory, url, TrainingVault(key))
        appearance = Appearance(settings_of(theme="light"))
        window, bare = TimedWindow(booth.controllers, appearance, training=True), BareWidget()
        for widget in (window, bare):
            widget.show()
        booth.start()
        # As `app` does at the end of the start.
        garbage.resume()
        timers = _time(window, window.form.plate), _time(bare, bare)
        window.timer, bare.timer = timers
        with work:
            Typist(*timers, keys).start()
            _spin(application, lambda: len(timers[0].milliseconds) >= keys)
        window.close()
        bare.close()
        booth.stop(2.0)
    return figures_of(*timers)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the measurements without an export and with one of each format; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=600)
    parser.add_argument("--turn", type=float, default=switch_interval.SHORT_TURN)
    parser.add_argument("--one", help="none, csv or xlsx; all of them when left out")
    parser.add_argument("--journal", type=Path, help="a folder with a journal of many entries")
    options = parser.parse_args(arguments)
    switch_interval.SHORT_TURN = options.turn
    with tempfile.TemporaryDirectory(prefix="wxpark-bench-") as folder:
        journal = options.journal or Path(folder) / "journal"
        if not (journal / "journal.sqlite3").exists():
            journal.mkdir()
            make_journal(journal / "journal.sqlite3", ROWS)
        if options.one:
            work = (
                nullcontext()
                if options.one == "none"
                else exporting(journal, ExportFormat(options.one))
            )
            directory = Path(folder) / "booth"
            directory.mkdir()
            sys.stdout.write(_line(options.one, run(directory, options.keys, work)))
            return 0
        for one in ("none", *(kind.value for kind in ExportFormat)):
            # Each in a process of its own: a window that is gone would disturb the next.
            subprocess.run(
                [
                    *(sys.executable, "-m", "tests.bench.typing_during_export", "--one", one),
                    *("--keys", str(options.keys), "--turn", str(options.turn)),
                    *("--journal", str(journal)),
                ],
                check=True,
            )
    return 0


def _line(name: str, figures: Figures) -> str:
    columns = [
        f"{part} median {_percentile(times, 50):5.2f} p99 {_percentile(times, 99):6.2f} ms"
        for part, times in (("window", figures.keys), ("bare widget", figures.floors))
    ]
    return f"export {name:4}  {'   '.join(columns)}\n"


if __name__ == "__main__":
    sys.exit(main())
