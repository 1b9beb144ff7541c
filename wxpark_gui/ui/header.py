"""The uppermost line: where this is, and the time in Beijing."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.labels import plain_label
from wxpark_gui.wording import Label, Wording, clock_time


class Header(QWidget):
    """Car park, booth, clock."""

    def __init__(self, wording: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wording = wording
        self._lot = plain_label(self, name="headerLot", role="lot")
        self._booth = plain_label(self, name="headerBooth", role="muted")
        # A long name gives way to the clock and must not widen the window.
        self._booth.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._clock = plain_label(self, name="headerClock", role="muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 10, 24, 8)
        layout.setSpacing(22)
        layout.addWidget(self._lot)
        layout.addWidget(self._booth, 1)
        layout.addWidget(self._clock)

    def show_settings(self, settings: Settings) -> None:
        merchant = settings.merchant
        name = merchant.parking_name if merchant else ""
        self._lot.setText(name or self._wording.label(Label.LOT_UNNAMED))
        self._booth.setText(settings.booth)

    def show_time(self, now: datetime) -> None:
        """An aware time; shown as Beijing's."""
        self._clock.setText(clock_time(now))
