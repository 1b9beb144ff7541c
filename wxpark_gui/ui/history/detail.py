"""The pane with one entry: verdict, times, attempts, links and audit."""

from __future__ import annotations

from datetime import datetime, timezone

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.domain.delivery import Outcome
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.history import Attempt, HistoryDetail, HistoryEntry
from wxpark_gui.domain.record import Link as Replacement
from wxpark_gui.domain.verdict import judge_query
from wxpark_gui.ui.history.model import remarks
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.wording import HistoryLabel, Label, Wording

_PLATE_POINTS = 22
_REPLACES = {Replacement.CORRECTED: Label.CORRECTS, Replacement.RESENT: Label.RESENDS}
_REPLACED = {Replacement.CORRECTED: Label.CORRECTED_BY, Replacement.RESENT: Label.RESENT_BY}


class HistoryDetailPane(QWidget):
    """Details of the selected entry.

    Signals:
        closed(): the button that leads back to the list was pressed.
        linkOpened(HistoryEntry): the button of a linked entry was pressed; carries that entry.
    """

    closed = Signal()
    linkOpened = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._found: HistoryEntry | None = None
        self._detail: HistoryDetail | None = None
        self.setObjectName("historyDetail")
        content = QWidget()
        # Reparenting a part later would style it a second time.
        page = Page(content, self)
        self._plate = wrapping_label(content, name="historyDetailPlate", role="heading")
        self._title = wrapping_label(content, name="historyDetailTitle", role="heading")
        self._advice = wrapping_label(content, name="historyDetailAdvice")
        self._facts = wrapping_label(content, name="historyDetailFacts", role="muted")
        self._older = self._make_link(content, "historyOlder")
        self._newer = self._make_link(content, "historyNewer")
        self._exchanges_title = wrapping_label(content, role="heading")
        self._exchanges = wrapping_label(content, name="historyAttempts")
        self._audit_title = wrapping_label(content, role="heading")
        self._audit = wrapping_label(content, name="historyAudit")
        self._skipped = wrapping_label(content, name="historyDetailSkipped", role="problem")
        self._back = QPushButton(self)
        self._back.setObjectName("historyDetailBack")
        self._back.setAutoDefault(False)
        self._back.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self._plate, 1)
        head.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(9)
        for part in (self._title, self._advice, self._facts, self._older, self._newer):
            column.addWidget(part)
        column.addSpacing(6)
        for part in (
            self._exchanges_title, self._exchanges, self._audit_title, self._audit, self._skipped,
        ):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(page, 1)
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def found(self) -> HistoryEntry | None:
        """The entry shown; None if there is none."""
        return self._found

    def set_back_shown(self, shown: bool) -> None:
        """Show or hide the button that leads back to the list."""
        self._back.setVisible(shown)

    def take_keyboard(self) -> None:
        """Give the focus to the first visible button; a no-op without one."""
        for button in (self._back, self._older, self._newer):
            if button.isVisibleTo(self) and button.isEnabled():
                button.setFocus()
                return

    def show_entry(self, found: HistoryEntry | None) -> None:
        """Show an entry without attempts, links and audit, which `show_detail` adds.

        They stay if the entry is the one already shown. None shows a request to select a row.
        """
        is_same = (
            found is not None
            and self._found is not None
            and found.record.entry_id == self._found.record.entry_id
        )
        self._found = found
        if not is_same:
            self._detail = None
        self._renew()

    def show_detail(self, detail: HistoryDetail) -> None:
        """Add attempts, links and audit of the entry shown; ignore those of another entry."""
        found = self._found
        if found is not None and detail.found.record.entry_id == found.record.entry_id:
            self._found, self._detail = detail.found, detail
            self._renew()

    def show_missing(self) -> None:
        """Name the month of the entry shown as unreadable; a no-op if its details are shown."""
        found = self._found
        if found is not None and self._detail is None:
            saved_at = found.record.saved_at.astimezone(timezone.utc)
            month = found.archive or saved_at.strftime("%Y-%m")
            self.show_detail(HistoryDetail(found, skipped=(month,)))

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        label = wording.label
        self._back.setText(label(Label.DETAIL_BACK))
        self._plate.setFont(self._appearance.font(_PLATE_POINTS, bold=True))
        self._exchanges_title.setText(label(HistoryLabel.EXCHANGES))
        self._audit_title.setText(label(HistoryLabel.AUDIT))
        found, detail = self._found, self._detail
        for part in (self._plate, self._title, self._facts):
            part.setVisible(found is not None)
        for part in (self._exchanges_title, self._exchanges, self._audit_title, self._audit):
            part.setVisible(detail is not None)
        self._skipped.setVisible(detail is not None and bool(detail.skipped))
        self._show_link(self._older, None, None)
        self._show_link(self._newer, None, None)
        if found is None:
            self._advice.setText(label(HistoryLabel.SELECT_ROW))
            self.setAccessibleName(label(HistoryLabel.SELECT_ROW))
            return
        words = wording.verdict(found.record.verdict)
        self._plate.setText(found.record.entry.label)
        self._title.setText(words.title)
        self._advice.setText(words.advice)
        self._facts.setText("\n".join(_facts(found, wording)))
        self.setAccessibleName(f"{found.record.entry.label} {words.title} {words.advice}")
        if detail is not None:
            self._show_more(detail)

    def _show_more(self, detail: HistoryDetail) -> None:
        wording, record = self._appearance.wording, detail.found.record
        attempts = [_exchange(each, wording) for each in detail.attempts]
        self._exchanges.setText("\n".join(attempts) or "—")
        notes = [
            " ".join(
                part for part in (_moment(n.at), wording.audit_event(n.what), n.remark) if part
            )
            for n in detail.notes
        ]
        self._audit.setText(breakable("\n".join(notes)) or wording.label(HistoryLabel.NO_AUDIT))
        if detail.skipped:
            # "None" would say that the month, which was not read, has none.
            for part in (self._exchanges_title, self._exchanges):
                part.setVisible(bool(attempts))
            for part in (self._audit_title, self._audit):
                part.setVisible(bool(notes))
        months = wording.listing(detail.skipped)
        self._skipped.setText(wording.label(HistoryLabel.INCOMPLETE, name=months))
        if detail.older and record.link:
            self._show_link(self._older, detail.older, _REPLACES[record.link])
        if detail.newer:
            link = detail.newer.record.link
            self._show_link(self._newer, detail.newer, _REPLACED[link] if link else Label.REPLACED)

    def _show_link(
        self, button: QPushButton, other: HistoryEntry | None, label: Label | None
    ) -> None:
        button.setVisible(other is not None)
        button.setProperty("linked", other)
        if other is not None and label is not None:
            plate = other.record.entry.label
            button.setText(self._appearance.wording.label(label, plate=plate))

    def _make_link(self, parent: QWidget, name: str) -> QPushButton:
        button = QPushButton(parent)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(self._on_link)
        return button

    @Slot()
    def _on_link(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.linkOpened.emit(button.property("linked"))


def _facts(found: HistoryEntry, wording: Wording) -> list[str]:
    record = found.record
    label = wording.label
    place = " · ".join(part for part in (record.origin.lot, record.origin.booth) if part)
    lines = [
        label(HistoryLabel.ENTERED_AT, time=_moment(record.entry.start_time)),
        label(Label.DETAIL_SAVED, time=_moment(record.saved_at)),
        place,
        remarks(found, wording),
    ]
    if record.origin.attendant:
        lines.append(label(HistoryLabel.BY_ATTENDANT, name=record.origin.attendant))
    if found.void_reason:
        lines.append(label(HistoryLabel.VOID_REASON, reason=found.void_reason))
    if record.next_attempt_at and record.state.is_open:
        lines.append(label(Label.DETAIL_NEXT, time=_moment(record.next_attempt_at)))
    return [line for line in lines if line]


def _exchange(attempt: Attempt, wording: Wording) -> str:
    """Return time, result, duration, code and host of an attempt in one line.

    An attempt without a result has its time and a label such as "cut off" only.
    """
    if attempt.cause is None:
        return f"{_moment(attempt.started_at)} {wording.label(HistoryLabel.CUT_OFF)}"
    outcome = Outcome(attempt.cause, attempt.user_state, code=attempt.code)
    result = wording.pill(judge_query(outcome, attempt.started_at))
    technical = breakable(" ".join(part for part in (attempt.code, attempt.host) if part))
    parts = (result, f"{attempt.elapsed_ms}\N{NO-BREAK SPACE}ms", technical)
    return f"{_moment(attempt.started_at)}  {' · '.join(part for part in parts if part)}"


def _moment(moment: datetime) -> str:
    """Format an aware time as date and time in Beijing, such as `2026-03-15 11:39:12`."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
