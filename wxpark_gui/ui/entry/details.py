"""Text fields of the entry form besides the plate: entry time, and those of a single bay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from wxpark_gui.domain.entry import BEIJING, EntryDraft
from wxpark_gui.domain.errors import Field
from wxpark_gui.ui.entry.entry_time import read_entry_time
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.fields import FieldBox
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import Label

BAY_FIELDS = (Field.SPACE_NUMBER, Field.OPENID, Field.SUB_OPENID)

_PADDING = 30
_NAMES = {
    Field.START_TIME: "entryTime",
    Field.SPACE_NUMBER: "spaceNumber",
    Field.OPENID: "openid",
    Field.SUB_OPENID: "subOpenid",
}
_CAPTIONS = {
    Field.SPACE_NUMBER: Label.SPACE_NUMBER,
    Field.OPENID: Label.OPENID,
    Field.SUB_OPENID: Label.SUB_OPENID,
}


class EntryDetails(QObject):
    """The text fields, their captions and the problems shown under them.

    Signals:
        edited(): a person edited a bay field; not emitted for the time.

    Attributes:
        time_box: the field of the entry time.
        bay_row: the bay fields in one row.
    """

    edited = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._now = datetime.now(BEIJING)
        self._boxes = {field: _make_box(name, parent) for field, name in _NAMES.items()}
        self.time_box = self._boxes[Field.START_TIME]
        self._time = self.time_box.entry
        self._time.setMaxLength(len("2026-03-15 09:30:00"))
        self.bay_row = QWidget(parent)
        layout = WrappingRow(10, self.bay_row)
        for field in BAY_FIELDS:
            self._boxes[field].entry.textEdited.connect(self.edited)
            layout.addWidget(self._boxes[field])
            layout.setAlignment(self._boxes[field], Qt.AlignmentFlag.AlignTop)

    @property
    def is_empty(self) -> bool:
        return not any(self.typed(field) for field in self._boxes)

    @property
    def entries(self) -> Mapping[Field, QLineEdit]:
        """Inputs by field: entry time and the `BAY_FIELDS`."""
        return {field: box.entry for field, box in self._boxes.items()}

    def typed(self, field: Field) -> str:
        return self._boxes[field].entry.text()

    def entry_time(self) -> datetime | None:
        """Return the typed entry time, aware; None for an empty field, which means now.

        Raises:
            InvalidInputError: the text cannot be read as a time.
        """
        return read_entry_time(self.typed(Field.START_TIME), self._now)

    def fill(self, draft: EntryDraft) -> None:
        if draft.start_time:
            local = draft.start_time.astimezone(BEIJING)
            self._time.setText(local.strftime("%Y-%m-%d %H:%M:%S"))
        entries = self.entries
        entries[Field.SPACE_NUMBER].setText(draft.space_number)
        entries[Field.OPENID].setText(draft.openid)
        entries[Field.SUB_OPENID].setText(draft.sub_openid)

    def clear(self) -> None:
        for entry in self.entries.values():
            entry.clear()
        self.show_problems({})

    def show_problems(self, sentences: Mapping[Field, str]) -> None:
        """Show each sentence under its field, and remove the sentences of all other fields."""
        for field, box in self._boxes.items():
            box.show_problem(sentences.get(field, ""))

    def problem(self, field: Field) -> str:
        """Return the sentence under a field; empty for none."""
        return self._boxes[field].problem()

    def show_time(self, now: datetime | None = None) -> None:
        """Show `now` as the placeholder of the time field, shortened if the field is narrow.

        Args:
            now: aware; None shows the former time again.
        """
        self._now = now or self._now
        room = self._time.width() - _PADDING
        caption = self._now_caption(Label.ENTERED_NOW)
        if self._time.fontMetrics().horizontalAdvance(caption) > room:
            caption = self._now_caption(Label.NOW)
        if self._time.placeholderText() != caption:
            self._time.setPlaceholderText(caption)

    def retranslate(self) -> None:
        """Show captions in the current language and text size."""
        wording = self._appearance.wording
        for field, label in _CAPTIONS.items():
            entry = self._boxes[field].entry
            # A caption above would need a row, which 768 pixels lack while the keypad is shown.
            entry.setPlaceholderText(wording.label(label))
            entry.setAccessibleName(wording.label(label))
            _make_room(entry, wording.label(label))
        self._time.setToolTip(wording.label(Label.ENTRY_TIME_HELP))
        self._time.setAccessibleName(wording.label(Label.ENTRY_TIME))
        _make_room(self._time, self._now_caption(Label.NOW))
        self.show_time()

    def _now_caption(self, label: Label) -> str:
        time = self._now.astimezone(BEIJING).strftime("%H:%M")
        return self._appearance.wording.label(label, time=time)


def _make_box(name: str, parent: QWidget) -> FieldBox:
    entry = QLineEdit(parent)
    entry.setObjectName(name)
    return FieldBox(entry, parent=parent)


def _make_room(entry: QLineEdit, text: str) -> None:
    """Make the input at least as wide as a text."""
    entry.setMinimumWidth(entry.fontMetrics().horizontalAdvance(text) + _PADDING)
