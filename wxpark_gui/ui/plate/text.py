"""The characters in the cells of a plate and which cell is next. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable

from wxpark_gui.domain.plate import PROVINCES, PlatePolicy, normalise_plate, read_plate
from wxpark_gui.ui.plate.provinces import SUFFIX_PINYIN
from wxpark_gui.ui.plate.reading import Place, Reading, may_be_elsewhere, read_typed

LONGEST = 12
WHOLE_PLATE = 7
ENOUGH_TO_GUESS = 3

_LOOKALIKES = str.maketrans("IO", "10")
_SPECIAL_PREFIXES = ("WJ", "民航", "使")


class PlateText:
    """A plate being typed.

    Attributes:
        text: normalised; at most `LONGEST` characters, more than any plate has, so that what was
            typed or pasted wrongly can be seen.
        cursor: index of the cell that the next key fills; 0 while the province is being chosen.
        is_known: whether a plate was seen before, which decides what could be read two ways.
    """

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        self.is_known: Callable[[str], bool] = _nothing_is_known
        self._prefix = ""
        # What was typed after the prefix; None where the cells are taken as they stand.
        self._typed: str | None = None
        self._chosen: Place | None = None

    def clear_to(self, prefix: str) -> None:
        """Begin anew with the lot's own province and letter."""
        self._prefix = prefix
        self.replace(prefix)
        self._typed = ""

    def replace(self, text: str) -> None:
        """Put a plate in place of what stands there; it is taken as it is."""
        self.text = normalise_plate(text)[:LONGEST]
        self.cursor = len(self.text)
        self._typed = None
        self._chosen = None

    @property
    def prefix(self) -> str:
        return self._prefix

    @property
    def untouched(self) -> bool:
        """Whether nothing but the lot's prefix stands there."""
        return self.text == self._prefix

    @property
    def alternative(self) -> str:
        """The other plate that was typed in as many keys; empty where there is none."""
        return self._read().alternative

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What a plate seen before may begin with, once three characters of it are typed."""
        if self._typed is None:
            return (self.text,) if len(self.text) >= ENOUGH_TO_GUESS else ()
        if len(self._typed) < ENOUGH_TO_GUESS:
            return ()
        here, elsewhere = self._prefix + self._typed, self._prefix[:1] + self._typed
        return (here, elsewhere) if may_be_elsewhere(self._prefix, self._typed) else (here,)

    def switch_reading(self) -> None:
        """Take the other plate; that stays so while more is typed."""
        reading = self._read()
        if reading.alternative:
            self._chosen = Place.HERE if reading.place is Place.ELSEWHERE else Place.ELSEWHERE
            self._show_reading()

    def put(self, typed: str) -> bool:
        """Take typed, pasted or composed characters; False when there is no room for all of them.

        A whole plate replaces what stands there; a part of one goes on from the cursor.
        """
        characters = normalise_plate(typed)
        if len(characters) > 1 and _is_whole(characters):
            self.replace(characters)
            return len(characters) <= LONGEST
        taken = [self._put_one(character) for character in characters]
        return all(taken)

    def choose(self, word: str) -> None:
        """Put a province, 使, 民航 or WJ in front, or a word such as 学 at the end."""
        self._typed = None
        if word in SUFFIX_PINYIN or (word == "使" and self._is_embassy()):
            self._choose_end(word)
        else:
            self._choose_front(word)

    def backspace(self) -> None:
        if self._typed and self.cursor == len(self.text):
            self._typed = self._typed[:-1]
            self._show_reading()
        elif self.cursor:
            self._typed = None
            self.cursor -= 1
            self.text = self.text[: self.cursor] + self.text[self.cursor + 1 :]

    def delete(self) -> None:
        self._typed = None
        self.text = self.text[: self.cursor] + self.text[self.cursor + 1 :]

    def move_to(self, cell: int) -> None:
        self.cursor = max(0, min(cell, len(self.text)))

    def _put_one(self, character: str) -> bool:
        if self.cursor == 0 and character not in PROVINCES and self.untouched:
            # 146001使 and KA20003 begin without a province: the lot's own is not meant.
            self.text = ""
            self._typed = None
        if self.cursor == len(self.text) and len(self.text) >= LONGEST:
            return False
        if self._typed is not None and self.cursor == len(self.text):
            self._typed += character
            self._show_reading()
            return True
        self._typed = None
        self.text = self.text[: self.cursor] + character + self.text[self.cursor + 1 :]
        self.cursor += 1
        return True

    def _read(self) -> Reading:
        if self._typed is None:
            return Reading(self.text)
        return read_typed(self._prefix, self._typed, self.is_known, self._chosen)

    def _show_reading(self) -> None:
        self.text = self._read().text
        self.cursor = len(self.text)

    def _choose_front(self, word: str) -> None:
        front, rest = self._split()
        if word in PROVINCES and front == "WJ":
            word, rest = "WJ" + word, rest[1:] if rest[:1] in tuple(PROVINCES) else rest
        elif word in _SPECIAL_PREFIXES and front not in _SPECIAL_PREFIXES and front:
            rest = rest[1:] if rest[:1].isalpha() else rest
        self.text = (word + rest)[:LONGEST]
        self.cursor = len(word)

    def _choose_end(self, word: str) -> None:
        body = self.text
        for old in (*SUFFIX_PINYIN, "使"):
            body = body.removesuffix(old)
        self.text = (body + word)[:LONGEST]
        self.cursor = len(self.text)

    def _split(self) -> tuple[str, str]:
        """The first word, which may be missing, and what follows it."""
        for front in (*_SPECIAL_PREFIXES, *PROVINCES):
            if self.text.startswith(front):
                return front, self.text[len(front) :]
        return "", self.text

    def _is_embassy(self) -> bool:
        return self.text.removesuffix("使").isdigit()


def _is_whole(characters: str) -> bool:
    return len(characters) >= WHOLE_PLATE or read_plate(characters).policy is not PlatePolicy.REFUSE


def without_lookalikes(plate: str) -> str:
    """A plate with 1 and 0 for the I and O in its serial; empty where there are none."""
    if plate[:1] not in tuple(PROVINCES):
        return ""
    mended = plate[:2] + plate[2:].translate(_LOOKALIKES)
    return mended if mended != plate else ""


def _nothing_is_known(_plate: str) -> bool:
    return False
