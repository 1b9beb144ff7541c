"""Questions asked before submitting; a second Enter on the same plate answers yes."""

from __future__ import annotations

from enum import Enum, auto


class Question(Enum):
    """A reason to ask before an entry is submitted."""

    UNUSUAL = auto()
    DUPLICATE = auto()


class Questions:
    """The questions asked about one plate; asking about another plate drops them."""

    def __init__(self) -> None:
        self._plate = ""
        self._asked: set[Question] = set()

    def ask(self, question: Question, plate: str) -> None:
        if plate != self._plate:
            self._asked.clear()
        self._plate = plate
        self._asked.add(question)

    def was_asked(self, question: Question, plate: str) -> bool:
        return bool(plate) and plate == self._plate and question in self._asked

    def clear(self) -> None:
        self._plate = ""
        self._asked.clear()
