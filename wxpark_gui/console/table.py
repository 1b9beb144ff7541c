"""Aligned columns in a terminal, in which Chinese characters take two columns each."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.wording import Wording

if TYPE_CHECKING:
    from wxpark_gui.domain.record import EntryRecord

_WIDE = frozenset("WF")
_NUMBER_WIDTH = 8
_TIME_WIDTH = 19
_PLATE_WIDTH = 12
_GAP = "  "


def text_width(text: str) -> int:
    """Return the number of terminal columns of a text."""
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Pad a text with spaces to `width` columns, on the left if `right` is True.

    A text that is wider is returned unchanged.
    """
    space = " " * max(0, width - text_width(text))
    return space + text if right else text + space


def entry_headings(wording: Wording) -> str:
    """Return the first line of `journal list`: the headings."""
    words = wording.console
    return _line(words.column_number, words.column_saved, words.column_plate, words.column_verdict)


def entry_line(record: EntryRecord, wording: Wording) -> str:
    """Return one line of `journal list`; the time is Beijing's."""
    saved_at = record.saved_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    verdict = wording.pill(record.verdict)
    if record.backfilled:
        verdict += _GAP + wording.backfill.remark(record)
    if record.origin.training:
        verdict += _GAP + wording.console.training_mark
    return _line(str(record.sequence), saved_at, record.entry.label, verdict)


def _line(number: str, saved_at: str, plate: str, verdict: str) -> str:
    cells = (
        pad(number, _NUMBER_WIDTH, right=True),
        pad(saved_at, _TIME_WIDTH),
        pad(plate, _PLATE_WIDTH),
        verdict,
    )
    return _GAP.join(cells)
