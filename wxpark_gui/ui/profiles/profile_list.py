"""List of the profiles, with their numbers, queues and missing keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListWidget, QWidget

from wxpark_gui.domain.errors import KeyMissingError, KeyUnavailableError
from wxpark_gui.domain.profiles import MOST_DIGITS
from wxpark_gui.domain.record import Backlog
from wxpark_gui.domain.settings import Account, Settings
from wxpark_gui.wording import ProfileLabel, Wording

_PADDING = QSize(14, 8)
"""Pixels around the text of a row: those of the style sheet and the frame of the focus."""
_MUCH = 1 << 20


class ProfileList(QListWidget):
    """One row for each profile. A click selects a row.

    Rows are read and written through the model: an item that Python refers to can be destroyed by
    `clear` while PySide still knows its address, which ended the program once.

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
        index = self.currentIndex()
        return str(index.data(Qt.ItemDataRole.UserRole)) if index.isValid() else ""

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
        self.clear()
        for number, account in enumerate(settings.accounts, start=1):
            is_current = account.account_id == settings.account_id
            waiting = backlog.waiting(account.account_id)
            failure = failure_of(account.merchant.mch_id)
            state = _state(account, waiting, failure, wording, is_current=is_current)
            digit = f"{number}  " if number <= MOST_DIGITS else ""
            lines = (f"{digit}{state}", _numbers(account, wording))
            font = self.font()
            font.setBold(is_current)
            self.addItem("\n".join(lines))
            row = self.count() - 1
            self._set(row, Qt.ItemDataRole.UserRole, account.account_id)
            self._set(row, Qt.ItemDataRole.AccessibleTextRole, " · ".join(lines))
            self._set(row, Qt.ItemDataRole.FontRole, font)
            if account.account_id == selected:
                self.setCurrentRow(row)
        if self.currentRow() < 0 and self.count():
            self.setCurrentRow(0)
        self._fit()

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
        self._fit()

    def _fit(self) -> None:
        """Give each row the height of its wrapped text."""
        room = self.viewport().width() - 2 * _PADDING.width()
        for row in range(self.count()):
            index = self.model().index(row, 0)
            flags = Qt.TextFlag.TextWordWrap.value
            limits = QRect(0, 0, room, _MUCH)
            metrics = QFontMetrics(index.data(Qt.ItemDataRole.FontRole))
            bounds = metrics.boundingRect(limits, flags, index.data())
            size = QSize(0, bounds.height() + 2 * _PADDING.height())
            self._set(row, Qt.ItemDataRole.SizeHintRole, size)

    def _set(self, row: int, role: Qt.ItemDataRole, value: object) -> None:
        self.model().setData(self.model().index(row, 0), value, role)


def _state(
    account: Account,
    waiting: int,
    failure: KeyUnavailableError | None,
    wording: Wording,
    *,
    is_current: bool,
) -> str:
    """Return label, number of open entries and missing key of a profile."""
    name = account.merchant.label
    parts = [wording.label(ProfileLabel.CURRENT, name=name) if is_current else name]
    parts.append(wording.label(ProfileLabel.WAITING, count=waiting))
    if failure is not None:
        is_missing = isinstance(failure, KeyMissingError)
        label = ProfileLabel.KEY_MISSING if is_missing else ProfileLabel.KEY_UNREADABLE
        parts.append(wording.label(label))
    return " · ".join(parts)


def _numbers(account: Account, wording: Wording) -> str:
    """Return the merchant numbers, after the car park unless it is the label."""
    merchant = account.merchant
    numbers = wording.label(
        ProfileLabel.NUMBERS, mch_id=merchant.mch_id, sub_mch_id=merchant.sub_mch_id
    )
    return f"{merchant.parking_name} · {numbers}" if merchant.profile_name else numbers
