"""Aligned columns in a terminal, in which Chinese characters take two columns each."""

from __future__ import annotations

import unicodedata

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.wording import Wording

_WIDE = frozenset("WF")
_NUMBER_WIDTH = 8
_TIME_WIDTH = 19
_PLATE_WIDTH = 12
_GAP = "  "


def text_width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill a text up to a width with spaces, on its left with `right`."""
    space = " " * max(0, width - text_width(text))
    return space + text if right else text + space


def entry_headings(wording: Wording) -> str:
    """The first line of `journal list`."""
    words = wording.console
    return _line(words.column_number, words.column_saved, words.column_plate, words.column_verdict)


def entry_line(record: EntryRecord, wording: Wording) -> str:
    """One line of `journal list`; times are Beijing's."""
    saved_at = record.saved_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    verdict = wording.pill(record.verdict)
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
