"""Void and replace entries. The old entry is kept, and linked to the one that replaces it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import (
    AlreadyVoidedError,
    EntryNotFoundError,
    EntryNotOpenError,
    EntryReplacedError,
    NothingToResendError,
    StillSendingError,
)
from wxpark_gui.domain.record import EntryRecord, Link, NewEntry
from wxpark_gui.storage.archives import amend
from wxpark_gui.storage.rows import moment_text
from wxpark_gui.storage.tables import Tables

REOPENED_WAIT = timedelta(seconds=30)
"""Time for a person to correct an entry again, before it is sent as it was."""

_UNSENT = frozenset({DeliveryState.SAVED, DeliveryState.WAITING})
_RESENDABLE = frozenset({DeliveryState.REFUSED, DeliveryState.UNTRUSTED, DeliveryState.EXPIRED})


def void_entry(tables: Tables, record: EntryRecord, by: str, now: datetime) -> None:
    """Close an entry that waits to be sent. Needs an open transaction.

    Args:
        by: name of the person, for the audit; may be empty.

    Raises:
        AlreadyVoidedError: the entry was voided before.
        EntryNotOpenError: the entry is being sent, or is closed already.
    """
    if record.state is DeliveryState.VOIDED:
        raise AlreadyVoidedError(record.state.value)
    if record.state not in _UNSENT:
        raise EntryNotOpenError(record.state.value)
    tables.set_state(record.entry_id, DeliveryState.VOIDED, before=record.state)
    tables.note("voided", _detail(record.entry_id, by), now)


def void_for_reason(
    tables: Tables,
    record: EntryRecord,
    reason: str,
    by: str,
    now: datetime,
    *,
    unless_answered: bool = False,
) -> None:
    """Void an entry that a person declares wrong, even an answered one.

    Its attempts stay. An archived entry is amended in the active file. Needs an open transaction.

    Raises:
        AlreadyVoidedError: the entry was voided before.
        StillSendingError: the entry is being sent.
        EntryNotOpenError: with `unless_answered`, the entry is answered.
    """
    if unless_answered and record.state is DeliveryState.ANSWERED:
        raise EntryNotOpenError(record.state.value)
    if record.state is DeliveryState.VOIDED:
        raise AlreadyVoidedError(record.state.value)
    if record.state is DeliveryState.SENDING:
        raise StillSendingError(record.state.value)
    in_this_file = tables.connection.execute(
        "UPDATE entries SET state = ?, void_reason = ?, next_attempt_at = NULL WHERE entry_id = ?",
        (DeliveryState.VOIDED.value, reason, record.entry_id),
    ).rowcount
    if not in_this_file:
        amend(
            tables.connection,
            record.entry_id,
            now,
            state=DeliveryState.VOIDED,
            void_reason=reason,
        )
    tables.note("voided", _detail(record.entry_id, by, reason), now)


def replace_entry(tables: Tables, new: NewEntry, now: datetime) -> NewEntry:
    """Link the old entry `new.replaces` to `new`; void it if it is open and to be corrected.

    The audit gets both ids, the attendant and the reason. Needs an open transaction, in which the
    result is saved too: `new` with the stored start time of the old entry, or unless it is live,
    `new` itself. The window may know a start time that was corrected since.

    Raises:
        StillSendingError: the old entry is to be corrected, but is being sent.
        EntryReplacedError: the old entry was replaced before.
        NothingToResendError: the old entry is voided, or it is to be re-sent but was answered or is
            still open.
        EntryNotFoundError: neither the journal nor a readable archive has the old entry.
    """
    try:
        old = tables.get(new.replaces)
    except LookupError as error:
        raise EntryNotFoundError from error
    if old.replaced_by:
        raise EntryReplacedError
    if new.link is Link.RESENT:
        if old.state not in _RESENDABLE:
            raise NothingToResendError(old.state.value)
    elif old.state is DeliveryState.VOIDED:
        raise NothingToResendError(old.state.value)
    elif old.state is DeliveryState.SENDING:
        raise StillSendingError(old.state.value)
    elif old.state.is_open:
        void_entry(tables, old, new.origin.attendant, now)
    _link(tables, old, new.entry_id, now)
    if new.backfill is None:
        new = replace(new, entry=replace(new.entry, start_time=old.entry.start_time))
    link = new.link.value if new.link else ""
    detail = _detail(old.entry_id, new.entry_id, new.origin.attendant, _reason(old, new))
    tables.note(f"entry_{link}", detail, now)
    return new


def unlink_replaced(
    tables: Tables, record: EntryRecord, by: str, now: datetime, *, planned: bool
) -> None:
    """Let the entry that `record` replaces count again, as `record` is taken back.

    It can be corrected or re-sent again. One that the correction voided waits again, unless it is
    archived. A no-op if its archive cannot be read. Needs an open transaction.

    Args:
        by: name of the person, for the audit; may be empty.
        planned: True if an entry that waits again is due after `REOPENED_WAIT`; False leaves it
            without a planned time, as in a held account.
    """
    try:
        old = tables.get(record.replaces)
    except LookupError:
        return
    if old.replaced_by != record.entry_id:
        return
    _link(tables, old, "", now)
    due = now + REOPENED_WAIT if planned else None
    if old.state is DeliveryState.VOIDED and _reopen(tables, old, due):
        tables.note("entry_reopened", _detail(old.entry_id, record.entry_id, by), now)


def _reopen(tables: Tables, old: EntryRecord, next_attempt_at: datetime | None) -> bool:
    """Let an entry that its correction voided wait again.

    Return False, and do nothing, if a person voided it for a reason, or if its month is archived.
    """
    changed = tables.connection.execute(
        """
        UPDATE entries SET state = ?, next_attempt_at = ?
        WHERE entry_id = ? AND void_reason = '' AND NOT EXISTS (
            SELECT 1 FROM archives
            WHERE month = substr(saved_at, 1, 7) AND last_position >= position
        )
        """,
        (
            DeliveryState.WAITING.value,
            next_attempt_at and moment_text(next_attempt_at),
            old.entry_id,
        ),
    ).rowcount
    return changed > 0


def _link(tables: Tables, old: EntryRecord, newer: str, now: datetime) -> None:
    """Store the id of the entry that replaces `old`; empty for none. An archive is amended."""
    in_this_file = tables.connection.execute(
        "UPDATE entries SET replaced_by = ? WHERE entry_id = ?", (newer, old.entry_id)
    ).rowcount
    if not in_this_file:
        amend(tables.connection, old.entry_id, now, replaced_by=newer)


def _reason(old: EntryRecord, new: NewEntry) -> str:
    """Return the reason of the replacement, for the audit.

    For a re-sent entry it is the code or state of `old`; for a correction the names of the changed
    fields, separated by commas.
    """
    if new.link is Link.RESENT:
        return (old.outcome.code if old.outcome else "") or old.state.value
    names = (field.name for field in fields(new.entry))
    return ",".join(name for name in names if getattr(old.entry, name) != getattr(new.entry, name))


def _detail(*parts: str) -> str:
    """Return the column `detail` of an audit row: the parts, except empty ones, with blanks."""
    return " ".join(part for part in parts if part)
