"""Opens the export dialog, at most one at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.controllers.exports import Exports
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.manager import Act
from wxpark_gui.ui.look.appearance import Appearance

if TYPE_CHECKING:
    from wxpark_gui.ui.export.export_dialog import ExportDialog


class ExportOpener(QObject):
    """Opens the export dialog, and keeps it until it is closed.

    Signals:
        closed(): the dialog was closed; the plate field must take the focus.
    """

    closed = Signal()

    def __init__(
        self, exports: Exports, approvals: Approvals, appearance: Appearance, window: QWidget
    ) -> None:
        super().__init__(window)
        self._exports = exports
        self._approvals = approvals
        self._appearance = appearance
        self._window = window
        self._dialog: ExportDialog | None = None

    @property
    def dialog(self) -> ExportDialog | None:
        """The open dialog, or None."""
        return self._dialog

    @Slot(object)
    def open_export(self, wanted: EntryFilter = EVERY_ENTRY) -> None:
        """Open the dialog for the entries that meet `wanted`, in place of an open one.

        While an export runs, activate its dialog and ignore `wanted`.
        """
        if self._dialog is not None:
            if self._exports.running:
                self._dialog.activateWindow()
                return
            self._dialog.reject()
        from wxpark_gui.ui.export.export_dialog import ExportDialog

        dialog = ExportDialog(
            self._exports,
            self._appearance,
            wanted,
            self._window,
            guard=partial(self._approvals.approve, Act.WHOLE_PLATES),
        )
        self._dialog = dialog
        dialog.finished.connect(self._on_finished)
        dialog.show()

    @Slot()
    def _on_finished(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self.closed.emit()
