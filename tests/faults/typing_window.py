"""Open the program's window, in training mode, and type one car after the other.

    python -m tests.faults.typing_window DIRECTORY

Prints `ID PLATE` of each entry once it is saved. It is ended by the parent process. On `CLOSES` it
closes its window, without the question for open entries that a person gets.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtTest import QTest

from wxpark_gui import app
from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.window.main_window import MainWindow

BETWEEN_CARS_MS = 40
CLOSES = getattr(signal, "SIGUSR1", signal.SIGTERM)
"""Signal that closes the window; Windows has none for it."""


class TypingWindow(MainWindow):
    """The main window and its attendant."""

    def __init__(self, controllers: Controllers, *arguments: Any, **options: Any) -> None:
        super().__init__(controllers, *arguments, **options)
        controllers.entries.saved.connect(self._on_saved)
        # Other plates than those of the windows before, which were typed a moment ago.
        self._number = time.time_ns() // 10_000_000
        self._timer = QTimer(self)
        self._timer.setInterval(BETWEEN_CARS_MS)
        self._timer.timeout.connect(self._enter_car)

        signal.signal(CLOSES, lambda *_: QTimer.singleShot(0, self._close_window))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    @Slot()
    def _close_window(self) -> None:
        self._timer.stop()
        self.close()

    @Slot()
    def _enter_car(self) -> None:
        self._number += 1
        plate = self.form.plate
        QTest.keyClick(plate, Qt.Key.Key_Escape)
        plate.insert(f"粤B{self._number % 100_000:05}")
        QTest.keyClick(plate, Qt.Key.Key_Return)

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        plate = record.entry.plate.text if record.entry.plate else ""
        sys.stdout.buffer.write(f"{record.entry_id} {plate}\n".encode())
        sys.stdout.flush()


def main(directory: Path) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with mock.patch.object(app, "MainWindow", TypingWindow):
        return app.main(["--training", "--data-dir", str(directory)])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
