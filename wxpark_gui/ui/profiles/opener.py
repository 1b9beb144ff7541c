"""Opens the dialog of the profiles and the menu of the header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.profiles import MOST_DIGITS, profile_labels
from wxpark_gui.domain.record import Backlog
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings.dialogs import Dialogs
from wxpark_gui.wording import ProfileLabel

if TYPE_CHECKING:
    from wxpark_gui.ui.profiles.dialog import ProfilesDialog


class ProfileOpener(QObject):
    """Opens the dialog of the profiles, at most one at a time, and the menu that switches.

    Signals:
        closed(): dialog or menu was closed; the plate field must take the focus.
        failed(ReadableError): a switch failed while no dialog was open.
    """

    closed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        window: QWidget,
        *,
        dialogs: Dialogs,
        training: bool,
    ) -> None:
        super().__init__(window)
        self._settings = controllers.settings
        self._keys = controllers.keys
        self._approvals = controllers.approvals
        self._appearance = appearance
        self._window = window
        self._dialogs = dialogs
        self._training = training
        self._backlog = Backlog()
        self._dialog: ProfilesDialog | None = None
        self._menu: QMenu | None = None
        controllers.journal.backlogChanged.connect(self._on_backlog)
        controllers.settings.refused.connect(self._on_refused)

    @property
    def dialog(self) -> ProfilesDialog | None:
        """The open dialog, or None."""
        return self._dialog

    @property
    def menu(self) -> QMenu | None:
        """The menu opened last, or None."""
        return self._menu

    @Slot()
    def open(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        from wxpark_gui.ui.profiles.dialog import ProfilesDialog

        self._dialog = ProfilesDialog(
            self._settings,
            self._keys,
            self._appearance,
            self._backlog,
            self._window,
            approvals=self._approvals,
            training=self._training,
        )
        self._dialog.editRequested.connect(self._edit)
        self._dialog.finished.connect(self._on_finished)
        self._dialog.show()

    @Slot(object)
    def open_menu(self, corner: QPoint) -> None:
        """Open the menu of all profiles with its upper left corner at a point of the screen."""
        if self._menu is not None:
            self._menu.deleteLater()
        wording, settings = self._appearance.wording, self._settings.current
        menu = QMenu(self._window)
        menu.setObjectName("profileMenu")
        menu.setAccessibleName(wording.label(ProfileLabel.LIST))
        for number, (account_id, label) in enumerate(profile_labels(settings).items(), start=1):
            is_current = account_id == settings.account_id
            name = wording.label(ProfileLabel.CURRENT, name=label) if is_current else label
            digit = f"&{number}  " if number <= MOST_DIGITS else ""
            # A single ampersand marks a mnemonic.
            action = menu.addAction(digit + name.replace("&", "&&"))
            action.setData(account_id)
            if is_current:
                menu.setDefaultAction(action)
        menu.addSeparator()
        manage = menu.addAction(wording.label(ProfileLabel.MANAGE))
        manage.triggered.connect(self.open)
        menu.triggered.connect(self._on_chosen)
        menu.aboutToHide.connect(self.closed)
        self._menu = menu
        menu.popup(corner)

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        account_id = action.data()
        if account_id and account_id != self._settings.current.account_id:
            self._settings.switch_profile(account_id)

    @Slot(str)
    def _edit(self, account_id: str) -> None:
        self._dialogs.open_profile(account_id, self._dialog)

    @Slot(object)
    def _on_backlog(self, backlog: Backlog) -> None:
        self._backlog = backlog
        if self._dialog is not None:
            self._dialog.show_backlog(backlog)

    @Slot(object)
    def _on_refused(self, error: ReadableError) -> None:
        # The open dialog shows it.
        if self._dialog is None:
            self.failed.emit(error)

    @Slot()
    def _on_finished(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self.closed.emit()
