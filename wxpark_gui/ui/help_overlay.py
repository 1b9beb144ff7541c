"""The keys and what they do, laid over the window until F1 or Esc."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from wxpark_gui.ui.labels import plain_label
from wxpark_gui.wording import Label, Wording

_KEYS = (
    ("Enter", Label.HELP_SEND),
    ("Esc", Label.HELP_CLEAR),
    ("F4", Label.HELP_PROVINCE),
    ("F5", Label.HELP_RESEND),
    ("F6", Label.HELP_CAR_TYPE),
    ("F7", Label.HELP_SCENE),
    ("F12", Label.HELP_SETTINGS),
    ("F1", Label.HELP_HELP),
)


class HelpOverlay(QFrame):
    """Not modal: typing goes on beneath it."""

    def __init__(self, wording: Wording, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("helpOverlay")
        self.setAccessibleName(wording.label(Label.HELP_TITLE))
        grid = QGridLayout(self)
        grid.setContentsMargins(36, 28, 36, 28)
        grid.setHorizontalSpacing(30)
        grid.setVerticalSpacing(12)
        title = plain_label(self, role="heading")
        title.setText(wording.label(Label.HELP_TITLE))
        grid.addWidget(title, 0, 0, 1, 2)
        for row, (key, label) in enumerate(_KEYS, start=1):
            name = plain_label(self, role="heading")
            name.setText(key)
            meaning = plain_label(self)
            meaning.setText(wording.label(label))
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(meaning, row, 1)
        self.hide()

    def toggle(self) -> None:
        """Show it in the middle of its parent, or hide it."""
        if self.isVisible():
            self.hide()
            return
        self.adjustSize()
        place = self.rect()
        place.moveCenter(self._window.rect().center())
        self.setGeometry(place)
        self.raise_()
        self.show()
