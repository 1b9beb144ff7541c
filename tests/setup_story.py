"""Walks the set-up wizard in the real window by keyboard alone, with a real keyring.

Afterwards, without a password, it takes the other paths of the key: key change, backup and crash.

Arguments: the data directory, the URL of a gateway, and optionally the keyring's password, with
which the keyring is locked and unlocked on the way. The key that the gateway accepts is read from
standard input. Prints one JSON object: the pages in their order, the sentences and findings on the
way, the number of password prompts, which are all dismissed, the verdict of the first entry, and
the files under /proc that contained the key.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests.secrecy_story import exposed
from tests.storage.keyring_story import Prompter, lock, unlock
from wxpark_gui import app
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage.vault import KeyringVault
from wxpark_gui.ui.setup.steps import Step
from wxpark_gui.ui.setup.wizard import SetupWizard
from wxpark_gui.ui.window.main_window import MainWindow

PATIENCE, STEP_MS = 30.0, 10
MCH_ID = "10000098"


class Walk:
    """One walk from the first start to the verdict of the first entry."""

    def __init__(self, window: MainWindow, key: str, url: str, password: str, data: Path) -> None:
        self._data = data
        self._password = password
        self._prompter = Prompter() if password else None
        self._window = window
        self._key = key
        self._url = url
        self.story: dict[str, Any] = {"pages": [], "said": [], "prompts": [], "exposed": []}

    def run(self) -> None:
        self._wait(lambda: self._window.setup.wizard is not None, "the wizard")
        wizard = self._window.setup.wizard
        assert wizard is not None
        self._wait(wizard.isActiveWindow, "the wizard's focus")
        self._reach(wizard, Step.DOORS)
        if self._password:
            lock()
        self._press(Qt.Key.Key_Tab)
        self._press(Qt.Key.Key_Return)
        if self._password:
            self._unlock_keyring(wizard)
        self._reach(wizard, Step.BOOTH)
        self._type_booth(wizard)
        self._reach(wizard, Step.MERCHANT)
        self._type_merchant()
        self._reach(wizard, Step.KEY)
        self._type_key(self._key[:-1])
        self._press(Qt.Key.Key_Return)
        self.story["said"].append(wizard.message)
        if self._password:
            self._lock_while_saving(wizard)
        # A key of the right form that the gateway does not accept.
        self._type_key(self._key[::-1])
        self._press(Qt.Key.Key_Return)
        self._reach(wizard, Step.CONNECTION)
        self._note_test(wizard)
        self._press(Qt.Key.Key_Return)
        self._reach(wizard, Step.KEY)
        self._type_key(self._key)
        self._press(Qt.Key.Key_Return)
        self._reach(wizard, Step.CONNECTION)
        self._note_test(wizard)
        self.story["exposed"] = exposed(self._key)
        self._press(Qt.Key.Key_Return)
        self._reach(wizard, Step.READY)
        self._press(Qt.Key.Key_Return)
        self._enter_first_plate()
        if not self._password:
            self._use_every_path()
        self.story["exposed"] += exposed(self._key)

    def _unlock_keyring(self, wizard: SetupWizard) -> None:
        """Try the locked keyring without and with a prompt, and again once it is unlocked."""
        self._reach(wizard, Step.KEYRING)
        self._note_keyring(wizard)
        self._press(Qt.Key.Key_Return)
        self._note_keyring(wizard)
        unlock(self._password)
        self._press(Qt.Key.Key_Return)

    def _note_keyring(self, wizard: SetupWizard) -> None:
        self._wait(lambda: not wizard.trying_keyring, "the answer of the keyring")
        state = wizard.findChild(QLabel, "setupKeyringState")
        assert isinstance(state, QLabel)
        self.story["said"].append(state.text())
        self.story["prompts"].append(self._prompter.prompts if self._prompter else 0)

    def _lock_while_saving(self, wizard: SetupWizard) -> None:
        lock()
        self._type_key(self._key)
        self._press(Qt.Key.Key_Return)
        self._wait(lambda: not wizard.busy and bool(wizard.message), "the failure to save")
        self.story["said"].append(wizard.message)
        unlock(self._password)

    def _type_booth(self, wizard: SetupWizard) -> None:
        for text in ("Harbour car park", "Booth 3", "1200"):
            self._type(text)
            self._press(Qt.Key.Key_Tab)
        self._type("y")
        for _ in range(9):
            if wizard.prefix != "粤":
                self._press(Qt.Key.Key_Down)
        self._press(Qt.Key.Key_Tab)
        self._type("b")
        self._press(Qt.Key.Key_Return)

    def _type_merchant(self) -> None:
        notify_url, proxy = "https://lot.example/state", ""
        ids = ("wxcbda96de0b165486", MCH_ID, "", "1900000109")
        for text in (*ids, notify_url, proxy):
            self._type(text)
            self._press(Qt.Key.Key_Tab)
        self._type(self._url)
        self._press(Qt.Key.Key_Return)

    def _type_key(self, key: str) -> None:
        QTest.keyClick(self._focused(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self._type(key)

    def _note_test(self, wizard: SetupWizard) -> None:
        self._wait(lambda: not wizard.connection.is_running, "the end of the test")
        findings = wizard.connection.result.findings
        reasons = [f.trouble.value if f.trouble else f.health.value for f in findings]
        self.story["said"].append([f.subject.value for f in findings] + reasons)

    def _enter_first_plate(self) -> None:
        plate = self._window.form.plate
        self._wait(lambda: self._window.setup.wizard is None, "the end of the wizard")
        self._wait(plate.hasFocus, "the focus of the plate")
        self._type("12345")
        self.story["plate"] = plate.text()
        self._press(Qt.Key.Key_Return)
        panel = self._window.findChild(QWidget, "verdictPanel")
        assert isinstance(panel, QWidget)
        self._wait(lambda: panel.property("severity") == "ok", "the verdict")
        self.story["verdict"] = panel.property("severity")

    def _use_every_path(self) -> None:
        """Set up a manager, change the key, save a backup, and crash, all with the key in use."""
        controllers = self._window._controllers
        ended: list[str] = []
        controllers.approvals.edited.connect(lambda: ended.append("manager"))
        controllers.key_changer.switched.connect(lambda: ended.append("key change"))
        controllers.backups.saved.connect(lambda: ended.append("backup"))
        account = controllers.settings.current.account
        assert account is not None
        controllers.approvals.add("Wang", Secret("4711"))
        self._wait(lambda: "manager" in ended, "the manager")
        controllers.key_changer.switch(Secret(self._key), account.account_id)
        self._wait(lambda: "key change" in ended, "the key change")
        controllers.backups.save(self._data / "saved.zip", overwrite=False)
        self._wait(lambda: "backup" in ended, "the backup")

        try:
            key = Secret(self._key)
            raise RuntimeError(f"a bug beside {key}")
        except RuntimeError as bug:
            # Where an exception of a slot arrives.
            sys.excepthook(RuntimeError, bug, bug.__traceback__)
        self._wait(lambda: any(self._data.rglob("crash*")), "the crash report")
        self.story["ended"] = ended

    def _reach(self, wizard: SetupWizard, step: Step) -> None:
        self._wait(lambda: wizard.step is step and not wizard.busy, step.name)
        self.story["pages"].append(step.name)

    def _type(self, text: str) -> None:
        QTest.keyClicks(self._focused(), text)

    def _press(self, key: Qt.Key) -> None:
        QTest.keyClick(self._focused(), key)

    def _focused(self) -> QWidget:
        """Return the widget with the keyboard, once the wizard or else the window is active."""
        window: QWidget = self._window.setup.wizard or self._window
        self._wait(window.isActiveWindow, "the active window")
        widget = QApplication.focusWidget()
        if widget is None:
            raise LookupError("no widget has the keyboard")
        return widget

    def _wait(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(what)
            QTest.qWait(STEP_MS)


def main() -> None:
    key = sys.stdin.readline().strip()
    directory, url, password = [*sys.argv[1:], ""][:3]
    walks: list[Walk] = []

    class WalkedWindow(MainWindow):
        """The program's window, which the walk begins in once it is shown."""

        def showEvent(self, event: QShowEvent) -> None:
            super().showEvent(event)
            if not walks:
                walks.append(Walk(self, key, url, password, Path(directory)))
                QTimer.singleShot(0, self._walk)

        def _walk(self) -> None:
            try:
                walks[0].run()
            except Exception:  # noqa: BLE001 - the event loop would go on for ever
                traceback.print_exc()
                os._exit(3)
            QApplication.exit(0)

    with mock.patch.object(app, "MainWindow", WalkedWindow):
        code = app.main(["--data-dir", directory, "--lang", "en"])
    story = walks[0].story
    story["code"] = code
    story["stored"] = KeyringVault().load(MCH_ID).reveal() == key
    print(json.dumps(story))  # noqa: T201


if __name__ == "__main__":
    main()
