"""Settings opened while the keyring has no usable key ask for one."""

from __future__ import annotations

import pytest

from tests.settings import settings_of
from tests.ui.conftest import MERCHANT, FakeBooth
from wxpark_gui.domain.errors import (
    Field,
    KeyMissingError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyUnavailableError,
)
from wxpark_gui.ui.window.main_window import MainWindow


@pytest.mark.parametrize(
    ("failure", "field"),
    [
        (KeyMissingError(), Field.KEY),
        (KeyringMismatchError(), Field.KEY),
        (KeyringLockedError(), Field.APPID),
        (None, Field.APPID),
    ],
    ids=lambda value: getattr(value, "code", str(value)),
)
def test_lost_key_is_asked_for_first(
    window: MainWindow, booth: FakeBooth, failure: KeyUnavailableError | None, field: Field
) -> None:
    booth.settings.changed.emit(settings_of(MERCHANT))
    if failure is not None:
        booth.keys.failures[MERCHANT.mch_id] = failure
    window.dialogs.open_merchant()
    dialog = window.dialogs.merchant
    assert dialog is not None
    assert dialog.focusWidget() is dialog.field(field).entry
    dialog.reject()
