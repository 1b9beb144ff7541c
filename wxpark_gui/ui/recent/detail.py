"""Details of one entry, shown in place of the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.gateway import is_answered_elsewhere
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.record import Link as Replacement
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.wording import Label, ProfileLabel

_REPLACES = {Replacement.CORRECTED: Label.CORRECTS, Replacement.RESENT: Label.RESENDS}

FindRecord = Callable[[str], EntryRecord | None]


class EntryDetail(QWidget):
    """Everything known about one entry, with buttons to the entries that are linked to it.

    Signals:
        closed(): the button that leads back to the list was clicked.
        linkOpened(str): the button of a linked entry was clicked; carries that entry's `entry_id`.
    """

    closed = Signal()
    linkOpened = Signal(str)

    def __init__(self, appearance: Appearance, find: FindRecord, parent: QWidget) -> None:
        """Keep the given parts.

        Args:
            find: returns the entry of the list with an id, or None if the list has none.
        """
        super().__init__(parent)
        self._appearance = appearance
        self._find = find
        self._record: EntryRecord | None = None
        self.setObjectName("entryDetail")
        content = QWidget()
        # Reparenting a part later would style it a second time.
        page = Page(content, self)
        self._plate = wrapping_label(content, name="detailPlate", role="heading")
        self._title = wrapping_label(content, name="detailTitle", role="heading")
        self._advice = wrapping_label(content, name="detailAdvice")
        self._facts = wrapping_label(content, name="detailFacts", role="muted")
        self._older = self._make_link(content, "detailOlder")
        self._newer = self._make_link(content, "detailNewer")
        self._back = QPushButton(self)
        self._back.setObjectName("detailBack")
        self._back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._back.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self._plate, 1)
        head.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(12)
        for part in (self._title, self._advice, self._facts, self._older, self._newer):
            column.addWidget(part)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(page, 1)
        appearance.changed.connect(self._renew)

    @property
    def record(self) -> EntryRecord | None:
        return self._record

    def show_record(self, record: EntryRecord) -> None:
        self._record = record
        self._renew()

    def take_keyboard(self) -> None:
        self._back.setFocus()

    def renew(self, record: EntryRecord) -> None:
        """Update the texts if `record` is the entry shown or one linked to it."""
        shown = self._record
        if shown is not None and record.entry_id == shown.entry_id:
            self.show_record(record)
        elif shown is not None and record.entry_id in (shown.replaces, shown.replaced_by):
            self._renew()

    @Slot()
    def _renew(self) -> None:
        record, wording = self._record, self._appearance.wording
        self._back.setText(wording.label(Label.DETAIL_BACK))
        if record is None:
            return
        words = wording.verdict(record.verdict)
        self._plate.setText(record.entry.label)
        self._title.setText(words.title)
        self._advice.setText(words.advice)
        self._facts.setText("\n".join(self._fact_lines(record)))
        self._show_link(
            self._older, record.replaces, _REPLACES[record.link] if record.link else None
        )
        self._show_link(self._newer, record.replaced_by, self._newer_label(record))
        self.setAccessibleName(f"{record.entry.label} {words.title} {words.advice}")

    def _fact_lines(self, record: EntryRecord) -> list[str]:
        wording, outcome = self._appearance.wording, record.outcome
        label = wording.label
        paper = wording.backfill.remark(record)
        lines = [paper] if paper else []
        lines.append(label(ProfileLabel.LOT, name=record.origin.lot))
        lines.append(label(Label.DETAIL_SAVED, time=_moment(record.saved_at)))
        if record.outcome_at:
            lines.append(label(Label.DETAIL_ENDED, time=_moment(record.outcome_at)))
        lines.append(label(Label.DETAIL_ATTEMPTS, count=record.attempts))
        if record.next_attempt_at and record.state.is_open:
            lines.append(label(Label.DETAIL_NEXT, time=_moment(record.next_attempt_at)))
        if outcome is None:
            return lines
        if is_answered_elsewhere(record):
            lines.append(label(Label.OTHER_GATEWAY))
        if code := f"{outcome.code} {outcome.message}".strip():
            lines.append(label(Label.DETAIL_CODE, code=breakable(code)))
        lines.append(label(Label.DETAIL_REPLY, elapsed=outcome.elapsed_ms, host=outcome.host))
        if remedy := wording.remedy(outcome.cause, outcome.code):
            lines.append(remedy)
        return lines

    def _newer_label(self, record: EntryRecord) -> Label | None:
        newer = self._find(record.replaced_by) if record.replaced_by else None
        if newer is None:
            return Label.REPLACED if record.replaced_by else None
        return Label.CORRECTED_BY if newer.link is Replacement.CORRECTED else Label.RESENT_BY

    def _show_link(self, button: QPushButton, entry_id: str, label: Label | None) -> None:
        other = self._find(entry_id) if entry_id else None
        button.setVisible(label is not None)
        button.setEnabled(other is not None)
        button.setProperty("entryId", entry_id)
        if label is not None:
            plate = other.entry.label if other else "…"
            button.setText(self._appearance.wording.label(label, plate=plate))

    def _make_link(self, parent: QWidget, name: str) -> QPushButton:
        button = QPushButton(parent)
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.linkOpened.emit(button.property("entryId")))
        return button


def _moment(moment: datetime) -> str:
    """Format an aware time as date and time in Beijing, such as `03-15 11:39:12`."""
    return moment.astimezone(BEIJING).strftime("%m-%d %H:%M:%S")
