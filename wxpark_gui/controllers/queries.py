"""Queries about a plate, on the thread and the connection of the live entry."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.query import PlateQuery, QueryAnswer


class Queries(QObject):
    """Asks once for each call; an answer is shown with its time and not kept.

    Attributes:
        asking: a query is under way; a further one is refused, so that a key held down does not
            put a row of exchanges before the next entry.

    Signals:
        answered(QueryAnswer): the exchange ended, with or without an answer.
        refused(ReadableError): nothing was asked.
        crashed(Exception): a bug.
    """

    answered = Signal(object)
    refused = Signal(object)
    crashed = Signal(object)

    def __init__(self, query: PlateQuery, sending: Worker) -> None:
        """`sending` is the thread that owns the connection of `query`."""
        super().__init__()
        self._query = query
        self._sending = sending
        self.asking = False

    def ask(self, plate: str, account_id: str = "") -> bool:
        """Ask after the exchanges already given; returns at once.

        Args:
            plate: as typed.
            account_id: of the entry concerned; empty for the account in use.

        Returns:
            False if a query is under way: then nothing is asked.
        """
        if self.asking:
            return False
        self.asking = True
        self._sending.submit(
            lambda: self._query.ask(plate, account_id), self._on_answered, self._on_failed
        )
        return True

    @Slot(object)
    def _on_answered(self, answer: QueryAnswer) -> None:
        self.asking = False
        self.answered.emit(answer)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.asking = False
        if isinstance(error, ReadableError):
            self.refused.emit(error)
        else:
            self.crashed.emit(error)
