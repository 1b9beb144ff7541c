"""Page with the report of a closed shift, for both attendants of a hand-over."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from wxpark_gui.domain.shift_report import ShiftReport
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.shift.sheet import Sheet
from wxpark_gui.ui.shift.summary_view import SummaryView
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording.shifts import ShiftLabel, full_time


class ClosingPage(Sheet):
    """Report of a closed shift, with the message to the next attendant on top.

    Signals:
        acknowledged(): the person signed in confirmed to have read the report.
        documentRequested(ShiftReport): the report must be saved as PDF.
    """

    acknowledged = Signal()
    documentRequested = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(appearance, parent)
        self._report: ShiftReport | None = None
        self._asks = False
        self._times = wrapping_label(self.content, role="muted")
        self._card = QFrame(self.content)
        self._card.setProperty("card", True)
        self._handed = wrapping_label(self._card, name="shiftHandedMessage", role="note")
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(self._handed)
        self.summary = SummaryView(appearance, self.content)
        for part in (self._times, self._card, self.summary):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self._save = self.add_button(self._request_document)
        self._main = self.add_button(self.on_enter, primary=True)

    def show_report(self, report: ShiftReport, *, asks: bool) -> None:
        """Show the report of a closed shift.

        Args:
            asks: True if the person signed in has to acknowledge it.
        """
        self._report, self._asks = report, asks
        self.say("")
        self.renew()
        self.scroll_to_top()

    def renew(self) -> None:
        report, words = self._report, self.words
        self._save.setText(words.label(ShiftLabel.SAVE_PDF))
        main = ShiftLabel.ACKNOWLEDGE if self._asks else ShiftLabel.FINISH
        self._main.setText(words.label(main))
        if report is None:
            return
        self.title.setText(words.closed_title(report))
        times = [f"{full_time(report.opened_at)} – {full_time(report.until)}"]
        if report.is_late:
            times.append(words.label(ShiftLabel.LATE))
        self._times.setText(" · ".join(times))
        self._handed.setText(words.label(ShiftLabel.MESSAGE_OF, message=report.message))
        self._card.setVisible(bool(report.message))
        self.summary.show_report(report)
        self.resized.emit()

    def take_focus(self) -> None:
        self._main.setFocus()

    def on_enter(self) -> None:
        if self._asks:
            self.acknowledged.emit()
        else:
            self.backRequested.emit()

    def on_key(self, typed: str) -> None:
        if typed == "4":
            self._save.click()

    def _request_document(self) -> None:
        if self._report is not None:
            self.set_busy(busy=True)
            self.documentRequested.emit(self._report)
