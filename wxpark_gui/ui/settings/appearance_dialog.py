"""The dialog for appearance and start at login. Choices apply at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.controllers.autostart import AutostartSwitch
from wxpark_gui.domain.errors import Field, ReadableError
from wxpark_gui.domain.settings import (
    LANGUAGES,
    THEMES,
    AppearanceSettings,
    Settings,
)
from wxpark_gui.ui.look.appearance import SCALES, Appearance
from wxpark_gui.ui.widgets.fields import SegmentedChoice
from wxpark_gui.ui.widgets.labels import WrappingLabel, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.wording import CareLabel, Label

_FRAME = 60


class AppearanceDialog(QDialog):
    """Dialog for the appearance. Not modal, so that plates can be typed while it is open.

    Args:
        settings: the initial values.
        autostart: the switch of the start at login, whose state is asked for.

    Signals:
        chosen(Settings): the settings with the new choice, for the receiver to apply and save.
    """

    chosen = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        settings: Settings,
        autostart: AutostartSwitch,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._settings = settings
        self._autostart = autostart
        self._filling = False
        self.setObjectName("appearanceDialog")
        self._language = SegmentedChoice(LANGUAGES, self)
        self._theme = SegmentedChoice(THEMES, self)
        self._sound = SegmentedChoice((True, False), self)
        self._scale = SegmentedChoice(SCALES, self)
        self._login = SegmentedChoice((True, False), self)
        self._login.setEnabled(False)
        self._login_caption = wrapping_label(self, role="heading")
        self._login_problem = wrapping_label(self, name="loginProblem", role="problem")
        self._login_failure: ReadableError | None = None
        self._captions: dict[Field, WrappingLabel] = {}
        # The buttons report their new size once the style sheet has been applied.
        self._fit_soon = QTimer(self, singleShot=True)
        self._fit_soon.timeout.connect(self._fit)
        self._close_button = QPushButton(self)
        self._close_button.setDefault(True)
        self._close_button.clicked.connect(self.accept)
        self._lay_out()
        self.show_settings(settings)
        self._language.chosen.connect(self._on_chosen)
        self._theme.chosen.connect(self._on_chosen)
        self._sound.chosen.connect(self._on_chosen)
        self._scale.chosen.connect(self._on_chosen)
        self._login.chosen.connect(self._on_login)
        autostart.read.connect(self._on_read)
        autostart.failed.connect(self._on_failed)
        appearance.changed.connect(self._renew)
        self._renew()
        autostart.load()

    @Slot(object)
    def show_settings(self, settings: Settings) -> None:
        """Show the values of `settings` and the language in use, without emitting `chosen`."""
        self._settings = settings
        self._filling = True
        self._language.choose(self._appearance.language)
        self._theme.choose(settings.appearance.theme)
        self._sound.choose(settings.appearance.sounds)
        self._scale.choose(nearest_scale(settings.appearance.font_scale))
        self._filling = False

    @Slot()
    def _on_chosen(self) -> None:
        if self._filling:
            return
        appearance = AppearanceSettings(
            language=self._language.value,
            theme=self._theme.value,
            font_scale=self._scale.value,
            sounds=self._sound.value,
        )
        chosen = replace(self._settings, appearance=appearance)
        self.show_settings(chosen)
        self.chosen.emit(chosen)

    @Slot()
    def _on_login(self) -> None:
        if not self._filling:
            self._login.setEnabled(False)
            self._login_failure = None
            self._autostart.switch(on=self._login.value)

    @Slot(bool)
    def _on_read(self, on: bool) -> None:
        self._filling = True
        self._login.choose(on)
        self._filling = False
        self._login.setEnabled(True)
        self._renew()

    @Slot(object)
    def _on_failed(self, error: ReadableError) -> None:
        self._login_failure = error
        self._renew()

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        self.setWindowTitle(wording.label(Label.APPEARANCE_TITLE))
        for field, caption in self._captions.items():
            caption.setText(wording.field(field))

        self._language.say(
            wording.field(Field.LANGUAGE), [wording.language(code) for code in LANGUAGES]
        )
        self._theme.say(wording.field(Field.THEME), [wording.theme(name) for name in THEMES])
        self._sound.say(
            wording.field(Field.SOUNDS),
            [wording.label(Label.SOUNDS_ON), wording.label(Label.SOUNDS_OFF)],
        )
        self._login_caption.setText(wording.label(CareLabel.AUTOSTART))
        self._login.say(
            wording.label(CareLabel.AUTOSTART),
            [wording.label(Label.SOUNDS_ON), wording.label(Label.SOUNDS_OFF)],
        )
        failure = self._login_failure
        self._login_problem.setText(wording.failure(failure).sentences if failure else "")
        self._login_problem.setVisible(failure is not None)
        self._scale.say(wording.field(Field.FONT_SCALE), [f"{scale} %" for scale in SCALES])
        self._close_button.setText(wording.label(Label.DONE))
        self._fit_soon.start()

    def _lay_out(self) -> None:
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(4, 0, 16, 0)
        column.setSpacing(8)
        for field, part in (
            (Field.LANGUAGE, self._language),
            (Field.THEME, self._theme),
            (Field.FONT_SCALE, self._scale),
            (Field.SOUNDS, self._sound),
        ):
            caption = self._captions[field] = wrapping_label(content, role="heading")
            column.addWidget(caption)
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft)
            column.addSpacing(10)
        column.addWidget(self._login_caption)
        column.addWidget(self._login, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._login_problem)
        column.addStretch(1)
        self._content = column
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 12, 16)
        layout.addWidget(Page(content, self), 1)
        layout.addLayout(buttons)

    @Slot()
    def _fit(self) -> None:
        """Resize to the content at the current text size, up to the size of the screen."""
        buttons = self._close_button.sizeHint().height()
        wanted = self._content.totalSizeHint() + QSize(_FRAME, _FRAME + buttons)
        self.resize(wanted.boundedTo(screen_room(self)))


def nearest_scale(percent: int) -> int:
    """Return the value of `SCALES` nearest to `percent`; the settings allow others too."""
    return min(SCALES, key=lambda scale: abs(scale - percent))
