"""Fills a journal with entries that wait to be sent."""

from __future__ import annotations

from pathlib import Path

from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.record import NewEntry, Origin
from wxpark_gui.runtime.system import SystemClock, SystemRandom
from wxpark_gui.storage.journal import SqliteJournal
from wxpark_gui.training.booth import TRAINING_MERCHANT


def fill(directory: Path, entries: int) -> None:
    """Write a journal with a backlog of at most 10,000 entries, as after an outage.

    The training gateway answers each with NORMAL.
    """
    clock, chance = SystemClock(), SystemRandom()
    journal = SqliteJournal(directory / "journal.sqlite3", clock)
    merchant = TRAINING_MERCHANT
    origin = Origin(
        f"{merchant.mch_id}-{merchant.sub_mch_id}",
        merchant.mch_id,
        merchant.sub_mch_id,
        merchant.parking_name,
        "1号岗",
        training=True,
    )
    for number in range(entries):
        entry = check_draft(EntryDraft(f"粤A{number:04}K"), clock.now())
        journal.append(NewEntry(chance.entry_id(), entry, origin), clock.now())
    journal.close()
