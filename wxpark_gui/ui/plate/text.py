"""Text model of the plate cells: characters, cursor, undo. Does not use Qt."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from wxpark_gui.domain.plate import PROVINCES, PlatePolicy, normalise_plate, read_plate
from wxpark_gui.domain.plate_text import LONGEST_TYPED
from wxpark_gui.ui.plate.provinces import SUFFIX_PINYIN
from wxpark_gui.ui.plate.reading import Place, may_be_elsewhere, read_typed

LONGEST = 12
WHOLE_PLATE = 7
ENOUGH_TO_GUESS = 3
MOST_UNDO_STEPS = 20

_LOOKALIKES = str.maketrans("IO", "10")
_SPECIAL_PREFIXES = ("WJ", "民航", "使")
_FIRST_CHARACTERS = frozenset(PROVINCES + "民使")


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """State of a `PlateText` that undo restores; the fields are its attributes of these names."""

    text: str
    cursor: int
    typed: str | None
    chosen: Place | None
    alternative: str


class PlateText:
    """A plate being typed.

    The class exceeds the project's limit of 20 methods: one for each way to change a text, most of
    them short.

    Attributes:
        text: normalised; at most `LONGEST` characters, more than any plate has, so that wrong input
            stays visible.
        cursor: index of the cell that the next key fills, from 0 to the length of the text.
        alternative: the other plate that the typed characters can mean; empty for none.
        is_known: membership test for plates entered before, which decides between two readings.
    """

    def __init__(self) -> None:
        self.text = ""
        self.cursor = 0
        self.alternative = ""
        self.is_known: Callable[[str], bool] = _nothing_is_known
        self._prefix = ""
        # Characters typed after the prefix; None after any other edit, which has one reading only.
        self._typed: str | None = None
        self._chosen: Place | None = None
        self._undo: deque[_Snapshot] = deque(maxlen=MOST_UNDO_STEPS)

    def clear_to(self, prefix: str) -> None:
        """Start a new plate with `prefix`, which becomes the lot's prefix."""
        self.replace(prefix)
        self._prefix = prefix
        self._typed = ""

    def set_prefix(self, prefix: str) -> None:
        """Change the lot's prefix and drop all undo steps; a plate already begun stays."""
        if self.untouched:
            self.clear_to(prefix)
        self._prefix = prefix
        self._undo.clear()
        if not self.untouched:
            self._freeze()

    def replace(self, text: str) -> None:
        """Replace all cells by a plate, normalised and cut to `LONGEST`; it has one reading."""
        self._remember()
        self.text = normalise_plate(text)[:LONGEST]
        self.cursor = len(self.text)
        self._freeze()

    def undo(self) -> bool:
        """Undo the last replacement, chosen word or switched reading; False for none."""
        while self._undo:
            before = self._undo.pop()
            if before.text != self.text:
                self.text, self.cursor = before.text, before.cursor
                self._typed, self._chosen = before.typed, before.chosen
                self.alternative = before.alternative
                return True
        return False

    @property
    def prefix(self) -> str:
        return self._prefix

    @property
    def untouched(self) -> bool:
        """True while the cells hold the lot's prefix alone."""
        return self.text == self._prefix

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Beginnings to look up among known plates; none before `ENOUGH_TO_GUESS` characters."""
        if self._typed is None:
            return (self.text,) if len(self.text) >= ENOUGH_TO_GUESS else ()
        if len(self._typed) < ENOUGH_TO_GUESS:
            return ()
        here, elsewhere = self._prefix + self._typed, self._prefix[:1] + self._typed
        return (here, elsewhere) if may_be_elsewhere(self._prefix, self._typed) else (here,)

    def switch_reading(self) -> None:
        """Take the alternative and keep that choice while more is typed; no-op without one."""
        if self._typed is None or not self.alternative:
            return
        self._remember()
        here = self._prefix + self._typed
        self._chosen = Place.HERE if self.alternative == here else Place.ELSEWHERE
        self._read()

    def put(self, typed: str) -> bool:
        """Put typed, pasted or committed characters into the cells; False if some did not fit.

        A whole plate replaces all cells; a part of one fills cells from the cursor on.
        """
        characters = normalise_plate(typed)
        if len(characters) > 1 and _is_whole(characters):
            self.replace(characters)
            return len(characters) <= LONGEST and len(typed) <= LONGEST_TYPED
        taken = [self._put_one(character) for character in characters]
        return all(taken)

    def choose(self, word: str) -> None:
        """Put a province, 使, 民航 or WJ in front, or a word such as 学 at the end.

        After an embassy number 使 goes to the end.
        """
        self._remember()
        self._freeze()
        if word in SUFFIX_PINYIN or (word == "使" and self._is_embassy()):
            self._choose_end(word)
        else:
            self._choose_front(word)

    def backspace(self) -> None:
        if self._typed and self.cursor == len(self.text):
            self._typed = self._typed[:-1]
            self._read()
        elif self.cursor:
            self._freeze()
            self.cursor -= 1
            self.text = self.text[: self.cursor] + self.text[self.cursor + 1 :]

    def delete(self) -> None:
        self._freeze()
        self.text = self.text[: self.cursor] + self.text[self.cursor + 1 :]

    def move_to(self, cell: int) -> None:
        self.cursor = max(0, min(cell, len(self.text)))

    def _put_one(self, character: str) -> bool:
        if self._begins_another_plate(character):
            self.text = ""
            self.cursor = 0
            self._freeze()
        at_end = self.cursor == len(self.text)
        if at_end and len(self.text) >= LONGEST:
            return False
        if at_end and self._typed is not None:
            self._typed += character
            self._read()
            return True
        self._freeze()
        self.text = self.text[: self.cursor] + character + self.text[self.cursor + 1 :]
        self.cursor += 1
        return True

    def _begins_another_plate(self, character: str) -> bool:
        """Return True if this first typed character starts a plate without the lot's prefix."""
        if not self.untouched:
            return False
        if self.cursor == 0:
            # 146001使 and KA20003 begin without a province.
            return character not in PROVINCES
        return self.cursor == len(self.text) and character in _FIRST_CHARACTERS

    def _remember(self) -> None:
        """Push an undo snapshot, unless the text is empty or the lot's prefix alone."""
        if self.text and not self.untouched:
            self._undo.append(
                _Snapshot(self.text, self.cursor, self._typed, self._chosen, self.alternative)
            )

    def _freeze(self) -> None:
        """Keep the text as it is and drop its second reading."""
        self._typed = None
        self._chosen = None
        self.alternative = ""

    def _read(self) -> None:
        """Set text, alternative and cursor from the typed characters."""
        reading = read_typed(self._prefix, self._typed or "", self.is_known, self._chosen)
        self.text, self.alternative = reading.text, reading.alternative
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
        """Return the leading special prefix or province (empty for none), and the rest."""
        for front in (*_SPECIAL_PREFIXES, *PROVINCES):
            if self.text.startswith(front):
                return front, self.text[len(front) :]
        return "", self.text

    def _is_embassy(self) -> bool:
        return self.text.removesuffix("使").isdigit()


def _is_whole(characters: str) -> bool:
    return len(characters) >= WHOLE_PLATE or read_plate(characters).policy is not PlatePolicy.REFUSE


def without_lookalikes(plate: str) -> str:
    """Return the plate with 1 and 0 for I and O in its serial; empty if nothing changes.

    Plates that do not begin with a province are not changed.
    """
    if plate[:1] not in tuple(PROVINCES):
        return ""
    mended = plate[:2] + plate[2:].translate(_LOOKALIKES)
    return mended if mended != plate else ""


def _nothing_is_known(_plate: str) -> bool:
    return False
