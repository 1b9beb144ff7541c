"""Headings and cells of an export, and the text of its filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import BEIJING, CarType, Scene
from wxpark_gui.domain.entry_filter import EVERY_ENTRY, EntryFilter
from wxpark_gui.domain.errors import Field
from wxpark_gui.domain.history import EVERYTHING, Kind
from wxpark_gui.domain.plate import mask_plate
from wxpark_gui.domain.plate_masking import mask_plates
from wxpark_gui.domain.verdict import Severity, UserState
from wxpark_gui.wording.words import Wording

if TYPE_CHECKING:
    from wxpark_gui.domain.export import Cell, ExportRow
    from wxpark_gui.domain.record import EntryRecord


class ExportRowWords:
    """Headings and cells of exported rows, in one language.

    The texts of verdicts are cached, because a million rows share a few dozen of them.
    """

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._words = words = wording.export
        self._verdicts: dict[tuple[Severity, DeliveryState, UserState], str] = {}
        field = wording.field
        columns: list[tuple[str, Callable[[ExportRow], Cell]]] = [
            (field(Field.START_TIME), lambda row: row.record.entry.start_time),
            (words.saved_at, lambda row: row.record.saved_at),
            (words.lot, lambda row: row.record.origin.lot),
            (words.booth, lambda row: row.record.origin.booth),
            (words.sequence, lambda row: row.record.sequence),
            (field(Field.PLATE), _plate),
            (field(Field.CAR_TYPE), self._car_type),
            (field(Field.SCENE), lambda row: self._scenes[row.record.entry.scene]),
            (field(Field.SPACE_NUMBER), _space_number),
            (words.verdict, self._verdict),
            (words.delivery, lambda row: self._states[row.record.state]),
            (words.user_state, lambda row: _answer(row.record, "user_state")),
            (words.deduct_mode, lambda row: _answer(row.record, "deduct_mode")),
            (words.code, lambda row: _answer(row.record, "code")),
            (words.attempts, lambda row: row.record.attempts),
            (words.last_attempt, lambda row: row.record.outcome_at),
            (words.elapsed, _elapsed),
            (words.attendant, lambda row: row.record.origin.attendant),
            (words.shift, lambda row: row.shift_id),
            (words.backfilled, lambda row: words.yes if row.record.backfilled else None),
            (words.void_reason, _void_reason),
            (words.link, lambda row: words.links[row.record.link] if row.record.link else None),
            (words.replaces, lambda row: row.record.replaces),
            (words.replaced_by, lambda row: row.record.replaced_by),
            (words.training, lambda row: words.yes if row.record.origin.training else None),
            (words.sub_mch_id, lambda row: row.record.origin.sub_mch_id),
            (words.entry_id, lambda row: row.record.entry_id),
        ]
        self._headings = [heading for heading, _ in columns]
        self._cells = [cell for _, cell in columns]
        self._plate_column = self._cells.index(_plate)
        self._typed_columns = [self._cells.index(cell) for cell in (_space_number, _void_reason)]
        self._scenes = {scene: wording.scene(scene) for scene in Scene}
        self._car_types = {kind: wording.car_type(kind) for kind in CarType}
        self._states = {state: wording.delivery_state(state) for state in DeliveryState}

    @property
    def sheet_name(self) -> str:
        return self._words.sheet

    @property
    def headings(self) -> Sequence[str]:
        return self._headings

    def cells(self, row: ExportRow, *, whole_plates: bool) -> Sequence[Cell]:
        """Return one value for each heading; None for no value.

        The plate is masked unless `whole_plates`, and so are plates in texts that persons typed.
        """
        cells = [cell(row) for cell in self._cells]
        if whole_plates:
            return cells
        if plate := cells[self._plate_column]:
            cells[self._plate_column] = mask_plate(str(plate))
        for column in self._typed_columns:
            if typed := cells[column]:
                cells[column] = mask_plates(str(typed))
        return cells

    def _car_type(self, row: ExportRow) -> str | None:
        kind = row.record.entry.car_type
        return self._car_types[kind] if kind else None

    def _verdict(self, row: ExportRow) -> str:
        verdict = row.record.verdict
        key = (verdict.severity, verdict.delivery, verdict.state)
        if key not in self._verdicts:
            self._verdicts[key] = self._wording.pill(verdict)
        return self._verdicts[key]


def _plate(row: ExportRow) -> str | None:
    plate = row.record.entry.plate
    return plate.text if plate else None


def _space_number(row: ExportRow) -> str:
    return row.record.entry.space_number


def _void_reason(row: ExportRow) -> str:
    return row.void_reason


def _answer(record: EntryRecord, name: str) -> str | None:
    return getattr(record.outcome, name) if record.outcome else None


def _elapsed(row: ExportRow) -> int | None:
    return row.record.outcome.elapsed_ms if row.record.outcome else None


def filter_words(wording: Wording, wanted: EntryFilter) -> str:
    """Return the conditions of a filter in one line, with times in Beijing time.

    For conditions on verdict, attendant, car park and kind, one general phrase is added.
    """
    words = wording.export
    if wanted == EVERY_ENTRY:
        return words.every_entry
    parts = []
    if wanted.since:
        parts.append(words.since.format(time=_minute(wanted.since)))
    if wanted.until:
        parts.append(words.until.format(time=_minute(wanted.until)))
    search = wanted.search or EVERYTHING
    if plate := wanted.plate or search.plate:
        parts.append(words.plate.format(plate=plate))
    if wanted.states:
        states = [state for state in DeliveryState if state in wanted.states]
        parts.append(" / ".join(wording.delivery_state(state) for state in states))
    if search.severities or search.attendant or search.lot or search.kind is not Kind.ANY:
        parts.append(words.filtered)
    return " · ".join(parts)


def _minute(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
