"""Queries the plate that is typed or selected, and shows the result on the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers.queries import Queries
from wxpark_gui.domain.errors import NotSetUpError, ReadableError
from wxpark_gui.domain.plate import PlateNumber, PlatePolicy
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.verdict import message as messages
from wxpark_gui.ui.verdict.message import PanelMessage
from wxpark_gui.ui.verdict.presenter import VerdictPresenter
from wxpark_gui.wording import Label

if TYPE_CHECKING:
    from wxpark_gui.service.query import QueryAnswer


class QueryFlow(QObject):
    """Queries one plate at a time. The form keeps its content.

    Signals:
        answerShown(): the panel shows the result of a query.
        notSetUp(NotSetUpError): nothing was asked, because no merchant is set up.
    """

    answerShown = Signal()
    notSetUp = Signal(object)

    def __init__(self, queries: Queries, *, form: EntryForm, presenter: VerdictPresenter) -> None:
        super().__init__(form)
        self._queries = queries
        self._form = form
        self._presenter = presenter
        self._asked: PanelMessage | None = None
        self._own: EntryRecord | None = None
        queries.answered.connect(self._on_answered)
        queries.refused.connect(self._on_refused)
        queries.crashed.connect(self._on_crashed)

    def ask(self, selected: EntryRecord | None) -> None:
        """Query the typed plate, else that of `selected`, else that of the entry on the panel.

        Show a note if there is no plate. A no-op while another query runs. The plate field gets the
        focus.
        """
        self._form.plate.setFocus()
        typed = self._form.plate.state.number
        if not self._form.untouched and typed.policy is not PlatePolicy.REFUSE:
            self._start(typed, None)
            return
        own = selected or self._presenter.shown
        if own is None or own.entry.plate is None:
            self._presenter.show_note(lambda wording: wording.label(Label.NOTHING_TO_QUERY), own)
            return
        self._start(own.entry.plate, own)

    def _start(self, plate: PlateNumber, own: EntryRecord | None) -> None:
        account_id = own.origin.account_id if own else ""
        if self._queries.ask(plate.text, account_id):
            self._own = own
            self._asked = self._presenter.show_query(plate.spaced)

    @Slot(object)
    def _on_answered(self, answer: QueryAnswer) -> None:
        if self._presenter.answer_query(self._asked, messages.of_query(answer, self._own)):
            self.answerShown.emit()

    @Slot(object)
    def _on_refused(self, error: ReadableError) -> None:
        self._presenter.show_note(lambda wording: wording.failure(error).sentences)
        if isinstance(error, NotSetUpError):
            self.notSetUp.emit(error)

    @Slot()
    def _on_crashed(self) -> None:
        """Show the form's state on the panel again; the notice strip reports the bug."""
        state = self._form.plate.state
        self._presenter.follow_form(
            state.number, untouched=self._form.untouched, asks_prefix=state.asks_prefix
        )
