"""List of the profiles, with their numbers, queues and missing keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from wxpark_gui.domain.errors import KeyMissingError, KeyUnavailableError
from wxpark_gui.domain.profiles import profile_labels
from wxpark_gui.domain.record import Backlog
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.wording import ProfileLabel, Wording

MOST_DIGITS = 9
"""Number of profiles that a digit chooses."""


class ProfileList(QListWidget):
    """One row for each profile. A click selects a row.

    Signals:
        numberTyped(str): the account id of the row whose digit was typed.
        removeRequested(): Del was pressed.
    """

    numberTyped = Signal(str)
    removeRequested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("profileList")
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)

    @property
    def account_id(self) -> str:
        """Account id of the selected row; empty for none."""
        row = self.currentRow()
        return str(self.item(row).data(Qt.ItemDataRole.UserRole)) if row >= 0 else ""

    def show_profiles(
        self,
        settings: Settings,
        backlog: Backlog,
        failure_of: Callable[[str], KeyUnavailableError | None],
        wording: Wording,
    ) -> None:
        """Show all profiles; the selected one stays selected, else the current one is.

        Args:
            failure_of: returns the failure to read the key of a `mch_id`; None without one.
        """
        selected = self.account_id or settings.account_id
        labels = profile_labels(settings)
        self.clear()
        for number, account in enumerate(settings.accounts, start=1):
            is_current = account.account_id == settings.account_id
            name = account.merchant.label
            if is_current:
                name = wording.label(ProfileLabel.CURRENT, name=name)
            failure = failure_of(account.merchant.mch_id)
            detail = _detail(account, backlog.waiting(account.account_id), failure, wording)
            digit = f"{number}  " if number <= MOST_DIGITS else ""
            item = QListWidgetItem(f"{digit}{name}\n{detail}")
            item.setData(Qt.ItemDataRole.UserRole, account.account_id)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{digit}{name} · {detail}")
            font = self.font()
            font.setBold(is_current)
            item.setFont(font)
            self.addItem(item)
        ids = list(labels)
        if ids:
            row = ids.index(selected) if selected in ids else 0
            self.setCurrentRow(row, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        if typed and typed in "123456789" and not event.isAutoRepeat():
            row = int(typed) - 1
            if row < self.count():
                self.setCurrentRow(row)
                self.numberTyped.emit(self.account_id)
        elif event.key() == Qt.Key.Key_Delete:
            if not event.isAutoRepeat():
                self.removeRequested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # For the dialog's default button.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The rows wrap anew.
        self.scheduleDelayedItemsLayout()


def _detail(
    account: Account, waiting: int, failure: KeyUnavailableError | None, wording: Wording
) -> str:
    """Return the second line of a row: merchant numbers, number of open entries, missing key."""
    merchant = account.merchant
    numbers = wording.label(
        ProfileLabel.NUMBERS, mch_id=merchant.mch_id, sub_mch_id=merchant.sub_mch_id
    )
    parts = [numbers, wording.label(ProfileLabel.WAITING, count=waiting)]
    if merchant.profile_name:
        parts.insert(0, merchant.parking_name)
    if failure is not None:
        is_missing = isinstance(failure, KeyMissingError)
        label = ProfileLabel.KEY_MISSING if is_missing else ProfileLabel.KEY_UNREADABLE
        parts.append(wording.label(label))
    return " · ".join(parts)
