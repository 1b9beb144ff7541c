"""Last page of the wizard: the saved booth, and the offer of the first entry."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings.sections import merchant_in
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import SetupLabel


class ReadyPage(QWidget):
    """Names car park, booth and plate prefix, and says that the next entry is real."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._settings = Settings()
        self._is_proven = False
        self._place = wrapping_label(self, name="setupPlace", role="heading")
        self._note = wrapping_label(self, name="setupReadyNote")
        self._warning = wrapping_label(self, role="problem")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(16)
        for label in (self._place, self._note, self._warning):
            column.addWidget(label)
        column.addStretch(1)
        self.renew()

    def show_settings(self, settings: Settings, *, proven: bool) -> None:
        """Show the place of `settings`; `proven` is True if the connection test passed."""
        self._settings, self._is_proven = settings, proven
        self.renew()

    def renew(self) -> None:
        """Set all texts in the current language."""
        wording, booth = self._appearance.wording, self._settings.booth
        place = wording.label(
            SetupLabel.READY_LEAD,
            lot=merchant_in(self._settings).parking_name,
            booth=booth.name,
            prefix=booth.plate_prefix,
        )
        self._place.setText(place)
        self._note.setText(wording.label(SetupLabel.READY_NOTE))
        self._warning.setText(wording.label(SetupLabel.READY_UNPROVEN))
        self._warning.setVisible(not self._is_proven)
