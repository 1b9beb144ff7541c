"""Opens the journal for a command, and tells what opening it repaired."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.streams import Output
from wxpark_gui.wording import Wording

if TYPE_CHECKING:
    from wxpark_gui.service.ports import Journal


class JournalOpener:
    """Opens the journal; a salvage or a finished restore is told on standard error.

    The window tells of what its own start repaired; after a command it would never be told.
    """

    def __init__(self, wording: Wording, output: Output) -> None:
        self._wording = wording
        self._output = output

    @contextmanager
    def open(self, parts: Assembly) -> Iterator[Journal]:
        """Yield the journal, and close it at the end.

        Raises:
            ReadableError: as `Assembly.open_journal`.
        """
        with closing(parts.open_journal()) as journal:
            if (salvaged := parts.take_salvaged()) is not None:
                self._output.complain(self._wording.salvage(salvaged))
            if (restored := parts.take_restored()) is not None:
                self._output.complain(self._wording.restored(restored))
            yield journal
