"""Tries the keyring and tests the connection for the set-up, off the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers.checkup import Checkup
from wxpark_gui.domain.errors import KeyUnavailableError
from wxpark_gui.domain.settings import Settings
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.keyring_check import try_keyring
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.ports import ProbedVault

if TYPE_CHECKING:
    from wxpark_gui.service.connection_test import ConnectionTest
    from wxpark_gui.service.examination import Check


class SetupController(QObject):
    """Checks of the set-up. No signal carries a key.

    Attributes:
        connection: runs the connection test; its signals `found` and `finished` report it.

    Signals:
        keyringTried(KeyUnavailableError | None): the keyring's check ended; None if it works.
        crashed(Exception): an exception that is a bug.
    """

    keyringTried = Signal(object)
    crashed = Signal(object)

    def __init__(
        self,
        vault: ProbedVault,
        keys: Keys,
        test: ConnectionTest,
        worker: Worker,
        connection: Checkup,
    ) -> None:
        """Keep the given parts. A password prompt may block `worker` for long."""
        super().__init__()
        self.connection = connection
        self._vault = vault
        self._keys = keys
        self._test = test
        self._worker = worker
        connection.crashed.connect(self.crashed)

    def try_keyring(self, *, may_prompt: bool) -> None:
        """Write, read and remove a test item in the keyring; `keyringTried` follows.

        Args:
            may_prompt: True to let a locked keyring ask for its password.
        """
        self._worker.submit(
            lambda: _failure_of(self._vault, may_prompt=may_prompt), self._on_tried, self._on_failed
        )

    def test(self, settings: Settings) -> Sequence[Check]:
        """Start the connection test of the current account; return its checks, none without one.

        The key is read from the keyring, not from memory.
        """
        # The first paint does not need the test.
        from wxpark_gui.service.connection_test import Candidate  # noqa: PLC0415

        if settings.account is None:
            return ()
        merchant = settings.account.merchant
        candidate = Candidate(
            merchant, lambda: self._keys.load(merchant.mch_id), settings.network.wanted_proxy
        )
        return self.connection.run(self._test.checks(candidate))

    def stop(self) -> None:
        """Cancel the test; call it when the program ends."""
        self.connection.stop()

    @Slot(object)
    def _on_tried(self, failure: KeyUnavailableError | None) -> None:
        self.keyringTried.emit(failure)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.crashed.emit(error)


def _failure_of(vault: ProbedVault, *, may_prompt: bool) -> KeyUnavailableError | None:
    """Return the keyring's failure as a value, because it is an expected result; None if none."""
    try:
        try_keyring(vault, may_prompt=may_prompt)
    except KeyUnavailableError as error:
        return error
    return None
