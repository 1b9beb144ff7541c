"""Opens the settings dialogs, at most one of each kind at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.domain.errors import (
    KeyMissingError,
    KeyringMismatchError,
    ReadableError,
)
from wxpark_gui.domain.manager import Act
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.profiles import sharing_labels
from wxpark_gui.domain.settings import LARGEST_SCALE, SMALLEST_SCALE, Settings
from wxpark_gui.runtime.runner import is_orphaned
from wxpark_gui.ui.look.appearance import SCALES, Appearance

if TYPE_CHECKING:
    from wxpark_gui.domain.release import Release
    from wxpark_gui.ui.manager.cover import Cover
    from wxpark_gui.ui.settings.about_dialog import AboutDialog
    from wxpark_gui.ui.settings.appearance_dialog import AppearanceDialog
    from wxpark_gui.ui.settings.merchant_dialog import MerchantDialog


class Dialogs(QObject):
    """Opens the dialogs of the settings, and passes their changes to the settings controller.

    The class exceeds the project's limit of 20 methods: each dialog is opened, shown to callers and
    closed by one of its own.

    Signals:
        closed(): a dialog was closed; the plate field must take the focus.
    """

    closed = Signal()

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        window: QWidget,
        facts: ProgramFacts,
    ) -> None:
        super().__init__(window)
        self._facts = facts
        self._settings_controller = controllers.settings
        self._approvals = controllers.approvals
        self._key_changer = controllers.key_changer
        self._autostart = controllers.autostart
        self._appearance = appearance
        self._window = window
        self._settings = controllers.settings.current
        self._merchant: MerchantDialog | None = None
        self._asked_by: QWidget | None = None
        self._cover: Cover | None = None
        self._display: AppearanceDialog | None = None
        self._about: AboutDialog | None = None
        self._release: Release | None = None
        self._request = 0
        self._keys = controllers.keys
        controllers.settings.changed.connect(self._on_settings)
        controllers.settings.saved.connect(self._on_saved)
        controllers.settings.notSaved.connect(self._on_not_saved)
        controllers.settings.crashed.connect(self._on_crashed)
        controllers.updates.found.connect(self._on_release)

    @property
    def merchant(self) -> MerchantDialog | None:
        """The open dialog for merchant and booth, or None."""
        return self._merchant

    @property
    def display(self) -> AppearanceDialog | None:
        """The open appearance dialog, or None."""
        return self._display

    @property
    def about(self) -> AboutDialog | None:
        """The open dialog for version and licences, or None."""
        return self._about

    @Slot()
    def open_merchant(self) -> None:
        """Open the dialog for the current profile, or for the first one if none is set up."""
        account = self._settings.account
        self.open_profile(account.account_id if account else None)

    def open_profile(self, account_id: str | None, parent: QWidget | None = None) -> None:
        """Open the dialog for one profile, if that is approved; show an open one instead.

        A no-op for an account that was removed.

        Args:
            account_id: empty for a new profile; None for one that becomes the current one.
            parent: window that becomes active when the dialog is closed; None for the main window.
        """
        if account_id and self._settings.find_account(account_id) is None:
            return
        if self._cover is not None:
            self._cover.show()
            return
        self._approvals.approve(Act.SETTINGS, partial(self._open_profile, account_id, parent))

    def _open_profile(self, account_id: str | None, parent: QWidget | None) -> None:
        from wxpark_gui.ui.manager.cover import Cover
        from wxpark_gui.ui.settings.merchant_dialog import MerchantDialog

        account = self._settings.find_account(account_id) if account_id else None
        if self._merchant is not None or (account_id and account is None):
            # Opened or removed before the approval.
            return

        seen = replace(self._settings, account_id=account_id or "")

        def save(edited: Settings, key: Secret | None) -> None:
            self._request = self._settings_controller.save_merchant(
                edited, key, account_id, seen=seen
            )

        dialog = MerchantDialog(
            self._appearance,
            seen,
            save,
            # Not `parent`, which may be closed while values are typed.
            self._window,
            can_type_chinese=self._facts.can_type_chinese,
            change_key=partial(self._open_key_change, account.account_id) if account else None,
            key_lost=account is not None and self._has_lost_key(account.merchant.mch_id),
        )
        self._merchant, self._asked_by = dialog, parent
        self._cover = Cover(
            dialog, Act.SETTINGS, self._approvals, self._appearance, has_input=dialog.has_input
        )
        dialog.finished.connect(self._on_merchant_finished)
        dialog.show()
        dialog.activateWindow()

    @Slot()
    def open_display(self) -> None:
        if self._display is not None:
            self._display.activateWindow()
            return
        from wxpark_gui.ui.settings.appearance_dialog import AppearanceDialog

        self._display = AppearanceDialog(
            self._appearance, self._settings, self._autostart, self._window
        )
        self._display.chosen.connect(self._on_chosen)
        self._display.finished.connect(self._on_display_finished)
        self._display.show()

    @Slot()
    def open_about(self) -> None:
        if self._about is not None:
            self._about.activateWindow()
            return
        from wxpark_gui.ui.settings.about_dialog import AboutDialog

        self._about = AboutDialog(
            self._appearance,
            self._release,
            self._window,
            facts=self._facts,
            contact=self._settings.booth.support_contact,
        )
        self._about.finished.connect(self._on_about_finished)
        self._about.show()

    @Slot()
    def enlarge(self) -> None:
        scale_now = self._settings.appearance.font_scale
        larger = [scale for scale in SCALES if scale > scale_now]
        self._change_scale(min(larger, default=LARGEST_SCALE))

    @Slot()
    def reduce(self) -> None:
        scale_now = self._settings.appearance.font_scale
        smaller = [scale for scale in SCALES if scale < scale_now]
        self._change_scale(max(smaller, default=SMALLEST_SCALE))

    @Slot()
    def restore_scale(self) -> None:
        self._change_scale(SMALLEST_SCALE)

    def _open_key_change(self, account_id: str, parent: QWidget) -> QDialog:
        """Open the dialog of the key change; it ends with `parent`, the merchant dialog."""
        from wxpark_gui.ui.manager.key_change_dialog import KeyChangeDialog

        account = self._settings.find_account(account_id)
        mch_id = account.merchant.mch_id if account else ""
        dialog = KeyChangeDialog(
            self._key_changer,
            account_id,
            self._appearance,
            parent,
            shared_by=sharing_labels(self._settings, mch_id, account_id),
        )
        dialog.show()
        dialog.activateWindow()
        return dialog

    def _change_scale(self, percent: int) -> None:
        appearance = replace(self._settings.appearance, font_scale=percent)
        if appearance != self._settings.appearance:
            self._on_chosen(replace(self._settings, appearance=appearance))

    @Slot(object)
    def _on_chosen(self, settings: Settings) -> None:
        """Apply the appearance now and save it. The notice strip reports a failed save."""
        self._settings = settings
        self._appearance.follow(settings)
        if self._display is not None:
            self._display.show_settings(settings)
        self._settings_controller.save_appearance(settings)

    @Slot(object)
    def _on_settings(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def _saving(self) -> MerchantDialog | None:
        """The dialog whose request is reported now; the set-up wizard saves too."""
        is_own = self._settings_controller.answered == self._request
        return self._merchant if self._merchant and self._merchant.busy and is_own else None

    @Slot()
    def _on_saved(self) -> None:
        if self._saving is not None:
            self._saving.saved()

    @Slot(object)
    def _on_not_saved(self, error: ReadableError) -> None:
        if self._saving is not None:
            self._saving.saving_failed(error)

    @Slot()
    def _on_crashed(self) -> None:
        if self._saving is not None:
            self._saving.saving_failed(None)

    def _has_lost_key(self, mch_id: str) -> bool:
        """Test if the keyring works but has no usable key, as after it was replaced."""
        return isinstance(self._keys.failure_of(mch_id), KeyMissingError | KeyringMismatchError)

    @Slot(object)
    def _on_release(self, release: Release | None) -> None:
        self._release = release
        if self._about is not None:
            self._about.show_release(release)

    @Slot()
    def _on_merchant_finished(self) -> None:
        dialog, self._merchant, self._cover = self._merchant, None, None
        if dialog is not None:
            dialog.deleteLater()
        asked_by, self._asked_by = self._asked_by, None
        if asked_by is not None and not is_orphaned(asked_by.show) and asked_by.isVisible():
            asked_by.activateWindow()
        self.closed.emit()

    @Slot()
    def _on_display_finished(self) -> None:
        dialog, self._display = self._display, None
        if dialog is not None:
            dialog.deleteLater()
        self.closed.emit()

    @Slot()
    def _on_about_finished(self) -> None:
        dialog, self._about = self._about, None
        if dialog is not None:
            dialog.deleteLater()
        self.closed.emit()
