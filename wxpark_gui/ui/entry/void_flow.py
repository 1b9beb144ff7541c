"""Voids an entry for a reason that the attendant chooses."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import read_reasons
from wxpark_gui.ui.entry.void_dialog import VoidDialog
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.presenter import VerdictPresenter
from wxpark_gui.wording import Label, clock_time


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
        self._appearance = appearance
        self._parent = parent
        self._presenter = presenter
        self._dialog: VoidDialog | None = None
        self._record: EntryRecord | None = None

    @property
    def dialog(self) -> VoidDialog | None:
        """The open dialog, or None."""
        return self._dialog

    @Slot(object)
    def ask(self, record: EntryRecord | None, parent: QWidget | None = None) -> None:
        """Ask for the reason to void `record`, or for None the entry on the panel.

        Show a note if there is none, or if it was voided before. A no-op while the dialog is open.
        """
        record = record or self._presenter.shown
        if record is None or record.state is DeliveryState.VOIDED:
            self._presenter.show_note(lambda wording: wording.label(Label.NOTHING_TO_VOID), record)
            return
        if self._dialog is not None:
            return
        self._record = record
        label = f"{record.entry.label} {clock_time(record.saved_at)}"
        reasons = read_reasons(self._settings.current.booth.void_reasons)
        self._dialog = VoidDialog(self._appearance, label, reasons, parent or self._parent)
        self._dialog.chosen.connect(self._on_chosen)
        self._dialog.finished.connect(self._on_finished)
        self._dialog.open()

    @Slot(str)
    def _on_chosen(self, reason: str) -> None:
        if self._record is not None:
            self._entries.void(self._record, reason)

    @Slot()
    def _on_finished(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self._parent.activateWindow()
        self.closed.emit()
