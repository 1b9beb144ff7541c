"""Ask WeChat for the state of a plate's owner. Registers nothing and leaves no entry."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

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
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.ports import Clock, Gateway, QueryAudit, Vault

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """The result of one query.

    Attributes:
        plate: as it was asked about.
        outcome: of the exchange.
        at: aware; when the exchange ended. The answer holds for this moment only.
    """

    plate: PlateNumber
    outcome: Outcome
    at: datetime

    @property
    def verdict(self) -> Verdict:
        return judge_query(self.outcome, self.at)


@dataclass(frozen=True, slots=True)
class PlateQuery:
    """The use case of a query: one exchange per call, never queued, never repeated by itself.

    A refusal of the merchant's data is reported and holds no account. Held accounts are asked for
    too: the answer tells if the settings are right by now.
    """

    gateway: Gateway
    vault: Vault
    settings: CurrentSettings
    clock: Clock
    audit: QueryAudit

    def ask(self, plate: str, account_id: str = "") -> QueryAnswer:
        """Ask once. Waits for the keyring, the wire and the audit.

        Args:
            plate: as typed; an unusual form is asked about, as it is sent.
            account_id: of the entry concerned; empty for the account in use.

        Raises:
            InvalidInputError: the text is no plate.
            NotSetUpError: no merchant has been entered.
        """
        number = read_plate(plate)
        if error := check_plate(number, required=True):
            raise InvalidInputError([error])
        settings = self.settings.value
        if settings.account is None:
            raise NotSetUpError
        account_id = account_id or settings.account.account_id
        outcome = self._exchange(number, settings.find_account(account_id))
        answer = QueryAnswer(number, outcome, self.clock.now())
        self._note(answer, account_id)
        return answer

    def _exchange(self, plate: PlateNumber, account: Account | None) -> Outcome:
        """One exchange. The key is read for it and dropped after it."""
        if account is None:
            return Outcome(Cause.ACCOUNT_UNKNOWN, code="ACCOUNT_UNKNOWN")
        try:
            key = self.vault.load(account.merchant.mch_id)
        except KeyUnavailableError as error:
            return Outcome(Cause.KEY_UNAVAILABLE, code=error.code)
        return self.gateway.query(plate.text, account.merchant, key)

    def _note(self, answer: QueryAnswer, account_id: str) -> None:
        """Add the audit line. The answer is shown without it too."""
        if answer.outcome.cause is Cause.UNTRUSTED:
            _log.error("security: replies of %s cannot be trusted", answer.outcome.host)
        try:
            self.audit.note_query(answer.plate.text, account_id, answer.outcome, answer.at)
        except ReadableError as error:
            _log.warning("the audit has no line of a query: %s", error)
