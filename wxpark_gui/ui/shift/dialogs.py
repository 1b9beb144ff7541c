"""Opens the shift dialog, at most one at a time, and locks the shift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.controllers.shifts import ShiftController
from wxpark_gui.domain.errors import JournalDamagedError, JournalWriteError, ReadableError
from wxpark_gui.domain.manager import Act
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.shift.message_draft import MessageDraft

if TYPE_CHECKING:
    from wxpark_gui.domain.shift_report import ShiftReport
    from wxpark_gui.ui.shift.dialog import ShiftDialog


class ShiftDialogs(QObject):
    """Opens the shift dialog, and keeps it until it is closed.

    Signals:
        closed(): the dialog was closed; the plate field must take the focus.
        failed(ReadableError): while no dialog was open, a request failed because of the journal, or
            a change of the attendant was refused.
    """

    closed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        shifts: ShiftController,
        approvals: Approvals,
        appearance: Appearance,
        window: QWidget,
        *,
        training: bool,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(window)
        self._shifts = shifts
        self._approvals = approvals
        self._appearance = appearance
        self._window = window
        self._training = training
        self._now = now
        self._dialog: ShiftDialog | None = None
        self._draft = MessageDraft()
        self._unseen: ShiftReport | None = None
        shifts.refused.connect(self._on_refused)
        shifts.handedOver.connect(self._on_handed_over)

    @property
    def dialog(self) -> ShiftDialog | None:
        """The open dialog, or None."""
        return self._dialog

    @Slot()
    def open(self) -> None:
        """Open the dialog, or bring it to the front.

        It shows the report of a hand-over first whose dialog was closed before it was saved.
        """
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        from wxpark_gui.ui.shift.dialog import ShiftDialog

        self._dialog = ShiftDialog(
            self._shifts,
            self._appearance,
            self._window,
            draft=self._draft,
            guard=partial(self._approvals.approve, Act.PEOPLE),
            training=self._training,
            now=self._now,
        )
        self._dialog.finished.connect(self._on_finished)
        if self._unseen is not None:
            self._dialog.show_closed(self._unseen)
            self._unseen = None
        self._dialog.show()

    def unsaved_message(self) -> list[str]:
        """Return the caption of the message if one is typed for the open shift, else nothing."""
        shift = self._shifts.state.shift
        if shift is None or not self._draft.of(shift.shift_id).strip():
            return []
        from wxpark_gui.wording.shifts import ShiftLabel

        return [self._appearance.wording.shifts.label(ShiftLabel.REPORT_MESSAGE)]

    @Slot()
    def lock(self) -> None:
        """Lock the shift if a person is signed in, and close the dialog if it is open.

        With a typed name or PIN it stays open, and shows the sign-in once the shift is locked.
        """
        if self._shifts.state.is_signed_in:
            self._shifts.lock()
            if self._dialog is not None and self._dialog.has_input():
                return
        if self._dialog is not None:
            self._dialog.reject()

    @Slot(object)
    def _on_refused(self, error: ReadableError) -> None:
        if self._dialog is not None:
            return
        # Other errors, such as a wrong PIN, matter only if the attendant did not change because of
        # them.
        is_of_journal = isinstance(error, JournalWriteError | JournalDamagedError)
        if is_of_journal or self._shifts.is_changing:
            self.failed.emit(error)

    @Slot(object)
    def _on_handed_over(self, report: ShiftReport) -> None:
        # Without a successor, the report is shown at the next sign-in anyway.
        if self._dialog is None and self._shifts.state.handed_over is None:
            self._unseen = report

    @Slot()
    def _on_finished(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self.closed.emit()
