"""Opens the back-fill window in its states, for the tests of layout and accessible names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from PySide6.QtWidgets import QDialog

from tests.ui.conftest import DialogParent
from wxpark_gui.domain.backfill import BackfillRepeatedError
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.errors import JournalWriteError
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.ui.backfill.model import PaperRow
from wxpark_gui.ui.backfill.window import BackfillWindow

Opener = Callable[[DialogParent], QDialog | None]

_NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)
_ORIGIN = Origin("a", "1", "2", "欢乐海岸停车场", "1号岗")


def _row(number: int, hours: int) -> PaperRow:
    draft = EntryDraft(f"粤BF{number:05d}", start_time=_NOW - timedelta(hours=hours))
    return PaperRow(f"{number:036}", draft, "0812", f"9999-{number:02d}")


def _saved(row: PaperRow, state: DeliveryState, user_state: str = "") -> PaperRow:
    outcome = Outcome(Cause.ANSWERED, user_state) if user_state else None
    record = EntryRecord(
        row.entry_id, 1, 1, check_draft(row.draft, _NOW), _ORIGIN, _NOW, state,
        int(bool(outcome)), outcome=outcome, outcome_at=_NOW, backfilled=True,
    )  # fmt: skip
    return replace(row, record=record)


def _opened(window: DialogParent) -> BackfillWindow:
    window.backfill.open()
    opened = window.backfill.window
    assert opened is not None
    return opened


def empty(window: DialogParent) -> QDialog | None:
    return _opened(window)


def with_rows(window: DialogParent) -> QDialog | None:
    """Show rows in every state, and the longest sentences below the fields."""
    opened = _opened(window)
    for row in (
        _saved(_row(1, 300), DeliveryState.EXPIRED),
        _saved(_row(2, 3), DeliveryState.ANSWERED, "NORMAL"),
        _saved(_row(3, 3), DeliveryState.ANSWERED, "OVERDUE"),
        _saved(_row(4, 3), DeliveryState.WAITING),
        replace(_row(5, 3), error=JournalWriteError()),
        replace(_row(6, 3), error=BackfillRepeatedError("9999-20", _NOW)),
        _row(7, 3),
    ):
        opened.model.add(row)
    opened.form.plate.set_text("粤BF49883")
    opened.form.time.entry.setText("2026-03-10 0812")
    opened.flow.changed.emit()
    return opened


def asking(window: DialogParent) -> QDialog | None:
    """Show the question about a row that was typed before."""
    opened = _opened(window)
    row = _row(6, 3)
    opened.model.add(row)
    error = BackfillRepeatedError("9999-20", _NOW - timedelta(hours=2))
    opened._controllers.backfills.notSaved.emit(row.entry_id, error)
    return opened


def refusing(window: DialogParent) -> QDialog | None:
    """Show an error at the number and at the time."""
    opened = _opened(window)
    opened.form.plate.set_text("粤BF49883")
    opened.form.number.entry.setText("12-99")
    opened.form.time.entry.setText("2359")
    opened.form.time.entry.setFocus()
    opened.flow.submit()
    return opened


OPENERS: tuple[Opener, ...] = (empty, with_rows, asking, refusing)
