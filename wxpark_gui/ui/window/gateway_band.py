"""Band across the window while entries are not sent to WeChat Pay's own gateway."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.domain.gateway import GatewayKind
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import WrappingLabel
from wxpark_gui.wording import Label

_SENTENCES = {
    GatewayKind.TRAINING: Label.TRAINING_BAND,
    GatewayKind.OTHER: Label.OTHER_GATEWAY_BAND,
}
_TITLES = {
    GatewayKind.TRAINING: Label.TRAINING_TITLE,
    GatewayKind.OTHER: Label.OTHER_GATEWAY,
}


class GatewayBand(WrappingLabel):
    """Names the training gateway or another gateway; hidden for WeChat Pay's own."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._kind = GatewayKind.WECHAT
        self.setObjectName("gatewayBand")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def window_title(self) -> str:
        """Name of the program, followed by the gateway unless it is WeChat Pay's own."""
        wording = self._appearance.wording
        label = _TITLES.get(self._kind)
        return " · ".join([wording.program_name, *([wording.label(label)] if label else [])])

    def show_kind(self, kind: GatewayKind) -> None:
        self._kind = kind
        self._renew()

    @Slot()
    def _renew(self) -> None:
        label = _SENTENCES.get(self._kind)
        self.setText(self._appearance.wording.label(label) if label else "")
        self.setVisible(label is not None)
