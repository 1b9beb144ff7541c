"""The dialog for the merchant's ids, its key and the booth's own settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.domain.definitions import SettingDefinition, definitions_of
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, ReadableError
from wxpark_gui.domain.merchant import MerchantProfile, Secret, check_merchant, read_key
from wxpark_gui.domain.settings import (
    BoothSettings,
    NetworkSettings,
    Settings,
    UpdateSettings,
    change_merchant,
    check_settings,
)
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.fields import FieldBox
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.wording import Label, Wording

SaveMerchant = Callable[[Settings, "Secret | None"], None]

_MERCHANT_FIELDS = (
    Field.APPID,
    Field.MCH_ID,
    Field.SUB_APPID,
    Field.SUB_MCH_ID,
    Field.PARKING_NAME,
    Field.FREE_TIME,
    Field.NOTIFY_URL,
    Field.KEY,
)
_BOOTH_FIELDS = (
    Field.BOOTH,
    Field.PLATE_PREFIX,
    Field.DUPLICATE_MINUTES,
    Field.EXPIRY_HOURS,
)
_ADVANCED_FIELDS = (
    Field.GATEWAY_URL,
    Field.PROXY_URL,
    Field.VERSION_FILE,
    Field.VERSION_KEY,
)
_UNITS = {
    Field.FREE_TIME: Label.SECONDS,
    Field.DUPLICATE_MINUTES: Label.MINUTES,
    Field.EXPIRY_HOURS: Label.HOURS,
}
_REMARKS = {
    Field.KEY: Label.KEY_PLACE,
    Field.VERSION_FILE: Label.VERSION_FILE_USE,
    Field.VERSION_KEY: Label.VERSION_KEY_USE,
}
_PLACEHOLDERS = {
    Field.GATEWAY_URL: Label.GATEWAY_URL_EMPTY,
    Field.VERSION_FILE: Label.VERSION_FILE_EMPTY,
}
_WIDE = frozenset({Field.NOTIFY_URL, Field.KEY, *_ADVANCED_FIELDS})


class MerchantDialog(QDialog):
    """Checks what is typed at once; keeping it is somebody else's work and may take seconds.

    Args:
        settings: what to begin with.
        save: called with the new settings and, where one was typed, the key. A call, not a
            signal, so that no signal ever carries the key. It must return at once; `saved` or
            `saving_failed` follows.
    """

    def __init__(
        self,
        appearance: Appearance,
        settings: Settings,
        save: SaveMerchant,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._headings: list[tuple[QLabel, Label]] = []
        self._settings = settings
        self._save = save
        self.setObjectName("merchantDialog")
        self._boxes = {
            field: self._make_box(field)
            for field in (*_MERCHANT_FIELDS, *_BOOTH_FIELDS, *_ADVANCED_FIELDS)
        }
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
        self._lay_out()
        self._fill(settings)
        self._set_busy(busy=False)
        appearance.changed.connect(self._renew)
        self._renew()

    def field(self, field: Field) -> FieldBox:
        """The input of a field and the sentence beneath it."""
        return self._boxes[field]

    @property
    def _wording(self) -> Wording:
        return self._appearance.wording

    @property
    def busy(self) -> bool:
        """Whether an answer to `save` is awaited."""
        return not self._save_button.isEnabled()

    @Slot()
    def saved(self) -> None:
        """Everything is kept."""
        self._boxes[Field.KEY].entry.clear()
        self.accept()

    @Slot(object)
    def saving_failed(self, error: ReadableError) -> None:
        """Nothing was changed; what was typed stays for another try."""
        self._set_busy(busy=False)
        if isinstance(error, InvalidInputError):
            self._show_errors(error.errors)
            return
        words = self._wording.failure(error)
        self._message.setText(f"{words.sentences}  ({words.code})")

    def reject(self) -> None:
        """Leave without saving; not while saving, whose end must be seen."""
        if not self.busy:
            self._boxes[Field.KEY].entry.clear()
            super().reject()

    @Slot()
    def _on_save(self) -> None:
        errors: list[FieldError] = []
        settings = self._checked_settings(errors)
        key = self._checked_key(errors)
        self._show_errors(errors)
        if errors or settings is None:
            return
        self._set_busy(busy=True)
        self._save(settings, key)

    def _checked_settings(self, errors: list[FieldError]) -> Settings | None:
        profile = MerchantProfile(**self._values(MerchantProfile, errors))
        settings = replace(
            self._settings,
            booth=BoothSettings(**self._values(BoothSettings, errors)),
            network=NetworkSettings(**self._values(NetworkSettings, errors)),
            updates=UpdateSettings(**self._values(UpdateSettings, errors)),
        )
        try:
            profile = check_merchant(profile)
        except InvalidInputError as error:
            errors.extend(error.errors)
        try:
            check_settings(settings)
        except InvalidInputError as error:
            errors.extend(error.errors)
        return None if errors else change_merchant(settings, profile, proven=False)

    def _values(self, kind: type, errors: list[FieldError]) -> dict[str, Any]:
        """The typed values of a dataclass; the default for one of a wrong type, with an error."""
        values = {}
        for definition in definitions_of(kind):
            values[definition.name] = self._value(definition, errors)
        return values

    def _value(self, definition: SettingDefinition, errors: list[FieldError]) -> Any:
        try:
            return definition.read(self._boxes[definition.field].entry.text())
        except InvalidInputError as error:
            errors.extend(error.errors)
            return definition.default

    def _checked_key(self, errors: list[FieldError]) -> Secret | None:
        """None keeps the stored one, which another merchant number does not have."""
        typed = self._boxes[Field.KEY].entry.text()
        if not typed.strip() and self._keeps_key():
            return None
        try:
            return read_key(typed)
        except InvalidInputError as error:
            errors.extend(error.errors)
            return None

    def _keeps_key(self) -> bool:
        stored = self._settings.account
        return stored is not None and stored.merchant.mch_id == self._typed(Field.MCH_ID)

    def _show_errors(self, errors: Sequence[FieldError]) -> None:
        sentences: dict[Field, str] = {}
        for error in errors:
            sentences.setdefault(error.field, self._wording.field_error(error))
        for field, box in self._boxes.items():
            box.show_problem(sentences.get(field, ""))
        self._message.setText(self._wording.label(Label.FIX_FIELDS) if sentences else "")
        for field, box in self._boxes.items():
            if field in sentences:
                box.entry.setFocus()
                self._scroll.ensureWidgetVisible(box)
                return

    def _typed(self, field: Field) -> str:
        return self._boxes[field].entry.text().strip()

    def _set_busy(self, *, busy: bool) -> None:
        self._form.setEnabled(not busy)
        self._save_button.setEnabled(not busy)
        self._cancel_button.setEnabled(not busy)
        self._save_button.setText(self._wording.label(Label.SAVING if busy else Label.SAVE))
        self._progress.setVisible(busy)
        if busy:
            self._message.setText("")

    def _fill(self, settings: Settings) -> None:
        account = settings.account
        merchant = account.merchant if account else MerchantProfile("", "", "", "")
        for values in (merchant, settings.booth, settings.network, settings.updates):
            for definition in definitions_of(type(values)):
                entry = self._boxes[definition.field].entry
                entry.setText(str(getattr(values, definition.name)))
        self._boxes[Field.SUB_APPID].entry.textChanged.connect(self._on_sub_appid_changed)
        self._boxes[Field.APPID].entry.setFocus()

    def _make_box(self, field: Field) -> FieldBox:
        entry = QLineEdit(self)
        entry.setObjectName(f"field_{field.value}")
        if field is Field.KEY:
            entry.setEchoMode(QLineEdit.EchoMode.Password)
            entry.setInputMethodHints(
                Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
            )
        return FieldBox(entry, parent=self)

    def _caption(self, field: Field) -> str:
        name, unit = self._wording.field(field), _UNITS.get(field)
        return f"{name} ({self._wording.label(unit)})" if unit else name

    def _lay_out(self) -> None:
        self._form = QWidget(self)
        column = QVBoxLayout(self._form)
        column.setContentsMargins(4, 0, 16, 0)
        column.setSpacing(18)
        column.addWidget(self._group(Label.SETTINGS_MERCHANT, _MERCHANT_FIELDS))
        column.addWidget(self._group(Label.SETTINGS_BOOTH, _BOOTH_FIELDS))
        column.addWidget(self._group(Label.SETTINGS_ADVANCED, _ADVANCED_FIELDS))
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
        self.resize(wanted.boundedTo(self.screen().availableGeometry().size()))

    def _group(self, title: Label, fields: Sequence[Field]) -> QWidget:
        """A heading and its fields, two in a row, long ones alone."""
        card = QFrame(self._form)
        card.setProperty("card", True)
        grid = QGridLayout(card)
        grid.setContentsMargins(20, 14, 20, 18)
        grid.setHorizontalSpacing(22)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        heading = wrapping_label(card, role="heading")
        self._headings.append((heading, title))
        grid.addWidget(heading, 0, 0, 1, 2)
        row, column = 1, 0
        for field in fields:
            wide = field in _WIDE
            if wide and column:
                row, column = row + 1, 0
            grid.addWidget(
                self._boxes[field], row, column, 1, 2 if wide else 1, Qt.AlignmentFlag.AlignTop
            )
            row, column = (row + 1, 0) if wide or column else (row, 1)
        return card

    @Slot()
    def _renew(self) -> None:
        """Say everything anew; what is typed stays."""
        wording = self._wording
        self.setWindowTitle(wording.label(Label.SETTINGS_TITLE))
        for heading, title in self._headings:
            heading.setText(wording.label(title))
        for field, box in self._boxes.items():
            box.set_caption(self._caption(field))
        hint = Label.KEY_STORED if self._settings.account else Label.KEY_EMPTY
        self._boxes[Field.KEY].entry.setPlaceholderText(wording.label(hint))
        for field, remark in _REMARKS.items():
            self._boxes[field].show_remark(wording.label(remark))
        for field, placeholder in _PLACEHOLDERS.items():
            self._boxes[field].entry.setPlaceholderText(wording.label(placeholder))
        self._cancel_button.setText(wording.label(Label.CANCEL))
        self._save_button.setText(wording.label(Label.SAVING if self.busy else Label.SAVE))
        self._on_sub_appid_changed(self._typed(Field.SUB_APPID))

    @Slot(str)
    def _on_sub_appid_changed(self, text: str) -> None:
        """Sources differ on whether it may be empty, so the empty field warns."""
        remark = "" if text.strip() else self._wording.label(Label.SUB_APPID_EMPTY)
        self._boxes[Field.SUB_APPID].show_remark(remark)
