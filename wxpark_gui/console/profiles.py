"""`wxpark merchant list`, `use` and `remove`: the profiles of a booth.

`list` works while the window is open. `use` and `remove` lock the data directory.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.interrupts import Interrupts
from wxpark_gui.console.key_state import key_error
from wxpark_gui.console.opening import JournalOpener
from wxpark_gui.console.table import pad, text_width
from wxpark_gui.domain.errors import KeyUnavailableError
from wxpark_gui.domain.profiles import find_profile, profile_labels
from wxpark_gui.domain.settings import Account
from wxpark_gui.wording import Wording

_GAP = "  "


@dataclass(frozen=True, slots=True)
class ListedProfile:
    """One profile of the list.

    Attributes:
        label: name in the window; unique, unless several profiles have the same merchant numbers.
        waiting: number of open entries.
        key_error: error of reading the key; None if it can be read.
    """

    account: Account
    label: str
    is_current: bool
    waiting: int
    key_error: KeyUnavailableError | None


def list_profiles(directory: Path | None) -> list[ListedProfile]:
    """Return all profiles, in the order in which they were added.

    Raises:
        ReadableError: settings or journal cannot be read.
    """
    with Assembly(directory, read_only=True) as parts:
        settings = parts.load_settings()
        labels = profile_labels(settings)
        with closing(parts.read_journal()) as journal:
            return [
                ListedProfile(
                    account,
                    labels[account.account_id],
                    account.account_id == settings.account_id,
                    journal.waiting(account.account_id),
                    key_error(account.merchant.mch_id, parts),
                )
                for account in settings.accounts
            ]


def use_profile(
    directory: Path | None, name: str, opener: JournalOpener, interrupts: Interrupts
) -> tuple[Account, KeyUnavailableError | None]:
    """Make a profile the current one; return it, and the error of reading its key or None.

    Raises:
        ReadableError: as `find_profile` and `Merchants.switch`, or another process has locked the
            data directory and the profile is not the current one.
    """
    with Assembly(directory, read_only=True) as parts:
        settings = parts.load_settings()
        account = find_profile(settings, name)
        if account.account_id == settings.account_id:
            return account, key_error(account.merchant.mch_id, parts)
    with Assembly(directory) as parts:
        parts.claim()
        with opener.open(parts) as journal:
            interrupts.defer()
            parts.merchants(journal).switch(account.account_id)
        return account, key_error(account.merchant.mch_id, parts)


def remove_profile(
    directory: Path | None, name: str, opener: JournalOpener, interrupts: Interrupts
) -> Account:
    """Remove a profile and return it.

    Raises:
        ReadableError: as `find_profile` and `Merchants.remove`, or another process has locked the
            data directory.
    """
    with Assembly(directory) as parts:
        parts.claim()
        account = find_profile(parts.load_settings(), name)
        with opener.open(parts) as journal:
            # Ctrl-C must not come between the change of the keyring and that of the settings.
            interrupts.defer()
            parts.merchants(journal).remove(account.account_id)
    return account


def profiles_text(profiles: Sequence[ListedProfile], wording: Wording) -> str:
    """Return the table that `merchant list` prints; `*` marks the current profile."""
    words = wording.console.profiles
    head = ("", words.column_name, words.column_merchant, words.column_waiting, words.column_key)
    rows = [head, *(_row(profile, wording) for profile in profiles)]
    widths = [max(map(text_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        _GAP.join(pad(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def profiles_json(profiles: Sequence[ListedProfile]) -> dict[str, Any]:
    """Return the object that `merchant list --json` prints."""
    return {
        "profiles": [
            {
                "account_id": profile.account.account_id,
                "name": profile.label,
                "parking_name": profile.account.merchant.parking_name,
                "mch_id": profile.account.merchant.mch_id,
                "sub_mch_id": profile.account.merchant.sub_mch_id,
                "current": profile.is_current,
                "waiting": profile.waiting,
                "key_error": profile.key_error.code if profile.key_error else None,
            }
            for profile in profiles
        ]
    }


def _row(profile: ListedProfile, wording: Wording) -> tuple[str, ...]:
    error = profile.key_error
    return (
        "*" if profile.is_current else "",
        profile.label,
        "/".join(profile.account.merchant.ids),
        str(profile.waiting),
        wording.failure(error).message if error else wording.console.key_is_kept,
    )
