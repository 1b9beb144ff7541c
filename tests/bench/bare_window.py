"""The floor of the window: a PySide6 main window with one line edit, and nothing else.

    python -m tests.bench.bare_window BEGAN

Prints the same line as `tests.bench.start`, and stays open until it is terminated. Both import this
module, which imports nothing but Qt and the standard library.
"""

from __future__ import annotations

import json
import signal
import sys
import time

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QWidget

WIDTH, HEIGHT = 1024, 768
TICK_MS = 500


class FirstKey(QObject):
    """Presses a key in a widget after the window's first paint, and prints when it is painted.

    The line has two numbers: milliseconds since `began`, a time of `time.perf_counter`, and
    milliseconds of the processor.
    """

    def __init__(self, window: QWidget, widget: QWidget, began: float) -> None:
        super().__init__(window)
        self._window = window
        self._widget = widget
        self._began = began
        self._is_pressed = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() is QEvent.Type.UpdateRequest:
            # The event paints the window after this filter; the timer runs after that.
            QTimer.singleShot(0, self._print if self._is_pressed else self._press)
        return False

    def _press(self) -> None:
        if self._is_pressed:
            return
        self._is_pressed = True
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "A")
        QCoreApplication.sendEvent(self._widget, key)

    def _print(self) -> None:
        self._window.removeEventFilter(self)
        wall = 1000 * (time.perf_counter() - self._began)
        print(json.dumps([wall, 1000 * time.process_time()]), flush=True)  # noqa: T201


def main() -> int:
    """Show the window; return 0 after SIGTERM."""
    application = QApplication([])
    window = QMainWindow()
    edit = QLineEdit()
    window.setCentralWidget(edit)
    window.resize(WIDTH, HEIGHT)
    FirstKey(window, edit, float(sys.argv[1]))
    window.show()
    signal.signal(signal.SIGTERM, lambda *_: application.quit())
    # Python runs signal handlers between bytecodes.
    timer = QTimer()
    timer.timeout.connect(lambda: None)
    timer.start(TICK_MS)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
