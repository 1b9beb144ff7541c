"""Merchant keys in memory, so that signing seldom reads the keyring."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, final

from wxpark_gui.domain.errors import (
    KeyMissingError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyringSilentError,
    KeyUnavailableError,
)
from wxpark_gui.domain.merchant import Secret

if TYPE_CHECKING:
    from wxpark_gui.service.ports import Vault

_ITEM_FAILURES = (KeyMissingError, KeyringMismatchError)
"""Failures of one merchant's item; the others concern the whole keyring."""

_PROMPT_FAILURES = (KeyringLockedError, KeyringSilentError)
"""Failures of a read that may have opened a prompt."""


@final
class Keys:
    """Cache of the keys that were read and of the failures to read them. Thread-safe.

    Reading from a locked keyring opens a prompt, which takes the keyboard focus. So a keyring that
    is known to be locked is read in two cases only: by the first read of the process, and by
    `load`, which a person requests. `get` raises a cached failure at once, without a call of the
    keyring, until `load` or `store` succeeds, `retry` finds the keyring unlocked, or `retry_items`
    finds the key.

    `load`, `store`, `forget`, `describe` and `is_locked` implement the `Vault` port and always call
    the keyring. The class exceeds the project's limit of 20 methods: it is a vault, its cache, and
    the retries of its failures.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._keys: dict[str, Secret] = {}
        self._doubted: set[str] = set()
        self._item_failures: dict[str, KeyUnavailableError] = {}
        self._keyring_failure: KeyUnavailableError | None = None
        self._was_asked = False
        self._was_closed = False
        self._may_retry = True
        # Held while a key is read, stored or removed, so that two threads open one prompt.
        self._turn = threading.Lock()

    def holds(self, mch_id: str) -> bool:
        """Test if the key is in memory. Does not block."""
        return mch_id in self._keys

    def newer_than(self, mch_id: str, used: Secret) -> Secret | None:
        """Return the key in memory if it is another one than `used`, else None. Does not block."""
        key = self._keys.get(mch_id)
        return None if key is None or key == used else key

    def failure_of(self, mch_id: str) -> KeyUnavailableError | None:
        """Return the cached failure to read this key; None without one or if the key is in memory.

        Does not block.
        """
        if mch_id in self._keys:
            return None
        return self._item_failures.get(mch_id) or self._keyring_failure

    def get(self, mch_id: str) -> Secret:
        """Return the key to sign with, from memory or else from the keyring.

        Raises:
            KeyUnavailableError: the key cannot be read, or an earlier failure is cached.
        """
        key = self._keys.get(mch_id)
        if key is not None and mch_id not in self._doubted:
            return key
        with self._turn:
            key = self._keys.get(mch_id)
            if key is not None:
                return self._confirm(mch_id, key)
            if failure := self.failure_of(mch_id):
                raise _copy(failure)
            self._check_no_prompt(mch_id)
            return self._read(mch_id)

    def doubt(self, mch_id: str) -> None:
        """Make the next `get` read the key again if the keyring is unlocked then.

        Call it if WeChat refused a signature made with the key.
        """
        self._doubted.add(mch_id)

    def retry(self, mch_ids: Iterable[str]) -> bool:
        """Read keys again after a failure of the whole keyring, if it reports itself unlocked.

        If the failed read may have opened a prompt, the keyring must also have been seen locked or
        silent since, because some keyrings prompt although they never report a lock. If a read by
        `retry` may have prompted, later calls do nothing until `load`.

        The result is True if no failure of the whole keyring is left.
        """
        with self._turn:
            if self._keyring_failure is None:
                return True
            if not self._may_retry or not self._is_open_again(self._keyring_failure):
                return False
            self._keyring_failure = None
            failure = self._read_all(mch_ids)
            # A keyring that wrongly reports itself unlocked may have prompted.
            self._may_retry = not isinstance(failure, _PROMPT_FAILURES)
            return failure is None

    def retry_items(self, mch_ids: Iterable[str]) -> None:
        """Read again the keys that were missing or invalid, if the keyring reports itself unlocked.

        A no-op after a failure of the whole keyring, which `retry` handles, and at a keyring that
        cannot tell its lock state.
        """
        with self._turn:
            failed = [mch_id for mch_id in mch_ids if mch_id in self._item_failures]
            if not failed or self._keyring_failure is not None or not self._is_known_open():
                return
            if isinstance(self._read_all(failed), _PROMPT_FAILURES):
                self._may_retry = False

    def load(self, mch_id: str) -> Secret:
        """Read the key from the keyring, which may prompt, and cache the key or the failure.

        Raises:
            KeyUnavailableError: the key cannot be read.
        """
        with self._turn:
            self._may_retry = True
            return self._read(mch_id)

    def store(self, mch_id: str, key: Secret) -> None:
        with self._turn:
            self._was_asked = self._may_retry = True
            self._vault.store(mch_id, key)
            self._remember(mch_id, key)

    def forget(self, mch_id: str) -> None:
        with self._turn:
            self._was_asked = True
            self._vault.forget(mch_id)
            self._keys.pop(mch_id, None)
            self._item_failures.pop(mch_id, None)
            self._doubted.discard(mch_id)

    def describe(self) -> str:
        return self._vault.describe()

    def is_locked(self) -> bool | None:
        return self._vault.is_locked()

    def _confirm(self, mch_id: str, key: Secret) -> Secret:
        """Return the key in memory, or read it again if it is doubted and the keyring unlocked."""
        if mch_id not in self._doubted:
            return key
        self._doubted.discard(mch_id)
        try:
            if self._is_known_open():
                return self._read(mch_id)
        except _ITEM_FAILURES:
            raise
        except KeyUnavailableError:
            # A failure of the keyring does not invalidate the key in memory.
            return key
        return key

    def _check_no_prompt(self, mch_id: str) -> None:
        """Raise and cache a failure if the keyring is locked or fails.

        A no-op before the process has called the keyring for a key.
        """
        if not self._was_asked:
            return
        try:
            is_locked = self._vault.is_locked()
        except KeyUnavailableError as error:
            self._note_failure(mch_id, error)
            raise
        if is_locked:
            locked = KeyringLockedError()
            self._note_failure(mch_id, locked)
            raise locked

    def _is_open_again(self, failure: KeyUnavailableError) -> bool:
        try:
            is_locked = self._vault.is_locked()
        except KeyUnavailableError:
            self._was_closed = True
            return False
        if is_locked:
            # The cached failure may have had another cause.
            self._keyring_failure = KeyringLockedError()
            self._was_closed = True
        if is_locked is not False:
            return False
        return self._was_closed or not isinstance(failure, _PROMPT_FAILURES)

    def _is_known_open(self) -> bool:
        """Test if the keyring reports itself unlocked; False without an answer."""
        try:
            return self._vault.is_locked() is False
        except KeyUnavailableError:
            return False

    def _is_closed(self) -> bool:
        """Test if the keyring is known to be locked, or does not answer."""
        try:
            return self._vault.is_locked() is True
        except KeyUnavailableError:
            return True

    def _read_all(self, mch_ids: Iterable[str]) -> KeyUnavailableError | None:
        """Read the keys not in memory.

        Stop at a failure of the whole keyring and return it, else None.
        """
        for mch_id in mch_ids:
            if mch_id in self._keys:
                continue
            try:
                self._read(mch_id)
            except _ITEM_FAILURES:
                continue
            except KeyUnavailableError as error:
                return error
        return None

    def _read(self, mch_id: str) -> Secret:
        self._was_asked = True
        try:
            key = self._vault.load(mch_id)
        except KeyUnavailableError as error:
            self._note_failure(mch_id, error)
            # Checked now, because the prompt may be answered before the next retry.
            self._was_closed = isinstance(error, _PROMPT_FAILURES) and self._is_closed()
            raise
        self._remember(mch_id, key)
        return key

    def _remember(self, mch_id: str, key: Secret) -> None:
        self._keys[mch_id] = key
        self._item_failures.pop(mch_id, None)
        self._doubted.discard(mch_id)
        self._keyring_failure = None

    def _note_failure(self, mch_id: str, error: KeyUnavailableError) -> None:
        if isinstance(error, _ITEM_FAILURES):
            self._item_failures[mch_id] = _copy(error)
            self._keys.pop(mch_id, None)
            self._keyring_failure = None
        else:
            self._keyring_failure = _copy(error)


def _copy(error: KeyUnavailableError) -> KeyUnavailableError:
    """Copy a failure without its traceback, to raise it in another thread."""
    return type(error)(error.detail)
