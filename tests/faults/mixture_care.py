"""Acts of the trial `mixture` with the local port, the key, the connection and open dialogs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QWidget

from tests.faults.mixture_acts import Act, Booth, open_dialogs
from wxpark_gui.domain.door import DoorBusyError, DoorClosedError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.door.client import offer_plate
from wxpark_gui.storage.directory import DataDirectory
from wxpark_gui.storage.door_token import DoorTokenFile
from wxpark_gui.training.booth import make_training_key

TEXTS = ("1357", "粤B12345", "北门停车场", "2026-02-30", "１２３", "-1", "x" * 300, " ", "\t\n")
"""Texts that are pasted into any field of a dialog."""

OPENS_PROGRAMS = ("Folder", "folder", "Open", "Print", "print")
"""Parts of the names of buttons that start another program."""


def offer(booth: Booth) -> None:
    """Let a camera offer a plate, or take the one that waits."""
    if booth.source.random() < 0.3:
        booth.press(Qt.Key.Key_Insert)
        return
    port = booth.controllers.settings.current.door.port
    token = DoorTokenFile(DataDirectory(booth.folder / "booth").door_token).load()
    plate = booth.world.new_plate()
    booth.plates.append(plate)
    if token is not None:
        threading.Thread(target=_offer, args=(plate, port, token), name="camera").start()


def _offer(plate: str, port: int, token: Secret) -> None:
    with contextlib.suppress(DoorClosedError, DoorBusyError):
        offer_plate(plate, port, token)


def change_key(booth: Booth) -> None:
    """Test another key, which is refused, and sometimes store it untested."""
    account = booth.controllers.settings.current.account
    if account is None:
        return
    changer, key = booth.controllers.key_changer, make_training_key()
    if booth.source.random() < 0.7:
        changer.switch(key, account.account_id)
    else:
        changer.store_untested(key, account.account_id)


def try_connection(booth: Booth) -> None:
    booth.controllers.setup.test(booth.controllers.settings.current)


def use_dialog(booth: Booth) -> None:
    """Click a button of the newest dialog, or paste into one of its fields."""
    dialogs = [each for each in open_dialogs() if isinstance(each, QDialog)]
    if not dialogs:
        return
    parts = [part for part in dialogs[-1].findChildren(QWidget) if _is_usable(part)]
    if not parts:
        return
    part = booth.source.choice(parts)
    booth.world.say("note", f"{type(dialogs[-1]).__name__} {part.objectName()}")
    if isinstance(part, QLineEdit):
        part.setFocus()
        part.selectAll()
        QApplication.clipboard().setText(booth.source.choice(TEXTS))
        part.paste()
    elif isinstance(part, QAbstractButton):
        part.click()


def _is_usable(part: QWidget) -> bool:
    if not part.isVisible() or not part.isEnabled():
        return False
    if isinstance(part, QLineEdit):
        return not part.isReadOnly()
    is_harmless = not any(word in part.objectName() for word in OPENS_PROGRAMS)
    return isinstance(part, QAbstractButton) and is_harmless


CARE_ACTS: Mapping[Act, int] = {offer: 4, change_key: 1, try_connection: 1, use_dialog: 12}
"""The acts, with their weights."""
