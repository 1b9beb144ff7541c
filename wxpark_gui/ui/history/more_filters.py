"""The page with further conditions, which also saves and removes searches.

The module exceeds the project's limit of 300 lines: each condition has a field and its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.history import (
    LONGEST_NAME,
    HistoryChoices,
    Kind,
    Period,
    Search,
    day_of,
)
from wxpark_gui.domain.typed_day import read_day
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.choice_box import ChoiceBox
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import HistoryLabel, Label
from wxpark_gui.wording.history_choices import KINDS

_DAY_FRAME = 40
_OPEN = frozenset(state for state in DeliveryState if state.is_open)


class MoreFilters(QWidget):
    """Fields for days, delivery, attendant, car park and kind; buttons to save and remove searches.

    Signals:
        edited(): the user changed a condition other than a day.
        daysEdited(): the user changed a day; the period must become `CHOSEN`.
        saveRequested(str): the present search must be saved under this name.
        removeRequested(str): the saved search of this name must be removed.
        resetRequested(): all conditions must be dropped.
        closed(): the button that leads back to the list was pressed.
    """

    edited = Signal()
    daysEdited = Signal()
    saveRequested = Signal(str)
    removeRequested = Signal(str)
    resetRequested = Signal()
    closed = Signal()

    def __init__(
        self, appearance: Appearance, parent: QWidget, *, now: Callable[[], datetime]
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._appearance = appearance
        self._choices = HistoryChoices()
        content = QWidget(self)
        self._title = wrapping_label(content, role="heading")
        self._first_day = self._make_day(content, "historyFirstDay")
        self._last_day = self._make_day(content, "historyLastDay")
        self._delivery: ChoiceBox[frozenset[DeliveryState]] = ChoiceBox(
            appearance, "historyDelivery", content
        )
        self._attendant: ChoiceBox[str] = ChoiceBox(appearance, "historyAttendant", content)
        self._lot: ChoiceBox[str] = ChoiceBox(appearance, "historyLot", content)
        self._kind: ChoiceBox[Kind] = ChoiceBox(appearance, "historyKind", content)
        self._name = QLineEdit(content)
        self._name.setObjectName("historySearchName")
        self._name.setMaxLength(LONGEST_NAME)
        self._save, self._remove, self._reset, self._back = (
            self._make_button(parent, name)
            for parent, name in (
                (content, "historySave"),
                (content, "historyRemove"),
                (content, "historyReset"),
                (self, "historyBack"),
            )
        )
        self._said = wrapping_label(content, name="historySearchSaid", role="problem")
        self._problem: ReadableError | None = None
        self._captions: dict[HistoryLabel, QLabel] = {}
        self._lay_out(content)
        for box in (self._delivery, self._attendant, self._lot, self._kind):
            box.activated.connect(self.edited)
        self._name.textChanged.connect(self._on_name)
        self._name.returnPressed.connect(self._on_save)
        self._save.clicked.connect(self._on_save)
        self._remove.clicked.connect(self._on_remove)
        self._reset.clicked.connect(self.resetRequested)
        self._back.clicked.connect(self.closed)
        appearance.changed.connect(self._renew)
        self._renew()
        self._on_name()

    def read(self, search: Search) -> Search:
        """Return `search` with the conditions of this page in place of its own.

        The days are read only for the period `CHOSEN`; an empty or unreadable day is no limit.
        """
        wanted = replace(
            search.wanted,
            first_day=self._day(self._first_day) if search.period is Period.CHOSEN else None,
            last_day=self._day(self._last_day) if search.period is Period.CHOSEN else None,
            states=self._delivery.value,
            attendant=self._attendant.value,
            lot=self._lot.value,
            kind=self._kind.value,
        )
        return replace(search, wanted=wanted)

    def show_search(self, search: Search, first_day: date | None, last_day: date | None) -> None:
        """Show a search, without emitting `edited`.

        Args:
            first_day, last_day: days that the search's period means today; None for no limit. The
                text of a day field with the focus is not changed.
        """
        wanted = search.wanted
        for edit, day in ((self._first_day, first_day), (self._last_day, last_day)):
            if not edit.hasFocus():
                edit.setText(day.isoformat() if day else "")
            self._check_day(edit)
        if {wanted.attendant, wanted.lot} - {"", *self._choices.attendants, *self._choices.lots}:
            self._fill_names(wanted.attendant, wanted.lot)
        self._delivery.choose(wanted.states)
        self._attendant.choose(wanted.attendant)
        self._lot.choose(wanted.lot)
        self._kind.choose(wanted.kind)

    @Slot(object)
    def show_choices(self, choices: HistoryChoices) -> None:
        """List the attendants and car parks to choose from."""
        self._choices = choices
        self._fill_names(self._attendant.value, self._lot.value)

    @Slot(object)
    def show_problem(self, error: ReadableError | None) -> None:
        """Show below the name why a search was not saved or not removed; None removes it."""
        self._problem = error
        said = self._appearance.wording.failure(error).sentences if error else ""
        self._said.setText(said)
        self._said.setVisible(bool(said))

    def take_keyboard(self, *, days: bool) -> None:
        """Give the focus to the first day; without `days`, to the delivery state."""
        (self._first_day if days else self._delivery).setFocus()

    def count(self, search: Search) -> int:
        """Return the number of conditions of this page that `search` has; days are not counted."""
        wanted = search.wanted
        return sum(
            bool(each)
            for each in (wanted.states, wanted.attendant, wanted.lot, wanted.kind is not Kind.ANY)
        )

    def _day(self, edit: QLineEdit) -> date | None:
        return read_day(edit.text(), day_of(self._now()))

    def _check_day(self, edit: QLineEdit) -> None:
        """Set a field's property `problem` to True if its text is neither empty nor a day."""
        is_wrong = bool(edit.text().strip()) and self._day(edit) is None
        if edit.property("problem") != is_wrong:
            edit.setProperty("problem", is_wrong)
            edit.style().polish(edit)

    @Slot()
    def _on_day(self) -> None:
        for edit in (self._first_day, self._last_day):
            self._check_day(edit)
        self.daysEdited.emit()

    @Slot()
    def _on_save(self) -> None:
        if name := self._name.text().strip():
            self.saveRequested.emit(name)

    @Slot()
    def _on_remove(self) -> None:
        if name := self._name.text().strip():
            self.removeRequested.emit(name)

    @Slot()
    def _on_name(self) -> None:
        self.show_problem(None)
        is_named = bool(self._name.text().strip())
        self._save.setEnabled(is_named)
        self._remove.setEnabled(is_named)

    def _fill_names(self, attendant: str, lot: str) -> None:
        """List the known attendants and car parks and the given ones, and choose the given ones."""
        label = self._appearance.wording.label
        for box, name, none, known, chosen in (
            (
                self._attendant,
                HistoryLabel.ATTENDANT,
                HistoryLabel.ANY_ATTENDANT,
                self._choices.attendants,
                attendant,
            ),
            (self._lot, HistoryLabel.LOT, HistoryLabel.ANY_LOT, self._choices.lots, lot),
        ):
            names = sorted({*known, chosen} - {""})
            box.fill(label(name), [("", label(none)), *((each, each) for each in names)])
            box.choose(chosen)

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        label = wording.label
        self._title.setText(label(HistoryLabel.MORE_TITLE))
        for name, caption in self._captions.items():
            caption.setText(label(name))
        for day in (self._first_day, self._last_day):
            # Without the word it would look like a day that is in force.
            example = label(HistoryLabel.DAY_EXAMPLE)
            day.setPlaceholderText(example)
            day.setFixedWidth(day.fontMetrics().horizontalAdvance(example) + _DAY_FRAME)
        self._first_day.setAccessibleName(label(HistoryLabel.FIRST_DAY))
        self._last_day.setAccessibleName(label(HistoryLabel.LAST_DAY))
        states = [(frozenset({each}), wording.delivery_state(each)) for each in DeliveryState]
        self._delivery.fill(
            label(HistoryLabel.DELIVERY),
            [
                (frozenset(), label(HistoryLabel.ANY_DELIVERY)),
                (_OPEN, label(HistoryLabel.WAITING)),
                *states,
            ],
        )
        self._kind.fill(
            label(HistoryLabel.KIND), [(each, label(text)) for each, text in KINDS.items()]
        )
        chosen = (self._attendant.value, self._lot.value) if self._attendant.count() else ("", "")
        self._fill_names(*chosen)
        self._name.setPlaceholderText(label(HistoryLabel.SEARCH_NAME))
        self._name.setAccessibleName(label(HistoryLabel.SEARCH_NAME))
        self._name.setMinimumWidth(self._name.fontMetrics().horizontalAdvance("m" * LONGEST_NAME))
        for button, text in (
            (self._save, HistoryLabel.SAVE_SEARCH),
            (self._remove, HistoryLabel.REMOVE_SEARCH),
            (self._reset, HistoryLabel.RESET),
        ):
            button.setText(label(text))
        self._back.setText(label(Label.DETAIL_BACK))
        self.show_problem(self._problem)

    def _make_day(self, parent: QWidget, name: str) -> QLineEdit:
        day = QLineEdit(parent)
        day.setObjectName(name)
        day.textEdited.connect(self._on_day)
        return day

    @staticmethod
    def _make_button(parent: QWidget, name: str) -> QPushButton:
        button = QPushButton(parent)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    def _lay_out(self, content: QWidget) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        rows: Sequence[tuple[HistoryLabel, QWidget]] = (
            (HistoryLabel.FIRST_DAY, self._first_day),
            (HistoryLabel.LAST_DAY, self._last_day),
            (HistoryLabel.DELIVERY, self._delivery),
            (HistoryLabel.ATTENDANT, self._attendant),
            (HistoryLabel.LOT, self._lot),
            (HistoryLabel.KIND, self._kind),
        )
        for number, (name, part) in enumerate(rows):
            caption = self._captions[name] = wrapping_label(content)
            caption.setBuddy(part)
            grid.addWidget(caption, number, 0)
            grid.addWidget(part, number, 1, Qt.AlignmentFlag.AlignLeft)
        buttons = WrappingRow(8)
        for button in (self._name, self._save, self._remove, self._reset):
            buttons.addWidget(button)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(14)
        column.addLayout(grid)
        column.addLayout(buttons)
        column.addWidget(self._said)
        column.addStretch(1)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(head)
        layout.addWidget(Page(content, self), 1)
