"""Covers a dialog that a manager approved when the attendant locks the shift or leaves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog

from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.domain.manager import Act
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.wording import ManagerLabel


class Cover(QObject):
    """Ends the approval of an open dialog. Belongs to the dialog, and is deleted with it.

    A dialog without unsaved input is closed. Another one is hidden with the dialogs opened from it,
    keeps its values, and is shown again after a new approval.
    """

    def __init__(
        self,
        dialog: QDialog,
        act: Act,
        approvals: Approvals,
        appearance: Appearance,
        *,
        has_input: Callable[[], bool],
    ) -> None:
        """Keep the given parts.

        Args:
            act: the act that must be approved to show the dialog.
            has_input: tests if closing the dialog would lose typed values or end a running task.
        """
        super().__init__(dialog)
        self._dialog = dialog
        self._act = act
        self._approvals = approvals
        self._appearance = appearance
        self._has_input = has_input
        self._hidden: list[QDialog] = []
        approvals.revoked.connect(self._on_revoked)

    def show(self) -> None:
        """Activate the dialog, or if it is covered, ask for an approval and then show it."""
        if self._hidden:
            label = self._appearance.wording.label(ManagerLabel.KEPT)
            self._approvals.approve(self._act, self._uncover, label=label)
        else:
            self._dialog.activateWindow()

    @Slot()
    def _uncover(self) -> None:
        hidden, self._hidden = self._hidden, []
        for dialog in hidden:
            dialog.show()
            dialog.activateWindow()

    @Slot()
    def _on_revoked(self) -> None:
        if self._hidden:
            return
        if not self._has_input():
            self._dialog.reject()
            return
        inner = [dialog for dialog in self._dialog.findChildren(QDialog) if dialog.isVisible()]
        self._hidden = [self._dialog, *inner]
        was_active = any(dialog.isActiveWindow() for dialog in self._hidden)
        for dialog in reversed(self._hidden):
            dialog.hide()
        owner = self._dialog.parentWidget()
        if was_active and owner is not None:
            owner.activateWindow()
