"""Change of the merchant key: test the new one, store it, test again, or go back to the old one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from wxpark_gui.domain.errors import (
    KeyMissingError,
    KeyringMismatchError,
    KeyUnavailableError,
    ProfileUnknownError,
)
from wxpark_gui.domain.health import Finding, Health, Subject, Trouble
from wxpark_gui.domain.key_change import KeyNotRestoredError, KeyResult, KeyStep
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.connection_test import Candidate, ConnectionResult, ConnectionTest
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.ports import Vault

_REFUSALS = frozenset(
    {
        Trouble.KEY_REFUSED,
        Trouble.MERCHANT_REFUSED,
        Trouble.PERMISSION_REFUSED,
        Trouble.REPLY_UNTRUSTED,
    }
)
"""Troubles after which an untested switch is not offered, because WeChat did answer."""


@dataclass(frozen=True, slots=True)
class KeyChange:
    """Use case of a key change for one account. Its methods block for network and keyring.

    Attributes:
        vault: caches the key that was stored last, so that waiting entries are signed with it.
    """

    vault: Vault
    settings: CurrentSettings
    test: ConnectionTest

    def switch(self, key: Secret, account_id: str) -> KeyResult:
        """Store an account's key if WeChat accepts it before and after.

        The old key is kept in memory until the test with the stored new key passes; if that fails,
        it is stored again.

        Raises:
            ProfileUnknownError: there is no such account.
            KeyNotRestoredError: the old key could not be stored again.
            KeyUnavailableError: the keyring cannot be used; the old key is in use.
        """
        settings, merchant = self._values(account_id)
        result = self._run(settings, merchant, lambda: key)
        if not result.is_proven:
            finding = _worst(result)
            is_refused = finding is not None and finding.trouble in _REFUSALS
            return KeyResult(KeyStep.REFUSED if is_refused else KeyStep.UNTESTED, finding)
        old = self._store(merchant.mch_id, key)
        stored = self._run(settings, merchant, lambda: self.vault.load(merchant.mch_id))
        if stored.is_proven:
            return KeyResult(KeyStep.SWITCHED)
        self._restore(merchant.mch_id, old)
        return KeyResult(KeyStep.RESTORED, _worst(stored))

    def store_untested(self, key: Secret, account_id: str) -> KeyResult:
        """Store a key that WeChat was not asked about; only a person may choose that.

        Raises:
            ProfileUnknownError, KeyNotRestoredError, KeyUnavailableError: as `switch`.
        """
        _, merchant = self._values(account_id)
        self._store(merchant.mch_id, key)
        return KeyResult(KeyStep.STORED)

    def _values(self, account_id: str) -> tuple[Settings, MerchantProfile]:
        settings = self.settings.value
        account = settings.find_account(account_id)
        if account is None:
            raise ProfileUnknownError(account_id)
        return settings, account.merchant

    def _run(
        self, settings: Settings, merchant: MerchantProfile, read_key: Callable[[], Secret]
    ) -> ConnectionResult:
        return self.test.run(Candidate(merchant, read_key, settings.network.wanted_proxy))

    def _store(self, mch_id: str, key: Secret) -> Secret | None:
        """Store a key and return the old one, None without one. On failure the old one stays."""
        old = self._old_key(mch_id)
        try:
            self.vault.store(mch_id, key)
        except KeyUnavailableError:
            # A keyring that gave back another value may have lost the old key.
            self._restore(mch_id, old)
            raise
        return old

    def _old_key(self, mch_id: str) -> Secret | None:
        try:
            return self.vault.load(mch_id)
        except (KeyMissingError, KeyringMismatchError):
            return None

    def _restore(self, mch_id: str, old: Secret | None) -> None:
        """Store the old key again, or remove the new one if there was none.

        Raises:
            KeyNotRestoredError: the old key could not be stored.
        """
        if old is None:
            with contextlib.suppress(KeyUnavailableError):
                self.vault.forget(mch_id)
            return
        try:
            self.vault.store(mch_id, old)
        except KeyUnavailableError as error:
            raise KeyNotRestoredError(error.code) from None


def _worst(result: ConnectionResult) -> Finding | None:
    """Return the finding that kept the key from being proven, None if there is none.

    That is the signed query's or the key's, else the first bad one.
    """
    about_key = [f for f in result.findings if f.subject in (Subject.SIGNED_QUERY, Subject.KEY)]
    bad = [f for f in result.findings if f.health is Health.BAD]
    return next((f for f in (*about_key, *bad) if f.health is not Health.GOOD), None)
