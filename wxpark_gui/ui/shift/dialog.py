"""The shift dialog: shows the page that fits the state, and passes requests to the controller.

The module exceeds the project's limit of 300 lines: all ways from one page to another are here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QStackedLayout, QWidget

from wxpark_gui.controllers.shifts import ShiftController
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.shift_report import ShiftReport
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.pdf import prepare_pdf
from wxpark_gui.ui.shift.closing_page import ClosingPage
from wxpark_gui.ui.shift.hand_over_page import HandOverPage
from wxpark_gui.ui.shift.message_draft import MessageDraft
from wxpark_gui.ui.shift.people_page import PeoplePage
from wxpark_gui.ui.shift.report import render_report
from wxpark_gui.ui.shift.sheet import Sheet, fit_dialog
from wxpark_gui.ui.shift.shift_page import ShiftPage
from wxpark_gui.ui.shift.sign_in_page import SignInPage
from wxpark_gui.wording.shifts import ShiftLabel

_TITLE_POINTS = 19.0
_SCROLLS = {Qt.Key.Key_PageDown: 0.8, Qt.Key.Key_PageUp: -0.8}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ShiftDialog(QDialog):
    """Dialog of the shift. Not modal, so that a plate can be entered while it is open.

    The class exceeds the project's limit of 20 methods: one for each request of a page, and one for
    each signal of the controller.

    Args:
        draft: message of a hand-over, kept from one dialog to the next.
        guard: calls its argument if the list of attendants may be changed, now or later.
        training: True marks PDF reports as no real records.
        now: returns the current time, aware.
    """

    def __init__(
        self,
        shifts: ShiftController,
        appearance: Appearance,
        parent: QWidget | None = None,
        *,
        draft: MessageDraft,
        guard: Callable[[Callable[[], None]], None],
        training: bool,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(parent)
        self._shifts = shifts
        self._draft = draft
        self._guard = guard
        self._appearance = appearance
        self._training = training
        self._now = now
        self._was_signed_in = shifts.state.is_signed_in
        self._keeps_people = False
        self.setObjectName("shiftDialog")
        self.sign_in = SignInPage(appearance, self)
        self.shift = ShiftPage(appearance, self)
        self.hand_over = HandOverPage(appearance, self)
        self.closing = ClosingPage(appearance, self)
        self.people = PeoplePage(appearance, self)
        self._pages: tuple[Sheet, ...] = (
            self.sign_in, self.shift, self.hand_over, self.closing, self.people,
        )  # fmt: skip
        self._stack = QStackedLayout(self)
        for page in self._pages:
            self._stack.addWidget(page)
            page.backRequested.connect(self._go_back)
            page.resized.connect(self._fit_later)
        self._fit_timer = QTimer(self)
        self._fit_timer.setSingleShot(True)
        self._fit_timer.setInterval(0)
        self._fit_timer.timeout.connect(self._fit)
        self._connect_pages()
        shifts.signedIn.connect(self._on_signed_in)
        shifts.reported.connect(self._on_reported)
        shifts.handedOver.connect(self.show_closed)
        shifts.peopleChanged.connect(self._on_people)
        shifts.documentSaved.connect(self._on_document)
        shifts.changed.connect(self._on_changed)
        shifts.refused.connect(self._on_refused)
        # The notice strip tells of the bug; a disabled page would stay.
        shifts.crashed.connect(self.reject)
        appearance.changed.connect(self._renew)
        self._renew()
        self._start()

    @property
    def page(self) -> Sheet:
        """The page shown."""
        return self._pages[self._stack.currentIndex()]

    def has_input(self) -> bool:
        """Test if a name or PIN is typed on the page of the attendants, or kept during a lock."""
        return self._keeps_people or (self.page is self.people and self.people.has_input())

    @Slot(object)
    def show_closed(self, report: ShiftReport) -> None:
        """Show the report of a shift that was handed over."""
        self.closing.show_report(report, asks=False)
        self._show(self.closing)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back for Esc, scroll for PgUp and PgDn, pass Enter and characters to the page."""
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self._go_back()
        elif key in _ENTER:
            self.page.on_enter()
        elif key in _SCROLLS:
            self.page.scroll_pages(_SCROLLS[key])
        elif event.text():
            self.page.on_key(event.text())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()
        self.page.take_focus()

    def _start(self) -> None:
        """Show the page for the state.

        That is the sign-in if nobody is signed in, else the report of a closed shift that has to be
        acknowledged, else the open shift.
        """
        state = self._shifts.state
        if not state.is_signed_in:
            self._show_sign_in(switch=False)
        elif state.handed_over is not None:
            self.closing.show_report(state.handed_over, asks=True)
            self._show(self.closing)
        else:
            self._show_shift()

    def _show(self, page: Sheet) -> None:
        page.set_busy(busy=False)
        page.say("")
        self._stack.setCurrentWidget(page)
        self._fit_later()
        page.take_focus()

    def _show_sign_in(self, *, switch: bool) -> None:
        self.sign_in.show_state(self._shifts.state, self._now(), switch=switch)
        self._show(self.sign_in)

    def _show_shift(self) -> None:
        self.shift.show_state(self._shifts.state, self._now())
        self._show(self.shift)
        self._shifts.read()

    def _show_hand_over(self) -> None:
        state = self._shifts.state
        if self.shift.report is not None and state.shift is not None:
            message = self._draft.of(state.shift.shift_id)
            self.hand_over.show_report(self.shift.report, state.active, message)
            self._show(self.hand_over)

    @Slot(str)
    def _keep_message(self, message: str) -> None:
        shift = self._shifts.state.shift
        if shift is not None:
            self._draft.shift_id, self._draft.text = shift.shift_id, message

    def _open_people(self) -> None:
        self._guard(self._show_people)

    @Slot()
    def _show_people(self) -> None:
        self.activateWindow()
        if not self._keeps_people:
            self.people.show_state(self._shifts.state)
        self._keeps_people = False
        self._show(self.people)

    @Slot()
    def _go_back(self) -> None:
        """Show the page for the state.

        Close the dialog if it shows that page or a closed shift's report.
        """
        state = self._shifts.state
        is_first = self.page is self.shift or (self.page is self.sign_in and not state.is_signed_in)
        if is_first or self.page is self.closing:
            self.reject()
        else:
            self._start()

    def _lock(self) -> None:
        self._shifts.lock()
        self.reject()

    # Signals carry no PIN, so these slots read it from the page.

    def _sign_in(self, person_id: str) -> None:
        self._shifts.sign_in(person_id, self.sign_in.typed_pin())

    def _hand_over_to(self, message: str, next_id: str) -> None:
        shift = self._shifts.state.shift
        if shift is not None:
            pin = self.hand_over.typed_pin()
            self._shifts.hand_over(shift.shift_id, message, next_id, pin)

    def _add_person(self, name: str) -> None:
        self._shifts.add_person(name, self.people.typed_pin())

    def _set_pin(self, person_id: str) -> None:
        self._shifts.set_pin(person_id, self.people.typed_pin())

    def _close_shift(self, message: str) -> None:
        shift = self._shifts.state.shift
        if shift is not None:
            self._shifts.close_shift(shift.shift_id, message)

    def _acknowledge(self) -> None:
        self._shifts.acknowledge()
        self.accept()

    def _save_document(self, report: ShiftReport) -> None:
        words = self._appearance.wording.shifts
        render = partial(render_report, report, words, training=self._training)
        prepare_pdf()
        self._shifts.save_document(words.file_name(report), render)

    @Slot(object)
    def _on_signed_in(self, state: ShiftState) -> None:
        """Show the report to acknowledge, the overdue shift, or the shift if values are kept.

        If there is none of these, close the dialog.
        """
        is_overdue = state.shift is not None and state.shift.is_overdue(self._now())
        if state.handed_over is not None or is_overdue or self._keeps_people:
            self._start()
        else:
            self.accept()

    @Slot(object)
    def _on_reported(self, report: ShiftReport) -> None:
        self.shift.show_report(report)

    @Slot(object)
    def _on_people(self, state: ShiftState) -> None:
        self.people.saved(state)

    @Slot(object)
    def _on_document(self, path: Path) -> None:
        self.page.set_busy(busy=False)
        self.page.say_label(ShiftLabel.PDF_SAVED, path=path)
        self._fit_later()

    @Slot(object)
    def _on_changed(self, state: ShiftState) -> None:
        """Go to the sign-in if the shift that a page shows was locked or closed.

        The page of the attendants is left too, because its approval ends with a lock. The values
        typed there are kept for the next approval.
        """
        is_locked = self._was_signed_in and not state.is_signed_in
        self._was_signed_in = state.is_signed_in
        if is_locked and self.page is self.people:
            self._keeps_people = self.people.has_input()
            self._show_sign_in(switch=False)
        elif not state.is_signed_in and self.page in (self.shift, self.hand_over):
            self._show_sign_in(switch=False)

    @Slot(object)
    def _on_refused(self, error: ReadableError) -> None:
        self.page.show_failure(error)
        if self.page is self.sign_in:
            self.sign_in.refused()
        elif self.page is self.hand_over:
            self.hand_over.refused()
        self._fit_later()

    @Slot()
    def _renew(self) -> None:
        self.setWindowTitle(self._appearance.wording.shifts.label(ShiftLabel.TITLE))
        for page in self._pages:
            page.title.setFont(self._appearance.font(_TITLE_POINTS, bold=True))
            page.renew()
        self._fit_later()

    @Slot()
    def _fit_later(self) -> None:
        # Labels report their new size once the style sheet has been applied.
        self._fit_timer.start()

    @Slot()
    def _fit(self) -> None:
        fit_dialog(self, self.page, self._appearance)

    def _connect_pages(self) -> None:
        self.sign_in.signInRequested.connect(self._sign_in)
        self.sign_in.peopleRequested.connect(self._open_people)
        self.shift.lockRequested.connect(self._lock)
        self.shift.switchRequested.connect(lambda: self._show_sign_in(switch=True))
        self.shift.handOverRequested.connect(self._show_hand_over)
        self.shift.documentRequested.connect(self._save_document)
        self.shift.peopleRequested.connect(self._open_people)
        self.hand_over.handOverRequested.connect(self._hand_over_to)
        self.hand_over.closeRequested.connect(self._close_shift)
        self.hand_over.messageTyped.connect(self._keep_message)
        self.closing.acknowledged.connect(self._acknowledge)
        self.closing.documentRequested.connect(self._save_document)
        self.people.addRequested.connect(self._add_person)
        self.people.renameRequested.connect(self._shifts.rename_person)
        self.people.pinRequested.connect(self._set_pin)
        self.people.retireRequested.connect(self._shifts.retire_person)
