"""The merchant's key in the operating system's keyring, and nowhere else.

Only keyrings that encrypt are used, chosen by class. There is no second choice: where none of them
works the key is not kept, and the person is told.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TypeAlias, TypeVar

from keyring.backend import KeyringBackend, get_all_keyring
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from wxpark_gui.domain.errors import (
    InvalidInputError,
    KeyMissingError,
    KeyringFailedError,
    KeyringLockedError,
    KeyringMismatchError,
    KeyringMissingError,
    KeyringSilentError,
    KeyringUnsafeError,
    KeyUnavailableError,
)
from wxpark_gui.domain.merchant import Secret, read_key
from wxpark_gui.storage.deadline import Deadline

SERVICE = "wxpark-gui"
"""The name the item bears in the keyring; its user name is the `mch_id`."""

DEADLINE = 10.0
"""Seconds a keyring may take. A locked one may ask for its password on screen, and wait."""

TRUSTED = (
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.macOS", "Keyring"),
)
"""Module and class of the keyrings known to encrypt what they keep."""

_NO_KEYRING = frozenset(
    {"keyring.backends.fail", "keyring.backends.null", "keyring.backends.chainer"}
)
_PROPERTY_PREFIX = "KEYRING_PROPERTY_"
_REMOVALS = 3

Backend: TypeAlias = type[KeyringBackend]
Answer = TypeVar("Answer")


def trusted_backends() -> Sequence[Backend]:
    """The classes of `TRUSTED`.

    Imported by name: `keyring.get_keyring()` would obey PYTHON_KEYRING_BACKEND and keyringrc.cfg,
    and either may name a store in the clear.
    """
    return [getattr(import_module(module), name) for module, name in TRUSTED]


class KeyringVault:
    """Keeps merchant keys in the best trusted keyring that works at the moment of the call.

    Every call may block, for `deadline` seconds at most. One that was given up may still finish
    later, when someone unlocks the keyring.
    """

    def __init__(
        self,
        deadline: float = DEADLINE,
        trusted: Callable[[], Sequence[Backend]] = trusted_backends,
    ) -> None:
        self._deadline = Deadline(deadline, "keyring")
        self._trusted = trusted

    def load(self, mch_id: str) -> Secret:
        """The key of a merchant.

        Raises:
            KeyMissingError: the keyring holds none.
            KeyringMismatchError: what it holds is no key.
            KeyUnavailableError: another subclass, for what is wrong with the keyring.
        """
        return self._ask(lambda backend: _load(backend, mch_id))

    def store(self, mch_id: str, key: Secret) -> None:
        """Write the key, read it back and compare.

        Raises:
            KeyringMismatchError: another value came back; it was removed again, if that worked.
            KeyUnavailableError: another subclass, for what is wrong with the keyring.
        """
        self._ask(lambda backend: _store(backend, mch_id, key))

    def forget(self, mch_id: str) -> None:
        """Remove the key; none being there is no error.

        Raises:
            KeyUnavailableError: a subclass, for what is wrong with the keyring.
        """
        self._ask(lambda backend: _forget(backend, mch_id))

    def describe(self) -> str:
        """The keyring in use: `SecretService`, `kwallet`, `Windows` or `macOS`.

        Raises:
            KeyUnavailableError: a subclass, where none can be used.
        """
        return self._ask(_describe)

    def is_locked(self) -> bool | None:
        """Test if reading a key would ask for a password on screen; never asks for it.

        None where the keyring cannot tell (macOS, KWallet). Windows' own is open while its user is
        logged on.

        Raises:
            KeyUnavailableError: a subclass, where no keyring can be used or it does not answer.
        """
        return self._ask(_is_locked)

    def _ask(self, question: Callable[[KeyringBackend], Answer]) -> Answer:
        try:
            answer = self._deadline.call(lambda: _answer(question, self._trusted))
        except TimeoutError:
            raise KeyringSilentError(f"{self._deadline.seconds:g} s") from None
        if isinstance(answer, KeyUnavailableError):
            raise answer
        return answer


def _answer(
    question: Callable[[KeyringBackend], Answer], trusted: Callable[[], Sequence[Backend]]
) -> Answer | KeyUnavailableError:
    """The answer, or why there is none: as a value, because it crosses from thread to thread."""
    try:
        return question(_choose(trusted()))
    except KeyUnavailableError as error:
        # The frames of the traceback hold the key.
        return error.with_traceback(None)
    except Exception as error:  # noqa: BLE001 - a back end raises whatever its system does
        return _explain(error)


def _choose(trusted: Sequence[Backend]) -> KeyringBackend:
    usable = [backend for backend in trusted if backend.viable]
    if not usable:
        raise _why_none()
    chosen = max(usable, key=lambda backend: backend.priority)()
    _undo_environment(chosen)
    return chosen


def _why_none() -> KeyUnavailableError:
    """Whether there is no keyring, or only such as keep a key in the clear or unproven."""
    get_all_keyring()  # loads the plug-ins, so that they are among the classes
    known = sorted(
        f"{backend.__module__}.{backend.__qualname__}"
        for backend in KeyringBackend.get_viable_backends()
        if backend.__module__ not in _NO_KEYRING
    )
    return KeyringUnsafeError(", ".join(known)) if known else KeyringMissingError()


def _undo_environment(backend: KeyringBackend) -> None:
    """Take back what KEYRING_PROPERTY_… set: it could lead to another wallet or collection."""
    properties = vars(backend)
    for variable, value in os.environ.items():
        name = variable.removeprefix(_PROPERTY_PREFIX).lower()
        if variable.startswith(_PROPERTY_PREFIX) and properties.get(name) == value:
            del properties[name]


def _load(backend: KeyringBackend, mch_id: str) -> Secret:
    found = backend.get_password(SERVICE, mch_id)
    if found is None:
        raise KeyMissingError
    try:
        return read_key(found)
    except InvalidInputError:
        raise KeyringMismatchError(_describe(backend)) from None


def _store(backend: KeyringBackend, mch_id: str, key: Secret) -> None:
    backend.set_password(SERVICE, mch_id, key.reveal())
    found = backend.get_password(SERVICE, mch_id)
    if found is not None and Secret(found) == key:
        return
    # The mismatch is what the person must hear of, whether or not the removal works.
    with contextlib.suppress(Exception):
        _forget(backend, mch_id)
    raise KeyringMismatchError(_describe(backend))


def _forget(backend: KeyringBackend, mch_id: str) -> None:
    """Remove until nothing is left: some keyrings hold one name twice and remove the first."""
    for _ in range(_REMOVALS):
        if backend.get_password(SERVICE, mch_id) is None:
            return
        backend.delete_password(SERVICE, mch_id)
    if backend.get_password(SERVICE, mch_id) is not None:
        raise KeyringFailedError("still there")


def _describe(backend: KeyringBackend) -> str:
    return type(backend).__module__.rpartition(".")[2]


def _is_locked(backend: KeyringBackend) -> bool | None:
    """The state of the keyring, by the module of its class."""
    name = _describe(backend)
    if name == "SecretService":
        return _is_collection_locked()
    return False if name == "Windows" else None


def _is_collection_locked() -> bool:
    """Read the property `Locked` of the Secret Service's default collection.

    A collection that does not exist counts as locked: to create it asks for a new password.
    """
    secretstorage = import_module("secretstorage")
    with contextlib.closing(secretstorage.dbus_init()) as connection:
        try:
            return bool(secretstorage.Collection(connection).is_locked())
        except secretstorage.ItemNotFoundException:
            return True


def _explain(error: Exception) -> KeyUnavailableError:
    """The class of a back end's failure. Only its type is kept: its text may quote anything."""
    name = type(error).__name__
    if isinstance(error, NoKeyringError):
        return KeyringMissingError(name)
    causes = (error, error.__cause__) if isinstance(error, InitError) else (error,)
    if any(isinstance(cause, (KeyringLocked, *_locked_errors())) for cause in causes):
        return KeyringLockedError(name)
    return KeyringFailedError(name)


def _locked_errors() -> tuple[type[Exception], ...]:
    """What the Secret Service's own library raises when nobody unlocks; it is on Linux only."""
    try:
        exceptions = import_module("secretstorage.exceptions")
    except ImportError:
        return ()
    return (exceptions.LockedException, exceptions.PromptDismissedException)
