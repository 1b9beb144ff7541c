"""Opens the dialogs of the managers, at most one of each kind at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers.approvals import Approvals, Request
from wxpark_gui.domain.manager import Act
from wxpark_gui.ui.look.appearance import Appearance

if TYPE_CHECKING:
    from wxpark_gui.ui.manager.approval_dialog import ApprovalDialog
    from wxpark_gui.ui.manager.cover import Cover
    from wxpark_gui.ui.manager.manager_dialog import ManagerDialog


class ManagerDialogs(QObject):
    """Opens the dialogs, and keeps each until it is closed.

    Signals:
        closed(): a dialog was closed; the plate field must take the focus.
    """

    closed = Signal()

    def __init__(self, approvals: Approvals, appearance: Appearance, window: QWidget) -> None:
        super().__init__(window)
        self._approvals = approvals
        self._appearance = appearance
        self._window = window
        self._approval: ApprovalDialog | None = None
        self._managers: ManagerDialog | None = None
        self._cover: Cover | None = None
        approvals.requested.connect(self._on_requested)

    @property
    def approval(self) -> ApprovalDialog | None:
        """The open dialog in which a manager approves an act, or None."""
        return self._approval

    @property
    def managers(self) -> ManagerDialog | None:
        """The open dialog with the list of managers, or None."""
        return self._managers

    @Slot()
    def open_managers(self) -> None:
        """Open the list of managers, if that is approved; show an open one instead."""
        if self._cover is not None:
            self._cover.show()
            return
        self._approvals.approve(Act.MANAGERS, self._open_managers)

    @Slot()
    def _open_managers(self) -> None:
        if self._managers is not None:
            return
        from wxpark_gui.ui.manager.cover import Cover
        from wxpark_gui.ui.manager.manager_dialog import ManagerDialog

        dialog = ManagerDialog(self._approvals, self._appearance, self._window)
        self._cover = Cover(
            dialog,
            Act.MANAGERS,
            self._approvals,
            self._appearance,
            has_input=dialog.has_input,
        )
        self._managers = dialog
        dialog.finished.connect(self._on_managers_finished)
        dialog.show()

    @Slot(object)
    def _on_requested(self, request: Request) -> None:
        """Open the dialog for a request, in place of that for another act."""
        dialog = self._approval
        if dialog is None or not request.is_same_act(dialog.request):
            dialog = self._replace(dialog, request)
        dialog.activateWindow()

    def _replace(self, earlier: ApprovalDialog | None, request: Request) -> ApprovalDialog:
        from wxpark_gui.ui.manager.approval_dialog import ApprovalDialog

        dialog = ApprovalDialog(self._approvals, request, self._appearance, self._window)
        dialog.finished.connect(self._on_approval_finished)
        self._approval = dialog
        if earlier is not None:
            earlier.finished.disconnect(self._on_approval_finished)
            earlier.accept()
            earlier.deleteLater()
        dialog.show()
        return dialog

    @Slot()
    def _on_approval_finished(self) -> None:
        dialog, self._approval = self._approval, None
        if dialog is not None:
            dialog.deleteLater()
        self.closed.emit()

    @Slot()
    def _on_managers_finished(self) -> None:
        dialog, self._managers, self._cover = self._managers, None, None
        if dialog is not None:
            dialog.deleteLater()
        self.closed.emit()
