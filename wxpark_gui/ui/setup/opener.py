"""Opens the set-up wizard, at most once at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.manager import Act
from wxpark_gui.ui.look.appearance import Appearance

if TYPE_CHECKING:
    from wxpark_gui.ui.manager.cover import Cover
    from wxpark_gui.ui.setup.wizard import SetupWizard


class SetupOpener(QObject):
    """Owns the open wizard, and applies the language chosen in it.

    Signals:
        closed(): the wizard was closed; the plate field must take the focus.
        trainingRequested(): the program must start again in training mode.
        liveRequested(): the program must start again without the training mode.
    """

    closed = Signal()
    trainingRequested = Signal()
    liveRequested = Signal()

    def __init__(
        self, controllers: Controllers, appearance: Appearance, window: QWidget, *, training: bool
    ) -> None:
        super().__init__(window)
        self._controllers = controllers
        self._appearance = appearance
        self._window = window
        self._training = training
        self._wizard: SetupWizard | None = None
        self._cover: Cover | None = None

    @property
    def wizard(self) -> SetupWizard | None:
        """The open wizard, or None."""
        return self._wizard

    @Slot()
    def open(self) -> None:
        """Open the wizard if that is approved; show an open one instead."""
        if self._cover is None:
            self._controllers.approvals.approve(Act.SET_UP, self._open)
        else:
            self._cover.show()

    @Slot()
    def _open(self) -> None:
        if self._wizard is None:
            from wxpark_gui.ui.manager.cover import Cover
            from wxpark_gui.ui.setup.wizard import SetupWizard

            wizard = SetupWizard(
                self._controllers, self._appearance, self._window, training=self._training
            )
            wizard.finished.connect(self._on_finished)
            wizard.languageChosen.connect(self._on_language)
            wizard.trainingRequested.connect(self.trainingRequested)
            wizard.liveRequested.connect(self.liveRequested)
            self._wizard = wizard
            self._cover = Cover(
                wizard,
                Act.SET_UP,
                self._controllers.approvals,
                self._appearance,
                has_input=wizard.has_input,
            )
            wizard.show()
        self._wizard.activateWindow()

    @Slot()
    def offer(self) -> None:
        """Open the wizard if there is no account yet."""
        if not self._controllers.settings.current.accounts:
            self.open()

    @Slot(str)
    def _on_language(self, language: str) -> None:
        settings = self._controllers.settings.current
        appearance = replace(settings.appearance, language=language)
        chosen = replace(settings, appearance=appearance)
        self._appearance.follow(chosen)
        self._controllers.settings.save_appearance(chosen)

    @Slot()
    def _on_finished(self) -> None:
        wizard, self._wizard, self._cover = self._wizard, None, None
        if wizard is not None:
            wizard.deleteLater()
        self._window.activateWindow()
        self.closed.emit()
