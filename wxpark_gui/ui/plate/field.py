"""Model of the plate field: text, suggestions, province search and history. Does not use Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING

from wxpark_gui.domain.plate import (
    PROVINCES,
    PlateNumber,
    PlatePolicy,
    normalise_plate,
    read_plate,
)
from wxpark_gui.ui.plate.provinces import ProvinceSearch
from wxpark_gui.ui.plate.recall import PlateHistory
from wxpark_gui.ui.plate.suggestions import Offer, OfferKind, PlateOffers
from wxpark_gui.ui.plate.text import PlateText

if TYPE_CHECKING:
    from wxpark_gui.domain.known_plates import KnownPlates

_WHOLE_PREFIX = re.compile(f"[{PROVINCES}][A-HJ-Z]")


SEPARATOR_CELL = 2
"""Index of the cell before which the separator of a plate stands: 粤B·12345."""


class Effect(Flag):
    """Actions that the widget must take after an operation; `UNUSED` leaves the key to Qt."""

    UNUSED = 0
    SHOW = auto()
    CHANGE = auto()
    SUBMIT = auto()
    FULL = auto()
    BEEP = auto()
    ENTER_KEYPAD = auto()
    PREFIX_CHOSEN = auto()


@dataclass(frozen=True, slots=True)
class FieldState:
    """The plate field after a change, read once for cells, hint and form.

    Attributes:
        number: the text, classified.
        cursor: index of the cell that the next key fills.
        untouched: True if the text is the lot's prefix alone.
        asks_prefix: True if the lot has no prefix yet, so the attendant is asked for one.
        letters, candidates: pinyin typed in the first cell, and the words that match it.
        offer: the suggestion; None if there is none or the cursor is in the first cell.
        lookalike: familiar plate that differs from this complete one in one look-alike character;
            empty for none.
        offered: True while the text is a plate that a device offered, as it was filled in.
    """

    number: PlateNumber
    cursor: int = 0
    untouched: bool = True
    asks_prefix: bool = False
    letters: str = ""
    candidates: tuple[str, ...] = ()
    offer: Offer | None = None
    lookalike: str = ""
    offered: bool = False

    @property
    def choosing(self) -> bool:
        """True while the cursor is in the first cell, where a province is chosen."""
        return self.cursor == 0

    @property
    def guess(self) -> str:
        """Known plate offered as a completion; empty for none."""
        return self.offer.text if self.offer and self.offer.kind is OfferKind.KNOWN else ""


class PlateField:
    """Operations on the plate; each keeps text, suggestions and search consistent.

    The class exceeds the project's limit of 20 methods: one for each operation.

    Attributes:
        text: characters and cursor.
        offers: suggestions.
        search: pinyin typed in the first cell.
        history: plates entered before.
    """

    def __init__(self) -> None:
        self.text = PlateText()
        self.offers = PlateOffers(self.text)
        self.search = ProvinceSearch()
        self.history = PlateHistory()
        # Known plate taken by the last edit; typing a further character undoes that.
        self._taken_guess = ""
        # Plate that a device offered; typing a character replaces it until the cursor is moved.
        self._offered = ""

    @property
    def offer(self) -> Offer | None:
        """The suggestion shown; None if there is none or the cursor is in the first cell."""
        return self.offers.current() if self.text.cursor else None

    @property
    def is_recalled(self) -> bool:
        """True while the text is the plate that the history returned last."""
        return bool(self.text.text) and self.text.text == self.history.current

    def state(self) -> FieldState:
        number = read_plate(self.text.text)
        is_complete = number.policy is not PlatePolicy.REFUSE
        return FieldState(
            number=number,
            cursor=self.text.cursor,
            untouched=self.text.untouched,
            asks_prefix=not self.text.prefix,
            letters=self.search.letters,
            candidates=self.search.candidates(),
            offer=self.offer,
            lookalike=self.offers.lookalike() if is_complete else "",
            offered=self._is_offered,
        )

    def set_known_plates(self, known: KnownPlates) -> Effect:
        self.offers.set_known_plates(known)
        return Effect.SHOW

    def set_prefix(self, prefix: str) -> Effect:
        """Set the lot's province and letter, or a part of them; replace an untouched plate."""
        if prefix == self.text.prefix:
            # Other settings changed; a province search must go on.
            return Effect.UNUSED
        self.search.home = prefix[:1]
        untouched = self.text.untouched
        self.text.set_prefix(prefix)
        return self._changed() if untouched else Effect.UNUSED

    def answer_prefix_question(self) -> Effect:
        """Make the typed province and letter the prefix of a lot that has none.

        Return `UNUSED` if it has one, or if the text is not exactly a province and a letter.
        """
        if self.text.prefix or not _WHOLE_PREFIX.fullmatch(self.text.text):
            return Effect.UNUSED
        self.set_prefix(self.text.text)
        self.text.clear_to(self.text.prefix)
        return self._changed() | Effect.PREFIX_CHOSEN

    def set_text(self, text: str) -> Effect:
        self.text.replace(text)
        return self._changed()

    def fill_offered(self, text: str) -> Effect:
        """Replace the text by a plate that a device offered."""
        effect = self.set_text(text)
        self._offered = self.text.text
        return effect

    def clear(self) -> Effect:
        self.history.leave()
        self.text.clear_to(self.text.prefix)
        return self._changed()

    def insert(self, typed: str) -> Effect:
        """Insert typed, pasted or committed characters; return `FULL` if some did not fit."""
        fitted = self.text.put(typed)
        return self._changed() if fitted else self._changed() | Effect.FULL

    def insert_key(self, character: str) -> Effect:
        """Insert a typed character; if Space has just completed a known plate, undo that first.

        A known plate is complete, so a further character shows that Space was a mistake. An offered
        plate is complete too: the character starts another plate. A typed separator is dropped:
        with a `BEEP`, except where the cells show one already.
        """
        if not normalise_plate(character):
            return Effect.SHOW if self.text.cursor == SEPARATOR_CELL else Effect.BEEP
        if self._is_offered:
            self.text.clear_to(self.text.prefix)
        was_taken = bool(self._taken_guess) and self._taken_guess == self.text.text
        if was_taken:
            self.text.undo()
        return self.insert(character)

    def choose(self, word: str) -> Effect:
        """Insert a word of the keypad or of the pinyin search, such as 粤 or 学."""
        self.text.choose(word)
        return self._changed()

    def backspace(self) -> Effect:
        self.text.backspace()
        return self._changed()

    def delete(self) -> Effect:
        self.text.delete()
        return self._changed()

    def move_to(self, cell: int) -> Effect:
        self.search.clear()
        self._offered = ""
        self.text.move_to(cell)
        return Effect.SHOW

    def choose_province(self) -> Effect:
        """Move to the first cell; from there, back to the end."""
        return self.move_to(len(self.text.text) if self.text.cursor == 0 else 0)

    def accept_offer(self) -> Effect:
        """Put the suggested plate into the cells; return `BEEP` while none is shown."""
        kind = self.offers.accept() if self.offer else None
        if kind is None:
            return Effect.BEEP
        effect = self._changed()
        self._taken_guess = self.text.text if kind is OfferKind.KNOWN else ""
        return effect

    def switch_reading(self) -> Effect:
        self.text.switch_reading()
        return self._changed()

    def undo(self) -> Effect:
        """Restore the plate that was cleared or replaced last; return `BEEP` if there is none."""
        return self._changed() if self.text.undo() else Effect.BEEP

    @property
    def _is_offered(self) -> bool:
        return bool(self._offered) and self._offered == self.text.text

    def _changed(self) -> Effect:
        self.search.clear()
        self.offers.restart()
        self._offered = ""
        self._taken_guess = ""
        return Effect.CHANGE
