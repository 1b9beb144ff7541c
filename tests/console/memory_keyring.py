"""A keyring in memory for processes of the console tool."""

from __future__ import annotations

from unittest import mock

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage import vault


class MemoryKeyring:
    """A vault in memory that returns the same key for every merchant."""

    def load(self, mch_id: str) -> Secret:
        return Secret("k" * 32)

    def store(self, mch_id: str, key: Secret) -> None: ...

    def forget(self, mch_id: str) -> None: ...

    def describe(self) -> str:
        return "memory"

    def is_locked(self) -> bool:
        return False


def use() -> None:
    """Replace the keyring of this process by `MemoryKeyring`."""
    mock.patch.object(vault, "KeyringVault", MemoryKeyring).start()
