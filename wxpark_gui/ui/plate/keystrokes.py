"""State machine of the plate field: keys in, text and effects out. No Qt in here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Flag, auto

from wxpark_gui.domain.known_plates import KnownPlates
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

_NEARLY_COMPLETE = 6
_WHOLE_PREFIX = re.compile(f"[{PROVINCES}][A-HJ-Z]")


class Effect(Flag):
    """Result of a key; `UNUSED` leaves the key to others."""

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
    """The plate field after a key, read once for cells, hint and form.

    Attributes:
        cursor: the cell that the next key fills.
        untouched: only the lot's prefix stands there.
        asks_prefix: the lot has no prefix yet, and is asked for one.
        letters, candidates: pinyin typed in the first cell, and the words to choose from.
        offer: what one key would make of the plate.
        lookalike: a familiar plate that is one look-alike character away; empty for none.
    """

    number: PlateNumber
    cursor: int = 0
    untouched: bool = True
    asks_prefix: bool = False
    letters: str = ""
    candidates: tuple[str, ...] = ()
    offer: Offer | None = None
    lookalike: str = ""

    @property
    def choosing(self) -> bool:
        """The province is being chosen."""
        return self.cursor == 0

    @property
    def guess(self) -> str:
        """A known plate to paint behind the typed characters; empty for none."""
        return self.offer.text if self.offer and self.offer.kind is OfferKind.KNOWN else ""


class PlateKeystrokes:
    """Joins text, province search, history and suggestions.

    Attributes:
        history: plates entered before.
    """

    def __init__(self) -> None:
        self.history = PlateHistory()
        self._plate = PlateText()
        self._offers = PlateOffers(self._plate)
        self._search = ProvinceSearch()
        # The known plate that was taken last; typing on shows that it was not meant.
        self._taken_guess = ""

    @property
    def prefix(self) -> str:
        """The lot's province and letter; empty until they are chosen."""
        return self._plate.prefix

    def state(self) -> FieldState:
        plate = self._plate
        number = read_plate(plate.text)
        is_complete = number.policy is not PlatePolicy.REFUSE
        return FieldState(
            number=number,
            cursor=plate.cursor,
            untouched=plate.untouched,
            asks_prefix=not plate.prefix,
            letters=self._search.letters,
            candidates=self._search.candidates(),
            offer=self._offers.current() if plate.cursor else None,
            lookalike=self._offers.lookalike() if is_complete else "",
        )

    def set_known_plates(self, known: KnownPlates) -> Effect:
        self._offers.set_known_plates(known)
        return Effect.SHOW

    def set_prefix(self, prefix: str) -> Effect:
        if prefix == self._plate.prefix:
            # Settings are applied again for other reasons; a province search goes on.
            return Effect.UNUSED
        self._search.home = prefix[:1]
        untouched = self._plate.untouched
        self._plate.set_prefix(prefix)
        return self._changed() if untouched else Effect.UNUSED

    def set_text(self, text: str) -> Effect:
        self._plate.replace(text)
        return self._changed()

    def clear(self) -> Effect:
        self.history.leave()
        self._plate.clear_to(self._plate.prefix)
        return self._changed()

    def choose_province(self) -> Effect:
        """Move to the first cell; from there, back to the end."""
        return self.move_to(len(self._plate.text) if self._plate.cursor == 0 else 0)

    def insert(self, typed: str) -> Effect:
        """Typed, pasted or committed characters."""
        fitted = self._plate.put(typed)
        return self._changed() if fitted else self._changed() | Effect.FULL

    def type(self, character: str, *, repeated: bool = False) -> Effect:
        """A printable key; `repeated` by a key held down."""
        if self._plate.cursor == 0 and character.isascii() and character.isalpha():
            return self._search_for(character)
        if self._search.letters and character.isascii() and character.isdigit():
            return self._pick(int(character))
        if character in (" ", "+"):
            return self._command(character, repeated=repeated)
        self._give_back_guess(character)
        return self.insert(character)

    def enter(self) -> Effect:
        """Take the first candidate, answer the question for the prefix, or submit."""
        if word := self._search.pick(1):
            return self.choose(word)
        if not self._plate.prefix and _WHOLE_PREFIX.fullmatch(self._plate.text):
            self._search.home = self._plate.text[:1]
            self._plate.set_prefix(self._plate.text)
            self._plate.clear_to(self._plate.prefix)
            return self._changed() | Effect.PREFIX_CHOSEN
        return Effect.SUBMIT

    def backspace(self) -> Effect:
        if self._search.letters:
            self._search.drop_letter()
            return Effect.SHOW
        self._plate.backspace()
        return self._changed()

    def delete(self) -> Effect:
        self._plate.delete()
        return self._changed()

    def up(self) -> Effect:
        """Show the previous plate, unless typed characters would be lost."""
        may_replace = self._plate.untouched or self.history.browsing
        plate = self.history.back() if may_replace else None
        return self.set_text(plate) if plate else Effect.SHOW

    def down(self) -> Effect:
        if self._plate.cursor == 0 and not self.history.browsing:
            return Effect.ENTER_KEYPAD
        if not self.history.browsing:
            self._offers.next()
            return Effect.SHOW
        plate = self.history.forth()
        return self.set_text(plate) if plate else self.clear()

    def right(self) -> Effect:
        """Take a known plate that is offered, or move one cell."""
        offer = self._offers.current()
        if offer and offer.kind is OfferKind.KNOWN:
            return self._accept()
        return self.move_to(self._plate.cursor + 1)

    def left(self) -> Effect:
        return self.move_to(self._plate.cursor - 1)

    def move_to(self, cell: int) -> Effect:
        self._search.clear()
        self._plate.move_to(cell)
        return Effect.SHOW

    def choose(self, word: str) -> Effect:
        """A word of the keypad or of the search."""
        self._plate.choose(word)
        return self._changed()

    def cancel_search(self) -> Effect:
        """Drop typed pinyin; `UNUSED` where there is none."""
        if not self._search.letters:
            return Effect.UNUSED
        self._search.clear()
        return Effect.SHOW

    def undo(self) -> Effect:
        """Restore the plate that was cleared or replaced last."""
        return self._changed() if self._plate.undo() else Effect.BEEP

    def _search_for(self, letter: str) -> Effect:
        self._search.near_end = len(self._plate.text) >= _NEARLY_COMPLETE
        if word := self._search.type(letter):
            return self.choose(word)
        return Effect.SHOW if self._search.candidates() else self._insert_letters()

    def _pick(self, digit: int) -> Effect:
        if word := self._search.pick(digit):
            return self.choose(word)
        return Effect.BEEP if digit else self._insert_letters()

    def _insert_letters(self) -> Effect:
        """The letters are not pinyin: a military plate begins with letters."""
        letters = self._search.letters
        self._search.clear()
        return self.insert(letters)

    def _command(self, key: str, *, repeated: bool) -> Effect:
        """Space takes an offer; "+" submits the other reading. A held key does neither."""
        if key == " " and self._search.letters:
            return Effect.SHOW if repeated else self.enter()
        if key == " ":
            return Effect.SHOW if repeated else self._accept()
        if not self._plate.alternative:
            return self.insert(key)
        if repeated:
            return Effect.SHOW
        self._plate.switch_reading()
        return self._changed() | Effect.SUBMIT

    def _accept(self) -> Effect:
        kind = self._offers.accept()
        if kind is None:
            return Effect.SHOW
        effect = self._changed()
        self._taken_guess = self._plate.text if kind is OfferKind.KNOWN else ""
        return effect

    def _give_back_guess(self, character: str) -> None:
        """Undo an accidental Space: a guess is complete, so that nobody types on after it."""
        if self._taken_guess == self._plate.text and normalise_plate(character):
            self._plate.undo()

    def _changed(self) -> Effect:
        self._search.clear()
        self._offers.restart()
        self._taken_guess = ""
        return Effect.CHANGE
