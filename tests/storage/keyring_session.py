"""Calls every method of the vault with the real keyring of its D-Bus session.

Arguments: `lock` locks the keyring after half of the steps; `alone` hides the keyring classes of
other packages. Two keys are read from standard input. Prints one line per step, `step: answer`; for
an error the answer is the name of its class.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from unittest import mock

from wxpark_gui.domain.errors import KeyUnavailableError
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage.vault import KeyringVault

MERCHANT = "1900000001"
DEADLINE = 5.0


def step(what: str, action: Callable[[], object]) -> None:
    try:
        answer = action()
    except KeyUnavailableError as error:
        answer = type(error).__name__
    sys.stdout.write(f"{what}: {answer}\n")
    sys.stdout.flush()


def lock_the_keyring() -> bool:
    secretstorage = import_module("secretstorage")
    connection = secretstorage.dbus_init()
    collection = secretstorage.get_default_collection(connection)
    collection.lock()
    locked: bool = collection.is_locked()
    connection.close()
    return locked


def walk(first: Secret, second: Secret, *, lock: bool) -> None:
    vault = KeyringVault(DEADLINE)
    step("describe", vault.describe)
    step("is locked", vault.is_locked)
    step("load nothing", lambda: vault.load(MERCHANT))
    step("store", lambda: vault.store(MERCHANT, first))
    step("load", lambda: vault.load(MERCHANT) == first)
    if lock:
        step("lock", lock_the_keyring)
        step("is locked now", vault.is_locked)
    step("store another", lambda: vault.store(MERCHANT, second))
    step("load another", lambda: vault.load(MERCHANT) == second)
    step("forget", lambda: vault.forget(MERCHANT))
    step("forget again", lambda: vault.forget(MERCHANT))
    step("load forgotten", lambda: vault.load(MERCHANT))


if __name__ == "__main__":
    plugins = mock.patch("keyring.backend.metadata.entry_points", return_value=())
    with plugins if "alone" in sys.argv else nullcontext():
        walk(*map(Secret, sys.stdin.read().split()), lock="lock" in sys.argv)
