"""Queries in the audit, and the signed replies of earlier runs, theirs included.

A query has no row of its own. Its line in the audit ends with the fingerprint of its reply, so that
a recorded reply is not believed after a restart.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from wxpark_gui.domain.delivery import Outcome
from wxpark_gui.domain.plate import mask_plate

QUERY = "query"
"""`what` of the line."""

_STATE_LENGTH = 40

_OF_ENTRIES = """
    SELECT fingerprint FROM attempts WHERE fingerprint <> '' ORDER BY attempt DESC LIMIT ?
"""
# 64 hex digits behind `reply=`.
_OF_QUERIES = """
    SELECT substr(detail, -64) AS fingerprint FROM audit
    WHERE what = 'query' AND substr(detail, -70, 6) = 'reply=' ORDER BY note DESC LIMIT ?
"""


def query_detail(plate: str, account_id: str, outcome: Outcome) -> str:
    """Account, masked plate, cause, state and code, and the fingerprint of a signed reply."""
    state = "".join(c for c in outcome.user_state[:_STATE_LENGTH] if c.isprintable())
    parts = [account_id, mask_plate(plate), outcome.cause.value, state, outcome.code]
    if outcome.fingerprint:
        parts.append(f"reply={outcome.fingerprint}")
    return " ".join(part or "-" for part in parts)


def read_fingerprints(connection: sqlite3.Connection, limit: int) -> Sequence[str]:
    """Fingerprints of the newest signed replies to entries, then to queries.

    Args:
        limit: for each of the two.
    """
    rows = [
        *connection.execute(_OF_ENTRIES, (limit,)),
        *connection.execute(_OF_QUERIES, (limit,)),
    ]
    return [row["fingerprint"] for row in rows]
