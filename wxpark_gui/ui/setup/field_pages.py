"""Pages of the wizard with input fields: car park and booth, merchant, key.

The module exceeds the project's limit of 300 lines: the wizard treats the three pages alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem
from wxpark_gui.domain.merchant import MerchantProfile, Secret, read_key
from wxpark_gui.domain.settings import EXPLICIT, BoothSettings, NetworkSettings, Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings.field_card import FieldCard, collect, required_fields
from wxpark_gui.ui.settings.sections import NO_MERCHANT, merchant_in
from wxpark_gui.ui.setup.prefix_field import PrefixField
from wxpark_gui.ui.widgets.fields import FieldBox
from wxpark_gui.wording import Label, ProfileLabel, SetupLabel

_BOOTH_FIELDS = (Field.PARKING_NAME, Field.BOOTH, Field.FREE_TIME)
_MERCHANT_FIELDS = (
    Field.APPID,
    Field.MCH_ID,
    Field.SUB_APPID,
    Field.SUB_MCH_ID,
    Field.NOTIFY_URL,
)
_NETWORK_FIELDS = (Field.PROXY_URL, Field.GATEWAY_URL)


Input: TypeAlias = FieldBox | PrefixField
"""Input with a caption, which shows a problem below it."""


class FieldPage(Protocol):
    """Page with fields.

    Attributes:
        inputs: each input by its field, with the widget that gets the focus, in their order.
        first: the widget that gets the focus when the page is shown.
    """

    @property
    def inputs(self) -> Mapping[Field, tuple[Input, QWidget]]: ...

    @property
    def first(self) -> QWidget: ...

    def texts(self) -> tuple[str, ...]:
        """Return all values as typed, to find out if one was edited."""
        ...

    def errors(self) -> list[FieldError]:
        """Return one error for each invalid value."""
        ...

    def renew(self) -> None: ...


@dataclass(frozen=True, slots=True)
class BoothValues:
    """Values of the page for car park and booth."""

    parking_name: str
    free_time: int
    booth: str
    prefix: str


@dataclass(frozen=True, slots=True)
class MerchantValues:
    """Values of the page for the merchant; `profile` lacks name and free time of the car park."""

    profile: MerchantProfile
    network: NetworkSettings


class BoothPage(QWidget):
    """Car park, booth, province and letter, free time. Nothing is filled in by default."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._card = FieldCard(Label.SETTINGS_BOOTH, _BOOTH_FIELDS, self)
        self.prefix = PrefixField(appearance, self)
        frame = QFrame(self)
        frame.setProperty("card", True)
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(20, 14, 20, 18)
        inner.addWidget(self.prefix)
        _stack(self, self._card, frame)
        self.renew()

    @property
    def inputs(self) -> Mapping[Field, tuple[Input, QWidget]]:
        boxes = {field: (box, box.entry) for field, box in self._card.boxes.items()}
        return {**boxes, Field.PLATE_PREFIX: (self.prefix, self.prefix.province)}

    @property
    def first(self) -> QWidget:
        return self._card.boxes[Field.PARKING_NAME].entry

    def fill(self, settings: Settings) -> None:
        """Show the values of the settings; the name of the booth only if it is no default."""
        merchant = merchant_in(settings)
        free_time = str(merchant.free_time) if settings.account else ""
        is_default = settings.account is None and settings.booth == BoothSettings()
        texts = {
            Field.PARKING_NAME: merchant.parking_name,
            Field.BOOTH: "" if is_default else settings.booth.name,
            Field.FREE_TIME: free_time,
        }
        for field, text in texts.items():
            self._card.boxes[field].entry.setText(text)
        self.prefix.fill(settings.booth.plate_prefix)

    def texts(self) -> tuple[str, ...]:
        boxes = self._card.boxes.values()
        return *(box.entry.text() for box in boxes), self.prefix.value

    def value(self) -> BoothValues:
        """Return the typed values. Raises `InvalidInputError`."""
        errors: list[FieldError] = []
        merchant = collect(lambda: self._card.read(NO_MERCHANT), errors)
        booth = collect(lambda: self._card.read(BoothSettings()), errors)
        if not self._card.boxes[Field.FREE_TIME].entry.text().strip():
            # An empty number would be read as 0, which nobody has chosen.
            errors.append(FieldError(Field.FREE_TIME, Problem.MISSING))
        if not self.prefix.value:
            errors.append(FieldError(Field.PLATE_PREFIX, Problem.MISSING))
        if errors or merchant is None or booth is None:
            raise InvalidInputError(errors)
        return BoothValues(merchant.parking_name, merchant.free_time, booth.name, self.prefix.value)

    def errors(self) -> list[FieldError]:
        found: list[FieldError] = []
        collect(self.value, found)
        return found

    def renew(self) -> None:
        wording = self._appearance.wording
        required = dict.fromkeys(_BOOTH_FIELDS, True)
        self._card.renew(wording, required)
        self._card.boxes[Field.FREE_TIME].show_remark(wording.label(SetupLabel.FREE_TIME_NOTE))
        self.prefix.renew()


class MerchantPage(QWidget):
    """Ids of the merchant, `notify_url`, and the network if it is not a plain one."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._stored, self._stored_network = NO_MERCHANT, NetworkSettings()
        self._card = FieldCard(Label.SETTINGS_MERCHANT, _MERCHANT_FIELDS, self)
        self._network = FieldCard(SetupLabel.NETWORK_CARD, _NETWORK_FIELDS, self)
        _stack(self, self._card, self._network)
        self._card.boxes[Field.SUB_APPID].entry.textChanged.connect(self.renew)
        self.renew()

    @property
    def inputs(self) -> Mapping[Field, tuple[Input, QWidget]]:
        boxes = {**self._card.boxes, **self._network.boxes}
        return {field: (box, box.entry) for field, box in boxes.items()}

    @property
    def first(self) -> QWidget:
        return self._card.boxes[Field.APPID].entry

    @property
    def mch_id(self) -> str:
        """The merchant number as typed, without surrounding white space."""
        return self._card.boxes[Field.MCH_ID].entry.text().strip()

    def fill(self, settings: Settings) -> None:
        self._stored, self._stored_network = merchant_in(settings), settings.network
        self._card.fill(self._stored)
        self._network.fill(self._stored)
        self._network.fill(settings.network)

    def texts(self) -> tuple[str, ...]:
        cards = (self._card, self._network)
        return tuple(box.entry.text() for card in cards for box in card.boxes.values())

    def value(self) -> MerchantValues:
        """Return the typed values; values without a field here stay as they are stored.

        A changed address of the proxy selects its use. Raises `InvalidInputError`.
        """
        errors: list[FieldError] = []
        merchant = collect(lambda: self._card.read(self._stored), errors)
        gateway = collect(lambda: self._network.read(NO_MERCHANT), errors)
        network = collect(lambda: self._network.read(self._stored_network), errors)
        if merchant is None or gateway is None or network is None:
            raise InvalidInputError(errors)
        if network != self._stored_network:
            network = replace(network, proxy=EXPLICIT)
        return MerchantValues(replace(merchant, gateway_url=gateway.gateway_url), network)

    def errors(self) -> list[FieldError]:
        found: list[FieldError] = []
        collect(self.value, found)
        return found

    @Slot()
    def renew(self) -> None:
        wording = self._appearance.wording
        self._card.renew(wording, required_fields(MerchantProfile))
        self._network.renew(wording, {})
        # Sources differ on whether `sub_appid` may be empty.
        box = self._card.boxes[Field.SUB_APPID]
        is_empty = not box.entry.text().strip()
        box.show_remark(wording.label(Label.SUB_APPID_EMPTY) if is_empty else "")


class KeyPage(QWidget):
    """The merchant key, masked; a button shows it while it is pressed."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._keeps = False
        self._shared_by: Sequence[str] = ()
        self._card = FieldCard(SetupLabel.KEY_CARD, (Field.KEY,), self)
        self._entry = self._card.boxes[Field.KEY].entry
        self._entry.setEchoMode(QLineEdit.EchoMode.Password)
        self._entry.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
        )
        self._eye = QPushButton(self)
        self._eye.setObjectName("setupShowKey")
        self._eye.setAutoDefault(False)
        self._eye.pressed.connect(self._show_key)
        self._eye.released.connect(self._mask_key)
        column = _stack(self, self._card)
        column.insertWidget(1, self._eye, 0, Qt.AlignmentFlag.AlignLeft)
        self.renew()

    @property
    def inputs(self) -> Mapping[Field, tuple[Input, QWidget]]:
        return {Field.KEY: (self._card.boxes[Field.KEY], self._entry)}

    @property
    def first(self) -> QWidget:
        return self._entry

    def keep_stored(self, *, keeps: bool, shared_by: Sequence[str]) -> None:
        """Let an empty field stand for the stored key, or not.

        Args:
            shared_by: labels of the other profiles that a typed key changes too.
        """
        self._keeps, self._shared_by = keeps, shared_by
        self.renew()

    def texts(self) -> tuple[str, ...]:
        # Only the presence of a key is compared, so that no copy of it is kept.
        return ("*" if self._entry.text() else "",)

    def value(self) -> Secret | None:
        """Return the typed key, None to keep the stored one. Raises `InvalidInputError`."""
        typed = self._entry.text()
        return None if self._keeps and not typed.strip() else read_key(typed)

    def errors(self) -> list[FieldError]:
        found: list[FieldError] = []
        collect(self.value, found)
        return found

    def clear(self) -> None:
        """Remove the key from the field. A masked field has no undo."""
        self._entry.clear()

    def renew(self) -> None:
        wording = self._appearance.wording
        self._card.renew(wording, {Field.KEY: not self._keeps})
        hint = Label.KEY_STORED if self._keeps else Label.KEY_EMPTY
        self._entry.setPlaceholderText(wording.label(hint))
        self._eye.setText(wording.label(SetupLabel.SHOW_KEY))
        if self._shared_by and self._entry.text():
            names = " · ".join(self._shared_by)
            remark = wording.label(ProfileLabel.KEY_SHARED, names=names)
            self._card.boxes[Field.KEY].show_remark(remark)

    @Slot()
    def _show_key(self) -> None:
        self._entry.setEchoMode(QLineEdit.EchoMode.Normal)

    @Slot()
    def _mask_key(self) -> None:
        self._entry.setEchoMode(QLineEdit.EchoMode.Password)


def _stack(page: QWidget, *cards: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 12, 0)
    column.setSpacing(16)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    return column
