"""The row under the plate that names the source of an offered plate and holds waiting offers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from wxpark_gui.domain.door import OfferedPlate
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import DoorLabel, clock_time


class OfferRow(QWidget):
    """Source of the plate in the field, and a button with the newest waiting offer.

    The row is hidden while it has neither.

    Signals:
        taken(): the button was pressed.
        keyboardLeft(): the button was hidden while it had the focus.
    """

    taken = Signal()
    keyboardLeft = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._filled: OfferedPlate | None = None
        self._waiting: OfferedPlate | None = None
        self._older = 0
        self._source = wrapping_label(self, name="offerSource", role="note")
        self.button = QPushButton(self)
        self.button.setObjectName("offerButton")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.taken)
        self._time = wrapping_label(self, name="offerTime", role="muted")
        row = WrappingRow(10, self)
        for part in (self._source, self.button, self._time):
            row.addWidget(part)
        appearance.changed.connect(self._renew)
        self._renew()

    def show_offers(
        self, filled: OfferedPlate | None, waiting: OfferedPlate | None, older: int
    ) -> None:
        """Show the offer in the field, the newest waiting one, and the number of older ones."""
        if (filled, waiting, older) == (self._filled, self._waiting, self._older):
            return
        self._filled, self._waiting, self._older = filled, waiting, older
        self._renew()

    @Slot()
    def _renew(self) -> None:
        had_keyboard = self.button.hasFocus()
        say = self._appearance.wording.label
        if self._filled:
            self._source.setText(say(DoorLabel.FILLED, time=clock_time(self._filled.at)))
        if self._waiting:
            plate = read_plate(self._waiting.plate).spaced
            self.button.setText(say(DoorLabel.TAKE, plate=plate))
            parts = [say(DoorLabel.WAITING, time=clock_time(self._waiting.at))]
            if self._older:
                parts.append(say(DoorLabel.MORE, count=self._older))
            self._time.setText(" · ".join(parts))
            self.button.setAccessibleName(self.button.text())
            self.button.setAccessibleDescription(self._time.text())
        self._source.setVisible(self._filled is not None)
        for part in (self.button, self._time):
            part.setVisible(self._waiting is not None)
        self.setVisible(self._filled is not None or self._waiting is not None)
        if had_keyboard and self._waiting is None:
            self.keyboardLeft.emit()
