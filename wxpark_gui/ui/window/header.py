"""The header: car park, booth, attendant and Beijing time."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxpark_gui.domain.profiles import has_profiles
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import plain_label, wrapping_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import Label, ProfileLabel, clock_time


class Header(QWidget):
    """Car park, booth, attendant and clock in one row; long names wrap beside the clock.

    Signals:
        shiftRequested(): the attendant's name was clicked.
        profilesRequested(QPoint): the car park was clicked, and there is one to switch to; the
            point is its lower left corner on the screen.
    """

    shiftRequested = Signal()
    profilesRequested = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._settings = Settings()
        self._lot = wrapping_label(self, name="headerLot", role="lot")
        self._lot.installEventFilter(self)
        self._booth = wrapping_label(self, name="headerBooth", role="muted")
        self._state = ShiftState()
        self._is_changing = False
        self._now: datetime | None = None
        self._attendant = wrapping_label(self, name="headerAttendant")
        self._attendant.setCursor(Qt.CursorShape.PointingHandCursor)
        self._attendant.installEventFilter(self)
        self._clock = plain_label(self, name="headerClock", role="muted")
        names = WrappingRow(22)
        names.addWidget(self._lot)
        names.addWidget(self._booth)
        names.addWidget(self._attendant)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 10, 24, 8)
        layout.setSpacing(22)
        layout.addLayout(names, 1)
        layout.addWidget(self._clock, 0, Qt.AlignmentFlag.AlignTop)
        self._row = layout
        appearance.changed.connect(self._renew)
        self._renew()

    def add_button(self, button: QWidget) -> None:
        """Add a button at the right end."""
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def show_settings(self, settings: Settings) -> None:
        self._settings = settings
        self._renew()

    @Slot(object)
    def show_shift(self, state: ShiftState) -> None:
        """Show attendant and shift, once `show_time` was called; hide them without attendants."""
        self._state = state
        self._show_attendant()

    @Slot(bool)
    def show_changing(self, is_changing: bool) -> None:
        """Name no attendant while the change to another one is being saved."""
        self._is_changing = is_changing
        self._show_attendant()

    def show_time(self, now: datetime) -> None:
        """Show an aware time as Beijing time, and the shift as of that time."""
        self._now = now
        self._clock.setText(clock_time(now))
        self._show_attendant()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._attendant and event.type() is QEvent.Type.MouseButtonRelease:
            self.shiftRequested.emit()
        is_press = event.type() is QEvent.Type.MouseButtonPress
        if watched is self._lot and is_press and has_profiles(self._settings):
            # The menu takes the mouse, so that the label gets no release.
            self.profilesRequested.emit(self._lot.mapToGlobal(self._lot.rect().bottomLeft()))
        return super().eventFilter(watched, event)

    def _show_attendant(self) -> None:
        words = ""
        if self._now:
            shifts = self._appearance.wording.shifts
            words = shifts.header(self._state, self._now, is_changing=self._is_changing)
        if self._attendant.text() != words:
            self._attendant.setText(words)
        self._attendant.setVisible(bool(words))

    @Slot()
    def _renew(self) -> None:
        account = self._settings.account
        wording = self._appearance.wording
        name = account.merchant.label if account else wording.label(Label.LOT_UNNAMED)
        can_switch = has_profiles(self._settings)
        self._lot.setText(f"{name} ▾" if can_switch else name)
        self._lot.setAccessibleName(name)
        self._lot.setToolTip(wording.label(ProfileLabel.TOOLTIP) if can_switch else "")
        pointing, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self._lot.setCursor(pointing if can_switch else arrow)
        self._booth.setText(self._settings.booth.name)
        self._show_attendant()
