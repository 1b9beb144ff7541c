"""SQL queries that may read archives too, and the audit rows of plate queries.

A plate query has no table. Its row in the audit ends with the fingerprint of its signed reply, so
that the reply cannot be replayed after a restart.
"""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from wxpark_gui.domain.delivery import Outcome
from wxpark_gui.domain.plate import mask_plate
from wxpark_gui.storage.archives import Archives, shared_from
from wxpark_gui.storage.inspection import lenient_text
from wxpark_gui.storage.rows import moment_text

QUERY = "query"
"""Value of the column `what` in a query's audit row."""

_STATE_LENGTH = 40

_OF_ENTRIES = """
    SELECT fingerprint FROM attempts WHERE fingerprint <> '' ORDER BY attempt DESC LIMIT ?
"""
# `reply=` and 64 hex digits.
_OF_QUERIES = """
    SELECT substr(detail, -64) AS fingerprint FROM audit
    WHERE what = 'query' AND substr(detail, -70, 6) = 'reply=' ORDER BY note DESC LIMIT ?
"""


# All rows in order of saving: counting them here takes half the time of grouping them in SQLite.
_PLATES = """
    SELECT CAST(plate AS BLOB) FROM entries NOT INDEXED
    WHERE saved_at >= ? AND plate <> '' AND state <> 'voided' AND position < ?
    ORDER BY position DESC
"""
_SEARCHED = 100_000
# Closed entries of schema 1 and 2 have no account id; it is made of their merchant ids.
# The newest rows suffice: an account in use has an answered entry among them.
_ANSWERED = f"""
    SELECT 1 FROM (
        SELECT state, account_id, mch_id, sub_mch_id FROM entries
        ORDER BY position DESC LIMIT {_SEARCHED}
    )
    WHERE state = 'answered' AND (
        account_id = :account
        OR (account_id = '' AND mch_id || '-' || sub_mch_id = :account)
    )
    LIMIT 1
"""  # noqa: S608 - our own number


def query_detail(plate: str, account_id: str, outcome: Outcome, by: str) -> str:
    """Return account, masked plate, cause, state, code, person and a signed reply's fingerprint.

    The values are separated by blanks; an empty one is `-`. Without a signed reply, the last part
    `reply=FINGERPRINT` is missing.
    """
    state = "".join(c for c in outcome.user_state[:_STATE_LENGTH] if c.isprintable())
    parts = [account_id, mask_plate(plate), outcome.cause.value, state, outcome.code, by]
    if outcome.fingerprint:
        parts.append(f"reply={outcome.fingerprint}")
    return " ".join(part or "-" for part in parts)


def read_fingerprints(
    connection: sqlite3.Connection, limit: int, archives: Archives
) -> Sequence[str]:
    """Return fingerprints of signed replies: to entries, newest first, then to queries.

    Args:
        limit: largest number of each.
        archives: for older replies to entries, if the journal has fewer than `limit`.
    """
    found = [row["fingerprint"] for row in connection.execute(_OF_ENTRIES, (limit,))]
    if len(found) < limit:
        for _, archive in archives.each():
            with contextlib.suppress(sqlite3.Error):
                rows = archive.execute(_OF_ENTRIES, (limit - len(found),)).fetchall()
                found += [row["fingerprint"] for row in rows]
            if len(found) >= limit:
                break
    found += [row["fingerprint"] for row in connection.execute(_OF_QUERIES, (limit,))]
    return found


def read_visits(
    connection: sqlite3.Connection, since: datetime, limit: int, archives: Archives
) -> Sequence[tuple[str, int]]:
    """Return plates with their number of entries since `since`, voided ones not counted.

    Only the `limit` plates entered last are returned, the latest at the end.
    """
    text = moment_text(since)
    visits = Counter(_read_plates(connection, text, sys.maxsize))
    for file, archive in archives.each(since=text[:7]):
        with contextlib.suppress(sqlite3.Error):
            visits.update(_read_plates(archive, text, shared_from(connection, file)))
    newest = list(islice(visits.items(), limit))
    return [(lenient_text(plate), count) for plate, count in reversed(newest)]


def _read_plates(connection: sqlite3.Connection, since: str, before: int) -> list[bytes]:
    """Return the plates of entries, newest first, as bytes: decoding some 100,000 takes too long.

    Args:
        since: earliest `saved_at`.
        before: position that all positions are below.
    """
    return [row[0] for row in connection.execute(_PLATES, (since, before))]


def was_answered(connection: sqlite3.Connection, account_id: str, archives: Archives) -> bool:
    """Test if WeChat answered an entry of an account, among the newest 100,000 entries."""
    account = {"account": account_id}
    if connection.execute(_ANSWERED, account).fetchone():
        return True
    seen: int = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    for file, archive in archives.each():
        if seen >= _SEARCHED:
            break
        seen += file.entries
        with contextlib.suppress(sqlite3.Error):
            if archive.execute(_ANSWERED, account).fetchone():
                return True
    return False
