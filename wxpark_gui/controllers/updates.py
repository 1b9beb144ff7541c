"""Checks the operator's version file every 12 hours, on a thread of its own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.runner import Worker

if TYPE_CHECKING:
    from wxpark_gui.domain.release import Release
    from wxpark_gui.domain.release_source import ReleaseSource
    from wxpark_gui.service.releases import Upgrades

INTERVAL_MS = 12 * 3600 * 1000

_log = logging.getLogger(__name__)


class UpdateChecker(QObject):
    """Looks for a newer version in the operator's version file. Failures are logged, not shown.

    The worker is used for nothing else: a missing network share may block it for minutes.

    Signals:
        found(Release | None): the newer version; None if there is none, or until a version file
            that was just set has been checked.
        crashed(Exception): an exception that is a bug.
    """

    found = Signal(object)
    crashed = Signal(object)

    def __init__(self, upgrades: Upgrades, worker: Worker, *, enabled: bool = True) -> None:
        """Keep the given parts.

        `enabled` False, as in training mode, makes `apply_settings` a no-op.
        """
        super().__init__()
        self._enabled = enabled
        self._upgrades = upgrades
        self._worker = worker
        self._source: ReleaseSource | None = None
        self._asked: ReleaseSource | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._ask)

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        """Emit `found(None)` and check now if the version file, its key or the proxy changed."""
        source = settings.release_source
        if source == self._source or not self._enabled:
            return
        self._source = source
        self.found.emit(None)
        self._timer.start()
        self._ask()

    def stop(self) -> None:
        """Stop the timer and the worker, without waiting for the worker's thread to end."""
        self._timer.stop()
        self._worker.stop(0)

    @Slot()
    def _ask(self) -> None:
        """Start a check unless one is running or no version file is set."""
        source = self._source
        if source is None or self._asked is not None:
            return
        self._asked = source
        self._worker.submit(lambda: self._upgrades.newer(source), self._on_answer, self._on_failed)

    @Slot(object)
    def _on_answer(self, release: Release | None) -> None:
        if self._is_still_asked():
            self.found.emit(release)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        """Log the error, or emit `crashed` for a bug. A release found before stays announced."""
        self._is_still_asked()
        if isinstance(error, ReadableError):
            _log.warning("no word of a newer version: %s", error)
        else:
            self.crashed.emit(error)

    def _is_still_asked(self) -> bool:
        """Test if the answer is for the current source; if not, start a check of that source."""
        asked, self._asked = self._asked, None
        if asked == self._source:
            return True
        self._ask()
        return False
