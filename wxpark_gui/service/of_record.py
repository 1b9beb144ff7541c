"""Values that follow from an entry together with its account or the booth's settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wxpark_gui.domain.backfill import Backfill, is_too_old
from wxpark_gui.domain.delivery import Outcome
from wxpark_gui.domain.entry import ParkingEntry
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.record import EntryRecord, SentAs
from wxpark_gui.domain.settings import Account, BoothSettings


def backfill_of(
    entry: ParkingEntry,
    booth: BoothSettings,
    now: datetime,
    number: str = "",
    *,
    confirmed: bool = True,
) -> Backfill:
    """Return the properties of an entry from paper, by the booth's limits.

    Args:
        number: as `PaperNumber.text`; may be empty.
        confirmed: False lets `Journal.append` refuse an entry whose number or plate was typed
            before.
    """
    window = timedelta(minutes=booth.duplicate_minutes) if not confirmed else None
    return Backfill(number, is_too_old(entry.start_time, now, booth.backfill_hours), window)


def held_before(record: EntryRecord) -> bool:
    """Test if the entry's last exchange held its account."""
    return record.outcome is not None and record.outcome.cause.remedy.holds_account


def with_clock_offset(record: EntryRecord, outcome: Outcome) -> EntryRecord:
    """Return the record with the clock offset of its outcome, which the journal does not store."""
    if record.outcome is None or outcome.clock_offset is None:
        return record
    stored = replace(record.outcome, clock_offset=outcome.clock_offset)
    return replace(record, outcome=stored)


def sent_as(account: Account | None) -> SentAs:
    """Return the merchant ids of an attempt; empty ones without an account."""
    if account is None:
        return SentAs()
    return SentAs(account.merchant.mch_id, account.merchant.sub_mch_id)


def merchant_of(record: EntryRecord, account: Account) -> MerchantProfile:
    """Return the merchant of the account, with the car park name and free time of the entry."""
    origin = record.origin
    free_time = account.merchant.free_time if origin.free_time is None else origin.free_time
    return replace(account.merchant, parking_name=origin.lot, free_time=free_time)
