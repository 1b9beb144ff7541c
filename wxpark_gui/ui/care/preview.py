"""Part of the backup dialog that shows the effect of restoring, before it is done."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from wxpark_gui.domain.backup import RestorePreview
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.wording import CareLabel, preview_sentences

_TOUCH = 34
"""Height of the check box in pixels, enough for touch."""


class PreviewPanel(QWidget):
    """Sentences about a checked backup, and the choice to restore its settings too."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._preview: RestorePreview | None = None
        self._title = wrapping_label(self, name="restoreTitle", role="heading")
        self._content = wrapping_label(self, name="restoreContent")
        self._here = wrapping_label(self, name="restoreHere")
        self._aside = wrapping_label(self, name="restoreAside", role="muted")
        self._settings = QCheckBox(self)
        self._settings.setObjectName("restoreSettings")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 16, 0)
        layout.setSpacing(12)
        for part in (self._title, self._content, self._here, self._settings, self._aside):
            layout.addWidget(part)
        layout.addStretch(1)
        appearance.changed.connect(self._renew)

    @property
    def with_settings(self) -> bool:
        """True if the settings are to be restored too."""
        return self._settings.isChecked()

    def show_preview(self, preview: RestorePreview) -> None:
        """Show a checked backup; its settings are chosen if this computer has none."""
        self._preview = preview
        self._settings.setChecked(preview.settings_needed)
        self._renew()

    @Slot()
    def _renew(self) -> None:
        preview, wording = self._preview, self._appearance.wording
        if preview is None:
            return
        title, content, here = preview_sentences(preview, wording)
        self._title.setText(breakable(title))
        self._content.setText(content)
        self._here.setText(here)
        self._here.setVisible(bool(here))
        self._aside.setText(wording.label(CareLabel.ASIDE))
        self._settings.setText(wording.label(CareLabel.WITH_SETTINGS))
        self._settings.setMinimumHeight(self._appearance.length(_TOUCH))
        self._settings.setVisible(preview.content.has_settings)
