"""Opens the set-up wizard on each of its pages, for the tests of layout and names."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton

from tests.ui.conftest import DialogParent, FakeSettings, FakeSetup
from tests.ui.support_states import FINDINGS
from wxpark_gui.domain.errors import Field, KeyringSilentError
from wxpark_gui.domain.health import Finding, Health, Subject, Trouble
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.examination import Check, Checked
from wxpark_gui.ui.setup.wizard import SetupWizard

TEXTS = {
    Field.PARKING_NAME: "场" * 32,
    Field.BOOTH: "岗" * 32,
    Field.FREE_TIME: "1200",
    Field.APPID: "wx0123456789",
    Field.MCH_ID: "1900000109",
    Field.SUB_MCH_ID: "1900000110",
    Field.KEY: "A1" * 16,
}
LONGEST_MS, STEP_MS = 10_000, 10


def fake_setup(window: DialogParent) -> FakeSetup:
    setup = window._controllers.setup
    assert isinstance(setup, FakeSetup)
    return setup


def fake_settings(window: DialogParent) -> FakeSettings:
    settings = window._controllers.settings
    assert isinstance(settings, FakeSettings)
    return settings


def activate(wizard: SetupWizard) -> None:
    """Wait until the wizard is the active window, which keys and focus need."""
    for _ in range(LONGEST_MS // STEP_MS):
        if wizard.isActiveWindow():
            return
        wizard.activateWindow()
        QTest.qWait(STEP_MS)
    raise AssertionError("the wizard was not activated")


def forward(wizard: SetupWizard) -> None:
    wizard._bar.button("forward").click()


def fill(wizard: SetupWizard) -> None:
    """Type valid values into all fields of the page shown."""
    for field, (_, entry) in wizard._field_pages[wizard.step].inputs.items():
        if field in TEXTS:
            entry.setText(TEXTS[field])  # type: ignore[attr-defined]
        elif field is Field.PLATE_PREFIX:
            wizard._booth.prefix.fill("粤B")


def open_doors(window: DialogParent) -> SetupWizard:
    if window.setup.wizard is not None:
        # The wizard of the test before asks about its typed values.
        window.setup.wizard.reject()
    # A wizard outside of the training mode, whatever the window is in.
    window.setup._training = False
    window.setup.open()
    assert window.setup.wizard is not None
    activate(window.setup.wizard)
    return window.setup.wizard


def open_keyring(window: DialogParent) -> SetupWizard:
    wizard = open_doors(window)
    door = wizard.findChild(QPushButton, "setupLive")
    assert isinstance(door, QPushButton)
    door.click()
    return wizard


def open_silent_keyring(window: DialogParent) -> SetupWizard:
    wizard = open_keyring(window)
    fake_setup(window).keyringTried.emit(KeyringSilentError("10 s"))
    return wizard


def open_booth(window: DialogParent) -> SetupWizard:
    wizard = open_keyring(window)
    fake_setup(window).keyringTried.emit(None)
    return wizard


def open_booth_with_problems(window: DialogParent) -> SetupWizard:
    wizard = open_booth(window)
    for field, (_, entry) in wizard._booth.inputs.items():
        if field is not Field.PLATE_PREFIX:
            entry.setText("")  # type: ignore[attr-defined]
    wizard._booth.prefix.fill("")
    forward(wizard)
    return wizard


def open_merchant(window: DialogParent) -> SetupWizard:
    wizard = open_booth(window)
    fill(wizard)
    forward(wizard)
    return wizard


def open_merchant_with_problems(window: DialogParent) -> SetupWizard:
    wizard = open_merchant(window)
    for _, entry in wizard._merchant.inputs.values():
        entry.setText("场" * 40)  # type: ignore[attr-defined]
    forward(wizard)
    return wizard


def open_key(window: DialogParent) -> SetupWizard:
    wizard = open_merchant(window)
    fill(wizard)
    forward(wizard)
    return wizard


def open_key_that_was_not_saved(window: DialogParent) -> SetupWizard:
    wizard = open_key(window)
    fill(wizard)
    forward(wizard)
    fake_settings(window).notSaved.emit(KeyringSilentError("10 s"))
    return wizard


def open_connection(window: DialogParent) -> SetupWizard:
    """Open the page of the test, while it runs."""
    wizard = open_key(window)
    checks = [Check(subject, 5, list) for subject in (Subject.GATEWAY, Subject.SIGNED_QUERY)]
    fake_setup(window).connection.checks = checks
    fill(wizard)
    forward(wizard)
    settings = fake_settings(window)
    kept: Settings = settings.kept[-1][0]
    settings.changed.emit(kept)
    settings.saved.emit()
    return wizard


def end_test(window: DialogParent, *findings: Finding) -> None:
    """End the running test; `findings` are those of the signed query."""
    connection = fake_setup(window).connection
    gateway, query = connection.checks
    connection.found.emit(Checked(gateway, (Finding(Subject.GATEWAY, Health.GOOD, "host"),)))
    connection.found.emit(Checked(query, findings))
    connection.end()


def open_failed_test(window: DialogParent) -> SetupWizard:
    wizard = open_connection(window)
    refused = Finding(Subject.SIGNED_QUERY, Health.BAD, "x" * 60, trouble=Trouble.KEY_REFUSED)
    end_test(window, refused, *FINDINGS)
    return wizard


def open_ready(window: DialogParent) -> SetupWizard:
    """Open the last page after a test that was neither passed nor failed."""
    wizard = open_connection(window)
    busy = Finding(Subject.SIGNED_QUERY, Health.WARNING, trouble=Trouble.QUERY_BUSY)
    end_test(window, busy)
    forward(wizard)
    return wizard


OPENERS: tuple[Callable[[DialogParent], QDialog | None], ...] = (
    open_doors,
    open_keyring,
    open_silent_keyring,
    open_booth,
    open_booth_with_problems,
    open_merchant,
    open_merchant_with_problems,
    open_key,
    open_key_that_was_not_saved,
    open_connection,
    open_failed_test,
    open_ready,
)
