"""The small window that stays while another process keeps the data directory locked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import application_icon
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.wording import Label

_WIDTH = 440
_ATTEMPT_MS = 50
SHOWN_AFTER_MS = 300
"""Milliseconds until the window is shown, so that a short wait shows none."""


class WaitingWindow(QWidget):
    """Says that the program is still being opened or closed by another process.

    Closing it gives the start up.
    """

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("waitingWindow")
        self.setWindowIcon(application_icon())
        self.setWindowTitle(appearance.wording.program_name)
        self._loop = QEventLoop(self)
        self._attempt: Callable[[], bool | None] = lambda: None
        self._result: bool | None = None
        self._failure: Exception | None = None
        self._attempts = QTimer(self)
        self._attempts.timeout.connect(self._try)
        self._shown = QTimer(self)
        self._shown.setSingleShot(True)
        self._shown.timeout.connect(self.show)
        sentence = appearance.wording.label(Label.START_WAITS)
        said = wrapping_label(self, name="waitingSaid")
        said.setText(breakable(sentence))
        said.setAccessibleName(sentence)
        progress = QProgressBar(self)
        progress.setRange(0, 0)
        progress.setTextVisible(False)
        progress.setFixedHeight(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        layout.addWidget(said)
        layout.addWidget(progress)
        # A layout in a window of its own ignores height for width.
        width = appearance.length(_WIDTH)
        said.ensurePolished()
        self.setFixedSize(width, layout.totalHeightForWidth(width))

    def wait(self, attempt: Callable[[], bool | None]) -> bool:
        """Repeat an attempt until it has a result, and return that; False if the window is closed.

        Args:
            attempt: called in this thread, every 50 ms; None means that the wait goes on.

        Raises:
            Exception: that of the attempt.
        """
        self._attempt = attempt
        self._attempts.start(_ATTEMPT_MS)
        self._shown.start(SHOWN_AFTER_MS)
        self._loop.exec()
        self._attempts.stop()
        self._shown.stop()
        self.hide()
        if self._failure is not None:
            raise self._failure
        return bool(self._result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the wait."""
        self._loop.quit()
        super().closeEvent(event)

    @Slot()
    def _try(self) -> None:
        try:
            self._result = self._attempt()
        except Exception as error:  # noqa: BLE001 - raised by `wait`, outside of Qt's slot
            self._failure = error
        if self._result is not None or self._failure is not None:
            self._loop.quit()
