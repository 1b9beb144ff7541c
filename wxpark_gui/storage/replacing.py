"""Void and replace entries. The old entry is kept, and linked to the one that replaces it."""

from __future__ import annotations

from datetime import datetime

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import (
    EntryNotFoundError,
    EntryNotOpenError,
    EntryReplacedError,
    NothingToResendError,
)
from wxpark_gui.domain.record import EntryRecord, Link, NewEntry
from wxpark_gui.storage.archives import amend
from wxpark_gui.storage.tables import Tables

_UNSENT = frozenset({DeliveryState.SAVED, DeliveryState.WAITING})
_RESENDABLE = frozenset({DeliveryState.REFUSED, DeliveryState.UNTRUSTED, DeliveryState.EXPIRED})


def void_entry(tables: Tables, record: EntryRecord, now: datetime) -> None:
    """Close an entry that waits to be sent. Needs an open transaction.

    Raises:
        EntryNotOpenError: the entry is being sent or closed.
    """
    if record.state not in _UNSENT:
        raise EntryNotOpenError(record.state.value)
    tables.set_state(record, DeliveryState.VOIDED)
    tables.note("voided", record.entry_id, now)


def void_for_reason(
    tables: Tables, record: EntryRecord, reason: str, by: str, now: datetime
) -> None:
    """Void an entry that a person declares wrong, even an answered one.

    Its attempts stay. An archived entry is amended in the active file. Needs an open transaction.

    Raises:
        EntryNotOpenError: the entry is being sent, or was voided before.
    """
    if record.state in (DeliveryState.SENDING, DeliveryState.VOIDED):
        raise EntryNotOpenError(record.state.value)
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
    tables.note("voided", " ".join(part for part in (record.entry_id, by, reason) if part), now)


def replace_entry(tables: Tables, new: NewEntry, now: datetime) -> None:
    """Link the old entry `new.replaces` to `new`; void it if it is open and to be corrected.

    Needs an open transaction, in which `new` is saved too.

    Raises:
        EntryNotOpenError: the old entry is to be corrected, but is being sent.
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
    elif old.state.is_open:
        void_entry(tables, old, now)
    in_this_file = tables.connection.execute(
        "UPDATE entries SET replaced_by = ? WHERE entry_id = ?", (new.entry_id, old.entry_id)
    ).rowcount
    if not in_this_file:
        amend(tables.connection, old.entry_id, now, replaced_by=new.entry_id)
    link = new.link.value if new.link else ""
    tables.note(f"entry_{link}", f"{old.entry_id} {new.entry_id}", now)
