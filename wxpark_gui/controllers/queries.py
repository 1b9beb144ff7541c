"""Queries about a plate, on a thread and a connection of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.runtime.runner import Worker

if TYPE_CHECKING:
    from wxpark_gui.service.query import PlateQuery, QueryAnswer


class Queries(QObject):
    """Asks WeChat for the state of a plate's owner, once for each call. Keeps no answer.

    Attributes:
        asking: True while a query runs. Further calls are dropped then, such as those of a key that
            is held down.

    Signals:
        answered(QueryAnswer): the query ended; its outcome may be a failure.
        refused(ReadableError): the plate is invalid or no merchant is set up; nothing was asked.
        crashed(Exception): an exception that is a bug.
    """

    answered = Signal(object)
    refused = Signal(object)
    crashed = Signal(object)

    def __init__(self, query: PlateQuery, worker: Worker) -> None:
        """Keep the given parts; `worker` is the thread that owns the connection of `query`."""
        super().__init__()
        self._query = query
        self._worker = worker
        self.asking = False

    def ask(self, plate: str, account_id: str = "") -> bool:
        """Start a query. Does not block.

        Args:
            plate: as typed.
            account_id: account to ask under; empty for that which is current now.

        Returns:
            False if another query is running; then this one is dropped.
        """
        if self.asking:
            return False
        self.asking = True
        account_id = account_id or self._query.settings.value.account_id
        self._worker.submit(
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
