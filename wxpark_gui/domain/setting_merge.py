"""Merge of edited settings with those that another editor saved meanwhile."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.settings import SECTIONS, Settings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Values = TypeVar("Values", bound=DataclassInstance)

_IDS = ("appid", "mch_id", "sub_appid", "sub_mch_id")


def merge_sections(edited: Settings, seen: Settings, stored: Settings) -> Settings:
    """Return the stored settings with each value that was edited; the accounts are the stored ones.

    Args:
        edited: the settings as the editor leaves them.
        seen: the settings that the editor showed when it was opened.
        stored: the settings on disk, which another editor may have changed since then.
    """
    sections = {
        name: _merged(getattr(edited, name), getattr(seen, name), getattr(stored, name))
        for name in SECTIONS
    }
    return replace(stored, **sections)


def merge_merchant(
    edited: MerchantProfile, seen: MerchantProfile, stored: MerchantProfile, *, has_key: bool
) -> MerchantProfile:
    """Return the stored merchant with each value that was edited; see `merge_sections`.

    Args:
        has_key: True if a key was typed. It belongs to the ids that the editor shows, so all of
            them count as edited.
    """
    merged = _merged(edited, seen, stored)
    return replace(merged, **{name: getattr(edited, name) for name in _IDS}) if has_key else merged


def _merged(edited: Values, seen: Values, stored: Values) -> Values:
    pairs = ((field.name, getattr(edited, field.name)) for field in fields(edited))
    return replace(stored, **{k: value for k, value in pairs if value != getattr(seen, k)})
