"""Part of the backup dialog that shows the effect of restoring, before it is done."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from wxpark_gui.domain.backup import RestorePreview
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.wording import CareLabel, Wording, join_sentences
from wxpark_gui.wording.shifts import full_time

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
        content = preview.content
        name = " ".join(part for part in (content.lot, content.booth) if part)
        if content.made_at is None:
            title = wording.label(CareLabel.PREVIEW_UNDATED, name=name)
        else:
            time = full_time(content.made_at)
            title = wording.label(CareLabel.PREVIEW, name=name, time=time)
        self._title.setText(breakable(title))
        self._content.setText(_content_text(preview, wording))
        self._here.setText(_here_text(preview, wording))
        self._here.setVisible(bool(preview.only_here))
        self._aside.setText(wording.label(CareLabel.ASIDE))
        self._settings.setText(wording.label(CareLabel.WITH_SETTINGS))
        self._settings.setMinimumHeight(self._appearance.length(_TOUCH))
        self._settings.setVisible(content.has_settings)


def _content_text(preview: RestorePreview, wording: Wording) -> str:
    content = preview.content
    count, waiting = f"{content.entries:,}", f"{content.waiting:,}"
    sentences = [wording.label(CareLabel.CONTENT, count=count, waiting=waiting)]
    if preview.added:
        sentences.append(wording.label(CareLabel.ADDED, count=f"{preview.added:,}"))
        if content.waiting:
            sentences.append(wording.label(CareLabel.WAITING_RISK))
    else:
        sentences.append(wording.label(CareLabel.NONE_ADDED))
    return join_sentences(*sentences)


def _here_text(preview: RestorePreview, wording: Wording) -> str:
    label = CareLabel.KEPT if preview.is_merged else CareLabel.SET_ASIDE
    return wording.label(label, count=f"{preview.only_here:,}")
