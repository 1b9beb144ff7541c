"""A booth with its real window, whose plates are typed and timed until their verdict is painted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.bench.old_booth import AheadClock
from tests.booths import Booth
from tests.settings import settings_of
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.runtime import garbage
from wxpark_gui.runtime.switch_interval import use_short_turns
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.window.main_window import MainWindow

SETTLE_MS = 100
"""Time after a verdict in which the window does what follows it, such as counting the backlog."""
PATIENCE_MS = 60_000
STOP_SECONDS = 2.0

_PROVINCES = "粤京沪津冀豫云辽黑湘皖鲁苏浙赣鄂桂甘晋陕"


class VerdictWindow(MainWindow):
    """The main window, which notes when it has painted the verdict `OK`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._painted_at: list[float] = []
        self._awaits = QEventLoop()
        self._verdict: VerdictPanel | None = None
        super().__init__(*arguments, **options)
        self._verdict = self.findChild(VerdictPanel, "verdictPanel")

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if (
            self._awaits.isRunning()
            and event.type() is QEvent.Type.UpdateRequest
            and self._verdict is not None
            and self._verdict.property("severity") == Severity.OK.value
        ):
            self._painted_at.append(time.perf_counter())
            self._awaits.quit()
        return done

    def await_verdict(self) -> float:
        """Run the event loop until the verdict is painted; return that time of `perf_counter`.

        Raises:
            TimeoutError: it is not painted in time, or is another.
        """
        self._painted_at.clear()
        limit = QTimer(singleShot=True, interval=PATIENCE_MS)
        limit.timeout.connect(self._awaits.quit)
        limit.start()
        self._awaits.exec()
        if not self._painted_at:
            raise TimeoutError("no verdict was painted")
        return self._painted_at[0]


class Attendant:
    """Types one car after the other into a window. Needs a `QApplication`.

    Attributes:
        clock: the booth's clock.
        processor: milliseconds that all threads ran from Enter to the painted verdict, in the last
            entry.
    """

    def __init__(self, booth: Booth, clock: AheadClock) -> None:
        self.clock = clock
        self.processor = 0.0
        self._booth = booth
        self._typed = 0
        self.window = VerdictWindow(
            booth.controllers, Appearance(settings_of(theme="light")), training=False
        )
        self.window.show()
        booth.start()
        # As `app` does at the end of the start.
        garbage.resume()
        settle()

    def enter(self, typing: float = 0.0) -> float:
        """Type a car; return the milliseconds from its Enter to its painted verdict.

        Args:
            typing: seconds from the first key to Enter; 0 inserts the plate at once.
        """
        plate = self.window.form.plate
        keys = self._next_plate()
        QTest.keyClick(plate, Qt.Key.Key_Escape)
        if typing:
            for key in keys:
                plate.insert(key)
                settle(round(1000 * typing / len(keys)))
        else:
            plate.insert(keys)
            settle()
        ran, began = time.process_time(), time.perf_counter()
        QTest.keyClick(plate, Qt.Key.Key_Return)
        took = 1000 * (self.window.await_verdict() - began)
        self.processor = 1000 * (time.process_time() - ran)
        settle()
        return took

    def close(self) -> None:
        self.window.close()
        self._booth.stop(STOP_SECONDS)

    def _next_plate(self) -> str:
        """Return another plate, which the training gateway answers with NORMAL."""
        high, low = divmod(self._typed, 10_000)
        self._typed += 1
        return f"{_PROVINCES[high % len(_PROVINCES)]}A{low:04}K"


@contextmanager
def page_in(directory: Path) -> Iterator[int]:
    """Yield the descriptor of a new file, for durable writes beside the journal."""
    with (directory / "page").open("wb", 0) as page:
        yield page.fileno()


def settle(milliseconds: int = SETTLE_MS) -> None:
    """Run the event loop for a time."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def application() -> QApplication:
    """Return the process's application, in the program's style, with its short turns."""
    use_short_turns()
    made = QApplication.instance() or QApplication([])
    assert isinstance(made, QApplication)
    made.setStyle("Fusion")
    return made
