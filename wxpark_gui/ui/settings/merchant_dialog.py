"""The dialog for the merchant, its key, the booth, the network and the version file.

The module exceeds the project's limit of 300 lines: the states of one dialog belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, ReadableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import Settings, change_merchant
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings.door_section import DoorSection
from wxpark_gui.ui.settings.field_card import collect
from wxpark_gui.ui.settings.sections import AdvancedSection, BoothSection, MerchantSection
from wxpark_gui.ui.widgets.fields import FieldBox
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.wording import HelpLabel, KeyChangeLabel, Label, ProfileLabel, Wording

SaveMerchant = Callable[[Settings, "Secret | None"], None]

SAVED_MS = 900
"""Milliseconds that the confirmation stays before the dialog closes."""


class MerchantDialog(QDialog):
    """Checks the typed values before it passes them to `save`, which works asynchronously.

    Not modal, so that plates can be typed meanwhile. While the dialog of the key change is open,
    nothing can be edited or saved here. The class exceeds the project's limit of 20 methods: each
    button, each result of saving and each way to close has a slot.

    Args:
        settings: the initial values; without a current account the dialog is for a new profile.
        save: called with the new settings and the typed key, None to keep the stored one. It must
            return at once, and `saved` or `saving_failed` must be called later. It is a function
            because no signal may carry a key.
        can_type_chinese: False shows at the names how Chinese is entered without an input method.
        change_key: opens the dialog of the key change as a child of the given one; None for none.
        key_lost: True if the keyring has no usable key of the merchant, so that one must be typed.
    """

    def __init__(
        self,
        appearance: Appearance,
        settings: Settings,
        save: SaveMerchant,
        parent: QWidget | None = None,
        *,
        can_type_chinese: bool = True,
        change_key: Callable[[QWidget], QDialog] | None = None,
        key_lost: bool = False,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._settings = settings
        self._save = save
        self._can_type_chinese = can_type_chinese
        self._change_key = change_key
        self._discard_asked = False
        self._is_saved = self._is_changing_key = False
        self.setObjectName("merchantDialog")
        self._form = QWidget(self)
        self._merchant = MerchantSection(appearance, self._form, key_lost=key_lost)
        self._booth = BoothSection(appearance, self._form)
        self._advanced = AdvancedSection(appearance, self._form)
        self._door = DoorSection(appearance, self._form)
        self._sections = (self._merchant, self._booth, self._door, self._advanced)
        self._merchant.change_key.setEnabled(change_key is not None)
        self._merchant.change_key.clicked.connect(self._on_change_key)
        self._message = wrapping_label(self, name="dialogMessage", role="problem")
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._save_button = QPushButton(self)
        self._save_button.setObjectName("saveButton")
        self._save_button.setProperty("primary", True)
        self._save_button.setDefault(True)
        self._save_button.clicked.connect(self._on_save)
        self._cancel_button = QPushButton(self)
        self._cancel_button.setAutoDefault(False)
        self._cancel_button.clicked.connect(self.reject)
        # The problem texts make the form higher, which takes effect in the event loop.
        self._scroll_soon = QTimer(self, singleShot=True)
        self._scroll_soon.timeout.connect(self._scroll_to_problem)
        self._close_timer = QTimer(self)
        self._close_timer.setSingleShot(True)
        self._close_timer.setInterval(SAVED_MS)
        self._close_timer.timeout.connect(self.accept)
        self._lay_out()
        for section in self._sections:
            section.fill(settings)
        for box in self.boxes.values():
            box.entry.textChanged.connect(self._on_edited)
        self._door.switch.chosen.connect(self._on_edited)
        self._advanced.proxy.chosen.connect(self._on_edited)
        self.field(Field.KEY if key_lost else Field.APPID).entry.setFocus()
        self._set_busy(busy=False)
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def boxes(self) -> Mapping[Field, FieldBox]:
        """The inputs of all sections by field, from top to bottom."""
        return {f: box for section in self._sections for f, box in section.card.boxes.items()}

    def field(self, field: Field) -> FieldBox:
        """Return the input of a field, with its caption and problem."""
        return self.boxes[field]

    @property
    def busy(self) -> bool:
        """True while values are being saved, the confirmation is shown or the key is changed."""
        return not self._save_button.isEnabled()

    @Slot()
    def saved(self) -> None:
        """Clear the typed key, show the confirmation, and close after `SAVED_MS`."""
        self._merchant.clear_key()
        self._is_saved = True
        self._progress.hide()
        self._say(self._appearance.wording.label(Label.SAVED), role="muted")
        self._renew_buttons()
        self._close_timer.start()

    @Slot(object)
    def saving_failed(self, error: ReadableError | None) -> None:
        """Show the error and enable the form again. The typed values stay.

        None stands for a bug, which the notice strip tells: the dialog only can be closed again.
        """
        self._set_busy(busy=False)
        if error is None:
            return
        if isinstance(error, InvalidInputError):
            self._show_errors(error.errors)
            return
        words = self._appearance.wording.failure(error)
        self._say(f"{words.sentences}  ({words.code})")

    def reject(self) -> None:
        """Close without saving. No-op while saving; after saving, close as accepted."""
        if self._is_saved:
            self.accept()
        elif not self.busy:
            self._merchant.clear_key()
            super().reject()

    def done(self, result: int) -> None:
        self._close_timer.stop()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._leave()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask a person about edited values; close at once if the program or the session ends."""
        if event.spontaneous():
            event.ignore()
            self._leave()
        else:
            self._merchant.clear_key()
            super().reject()

    def has_input(self) -> bool:
        """Test if values were edited, or are being saved or tested."""
        return self.busy or any(section.is_edited() for section in self._sections)

    def _leave(self) -> None:
        """Close the dialog; if values were edited, ask first, and close at the second press."""
        if not self.busy and self.has_input() and not self._discard_asked:
            self._discard_asked = True
            self._say(self._appearance.wording.label(Label.DISCARD_EDITS))
            return
        self.reject()

    @Slot()
    def _on_edited(self) -> None:
        if self._discard_asked:
            self._discard_asked = False
            self._say("")

    @Slot()
    def _on_save(self) -> None:
        errors: list[FieldError] = []
        merchant = collect(self._merchant.value, errors)
        key = collect(self._merchant.key, errors)
        booth = collect(self._booth.value, errors)
        door = collect(self._door.value, errors)
        advanced = collect(self._advanced.value, errors)
        self._show_errors(errors)
        if errors or merchant is None or booth is None or door is None or advanced is None:
            return
        settings = replace(
            self._settings,
            booth=booth,
            network=advanced.network,
            updates=advanced.updates,
            door=door,
        )
        merchant = replace(merchant, gateway_url=advanced.gateway_url)
        self._set_busy(busy=True)
        self._save(change_merchant(settings, merchant, proven=False), key)

    @Slot()
    def _on_change_key(self) -> None:
        if self._change_key is not None and not self.busy:
            self._is_changing_key = True
            self._set_busy(busy=True)
            self._progress.hide()
            self._say(self._appearance.wording.label(KeyChangeLabel.FIRST), role="muted")
            self._change_key(self).finished.connect(self._on_key_changed)

    @Slot()
    def _on_key_changed(self) -> None:
        self._is_changing_key = False
        self._say("")
        self._set_busy(busy=False)
        self.activateWindow()
        self._merchant.change_key.setFocus()

    def _show_errors(self, errors: Sequence[FieldError]) -> None:
        sentences: dict[Field, str] = {}
        for error in errors:
            sentences.setdefault(error.field, self._appearance.wording.field_error(error))
        for field, box in self.boxes.items():
            box.show_problem(sentences.get(field, ""))
        self._say(self._appearance.wording.label(Label.FIX_FIELDS) if sentences else "")
        wrong = [box for field, box in self.boxes.items() if field in sentences]
        if wrong:
            wrong[0].entry.setFocus()
            self._scroll_soon.start()

    @Slot()
    def _scroll_to_problem(self) -> None:
        wrong = [box for box in self.boxes.values() if box.problem()]
        if wrong:
            self._scroll.ensureWidgetVisible(wrong[0])

    def _say(self, sentence: str, *, role: str = "problem") -> None:
        self._message.setProperty("role", role)
        self._message.style().polish(self._message)
        self._message.setText(sentence)

    def _set_busy(self, *, busy: bool) -> None:
        self._form.setEnabled(not busy)
        self._save_button.setEnabled(not busy)
        self._cancel_button.setEnabled(not busy)
        self._progress.setVisible(busy)
        self._discard_asked = False
        self._renew_buttons()
        if busy:
            self._say("")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._form)
        column.setContentsMargins(4, 0, 16, 0)
        column.setSpacing(18)
        for section in self._sections:
            column.addWidget(section.card)
        column.addStretch(1)
        self._scroll = Page(self._form, self)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self._message, 1)
        buttons.addWidget(self._cancel_button)
        buttons.addWidget(self._save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 12, 16)
        layout.setSpacing(10)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._progress)
        layout.addLayout(buttons)
        wanted = QSize(self._appearance.length(860), self._appearance.length(700))
        self.resize(wanted.boundedTo(screen_room(self)))

    @Slot()
    def _renew(self) -> None:
        """Set all texts in the current language. Typed values stay."""
        self.setWindowTitle(_title(self._settings, self._appearance.wording))
        for section in self._sections:
            section.renew()
        if not self._can_type_chinese:
            remark = self._appearance.wording.label(HelpLabel.PASTE_CHINESE)
            for field in (Field.PARKING_NAME, Field.BOOTH):
                self.field(field).show_remark(remark)
        self._renew_buttons()

    def _renew_buttons(self) -> None:
        label = Label.SAVE
        if self.busy and not self._is_changing_key:
            label = Label.SAVED if self._is_saved else Label.SAVING
        self._save_button.setText(self._appearance.wording.label(label))
        self._cancel_button.setText(self._appearance.wording.label(Label.CANCEL))


def _title(settings: Settings, wording: Wording) -> str:
    account = settings.account
    if account is not None and len(settings.accounts) > 1:
        return wording.label(ProfileLabel.EDIT_TITLE, name=account.merchant.label)
    if account is None and settings.accounts:
        return wording.label(ProfileLabel.NEW_TITLE)
    return wording.label(Label.SETTINGS_TITLE)
