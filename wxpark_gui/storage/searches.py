"""The saved searches of the history, in one JSON file."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import SettingsNotWrittenError, TooManySearchesError
from wxpark_gui.domain.history import (
    LONGEST_NAME,
    HistoryFilter,
    Kind,
    Period,
    PlateMatch,
    Search,
    plate_wanted,
)
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.storage.durable import copy_aside, write_file
from wxpark_gui.storage.inspection import remark

MOST_SEARCHES = 50
_LARGEST = 100_000
"""Bytes of the largest file that is read."""

_log = logging.getLogger(__name__)


class JsonSearches:
    """Keeps searches in a file.

    A file that cannot be read, is invalid or too large reads as empty. It stays until `save`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Sequence[Search]:
        """Return the saved searches, at most 50; invalid ones are left out."""
        return self._read()[0]

    def is_damaged(self) -> bool:
        """Test if the file has searches, or something else, that `load` does not return."""
        return self._read()[1]

    def save(self, searches: Sequence[Search]) -> None:
        """Replace all saved searches.

        A damaged file is first copied to `searches.json.unreadable`, or with a number from 2 on if
        another file has that name.

        Raises:
            TooManySearchesError: there are more than `MOST_SEARCHES`; nothing was changed.
            SettingsNotWrittenError: they, or the copy, could not be written.
        """
        if len(searches) > MOST_SEARCHES:
            raise TooManySearchesError
        values = [_search_values(search) for search in searches]
        content = json.dumps(values, ensure_ascii=False, indent=1).encode()
        try:
            if self.is_damaged():
                copy_aside(self._path)
            write_file(self._path, content)
        except OSError as error:
            raise SettingsNotWrittenError(remark(error)) from error

    def _read(self) -> tuple[tuple[Search, ...], bool]:
        """Return the valid searches, and True if the file is damaged."""
        try:
            if self._path.stat().st_size > _LARGEST:
                return (), True
            stored = json.loads(self._path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            return (), False
        except (OSError, RecursionError, ValueError):
            _log.warning("the saved searches cannot be read")
            return (), True
        if not isinstance(stored, list):
            return (), True
        read = (_read_search(values) for values in stored[:MOST_SEARCHES])
        found = tuple(search for search in read if search is not None)
        return found, len(found) < len(stored)


def _search_values(search: Search) -> Mapping[str, object]:
    wanted = search.wanted
    return {
        "name": search.name,
        "period": search.period.value,
        "plate": wanted.plate,
        "match": wanted.match.value,
        "first_day": wanted.first_day.isoformat() if wanted.first_day else None,
        "last_day": wanted.last_day.isoformat() if wanted.last_day else None,
        "severities": sorted(each.value for each in wanted.severities),
        "states": sorted(each.value for each in wanted.states),
        "attendant": wanted.attendant,
        "lot": wanted.lot,
        "kind": wanted.kind.value,
    }


def _read_search(values: Any) -> Search | None:
    """Return a search of the file; None if a value is invalid."""
    try:
        name = str(values["name"]).strip()[:LONGEST_NAME]
        wanted = HistoryFilter(
            plate=plate_wanted(str(values["plate"])),
            match=PlateMatch(values["match"]),
            first_day=date.fromisoformat(values["first_day"]) if values["first_day"] else None,
            last_day=date.fromisoformat(values["last_day"]) if values["last_day"] else None,
            severities=frozenset(Severity(each) for each in values["severities"]),
            states=frozenset(DeliveryState(each) for each in values["states"]),
            attendant=str(values["attendant"]),
            lot=str(values["lot"]),
            kind=Kind(values["kind"]),
        )
        period = Period(values["period"])
    except (KeyError, TypeError, ValueError):
        return None
    return Search(name, period, wanted) if name else None
