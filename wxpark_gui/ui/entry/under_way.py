"""The drafts on their way to the disk: which one an answer of the desk is about."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from wxpark_gui.domain.entry import EntryDraft


@dataclass(slots=True, eq=False)
class Handed:
    """A draft the desk was asked to save.

    Attributes:
        unwanted: it is to be taken back as soon as it is saved.
    """

    draft: EntryDraft
    unwanted: bool = False


class UnderWay:
    """Drafts that are neither saved nor refused yet.

    The desk refuses what cannot be sent while it is asked, and answers for the others later, in the
    order of asking.
    """

    def __init__(self) -> None:
        self._handed: deque[Handed] = deque()
        self._asking = False

    def hand_over(self, draft: EntryDraft, ask: Callable[[], None]) -> bool:
        """Ask the desk to save a draft: False if it was refused at once."""
        self._handed.append(Handed(draft))
        self._asking = True
        ask()
        accepted, self._asking = self._asking, False
        return accepted

    def awaits(self, draft: EntryDraft) -> bool:
        """Whether this draft is the newest of those not answered for yet."""
        return bool(self._handed) and self._handed[-1].draft is draft

    def saved(self) -> Handed | None:
        """The draft that the desk says is saved; None where it is another window's."""
        return self._handed.popleft() if self._handed else None

    def refused(self) -> EntryDraft | None:
        """The draft that the desk refuses."""
        if not self._handed:
            return None
        if self._asking:
            self._asking = False
            return self._handed.pop().draft
        return self._handed.popleft().draft

    def want_back(self) -> bool:
        """Have the newest draft taken back once it is saved: False if none is under way."""
        if not self._handed:
            return False
        self._handed[-1].unwanted = True
        return True
