"""Merchant keys in the operating system's keyring; they are stored nowhere else.

Only keyrings that encrypt are used, chosen by class. There is no fallback: if none of them works,
the key is not stored, and the caller gets an error.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TypeAlias, TypeVar

from keyring.backend import KeyringBackend, get_all_keyring
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from wxpark_gui.concurrency import OverdueError, SerialCaller
from wxpark_gui.domain.errors import (
    InvalidInputError,
    KeyMissingError,
    KeyringFailedError,
    KeyringItemLeftError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyringMissingError,
    KeyringSilentError,
    KeyringUnsafeError,
    KeyUnavailableError,
)
from wxpark_gui.domain.merchant import Secret, read_key

SERVICE = "wxpark-gui"
"""Service name of the keyring item; its user name is the `mch_id`."""

DEADLINE = 10.0
"""Timeout of a call in seconds. A locked keyring waits for its password to be typed."""

TRUSTED = (
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.macOS", "Keyring"),
)
"""Module and class of the keyrings known to encrypt their items."""

PROBE_SERVICE, PROBE_USER = "wxpark-gui-probe", "doctor"
"""Service and user name of the item that `probe` writes and removes."""

_NO_KEYRING = frozenset(
    {"keyring.backends.fail", "keyring.backends.null", "keyring.backends.chainer"}
)
_PROPERTY_PREFIX = "KEYRING_PROPERTY_"
_MOST_REMOVALS = 100
"""Removals after which an item that is still read counts as stuck."""

Backend: TypeAlias = type[KeyringBackend]
Answer = TypeVar("Answer")


def trusted_backends() -> Sequence[Backend]:
    """Return the classes of `TRUSTED`, imported by name.

    `keyring.get_keyring()` would obey PYTHON_KEYRING_BACKEND and keyringrc.cfg, and either may name
    a plain-text store.
    """
    return [getattr(import_module(module), name) for module, name in TRUSTED]


class KeyringVault:
    """Stores merchant keys in the trusted keyring of the highest priority that works now.

    Every call blocks for at most `deadline` seconds. A call that timed out may still finish later,
    when the keyring is unlocked; until then every further call times out at once.
    """

    def __init__(
        self,
        deadline: float = DEADLINE,
        trusted: Callable[[], Sequence[Backend]] = trusted_backends,
    ) -> None:
        self._deadline = deadline
        self._caller = SerialCaller("keyring")
        self._trusted = trusted

    def load(self, mch_id: str) -> Secret:
        """Return the key of a merchant.

        Raises:
            KeyMissingError: the keyring contains no key of this merchant.
            KeyringMismatchError: the item is not a valid key.
            KeyUnavailableError: another subclass, if the keyring cannot be used.
        """
        return self._ask(lambda backend: _load(backend, mch_id))

    def store(self, mch_id: str, key: Secret) -> None:
        """Write the key, read it back and compare.

        Raises:
            KeyringMismatchError: another value was read back; the item was removed, if possible.
            KeyUnavailableError: another subclass, if the keyring cannot be used.
        """
        self._ask(lambda backend: _store(backend, mch_id, key))

    def forget(self, mch_id: str) -> None:
        """Remove the key; a no-op if there is none.

        Raises:
            KeyringItemLeftError: the keyring still holds it.
            KeyUnavailableError: another subclass, if the keyring cannot be used.
        """
        self._ask(lambda backend: _remove(backend, SERVICE, mch_id))

    def describe(self) -> str:
        """Return the keyring in use: `SecretService`, `kwallet`, `Windows` or `macOS`.

        Raises:
            KeyUnavailableError: a subclass, if no keyring can be used.
        """
        return self._ask(_describe)

    def is_locked(self) -> bool | None:
        """Test if reading a key would ask for a password on screen; never asks for it.

        The result is None if the keyring cannot tell (macOS, KWallet). It is always False on
        Windows, whose keyring is open while its user is logged on.

        Raises:
            KeyUnavailableError: a subclass, if no keyring can be used or it does not answer.
        """
        return self._ask(_is_locked)

    def probe(self) -> None:
        """Write an item with a random value, read it back and remove it.

        Raises:
            KeyringMismatchError: another value was read back.
            KeyUnavailableError: another subclass, if the keyring cannot be used.
        """
        self._ask(_probe)

    def _ask(self, question: Callable[[KeyringBackend], Answer]) -> Answer:
        try:
            answer = self._caller.call(self._deadline, lambda: _answer(question, self._trusted))
        except OverdueError:
            raise KeyringSilentError(f"{self._deadline:g} s") from None
        if isinstance(answer, KeyUnavailableError):
            raise answer
        return answer


def _answer(
    question: Callable[[KeyringBackend], Answer], trusted: Callable[[], Sequence[Backend]]
) -> Answer | KeyUnavailableError:
    """Return the answer, or the error as a value, because it is passed between threads."""
    try:
        return question(_choose(trusted()))
    except KeyUnavailableError as error:
        # The frames of the traceback hold the key.
        return error.with_traceback(None)
    except Exception as error:  # noqa: BLE001 - back ends raise anything
        return _explain(error)


def _choose(trusted: Sequence[Backend]) -> KeyringBackend:
    usable = [backend for backend in trusted if backend.viable]
    if not usable:
        raise _why_none()
    chosen = max(usable, key=lambda backend: backend.priority)()
    _undo_environment(chosen)
    return chosen


def _why_none() -> KeyUnavailableError:
    """Return the error for the lack of a trusted keyring.

    Its detail names untrusted ones, if any.
    """
    get_all_keyring()  # loads the plug-ins, so that they are among the classes
    known = sorted(
        f"{backend.__module__}.{backend.__qualname__}"
        for backend in KeyringBackend.get_viable_backends()
        if backend.__module__ not in _NO_KEYRING
    )
    return KeyringUnsafeError(", ".join(known)) if known else KeyringMissingError()


def _undo_environment(backend: KeyringBackend) -> None:
    """Delete attributes set by KEYRING_PROPERTY_… variables, which may select another wallet."""
    properties = vars(backend)
    for variable, value in os.environ.items():
        name = variable.removeprefix(_PROPERTY_PREFIX).lower()
        if variable.startswith(_PROPERTY_PREFIX) and properties.get(name) == value:
            del properties[name]


def _load(backend: KeyringBackend, mch_id: str) -> Secret:
    found = _read(backend, SERVICE, mch_id)
    if found is None:
        raise KeyMissingError
    try:
        return read_key(found)
    except InvalidInputError:
        raise KeyringMismatchError(_describe(backend)) from None


def _read(backend: KeyringBackend, service: str, user: str) -> str | None:
    """Return the item's text; empty if its bytes are not UTF-8, and None without an item."""
    try:
        return backend.get_password(service, user)
    except UnicodeDecodeError:
        return ""


def _store(backend: KeyringBackend, mch_id: str, key: Secret) -> None:
    backend.set_password(SERVICE, mch_id, key.reveal())
    found = _read(backend, SERVICE, mch_id)
    if found is not None and Secret(found) == key:
        return
    # The mismatch is reported even if the removal fails.
    with contextlib.suppress(Exception):
        _remove(backend, SERVICE, mch_id)
    raise KeyringMismatchError(_describe(backend))


def _remove(backend: KeyringBackend, service: str, user: str) -> None:
    """Remove an item until it is no longer found, as some keyrings store it several times.

    Raises:
        KeyringItemLeftError: it is still found after `_MOST_REMOVALS`.
    """
    for _ in range(_MOST_REMOVALS):
        if _read(backend, service, user) is None:
            return
        backend.delete_password(service, user)
    if _read(backend, service, user) is not None:
        raise KeyringItemLeftError


def _probe(backend: KeyringBackend) -> None:
    value = secrets.token_hex(16)
    # Not within `try`: removing what was not written would show a second password prompt.
    backend.set_password(PROBE_SERVICE, PROBE_USER, value)
    try:
        found = backend.get_password(PROBE_SERVICE, PROBE_USER)
    finally:
        with contextlib.suppress(Exception):
            _remove(backend, PROBE_SERVICE, PROBE_USER)
    if found != value:
        raise KeyringMismatchError(_describe(backend))


def _describe(backend: KeyringBackend) -> str:
    return type(backend).__module__.rpartition(".")[2]


def _is_locked(backend: KeyringBackend) -> bool | None:
    """Return the lock state by the keyring's class; None if the keyring cannot tell."""
    name = _describe(backend)
    if name == "SecretService":
        return _is_collection_locked()
    return False if name == "Windows" else None


def _is_collection_locked() -> bool:
    """Read the property `Locked` of the Secret Service's default collection.

    A missing collection counts as locked, because creating it asks for a new password.
    """
    secretstorage = import_module("secretstorage")
    with contextlib.closing(secretstorage.dbus_init()) as connection:
        try:
            return bool(secretstorage.Collection(connection).is_locked())
        except secretstorage.ItemNotFoundException:
            return True


def _explain(error: Exception) -> KeyUnavailableError:
    """Map a back end's exception to an error with its type only; its text may contain the key."""
    name = type(error).__name__
    if isinstance(error, NoKeyringError):
        return KeyringMissingError(name)
    causes = (error, error.__cause__) if isinstance(error, InitError) else (error,)
    if any(isinstance(cause, (KeyringLocked, *_locked_errors())) for cause in causes):
        return KeyringLockedError(name)
    return KeyringFailedError(name)


def _locked_errors() -> tuple[type[Exception], ...]:
    """Return the Secret Service's exceptions for a locked keyring; empty without its library."""
    try:
        exceptions = import_module("secretstorage.exceptions")
    except ImportError:
        return ()
    return (exceptions.LockedException, exceptions.PromptDismissedException)
