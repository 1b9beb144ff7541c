"""The use case of a query: one exchange, one audit row, no entry."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wxpark_gui.domain.delivery import Cause, Outcome
from wxpark_gui.domain.errors import (
    InvalidInputError,
    JournalWriteError,
    KeyringLockedError,
    NotSetUpError,
)
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.stamp import Stamp
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.service.keys import Keys
from wxpark_gui.service.query import PlateQuery

if TYPE_CHECKING:
    from tests.service.conftest import Booth

FINGERPRINT = "0123456789abcdef" * 4
NORMAL = Outcome(Cause.ANSWERED, user_state="NORMAL", fingerprint=FINGERPRINT)


class BrokenAudit:
    """Audit whose writes fail because the disk is full."""

    def note_query(
        self, plate: str, account_id: str, outcome: Outcome, now: datetime, by: str
    ) -> None:
        raise JournalWriteError("database or disk is full")


@pytest.fixture
def query(booth: Booth) -> PlateQuery:
    return PlateQuery(
        booth.gateway,
        Keys(booth.vault),
        booth.settings,
        booth.clock,
        booth.journal,
        booth.submission.present,
    )


def audit(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path / "journal.sqlite3")) as connection:
        rows = connection.execute("SELECT what, detail FROM audit ORDER BY note").fetchall()
    return [(what, detail) for what, detail in rows]


def test_answer_has_plate_outcome_and_time(booth: Booth, query: PlateQuery) -> None:
    booth.gateway.outcomes = [NORMAL]
    answer = query.ask("粤b·12345")
    assert (answer.plate.text, answer.outcome, answer.at) == ("粤B12345", NORMAL, booth.clock.now())
    assert answer.verdict.severity is Severity.OK
    assert answer.verdict.as_of == booth.clock.now()
    assert booth.gateway.queried == ["粤B12345"]


def test_query_leaves_an_audit_line_with_the_plate_masked_and_no_entry(
    booth: Booth, query: PlateQuery, tmp_path: Path
) -> None:
    booth.submission.present.replace(Stamp("shift", "李师傅"))
    booth.gateway.outcomes = [NORMAL]
    query.ask("粤B12345")
    detail = f"10000098-1900000109 粤B1***5 answered NORMAL - 李师傅 reply={FINGERPRINT}"
    assert audit(tmp_path) == [("query", detail)]
    assert booth.journal.recent(9) == []
    assert booth.gateway.sent == []


@pytest.mark.parametrize(
    ("outcome", "detail"),
    [
        (Outcome(Cause.OFFLINE, code="DNS"), "offline - DNS"),
        (Outcome(Cause.UNTRUSTED, code="REPLAYED"), "untrusted - REPLAYED"),
        (Outcome(Cause.ANSWERED, user_state="A\nB" + "x" * 99), "answered AB" + "x" * 37 + " -"),
    ],
)
def test_audit_line_tells_the_end_of_every_query(
    booth: Booth, query: PlateQuery, tmp_path: Path, outcome: Outcome, detail: str
) -> None:
    booth.gateway.outcomes = [outcome]
    query.ask("粤B12345")
    assert audit(tmp_path) == [("query", f"10000098-1900000109 粤B1***5 {detail} -")]


@pytest.mark.parametrize("cause", Cause)
def test_query_is_made_once_whatever_its_end(booth: Booth, query: PlateQuery, cause: Cause) -> None:
    booth.gateway.outcomes = [Outcome(cause)]
    assert query.ask("粤B12345").outcome.cause is cause
    assert booth.gateway.queried == ["粤B12345"]
    assert booth.journal.backlog().count == 0


def test_settings_stop_is_reported_and_holds_no_account(booth: Booth, query: PlateQuery) -> None:
    booth.gateway.outcomes = [Outcome(Cause.SIGNATURE_REFUSED)]
    assert query.ask("粤B12345").verdict.severity is Severity.FAILED
    assert booth.journal.backlog().held == ()
    assert booth.send("粤B54321", NORMAL).verdict.severity is Severity.OK


def test_held_account_is_asked_for_and_stays_held(booth: Booth, query: PlateQuery) -> None:
    booth.send("粤B54321", Outcome(Cause.SIGNATURE_REFUSED))
    booth.gateway.outcomes = [NORMAL]
    assert query.ask("粤B12345").outcome == NORMAL
    assert booth.journal.backlog().is_held("10000098-1900000109")


@pytest.mark.parametrize("typed", ["", "粤B12", "12345", "粤B1234!"])
def test_text_that_is_no_plate_is_refused_unasked(
    booth: Booth, query: PlateQuery, typed: str
) -> None:
    with pytest.raises(InvalidInputError):
        query.ask(typed)
    assert booth.gateway.queried == []


def test_unusual_plate_is_asked_about(booth: Booth, query: PlateQuery) -> None:
    assert query.ask("粤B888888").plate.text == "粤B888888"


def test_booth_without_a_merchant_is_told_so(booth: Booth, query: PlateQuery) -> None:
    booth.settings.replace(Settings())
    with pytest.raises(NotSetUpError):
        query.ask("粤B12345")


def test_account_of_the_entry_is_asked_with(booth: Booth, query: PlateQuery) -> None:
    other = replace(booth.settings.value.accounts[0], account_id="another")
    settings = replace(booth.settings.value, accounts=(*booth.settings.value.accounts, other))
    booth.settings.replace(settings)
    query.ask("粤B12345", "another")
    assert booth.gateway.merchants == [other.merchant]


def test_account_that_was_removed_is_not_replaced_by_another(
    booth: Booth, query: PlateQuery
) -> None:
    answer = query.ask("粤B12345", "removed")
    assert answer.outcome.cause is Cause.ACCOUNT_UNKNOWN
    assert booth.gateway.queried == []


def test_key_that_cannot_be_read_is_the_outcome(booth: Booth, query: PlateQuery) -> None:
    booth.vault.failure = KeyringLockedError()
    outcome = query.ask("粤B12345").outcome
    assert (outcome.cause, outcome.code) == (Cause.KEY_UNAVAILABLE, "KEYRING_LOCKED")


def test_answer_is_given_without_an_audit_line(
    booth: Booth, query: PlateQuery, caplog: pytest.LogCaptureFixture
) -> None:
    booth.gateway.outcomes = [NORMAL]
    with caplog.at_level(logging.DEBUG):
        answer = replace(query, audit=BrokenAudit()).ask("粤B12345")
    assert answer.outcome == NORMAL
    assert "database or disk is full" in caplog.text
    assert "粤B12345" not in caplog.text


def test_untrusted_reply_is_logged_as_a_security_event(
    booth: Booth, query: PlateQuery, caplog: pytest.LogCaptureFixture
) -> None:
    booth.gateway.outcomes = [Outcome(Cause.UNTRUSTED, host="h")]
    query.ask("粤B12345")
    assert "security: replies of h cannot be trusted" in caplog.text


def test_fingerprint_of_a_query_is_remembered_after_a_restart(
    booth: Booth, query: PlateQuery
) -> None:
    booth.gateway.outcomes = [NORMAL]
    query.ask("粤B12345")
    assert booth.journal.fingerprints(9) == [FINGERPRINT]
