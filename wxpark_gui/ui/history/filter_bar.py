"""The row of search conditions above the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QSizePolicy, QWidget

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.history import HistoryFilter, Period, PlateMatch, Search, plate_wanted
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.history.table import MOVES
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.choice_box import ChoiceBox
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import HistoryLabel
from wxpark_gui.wording.history_choices import MATCHES, PERIODS

_PLATE_FRAME = 44
_SPACING = 8
_LONGEST_TYPED = 64

_OPEN = frozenset(state for state in DeliveryState if state.is_open)
_BUILT_IN = (
    (HistoryLabel.ALL_ENTRIES, Search()),
    (HistoryLabel.TODAYS_ENTRIES, Search(period=Period.TODAY)),
    (HistoryLabel.WAITING, Search(wanted=HistoryFilter(states=_OPEN))),
    (
        HistoryLabel.ARREARS,
        Search(period=Period.MONTH, wanted=HistoryFilter(severities=frozenset({Severity.ARREARS}))),
    ),
)


class PlateFilter(QLineEdit):
    """Input for the plate to search for. Keys that move the selected row are emitted as a signal.

    Signals:
        moveRequested(QKeyEvent): a key of `MOVES` was pressed.
    """

    moveRequested = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in MOVES:
            self.moveRequested.emit(event)
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """Plate, match, days and verdict, saved searches, and the button to more conditions.

    Signals:
        edited(): the user changed a condition.
        searchChosen(Search): the user chose a built-in or saved search.
        daysWanted(): the user chose the period `CHOSEN`; its days are edited in `MoreFilters`.
        moreRequested(): the button to more conditions was pressed.
    """

    edited = Signal()
    searchChosen = Signal(object)
    daysWanted = Signal()
    moreRequested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._own: tuple[Search, ...] = ()
        self._search = Search()
        self.plate = PlateFilter(self)
        self.plate.setObjectName("historyPlate")
        self.plate.setMaxLength(_LONGEST_TYPED)
        self.plate.setClearButtonEnabled(False)
        self.plate.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._match: ChoiceBox[PlateMatch] = ChoiceBox(appearance, "historyMatch", self)
        self._period: ChoiceBox[Period] = ChoiceBox(appearance, "historyPeriod", self)
        self._severity: ChoiceBox[Severity | None] = ChoiceBox(appearance, "historyVerdict", self)
        self._searches: ChoiceBox[Search | None] = ChoiceBox(appearance, "historySearches", self)
        self._more = QPushButton(self)
        self._more.setObjectName("historyMore")
        self._more.setAutoDefault(False)
        row = WrappingRow(_SPACING, self)
        for part in (
            self.plate, self._match, self._period, self._severity, self._more, self._searches,
        ):  # fmt: skip
            row.addWidget(part)
        self.plate.textEdited.connect(self.edited)
        self._match.activated.connect(self.edited)
        self._severity.activated.connect(self.edited)
        self._period.activated.connect(self._on_period)
        self._searches.activated.connect(self._on_search)
        self._more.clicked.connect(self.moreRequested)
        appearance.changed.connect(self._renew)
        self._renew()

    def read(self, search: Search) -> Search:
        """Return `search` with this row's conditions in place of its own, and without a name."""
        severity = self._severity.value
        wanted = replace(
            search.wanted,
            plate=plate_wanted(self.plate.text()),
            match=self._match.value,
            severities=frozenset({severity}) if severity else frozenset(),
        )
        return Search("", self._period.value, wanted)

    def show_search(self, search: Search, more: int) -> None:
        """Show a search, without emitting `edited`.

        Args:
            more: number of conditions that this row does not show.
        """
        wanted = search.wanted
        if plate_wanted(self.plate.text()) != wanted.plate:
            self.plate.setText(wanted.plate)
        self._match.choose(wanted.match)
        self._period.choose(search.period)
        self._severity.choose(next(iter(wanted.severities), None))
        self._search = replace(search, name="")
        label = HistoryLabel.MORE_SET if more else HistoryLabel.MORE
        self._more.setText(self._appearance.wording.label(label, count=more))
        self._more.setProperty("more", more)
        self._mark_search()

    def show_searches(self, own: Sequence[Search]) -> None:
        """List the saved searches after the built-in ones."""
        self._own = tuple(own)
        self._fill_searches()

    @Slot(int)
    def _on_period(self, _index: int) -> None:
        if self._period.value is Period.CHOSEN:
            self.daysWanted.emit()
        self.edited.emit()

    @Slot(int)
    def _on_search(self, _index: int) -> None:
        search = self._searches.value
        if search is not None:
            self.searchChosen.emit(search)

    def _mark_search(self) -> None:
        """Choose the row of the listed search with the same conditions.

        If there is none, choose the last row, which stands for a search that is not listed.
        """
        known = [search for _, search in _BUILT_IN] + list(self._own)
        equal = (each for each in known if replace(each, name="") == self._search)
        self._searches.choose(next(equal, None))

    def _fill_searches(self) -> None:
        label = self._appearance.wording.label
        rows: list[tuple[Search | None, str]] = [
            *((search, label(name)) for name, search in _BUILT_IN),
            *((search, search.name) for search in self._own),
            (None, label(HistoryLabel.OWN_SEARCH)),
        ]
        self._searches.fill(label(HistoryLabel.SEARCHES), rows)
        self._mark_search()

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        label = wording.label
        self.plate.setPlaceholderText(label(HistoryLabel.PLATE_EMPTY))
        self.plate.setAccessibleName(label(HistoryLabel.PLATE_EMPTY))
        shown = self.plate.fontMetrics().horizontalAdvance(self.plate.placeholderText())
        self.plate.setMinimumWidth(shown + _PLATE_FRAME)
        self._match.fill(
            label(HistoryLabel.MATCH), [(each, label(text)) for each, text in MATCHES.items()]
        )
        self._period.fill(
            label(HistoryLabel.PERIOD), [(each, label(text)) for each, text in PERIODS.items()]
        )
        verdicts = [(each, wording.severity(each)) for each in Severity]
        self._severity.fill(
            label(HistoryLabel.ANY_VERDICT),
            [(None, label(HistoryLabel.ANY_VERDICT)), *verdicts],
        )
        self._fill_searches()
        self.show_search(self._search, int(self._more.property("more") or 0))
