"""Translates keys of the plate field to operations on its model. Does not use Qt."""

from __future__ import annotations

from wxpark_gui.domain.plate import PROVINCES, normalise_plate
from wxpark_gui.domain.plate_text import WORD_CHARACTERS
from wxpark_gui.ui.plate.field import Effect, PlateField
from wxpark_gui.ui.plate.suggestions import OfferKind

_NEARLY_COMPLETE = 6


class PlateKeystrokes:
    """One method for each key, and `type` for printable ones."""

    def __init__(self, field: PlateField) -> None:
        self._field = field

    def type(self, character: str, *, repeated: bool = False) -> Effect:
        """Handle a printable key; `repeated` is True for the auto-repeat of a held key."""
        field = self._field
        if repeated and character not in " +":
            # A key held too long in a glove; no plate is typed by holding a key.
            return Effect.SHOW
        if field.text.cursor == 0 and character.isascii() and character.isalpha():
            return self._search(character)
        if field.search.letters and character.isascii() and character.isdigit():
            return self._pick(int(character))
        if character == " ":
            return self._space(repeated=repeated)
        if character == "+" and field.text.alternative:
            return self._plus(repeated=repeated)
        return field.insert_key(character)

    def commit(self, committed: str, composed: str) -> Effect:
        """Insert text from an input method; if no plate has it there, handle its letters as keys.

        An input method that is switched to Chinese turns the key D into 的, and `yue` into 约.

        Args:
            composed: the letters from which the input method made the text; may be empty.
        """
        if not normalise_plate(committed):
            return Effect.BEEP
        letters = "".join(c for c in composed if c.isascii() and c.isalnum())
        if not letters or self._may_stand(committed):
            return self._field.insert(committed)
        effect = Effect.UNUSED
        for letter in letters:
            effect |= self.type(letter)
        return effect

    def enter(self) -> Effect:
        """Choose the first candidate; else make the text the prefix if none is set; else submit."""
        if word := self._field.search.pick(1):
            return self._field.choose(word)
        return self._field.answer_prefix_question() or Effect.SUBMIT

    def backspace(self) -> Effect:
        if self._field.search.letters:
            self._field.search.drop_letter()
            return Effect.SHOW
        return self._field.backspace()

    def delete(self) -> Effect:
        return self._field.delete()

    def escape(self) -> Effect:
        """Drop typed pinyin; return `UNUSED` if there is none."""
        if not self._field.search.letters:
            return Effect.UNUSED
        self._field.search.clear()
        return Effect.SHOW

    def up(self) -> Effect:
        """Show the next older plate of the history; a no-op if typed characters would be lost."""
        field = self._field
        if not field.is_recalled:
            if not field.text.untouched:
                return Effect.SHOW
            field.history.leave()
        plate = field.history.back()
        return field.set_text(plate) if plate else Effect.SHOW

    def down(self) -> Effect:
        """Show the next newer plate if one of the history is shown, else the next suggestion.

        With the cursor in the first cell, move the focus to the keypad instead.
        """
        field = self._field
        if field.is_recalled:
            plate = field.history.forth()
            return field.set_text(plate) if plate else field.clear()
        if field.text.cursor == 0:
            return Effect.ENTER_KEYPAD
        field.offers.next()
        return Effect.SHOW

    def left(self) -> Effect:
        return self._field.move_to(self._field.text.cursor - 1)

    def right(self) -> Effect:
        """Take the known plate that is suggested, else move one cell right."""
        offer = self._field.offer
        if offer and offer.kind is OfferKind.KNOWN:
            return self._field.accept_offer()
        return self._field.move_to(self._field.text.cursor + 1)

    def home(self) -> Effect:
        return self._field.move_to(0)

    def end(self) -> Effect:
        return self._field.move_to(len(self._field.text.text))

    def _may_stand(self, committed: str) -> bool:
        """Test if each character occurs on plates, and no province comes after the first cell.

        A province in an untouched field begins another plate.
        """
        text = self._field.text
        words = [c for c in normalise_plate(committed) if not (c.isascii() and c.isalnum())]
        may_be_province = text.cursor == 0 or text.untouched
        allowed = WORD_CHARACTERS if may_be_province else WORD_CHARACTERS - set(PROVINCES)
        return allowed.issuperset(words)

    def _search(self, letter: str) -> Effect:
        field = self._field
        field.search.near_end = len(field.text.text) >= _NEARLY_COMPLETE
        if word := field.search.type(letter):
            return field.choose(word)
        return Effect.SHOW if field.search.candidates() else self._insert_letters()

    def _pick(self, digit: int) -> Effect:
        if word := self._field.search.pick(digit):
            return self._field.choose(word)
        return Effect.BEEP if digit else self._insert_letters()

    def _insert_letters(self) -> Effect:
        """End the province search and insert its letters into the plate.

        They are no pinyin then; a military plate, for example, begins with letters.
        """
        letters = self._field.search.letters
        self._field.search.clear()
        return self._field.insert(letters)

    def _space(self, *, repeated: bool) -> Effect:
        """Take the first candidate, else the suggested plate; ignore auto-repeat."""
        if repeated:
            return Effect.SHOW
        return self.enter() if self._field.search.letters else self._field.accept_offer()

    def _plus(self, *, repeated: bool) -> Effect:
        """Switch to the other reading and submit it; ignore auto-repeat."""
        return Effect.SHOW if repeated else self._field.switch_reading() | Effect.SUBMIT
