"""State of a merchant's key in the keyring, without a password prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wxpark_gui.domain.errors import KeyringLockedError, KeyUnavailableError

if TYPE_CHECKING:
    from wxpark_gui.assembly import Assembly


def key_error(mch_id: str, parts: Assembly) -> KeyUnavailableError | None:
    """Return the error of reading the key; None if the key can be read.

    A keyring known to be locked is not read, so that it shows no password prompt.
    """
    try:
        if parts.vault.is_locked():
            return KeyringLockedError()
        parts.vault.load(mch_id)
    except KeyUnavailableError as error:
        return error
    return None
