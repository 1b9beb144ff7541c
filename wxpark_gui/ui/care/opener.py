"""Opens the dialog for backups, at most one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.controllers.backups import BackupKeeper
from wxpark_gui.domain.manager import Act
from wxpark_gui.ui.look.appearance import Appearance

if TYPE_CHECKING:
    from wxpark_gui.ui.care.backup_dialog import BackupDialog
    from wxpark_gui.ui.manager.cover import Cover


class CareOpener(QObject):
    """Opens the dialog, and keeps it until it is closed.

    Signals:
        closed(): the dialog was closed; the plate field must take the focus.
        restartRequested(): a backup is ready to be restored by the next start.
    """

    closed = Signal()
    restartRequested = Signal()

    def __init__(
        self, keeper: BackupKeeper, approvals: Approvals, appearance: Appearance, window: QWidget
    ) -> None:
        super().__init__(window)
        self._approvals = approvals
        self._keeper = keeper
        self._appearance = appearance
        self._window = window
        self._dialog: BackupDialog | None = None
        self._cover: Cover | None = None
        keeper.staged.connect(self.restartRequested)

    @property
    def dialog(self) -> BackupDialog | None:
        """The open dialog, or None."""
        return self._dialog

    @Slot()
    def open_backups(self) -> None:
        """Open the dialog if that is approved; show an open one instead."""
        if self._cover is not None:
            self._cover.show()
            return
        self._approvals.approve(Act.BACKUP, self._open)

    @Slot()
    def _open(self) -> None:
        from wxpark_gui.ui.care.backup_dialog import BackupDialog
        from wxpark_gui.ui.manager.cover import Cover

        if self._dialog is not None:
            return
        dialog = self._dialog = BackupDialog(self._keeper, self._appearance, self._window)
        self._cover = Cover(
            dialog, Act.BACKUP, self._approvals, self._appearance, has_input=dialog.has_input
        )
        dialog.finished.connect(self._on_finished)
        dialog.show()

    @Slot()
    def _on_finished(self) -> None:
        dialog, self._dialog, self._cover = self._dialog, None, None
        if dialog is not None:
            dialog.deleteLater()
        self.closed.emit()
