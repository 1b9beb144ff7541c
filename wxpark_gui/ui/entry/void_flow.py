"""Voids an entry for a reason that the attendant chooses; of an answered one a manager approves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.manager import Act
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import read_reasons
from wxpark_gui.runtime.runner import is_orphaned
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.presenter import VerdictPresenter
from wxpark_gui.wording import Label, clock_time

if TYPE_CHECKING:
    from wxpark_gui.ui.entry.void_dialog import VoidDialog


_EDGE = 24
"""Pixels between the dialog and the edges of its parent."""


class VoidFlow(QObject):
    """Opens the dialog to void an entry, at most one at a time, and keeps it until it is closed.

    Signals:
        closed(): the dialog was closed; the plate field must take the focus.
    """

    closed = Signal()

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        parent: QWidget,
        *,
        presenter: VerdictPresenter,
    ) -> None:
        super().__init__(parent)
        self._entries = controllers.entries
        self._settings = controllers.settings
        self._approvals = controllers.approvals
        self._appearance = appearance
        self._parent = parent
        self._presenter = presenter
        self._dialog: VoidDialog | None = None
        self._record: EntryRecord | None = None
        self._is_approved = False
        controllers.entries.changed.connect(self._on_changed)
        controllers.approvals.revoked.connect(self._on_revoked)
        appearance.changed.connect(self._renew)

    @property
    def dialog(self) -> VoidDialog | None:
        """The open dialog, or None."""
        return self._dialog

    @Slot(object)
    def ask(self, record: EntryRecord | None, parent: QWidget | None = None) -> None:
        """Ask for the reason to void `record`, or for None the entry on the panel.

        Show a note if there is none, or if it was voided before. An open dialog is activated if it
        asks about the same entry, or if words were typed; else the new one replaces it.
        """
        record = record or self._presenter.shown
        if record is None or record.state is DeliveryState.VOIDED:
            self._presenter.show_note(lambda wording: wording.label(Label.NOTHING_TO_VOID), record)
            return
        if self._dialog is not None and (self._asks_about(record) or self._dialog.has_input()):
            self._dialog.take_focus()
            return
        if record.state is DeliveryState.ANSWERED:
            self._approve(record, partial(self._open, record, parent, is_approved=True))
        else:
            self._open(record, parent, is_approved=False)

    def _approve(self, record: EntryRecord, then: Callable[[], None]) -> None:
        self._approvals.approve(Act.VOID_ANSWERED, then, record.entry_id, _label(record))

    def _open(self, record: EntryRecord, parent: QWidget | None, *, is_approved: bool) -> None:
        from wxpark_gui.ui.entry.void_dialog import VoidDialog

        if self._dialog is not None:
            if self._dialog.has_input():
                self._dialog.take_focus()
                return
            self._dialog.reject()
        # The window that asked may have been closed while the manager came.
        if parent is None or is_orphaned(parent.isVisible):
            parent = self._parent
        self._record, self._is_approved = record, is_approved
        reasons = read_reasons(self._settings.current.booth.void_reasons)
        self._dialog = VoidDialog(self._appearance, _label(record), reasons, parent)
        self._dialog.chosen.connect(self._on_chosen)
        self._dialog.finished.connect(self._on_finished)
        _place_beside_verdict(self._dialog, parent)
        self._dialog.show()
        self._dialog.take_focus()

    @Slot(str)
    def _on_chosen(self, reason: str) -> None:
        record = self._record
        if record is None:
            return
        void = partial(self._entries.void, record, reason)
        if record.state is DeliveryState.ANSWERED and not self._is_approved:
            # The answer came, or the shift was locked, while the dialog was open.
            self._approve(record, void)
        else:
            void()

    @Slot(object)
    def _on_changed(self, record: EntryRecord) -> None:
        """Follow the entry; close the dialog once the entry is voided in another way."""
        if self._asks_about(record):
            self._record = record
            if self._dialog is not None and record.state is DeliveryState.VOIDED:
                self._dialog.reject()

    @Slot()
    def _renew(self) -> None:
        """Replace the dialog by one in the new language and text size, unless words were typed."""
        dialog, record = self._dialog, self._record
        if dialog is None or record is None or dialog.has_input():
            return
        was_active = dialog.isActiveWindow()
        self._open(record, dialog.parentWidget(), is_approved=self._is_approved)
        if not was_active:
            self._parent.activateWindow()

    def _asks_about(self, record: EntryRecord) -> bool:
        return self._record is not None and record.entry_id == self._record.entry_id

    @Slot()
    def _on_revoked(self) -> None:
        """Ask for another approval when the reason is chosen."""
        self._is_approved = False

    @Slot()
    def _on_finished(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self._parent.activateWindow()
        self.closed.emit()


def _place_beside_verdict(dialog: QWidget, parent: QWidget) -> None:
    """Place the dialog at the lower right of its parent, where no plate and no verdict is."""
    dialog.adjustSize()
    corner = parent.mapToGlobal(parent.rect().bottomRight())
    dialog.move(corner - QPoint(dialog.width() + _EDGE, dialog.height() + _EDGE))


def _label(record: EntryRecord) -> str:
    return f"{record.entry.label} {clock_time(record.saved_at)}"
