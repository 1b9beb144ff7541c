"""The section of the merchant dialog for plates that a camera or scanner offers."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from wxpark_gui.domain.errors import Field
from wxpark_gui.domain.settings import DoorSettings, Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings.field_card import FieldCard
from wxpark_gui.ui.widgets.fields import SegmentedChoice
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import DoorLabel, Label


class DoorSection:
    """Switch and port of the door, with a note about its token.

    Attributes:
        switch: on or off.
    """

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        self._appearance = appearance
        self._stored = DoorSettings()
        self.card = FieldCard(DoorLabel.SETTINGS_TITLE, (Field.DOOR_PORT,), parent)
        self.switch = SegmentedChoice((False, True), self.card)
        self._caption = wrapping_label(self.card)
        self._note = wrapping_label(self.card, role="muted")
        self._lay_out()

    def fill(self, settings: Settings) -> None:
        self._stored = settings.door
        self.switch.choose(settings.door.enabled)
        self.card.fill(settings.door)

    def value(self) -> DoorSettings:
        """Return the chosen values. Raises `InvalidInputError`."""
        return replace(self.card.read(DoorSettings()), enabled=self.switch.value)

    def is_edited(self) -> bool:
        is_switched = self.switch.value is not self._stored.enabled
        return is_switched or self.card.differs_from(self._stored)

    def renew(self) -> None:
        wording = self._appearance.wording
        self.card.renew(wording, {})
        name = wording.field(Field.DOOR_ENABLED)
        self._caption.setText(name)
        self._note.setText(wording.label(DoorLabel.TOKEN_NOTE))
        self.switch.say(name, [wording.label(Label.SOUNDS_OFF), wording.label(Label.SOUNDS_ON)])

    def _lay_out(self) -> None:
        grid = cast("QGridLayout", self.card.layout())
        box = QWidget(self.card)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self._caption)
        column.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        port = self.card.boxes[Field.DOOR_PORT]
        grid.addWidget(box, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(port, 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._note, 2, 0, 1, 2)
        QWidget.setTabOrder(self.switch.buttons[-1], port.entry)
