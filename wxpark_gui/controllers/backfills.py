"""Controller of entries from paper: saves and voids them, and makes the sheets to print."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from wxpark_gui.controllers.entries import Refused, Submitted
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import (
    AccountMissingError,
    EntryFaultError,
    InvalidInputError,
    NotSetUpError,
    ReadableError,
)
from wxpark_gui.domain.record import EntryRecord, NewEntry
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.ports import Journal
from wxpark_gui.service.submit import Submission

if TYPE_CHECKING:
    from wxpark_gui.service.shift_book import Documents

RenderSheets = Callable[[int], tuple[str, bytes]]
"""Function that returns name and content of a PDF file, given the number of its first sheet."""


class Backfills(QObject):
    """Saves entries from paper, which the queue sends. No method blocks.

    Each entry is saved in a transaction of its own. Its verdict is not shown in the verdict panel.

    Signals:
        saved(EntryRecord): the entry is on disk. Further changes come from `Entries.changed`.
        notSaved(str, ReadableError): the entry with this id was not saved; the error is a
            `BackfillRepeatedError` if it may have been typed before.
        changed(EntryRecord): an entry was voided or replaced.
        notVoided(str, ReadableError): the entry with this id was not voided.
        sheetsSaved(Path): the sheets were written to this path.
        sheetsNotSaved(ReadableError): no sheets were written.
        crashed(Exception): an exception that is a bug; in the saving of an entry, `notSaved`
            precedes it.

    Attributes:
        unsaved: ids of the entries that are being saved.
        leaving: ids of the entries that are being voided.
    """

    saved = Signal(object)
    notSaved = Signal(str, object)
    changed = Signal(object)
    notVoided = Signal(str, object)
    sheetsSaved = Signal(object)
    sheetsNotSaved = Signal(object)
    crashed = Signal(object)

    def __init__(
        self,
        submission: Submission,
        journal: Journal,
        documents: Documents,
        saving: Worker,
        printing: Worker,
    ) -> None:
        """Take the threads and the parts that they use.

        Args:
            saving: the journal's thread.
            printing: thread that renders and writes the sheets.
        """
        super().__init__()
        self._submission = submission
        self._journal = journal
        self._documents = documents
        self._saving = saving
        self._printing = printing
        self.unsaved: set[str] = set()
        self.leaving: set[str] = set()

    def submit(
        self,
        draft: EntryDraft,
        number: str = "",
        *,
        confirmed: bool = False,
        corrects: EntryRecord | None = None,
    ) -> Submitted | Refused:
        """Check a row and start to save it; `saved` or `notSaved` follows, unless it is refused.

        An invalid row is refused, and so is any row while no merchant is set up or the account of
        `corrects` is missing.

        Args:
            number: number on paper; may be empty.
            confirmed: True saves the entry even if number or plate were typed before.
            corrects: entry from paper that the new one replaces.
        """
        try:
            new = self._submission.prepare_backfill(
                draft, number, confirmed=confirmed, corrects=corrects
            )
        except (InvalidInputError, NotSetUpError, AccountMissingError) as error:
            return Refused(error)

        def failed(error: Exception) -> None:
            self._on_not_saved(new, error)

        self.unsaved.add(new.entry_id)
        self._saving.submit(lambda: self._save(new), self._on_saved, failed)
        return Submitted(new.entry_id)

    def void(self, record: EntryRecord, reason: str) -> None:
        """Void an entry that was typed wrongly; `changed` or `notVoided` follows.

        It is refused if the answer has come since `record` was read: a manager may have to approve.
        """
        is_open = record.state is not DeliveryState.ANSWERED
        now, present = self._submission.clock.now(), self._submission.present

        self.leaving.add(record.entry_id)

        def voided(result: EntryRecord) -> None:
            self.leaving.discard(record.entry_id)
            self.changed.emit(result)

        def failed(error: Exception) -> None:
            self.leaving.discard(record.entry_id)
            if isinstance(error, ReadableError):
                self.notVoided.emit(record.entry_id, error)
            else:
                self.crashed.emit(error)

        self._saving.submit(
            lambda: self._journal.void(
                record.entry_id,
                now,
                reason=reason,
                by=present.stamp.attendant,
                unless_answered=is_open,
            ),
            voided,
            failed,
        )

    def make_sheets(self, count: int, render: RenderSheets) -> None:
        """Write sheets with new numbers as a PDF; `sheetsSaved` or `sheetsNotSaved` follows.

        Args:
            count: number of sheets.
            render: gets the number of the first sheet; returns the file's name and content. Runs on
                a worker's thread, so it may touch no widget.
        """
        now, present = self._submission.clock.now(), self._submission.present

        def write(first: int) -> None:
            self._printing.submit(
                lambda: self._documents.save(*render(first)),
                self.sheetsSaved.emit,
                self._on_no_sheets,
            )

        self._saving.submit(
            lambda: self._journal.take_sheets(count, present.stamp.attendant, now),
            write,
            self._on_no_sheets,
        )

    def _save(self, new: NewEntry) -> tuple[EntryRecord, EntryRecord | None]:
        """Save in the journal's thread; return the entry and the one that it replaces, or None."""
        record = self._submission.save(new)
        return record, self._journal.get(new.replaces) if new.replaces else None

    @Slot(object)
    def _on_saved(self, result: tuple[EntryRecord, EntryRecord | None]) -> None:
        record, replaced = result
        self.unsaved.discard(record.entry_id)
        self.saved.emit(record)
        if replaced is not None:
            self.changed.emit(replaced)

    def _on_not_saved(self, new: NewEntry, error: Exception) -> None:
        self.unsaved.discard(new.entry_id)
        if isinstance(error, ReadableError):
            self.notSaved.emit(new.entry_id, error)
            return
        # The row must come back to the form after a bug, too.
        self.notSaved.emit(new.entry_id, EntryFaultError(type(error).__name__))
        self.crashed.emit(error)

    @Slot(object)
    def _on_no_sheets(self, error: Exception) -> None:
        if isinstance(error, ReadableError):
            self.sheetsNotSaved.emit(error)
        else:
            self.crashed.emit(error)
