"""Page of the open shift: its sums so far, and the buttons to lock or hand it over."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from wxpark_gui.domain.shift_report import ShiftReport
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.shift.sheet import Sheet
from wxpark_gui.ui.shift.summary_view import SummaryView
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import clock_time
from wxpark_gui.wording.shifts import ShiftLabel, since


class ShiftPage(Sheet):
    """X-reading of the open shift: its sums so far. The digits 1 to 4 press the first four buttons.

    Signals:
        lockRequested(), handOverRequested(), peopleRequested(): the button of that action was
            pressed.
        switchRequested(): another person must be signed in to the same shift.
        documentRequested(ShiftReport): the X-reading must be saved as PDF.
    """

    lockRequested = Signal()
    switchRequested = Signal()
    handOverRequested = Signal()
    documentRequested = Signal(object)
    peopleRequested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self._state = ShiftState()
        self._now: datetime | None = None
        self._report: ShiftReport | None = None
        self._note = wrapping_label(self.content, name="shiftNote", role="problem")
        self._reading = wrapping_label(self.content, role="muted")
        self.summary = SummaryView(appearance, self.content)
        self.column.addWidget(self._note)
        self.column.addWidget(self._reading)
        self.column.addWidget(self.summary)
        self.column.addStretch(1)
        self._acts: list[tuple[QPushButton, ShiftLabel]] = [
            (self.add_button(self.lockRequested.emit), ShiftLabel.LOCK),
            (self.add_button(self.switchRequested.emit), ShiftLabel.SWITCH),
            (self.add_button(self.handOverRequested.emit), ShiftLabel.HAND_OVER),
            (self.add_button(self._request_document), ShiftLabel.SAVE_PDF),
            (self.add_button(self.peopleRequested.emit), ShiftLabel.PEOPLE),
            (self.add_button(self.backRequested.emit, last=True), ShiftLabel.CLOSE),
        ]

    @property
    def report(self) -> ShiftReport | None:
        """The X-reading shown; None until `show_report`."""
        return self._report

    def show_state(self, state: ShiftState, now: datetime) -> None:
        """Show the shift without its sums; `show_report` adds them."""
        self._state, self._now, self._report = state, now, None
        self.say("")
        self.renew()

    def show_report(self, report: ShiftReport) -> None:
        self._report = report
        self.set_busy(busy=False)
        self.say("")
        self.renew()

    def renew(self) -> None:
        words, shift, now = self.words, self._state.shift, self._now
        for button, label in self._acts:
            button.setText(words.label(label))
        if shift is None or now is None:
            return
        self.title.setText(words.header(self._state, now))
        is_overdue = shift.is_overdue(now)
        self._note.setVisible(is_overdue)
        if is_overdue:
            time = since(shift.opened_at, now)
            name = shift.main.label
            self._note.setText(words.label(ShiftLabel.OVERDUE_NOTE, name=name, time=time))
        self._reading.setText(
            words.label(ShiftLabel.READING, time=clock_time(self._report.until))
            if self._report
            else words.label(ShiftLabel.WORKING)
        )
        self.summary.show_report(self._report)
        self.resized.emit()

    def take_focus(self) -> None:
        self._acts[-1][0].setFocus()

    def on_enter(self) -> None:
        self.backRequested.emit()

    def on_key(self, typed: str) -> None:
        if typed in {"1", "2", "3", "4"}:
            self._acts[int(typed) - 1][0].click()

    def _request_document(self) -> None:
        if self._report is not None:
            self.set_busy(busy=True)
            self.documentRequested.emit(self._report)
