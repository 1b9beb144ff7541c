"""Message of a hand-over while it is typed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class MessageDraft:
    """Message typed for a hand-over that has not taken place.

    Attributes:
        shift_id: the shift it is about; a message of another shift is not offered.
    """

    shift_id: str = ""
    text: str = ""

    def of(self, shift_id: str) -> str:
        """Return the message if it is about this shift, else ""."""
        return self.text if shift_id == self.shift_id else ""
