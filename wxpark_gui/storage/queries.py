"""Audit rows of queries, and the fingerprints of stored signed replies.

A query has no table. Its row in the audit ends with the fingerprint of its signed reply, so that
the reply cannot be replayed after a restart.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from wxpark_gui.domain.delivery import Outcome
from wxpark_gui.domain.plate import mask_plate

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


def query_detail(plate: str, account_id: str, outcome: Outcome) -> str:
    """Return account, masked plate, cause, state, code and the fingerprint of a signed reply.

    They are separated by blanks, an empty one is `-`, and an unsigned reply has no fingerprint.
    """
    state = "".join(c for c in outcome.user_state[:_STATE_LENGTH] if c.isprintable())
    parts = [account_id, mask_plate(plate), outcome.cause.value, state, outcome.code]
    if outcome.fingerprint:
        parts.append(f"reply={outcome.fingerprint}")
    return " ".join(part or "-" for part in parts)


def read_fingerprints(connection: sqlite3.Connection, limit: int) -> Sequence[str]:
    """Return fingerprints of signed replies, newest first: of entries, then of queries.

    Args:
        limit: largest number of each.
    """
    rows = [
        *connection.execute(_OF_ENTRIES, (limit,)),
        *connection.execute(_OF_QUERIES, (limit,)),
    ]
    return [row["fingerprint"] for row in rows]
