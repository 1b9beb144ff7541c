"""Leads the set-up wizard to the page of a picture."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from wxpark_gui.ui.setup.steps import Step
from wxpark_gui.ui.setup.wizard import SetupWizard


def is_at(wizard: SetupWizard, step: Step) -> bool:
    """Return True once the wizard shows `step` and works no more; else press the next button.

    The wizard must have been opened with an account, whose values fill its pages.
    """
    if wizard.busy or wizard.connection.is_running:
        return False
    if wizard.step is step:
        return True
    name = "setupLive" if wizard.step is Step.DOORS else "setup_forward"
    button = wizard.findChild(QPushButton, name)
    # The keyring's page leads on by itself.
    if isinstance(button, QPushButton) and wizard.step is not Step.KEYRING:
        button.click()
    return False
