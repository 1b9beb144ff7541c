"""Entries taken back, re-sent and corrected: the old one stays, linked to its successor."""

from __future__ import annotations

from datetime import datetime

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import EntryNotOpenError, EntryReplacedError, NothingToResendError
from wxpark_gui.domain.record import EntryRecord, Link, NewEntry
from wxpark_gui.storage.tables import Tables

_UNSENT = frozenset({DeliveryState.SAVED, DeliveryState.WAITING})
_RESENDABLE = frozenset({DeliveryState.REFUSED, DeliveryState.UNTRUSTED, DeliveryState.EXPIRED})


def void_entry(tables: Tables, record: EntryRecord, now: datetime) -> None:
    """Close an entry that waits to be sent. Needs an open transaction.

    Raises:
        EntryNotOpenError: it is being sent, or closed.
    """
    if record.state not in _UNSENT:
        raise EntryNotOpenError(record.state.value)
    tables.set_state(record, DeliveryState.VOIDED)
    tables.note("voided", record.entry_id, now)


def replace_entry(tables: Tables, new: NewEntry, now: datetime) -> None:
    """Link the entry that `new` replaces to it; close it if it was not sent.

    Needs an open transaction, in which `new` is saved too.

    Raises:
        EntryNotOpenError: it is being sent.
        EntryReplacedError: it was replaced before.
        NothingToResendError: it was taken back, or is to be re-sent although it was answered.
        LookupError: there is no such entry.
    """
    old = tables.get(new.replaces)
    if old.replaced_by:
        raise EntryReplacedError
    if new.link is Link.RESENT:
        if old.state not in _RESENDABLE:
            raise NothingToResendError(old.state.value)
    elif old.state is DeliveryState.VOIDED:
        raise NothingToResendError(old.state.value)
    elif old.state.is_open:
        void_entry(tables, old, now)
    tables.connection.execute(
        "UPDATE entries SET replaced_by = ? WHERE entry_id = ?", (new.entry_id, old.entry_id)
    )
    link = new.link.value if new.link else ""
    tables.note(f"entry_{link}", f"{old.entry_id} {new.entry_id}", now)
