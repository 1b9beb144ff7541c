"""Files of the diagnostics, which a person reads before they are saved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiagnosticFile:
    """One file of the diagnostics.

    Attributes:
        name: name in the ZIP file.
        text: content; in files from `Diagnostics.collect`, keys, ids and plates are masked.
    """

    name: str
    text: str

    @property
    def size(self) -> int:
        """Size in bytes, in UTF-8."""
        return len(self.text.encode(errors="surrogateescape"))
