"""First page of the wizard: language, and the doors to training and live use."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.domain.errors import Field
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.fields import SegmentedChoice
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import SetupLabel

_DOOR_POINTS = 18.0


class Door(QFrame):
    """Card with a button and a note about what it leads to."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.button = QPushButton(self)
        self.button.setObjectName(name)
        self._note = wrapping_label(self, role="muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(8)
        column.addWidget(self.button)
        column.addWidget(self._note)

    def say(self, caption: str, note: str) -> None:
        """Set the button's caption and the note, which is its accessible description."""
        self.button.setText(caption)
        self.button.setAccessibleDescription(note)
        self._note.setText(note)


class DoorPage(QWidget):
    """Choice between training and live use.

    Args:
        training: True if the program runs in training mode now.

    Signals:
        trainingChosen(): the door to training was chosen.
        liveChosen(): the door to live use was chosen.
        languageChosen(str): one of `LANGUAGES` was chosen by hand.
    """

    trainingChosen = Signal()
    liveChosen = Signal()
    languageChosen = Signal(str)

    def __init__(self, appearance: Appearance, parent: QWidget, *, training: bool) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._training = training
        self._filling = False
        self._language = SegmentedChoice(LANGUAGES, self)
        self._training_door = Door("setupTraining", self)
        self._live_door = Door("setupLive", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(16)
        column.addWidget(self._language, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._training_door)
        column.addWidget(self._live_door)
        column.addStretch(1)
        self._language.chosen.connect(self._on_language)
        self._training_door.button.clicked.connect(self.trainingChosen)
        self._live_door.button.clicked.connect(self.liveChosen)
        self.renew()

    @property
    def first(self) -> QWidget:
        """The widget that gets the focus when the page is shown."""
        return self._training_door.button

    def renew(self) -> None:
        """Set all texts in the current language, and mark that language."""
        wording = self._appearance.wording
        for door in (self._training_door, self._live_door):
            door.button.setFont(self._appearance.font(_DOOR_POINTS, bold=True))
        captions = [wording.language(code) for code in LANGUAGES]
        self._language.say(wording.field(Field.LANGUAGE), captions)
        self._filling = True
        self._language.choose(self._appearance.language)
        self._filling = False
        training = SetupLabel.TRAINING_GOES_ON if self._training else SetupLabel.TRAINING
        self._training_door.say(wording.label(training), wording.label(SetupLabel.TRAINING_NOTE))
        self._live_door.say(wording.label(SetupLabel.LIVE), wording.label(SetupLabel.LIVE_NOTE))

    @Slot()
    def _on_language(self) -> None:
        if not self._filling:
            self.languageChosen.emit(self._language.value)
