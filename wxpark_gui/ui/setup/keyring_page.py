"""Page of the wizard that tries the keyring before anything is typed."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from wxpark_gui.controllers.setup import SetupController
from wxpark_gui.domain.errors import (
    KeyringFailedError,
    KeyringLockedError,
    KeyringSilentError,
    KeyUnavailableError,
)
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import SetupLabel

_LOCKED = (KeyringLockedError, KeyringSilentError)


class KeyringPage(QWidget):
    """Shows the running check of the keyring, or its failure.

    Signals:
        passed(): the keyring works.
        changed(): `trying` or the failure changed.
    """

    passed = Signal()
    changed = Signal()

    def __init__(
        self, controller: SetupController, appearance: Appearance, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._appearance = appearance
        self._failure: KeyUnavailableError | None = None
        self.trying = False
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._said = wrapping_label(self, name="setupKeyringState")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(16)
        column.addWidget(self._progress)
        column.addWidget(self._said)
        column.addStretch(1)
        controller.keyringTried.connect(self._on_tried)
        controller.crashed.connect(self._on_crashed)

    @property
    def is_locked(self) -> bool:
        """True if the last try failed because the keyring is locked or prompts for a password."""
        return isinstance(self._failure, _LOCKED)

    def start(self) -> None:
        """Try the keyring. The first try shows no password prompt; one after a failure may."""
        if self.trying:
            return
        self.trying = True
        self._controller.try_keyring(may_prompt=self._failure is not None)
        self.renew()

    def renew(self) -> None:
        """Show the state in the current language."""
        wording = self._appearance.wording
        self._progress.setVisible(self.trying)
        if self.trying:
            text = wording.label(SetupLabel.KEYRING_TRYING)
        elif self._failure is not None:
            words = wording.failure(self._failure)
            text = f"{words.sentences}  ({words.code})"
        else:
            text = wording.label(SetupLabel.KEYRING_GOOD)
        is_problem = self._failure is not None and not self.trying
        self._said.setProperty("role", "problem" if is_problem else "note")
        self._said.style().polish(self._said)
        self._said.setText(text)
        self.changed.emit()

    @Slot(object)
    def _on_tried(self, failure: KeyUnavailableError | None) -> None:
        self.trying = False
        self._failure = failure
        self.renew()
        if failure is None:
            self.passed.emit()

    @Slot()
    def _on_crashed(self) -> None:
        if self.trying:
            self._on_tried(KeyringFailedError())
