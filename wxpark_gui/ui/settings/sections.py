"""The three sections of the merchant dialog."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, Problem
from wxpark_gui.domain.merchant import MerchantProfile, Secret, read_key
from wxpark_gui.domain.profiles import sharing_labels
from wxpark_gui.domain.settings import (
    EXPLICIT,
    NO_PROXY,
    SYSTEM_PROXY,
    BoothSettings,
    NetworkSettings,
    Settings,
    UpdateSettings,
)
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings.field_card import FieldCard, collect, required_fields
from wxpark_gui.ui.widgets.fields import SegmentedChoice
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import KeyChangeLabel, Label, ProfileLabel

_MODES = (NO_PROXY, SYSTEM_PROXY, EXPLICIT)
NO_MERCHANT = MerchantProfile("", "", "", "")

_MERCHANT_FIELDS = (
    Field.APPID,
    Field.MCH_ID,
    Field.SUB_APPID,
    Field.SUB_MCH_ID,
    Field.PARKING_NAME,
    Field.FREE_TIME,
    Field.PROFILE_NAME,
    Field.NOTIFY_URL,
    Field.KEY,
)
_ADVANCED_FIELDS = (
    Field.GATEWAY_URL,
    Field.PROXY_URL,
    *required_fields(UpdateSettings),
)


class MerchantSection(QObject):
    """Section for the merchant's ids, car park and key.

    Attributes:
        change_key: button to change the key of the stored merchant after a test.

    Args:
        key_lost: True if the keyring has no usable key of the stored merchant.
    """

    def __init__(self, appearance: Appearance, parent: QWidget, *, key_lost: bool) -> None:
        super().__init__(parent)
        self._key_lost = key_lost
        self._appearance = appearance
        self._stored = NO_MERCHANT
        self._settings = Settings()
        self.card = FieldCard(Label.SETTINGS_MERCHANT, _MERCHANT_FIELDS, parent)
        self._key = self.card.boxes[Field.KEY].entry
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._key.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
        )
        self.change_key = QPushButton(self.card)
        self.change_key.setObjectName("changeKey")
        self.change_key.setAutoDefault(False)
        self.card.add_below(Field.KEY, self.change_key)
        self.card.boxes[Field.MCH_ID].entry.textChanged.connect(self.renew)
        self.card.boxes[Field.SUB_APPID].entry.textChanged.connect(self.renew)
        self._key.textChanged.connect(self.renew)

    def fill(self, settings: Settings) -> None:
        self._stored = merchant_in(settings)
        self._settings = settings
        self.card.fill(self._stored)

    def value(self) -> MerchantProfile:
        """Return the typed merchant with an empty `gateway_url`. Raises `InvalidInputError`."""
        return self.card.read(NO_MERCHANT)

    def key(self) -> Secret | None:
        """Return the typed key, None to keep the stored one. Raises `InvalidInputError`."""
        typed = self._key.text()
        return None if not typed.strip() and self._keeps_key() else read_key(typed)

    def is_edited(self) -> bool:
        return bool(self._key.text()) or self.card.differs_from(self._stored)

    def clear_key(self) -> None:
        self._key.clear()

    @Slot()
    def renew(self) -> None:
        """Set all texts in the current language, and the hints that depend on typed values."""
        wording = self._appearance.wording
        required = required_fields(MerchantProfile) | {Field.KEY: not self._keeps_key()}
        self.card.renew(wording, required)
        hint = Label.KEY_STORED if self._keeps_key() else Label.KEY_EMPTY
        self._key.setPlaceholderText(wording.label(hint))
        self.change_key.setText(wording.label(KeyChangeLabel.OPEN))
        self.card.boxes[Field.KEY].show_remark(self._key_remark())
        # A test with the stored ids would tell nothing about other ones.
        self.change_key.setVisible(
            self._keeps_key() and self._typed_mch_id() == self._stored.mch_id
        )
        # Sources differ on whether `sub_appid` may be empty.
        box = self.card.boxes[Field.SUB_APPID]
        empty = not box.entry.text().strip()
        box.show_remark(wording.label(Label.SUB_APPID_EMPTY) if empty else "")

    def _key_remark(self) -> str:
        """Return the other profiles that a typed key changes too, else where the key is stored."""
        wording, settings = self._appearance.wording, self._settings
        names = sharing_labels(settings, self._typed_mch_id(), settings.account_id)
        if not names or not self._key.text():
            return wording.label(Label.KEY_PLACE)
        return wording.label(ProfileLabel.KEY_SHARED, names=" · ".join(names))

    def _keeps_key(self) -> bool:
        """Test if the keyring has the key of the typed merchant number, that of any profile."""
        typed = self._typed_mch_id()
        if self._key_lost and typed == self._stored.mch_id:
            return False
        return any(account.merchant.mch_id == typed for account in self._settings.accounts)

    def _typed_mch_id(self) -> str:
        return self.card.boxes[Field.MCH_ID].entry.text().strip()


class BoothSection:
    """Section for the settings of the booth."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        self._appearance = appearance
        self._stored = BoothSettings()
        fields = tuple(required_fields(BoothSettings))
        self.card = FieldCard(Label.SETTINGS_BOOTH, fields, parent)

    def fill(self, settings: Settings) -> None:
        self._stored = settings.booth
        self.card.fill(settings.booth)

    def value(self) -> BoothSettings:
        """Return the typed settings. Raises `InvalidInputError`."""
        return self.card.read(BoothSettings())

    def is_edited(self) -> bool:
        return self.card.differs_from(self._stored)

    def renew(self) -> None:
        self.card.renew(self._appearance.wording, required_fields(BoothSettings))


@dataclass(frozen=True, slots=True)
class Advanced:
    """Values of the advanced section. `gateway_url` is empty for WeChat's own gateway."""

    gateway_url: str
    network: NetworkSettings
    updates: UpdateSettings


class AdvancedSection(QObject):
    """Section for gateway, proxy and version file.

    Attributes:
        proxy: choice of the proxy's mode. Typing an address chooses `explicit`, deleting it none.
    """

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._stored = Settings()
        self.card = FieldCard(Label.SETTINGS_ADVANCED, _ADVANCED_FIELDS, parent)
        self._address = self.card.boxes[Field.PROXY_URL]
        self._proxy_caption = wrapping_label(self._address)
        self.proxy = SegmentedChoice(_MODES, self._address)
        self._address.put_above(self._proxy_caption, self.proxy)
        self._address.entry.textEdited.connect(self._on_address)

    def fill(self, settings: Settings) -> None:
        self._stored = settings
        self.card.fill(merchant_in(settings))
        self.card.fill(settings.network)
        self.card.fill(settings.updates)
        self.proxy.choose(_mode_of(settings.network))

    def value(self) -> Advanced:
        """Return the typed values. Raises `InvalidInputError`."""
        errors: list[FieldError] = []
        merchant = collect(lambda: self.card.read(NO_MERCHANT), errors)
        network = collect(self._network, errors)
        updates = collect(lambda: self.card.read(UpdateSettings()), errors)
        if merchant is None or network is None or updates is None:
            raise InvalidInputError(errors)
        return Advanced(merchant.gateway_url, network, updates)

    def is_edited(self) -> bool:
        parts = (merchant_in(self._stored), self._stored.network, self._stored.updates)
        is_other_mode = self.proxy.value != _mode_of(self._stored.network)
        return is_other_mode or any(self.card.differs_from(part) for part in parts)

    def renew(self) -> None:
        wording = self._appearance.wording
        self.card.renew(wording, {})
        self._proxy_caption.setText(wording.field(Field.PROXY))
        modes = [wording.proxy_mode(mode) for mode in _MODES]
        self.proxy.say(wording.field(Field.PROXY), modes)

    def _network(self) -> NetworkSettings:
        """Return the typed settings of the network. Raises `InvalidInputError`."""
        network, stored = self.card.read(NetworkSettings()), self._stored.network
        if self.proxy.value == _mode_of(stored) and network.proxy_url == stored.proxy_url:
            return stored
        if self.proxy.value == EXPLICIT and not network.proxy_url:
            raise InvalidInputError([FieldError(Field.PROXY_URL, Problem.MISSING)])
        if self.proxy.value == NO_PROXY and not network.proxy_url:
            # The default: an address that a command names later is used.
            return network
        return replace(network, proxy=self.proxy.value)

    @Slot(str)
    def _on_address(self, typed: str) -> None:
        if typed.strip():
            self.proxy.choose(EXPLICIT)
        elif self.proxy.value == EXPLICIT:
            self.proxy.choose(NO_PROXY)


def _mode_of(network: NetworkSettings) -> str:
    """Return the mode to show; without an address, `explicit` means none."""
    return network.proxy if network.proxy_url or network.proxy != EXPLICIT else NO_PROXY


def merchant_in(settings: Settings) -> MerchantProfile:
    """Return the merchant of the current account; `NO_MERCHANT` without one."""
    return settings.account.merchant if settings.account else NO_MERCHANT
