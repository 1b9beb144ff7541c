"""The real window, with a key that is pressed and timed as in `bare_window`.

    python -m tests.bench.real_window BEGAN

The data directory is `WXPARK_BENCH_DIRECTORY`. Only `bare_window` and the program are imported
here, as imports are measured too. The program comes first, as when it starts by itself: until it
has removed PySide's import hook, each import also reads the source of the module.
"""

from __future__ import annotations

import os
import sys

from wxpark_gui import app  # isort: skip

from PySide6.QtWidgets import QWidget

from tests.bench.bare_window import FirstKey
from wxpark_gui.ui.window.main_window import MainWindow


class Watched(MainWindow):
    """The main window, in whose plate field a key is pressed."""

    def show(self) -> None:
        plate = self.findChild(QWidget, "plateEdit")
        assert plate is not None
        FirstKey(self, plate, float(sys.argv[1]))
        super().show()


if __name__ == "__main__":
    app.MainWindow = Watched  # type: ignore[attr-defined]
    sys.exit(app.main(["--data-dir", os.environ["WXPARK_BENCH_DIRECTORY"]]))
