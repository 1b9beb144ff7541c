"""Query WeChat for the state of a plate's owner. Creates no entry, only a line of the audit."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.entry import check_plate
from wxpark_gui.domain.errors import (
    InvalidInputError,
    KeyUnavailableError,
    NotSetUpError,
    ReadableError,
)
from wxpark_gui.domain.plate import PlateNumber, read_plate
from wxpark_gui.domain.settings import Account
from wxpark_gui.domain.verdict import Verdict, judge_query
from wxpark_gui.service.present_shift import PresentShift

if TYPE_CHECKING:
    from wxpark_gui.service.current_settings import CurrentSettings
    from wxpark_gui.service.keys import Keys
    from wxpark_gui.service.ports import Clock, Gateway, QueryAudit

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """Result of one query.

    Attributes:
        plate: the normalised plate.
        outcome: of the exchange.
        at: end of the exchange, aware; the state may change at any time after it.
    """

    plate: PlateNumber
    outcome: Outcome
    at: datetime

    @property
    def verdict(self) -> Verdict:
        return judge_query(self.outcome, self.at)


@dataclass(frozen=True, slots=True)
class PlateQuery:
    """Use case of a query: one exchange per call, never queued or retried.

    A failed query does not hold its account, and a held account does not stop a query.
    """

    gateway: Gateway
    keys: Keys
    settings: CurrentSettings
    clock: Clock
    audit: QueryAudit
    present: PresentShift

    def ask(self, plate: str, account_id: str = "") -> QueryAnswer:
        """Query a plate once. Blocks for the keyring, the network and the disk.

        Args:
            plate: as typed; an unusual plate is accepted without confirmation.
            account_id: account to query under; empty for the current one.

        Raises:
            InvalidInputError: the text is no plate.
            NotSetUpError: the settings have no current account.
        """
        number = read_plate(plate)
        if error := check_plate(number, required=True):
            raise InvalidInputError([error])
        settings = self.settings.value
        if settings.account is None:
            raise NotSetUpError
        account_id, by = account_id or settings.account.account_id, self.present.stamp.attendant
        outcome = self._exchange(number, settings.find_account(account_id))
        answer = QueryAnswer(number, outcome, self.clock.now())
        self._note(answer, account_id, by)
        return answer

    def _exchange(self, plate: PlateNumber, account: Account | None) -> Outcome:
        """Read the key and make one exchange; a missing account or key becomes the outcome."""
        if account is None:
            return Outcome(Cause.ACCOUNT_UNKNOWN, code="ACCOUNT_UNKNOWN")
        try:
            key = self.keys.get(account.merchant.mch_id)
        except KeyUnavailableError as error:
            return Outcome(Cause.KEY_UNAVAILABLE, code=error.code)
        outcome = self.gateway.query(plate.text, account.merchant, key)
        if outcome.cause is Cause.SIGNATURE_REFUSED:
            self.keys.doubt(account.merchant.mch_id)
        return outcome

    def _note(self, answer: QueryAnswer, account_id: str, by: str) -> None:
        """Add the query to the audit; a failure to do so is only logged."""
        if answer.outcome.cause is Cause.UNTRUSTED:
            _log.error("security: replies of %s cannot be trusted", answer.outcome.host)
        try:
            self.audit.note_query(answer.plate.text, account_id, answer.outcome, answer.at, by)
        except ReadableError as error:
            _log.warning("the audit has no line of a query: %s", error)
