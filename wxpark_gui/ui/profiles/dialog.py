"""Dialog to switch, add, change and remove the profiles of the booth."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.controllers.keys import KeyReader
from wxpark_gui.controllers.settings import SettingsController
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.manager import Act
from wxpark_gui.domain.record import Backlog
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.profiles.profile_list import ProfileList
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import ProfileLabel

_SIZE = (720, 460)


class ProfilesDialog(QDialog):
    """Dialog of the profiles. Not modal, so that plates can be typed while it is open.

    A successful switch closes it. Removing needs a second press, and a manager's approval.

    Args:
        approvals: asked before a profile is removed.
        training: True allows no changes, because the training mode has one merchant.

    Signals:
        editRequested(str): the profile with this account id is to be changed; empty for a new one.
    """

    editRequested = Signal(str)

    def __init__(
        self,
        settings: SettingsController,
        keys: KeyReader,
        appearance: Appearance,
        backlog: Backlog,
        parent: QWidget | None = None,
        *,
        approvals: Approvals,
        training: bool,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("profilesDialog")
        self._controller = settings
        self._keys = keys
        self._appearance = appearance
        self._backlog = backlog
        self._approvals = approvals
        self._training = training
        self._asked = ""
        self._removed = ""
        self._is_busy = False
        self._note = wrapping_label(self, role="muted")
        self._list = ProfileList(self)
        self._message = wrapping_label(self, name="profilesMessage", role="problem")
        self._add = self._button("profilesAdd", self._on_add)
        self._edit = self._button("profilesEdit", self._on_edit)
        self._remove = self._button("profilesRemove", self._on_remove)
        self._leave = self._button("profilesLeave", self.reject)
        self._switch = self._button("profilesSwitch", self._on_switch)
        self._switch.setProperty("primary", True)
        self._switch.setDefault(True)
        self._lay_out()
        self._list.numberTyped.connect(self._switch_to)
        self._list.removeRequested.connect(self._remove.click)
        self._list.doubleClicked.connect(self._on_switch)
        self._list.currentRowChanged.connect(self._on_row_changed)
        settings.changed.connect(self._renew)
        settings.switched.connect(self.accept)
        settings.removed.connect(self._on_removed)
        settings.refused.connect(self._on_refused)
        settings.crashed.connect(self._on_crashed)
        keys.changed.connect(self._renew)
        appearance.changed.connect(self._renew)
        self._renew()
        size = QSize(*(appearance.length(side) for side in _SIZE))
        self.resize(size.boundedTo(screen_room(self)))
        self._list.setFocus()

    @property
    def profiles(self) -> ProfileList:
        """The list of the profiles."""
        return self._list

    @Slot(object)
    def show_backlog(self, backlog: Backlog) -> None:
        """Show the number of open entries of each profile."""
        if backlog.accounts != self._backlog.accounts:
            self._backlog = backlog
            self._renew()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass digits and Del, pressed on a button, to the list; ignore a repeated Enter."""
        key = event.key()
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9 or key == Qt.Key.Key_Delete:
            self._list.keyPressEvent(event)
        elif not (key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.isAutoRepeat()):
            super().keyPressEvent(event)

    def _button(self, name: str, act: object) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        buttons = WrappingRow(12)
        for button in (self._add, self._edit, self._remove, self._leave, self._switch):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        layout.addWidget(self._note)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._message)
        layout.addLayout(buttons)

    @Slot()
    def _on_add(self) -> None:
        self._ask_nothing()
        self.editRequested.emit("")

    @Slot()
    def _on_edit(self) -> None:
        self._ask_nothing()
        if self._list.account_id:
            self.editRequested.emit(self._list.account_id)

    @Slot()
    def _on_switch(self) -> None:
        self._switch_to(self._list.account_id)

    @Slot(str)
    def _switch_to(self, account_id: str) -> None:
        self._ask_nothing()
        if account_id == self._controller.current.account_id:
            self.accept()
        elif account_id and not self._is_busy:
            self._set_busy(busy=True)
            self._say(self._appearance.wording.label(ProfileLabel.SWITCHING), role="muted")
            self._controller.switch_profile(account_id)

    @Slot()
    def _on_remove(self) -> None:
        """Ask at the first press; at the second one, remove the profile if that is approved."""
        account_id, wording = self._list.account_id, self._appearance.wording
        account = self._controller.current.find_account(account_id)
        if account is None or self._is_busy:
            return
        if self._asked != account_id:
            self._asked = account_id
            name = account.merchant.label
            self._say(wording.label(ProfileLabel.REMOVE_AGAIN, name=name))
            return
        self._ask_nothing()
        self._approvals.approve(Act.PROFILES, partial(self._remove_profile, account_id))

    def _remove_profile(self, account_id: str) -> None:
        account = self._controller.current.find_account(account_id)
        if account is None or self._is_busy:
            return
        self._removed = account.merchant.label
        self._set_busy(busy=True)
        self._say(self._appearance.wording.label(ProfileLabel.REMOVING), role="muted")
        self._controller.remove_profile(account_id)

    @Slot()
    def _on_removed(self) -> None:
        self._set_busy(busy=False)
        sentence = self._appearance.wording.label(ProfileLabel.REMOVED, name=self._removed)
        self._say(sentence, role="muted")
        self._list.setFocus()

    @Slot(object)
    def _on_refused(self, error: ReadableError) -> None:
        self._set_busy(busy=False)
        words = self._appearance.wording.failure(error)
        self._say(f"{words.sentences}  ({words.code})")
        self._list.setFocus()

    @Slot()
    def _on_crashed(self) -> None:
        self._set_busy(busy=False)
        self._say("")

    @Slot()
    def _on_row_changed(self) -> None:
        """Take back the question about another row."""
        if self._asked and self._asked != self._list.account_id:
            self._ask_nothing()

    def _ask_nothing(self) -> None:
        self._asked = ""
        self._say("")

    def _say(self, sentence: str, *, role: str = "problem") -> None:
        self._message.setProperty("role", role)
        self._message.style().polish(self._message)
        self._message.setText(sentence)
        self._message.setAccessibleName(sentence)

    def _set_busy(self, *, busy: bool) -> None:
        """Enable the buttons that apply: none but that to close while a request runs."""
        self._is_busy = busy
        has_rows = bool(self._controller.current.accounts)
        may_change = not busy and not self._training
        self._add.setEnabled(may_change)
        self._edit.setEnabled(may_change and has_rows)
        self._remove.setEnabled(may_change and has_rows)
        self._switch.setEnabled(not busy and has_rows)

    @Slot()
    def _renew(self) -> None:
        """Show all rows and texts anew. The selected row and the message stay."""
        wording, settings = self._appearance.wording, self._controller.current
        note = ProfileLabel.NOTE if settings.accounts else ProfileLabel.NONE
        if self._training:
            note = ProfileLabel.TRAINING
        self.setWindowTitle(wording.label(ProfileLabel.TITLE))
        self._note.setText(wording.label(note))
        self._list.setAccessibleName(wording.label(ProfileLabel.LIST))
        self._list.blockSignals(True)
        self._list.show_profiles(settings, self._backlog, self._keys.failure_of, wording)
        self._list.blockSignals(False)
        self._on_row_changed()
        for button, label in (
            (self._add, ProfileLabel.ADD),
            (self._edit, ProfileLabel.EDIT),
            (self._remove, ProfileLabel.REMOVE),
            (self._leave, ProfileLabel.CLOSE),
            (self._switch, ProfileLabel.SWITCH),
        ):
            button.setText(wording.label(label))
        self._set_busy(busy=self._is_busy)
