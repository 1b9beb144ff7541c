"""Which program this is, and what it is made of, with the licences of all of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui import __version__
from wxpark_gui.runtime.assets import notice
from wxpark_gui.ui.appearance import Appearance
from wxpark_gui.ui.labels import wrapping_label
from wxpark_gui.wording import Label


class AboutDialog(QDialog):
    """Version and licences. The text of the licences is theirs, and is not translated."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName("aboutDialog")
        self._name = wrapping_label(self, name="aboutName", role="heading")
        self._licence = wrapping_label(self)
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setPlainText(notice())
        self._close_button = QPushButton(self)
        self._close_button.setDefault(True)
        self._close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        for part in (self._name, self._licence):
            layout.addWidget(part)
        layout.addWidget(self._text, 1)
        layout.addLayout(buttons)
        appearance.changed.connect(self._renew)
        self._renew()
        wanted = QSize(appearance.length(760), appearance.length(600 if notice() else 180))
        self.resize(wanted.boundedTo(self.screen().availableGeometry().size()))
        self._close_button.setFocus()

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        self.setWindowTitle(wording.label(Label.ABOUT_TITLE))
        self._name.setText(f"{wording.program_name} {__version__}")
        shipped = bool(self._text.toPlainText())
        self._licence.setText(wording.label(Label.LICENCES if shipped else Label.NO_NOTICE))
        self._text.setVisible(shipped)
        self._text.setAccessibleName(wording.label(Label.LICENCES))
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self._appearance.font(14).pointSizeF())
        self._text.setFont(fixed)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._close_button.setText(wording.label(Label.DONE))
