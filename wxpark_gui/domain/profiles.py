"""Profiles of a booth: their labels, the name of each, and the choice of one by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from wxpark_gui.domain.errors import (
    Field,
    FieldError,
    InvalidInputError,
    Problem,
    ProfileUnknownError,
)
from wxpark_gui.domain.settings import Account, Settings

MOST_DIGITS = 9
"""Number of profiles that a digit chooses."""

_NAMES: tuple[Callable[[Account], str], ...] = (
    lambda account: account.account_id,
    lambda account: account.merchant.label,
    lambda account: account.merchant.parking_name,
    lambda account: account.merchant.sub_mch_id,
)
"""Names by which a profile is found, in their order."""


def removed_accounts(before: Settings, after: Settings) -> Sequence[Account]:
    """Return the accounts of `before` that are not in `after`."""
    return [each for each in before.accounts if after.find_account(each.account_id) is None]


def profile_labels(settings: Settings) -> dict[str, str]:
    """Return the label of each account by its id, in the order of the accounts.

    Labels that are equal get the merchant numbers appended.
    """
    counts = Counter(account.merchant.label for account in settings.accounts)
    return {
        account.account_id: account.merchant.label
        if counts[account.merchant.label] == 1
        else f"{account.merchant.label} ({'/'.join(account.merchant.ids)})"
        for account in settings.accounts
    }


def sharing_labels(settings: Settings, mch_id: str, account_id: str) -> tuple[str, ...]:
    """Return the labels of the other accounts with a merchant number, which use the same key.

    Args:
        account_id: id of the account that is left out; empty for none.
    """
    labels = profile_labels(settings)
    return tuple(
        labels[account.account_id]
        for account in settings.accounts
        if account.merchant.mch_id == mch_id and account.account_id != account_id
    )


def has_profiles(settings: Settings) -> bool:
    """Test if there is a profile to switch to."""
    return any(account.account_id != settings.account_id for account in settings.accounts)


def switched(settings: Settings, account_id: str) -> Settings:
    """Return the settings with another current account.

    Raises:
        ProfileUnknownError: there is no such account.
    """
    if settings.find_account(account_id) is None:
        raise ProfileUnknownError(account_id)
    return replace(settings, account_id=account_id)


def check_label(settings: Settings, before: Account | None, after: Account) -> None:
    """Check that an edited profile does not take the label of another one.

    A label that did not change is accepted, because changed ids may open a second account for the
    same car park.

    Args:
        before: the profile before the edit; None for a new one.

    Raises:
        InvalidInputError: another profile has the label.
    """
    label = after.merchant.label
    if before is not None and before.merchant.label == label:
        return
    own = {account.account_id for account in (before, after) if account}
    others = (account for account in settings.accounts if account.account_id not in own)
    if any(account.merchant.label == label for account in others):
        raise InvalidInputError([FieldError(Field.PROFILE_NAME, Problem.NAME_TAKEN)])


def find_profile(settings: Settings, name: str) -> Account:
    """Return the account with this id, label, name of the car park or `sub_mch_id`.

    The account id comes first, then the label; the others must be unique.

    Raises:
        ProfileUnknownError: no account has the name, or several have it.
    """
    for way in _NAMES:
        found = [account for account in settings.accounts if way(account) == name]
        if len(found) == 1:
            return found[0]
        if found:
            break
    raise ProfileUnknownError(name)
