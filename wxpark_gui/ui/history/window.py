"""The history window: search, list and details of all entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.entry_filter import EntryFilter
from wxpark_gui.domain.history import HistoryEntry, HistoryFilter, Search
from wxpark_gui.ui.history.actions import EntryActions
from wxpark_gui.ui.history.body import HistoryBody
from wxpark_gui.ui.history.detail import HistoryDetailPane
from wxpark_gui.ui.history.detail_flow import DetailFlow
from wxpark_gui.ui.history.filter_bar import FilterBar
from wxpark_gui.ui.history.flow import Content, SearchFlow
from wxpark_gui.ui.history.message import EmptyMessage
from wxpark_gui.ui.history.model import HistoryModel
from wxpark_gui.ui.history.more_filters import MoreFilters
from wxpark_gui.ui.history.status import HistoryStatus
from wxpark_gui.ui.history.table import HistoryTable
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import HistoryLabel, Label

WIDTH, HEIGHT = 1240, 740
_PAD = 14
_COMMAND_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class HistoryWindow(QDialog):
    """The history. Not modal, so that plates can be entered while it is open.

    Typed characters go to the plate, arrows move the selected row, Enter opens its details. Esc
    takes the first step that applies: return to the list, stop the search, drop all conditions if a
    plate is typed, close. The class exceeds the project's limit of 20 methods: seven are for the
    tour and for buttons that others add.

    Signals:
        correctRequested(EntryRecord): the entry must be corrected in the form of the main window.
        exportRequested(EntryFilter): the entries of the present search must be exported.
        voidRequested(EntryRecord): the entry must be voided.
    """

    correctRequested = Signal(object)
    exportRequested = Signal(object)
    voidRequested = Signal(object)

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        parent: QWidget | None = None,
        *,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._browser = controllers.history
        self.setObjectName("historyWindow")
        self._bar = FilterBar(appearance, self)
        self._model = HistoryModel(appearance, self)
        self._body = HistoryBody(appearance, self)
        self._table = HistoryTable(appearance, self._model, self._body.list_card)
        self._message = EmptyMessage(self._body.list_card)
        self._more = MoreFilters(appearance, self._body.list_card, now=now)
        self._pane = HistoryDetailPane(appearance, self._body.pane_card)
        self._status = HistoryStatus(appearance, self)
        self._buttons = [
            _make_button(name, self) for name in ("Resend", "Correct", "Void", "Export", "Close")
        ]
        self._action_row = WrappingRow(10, parted=True)
        self._lay_out()
        self._flow = SearchFlow(
            controllers.history,
            bar=self._bar,
            more=self._more,
            model=self._model,
            status=self._status,
            now=now,
        )
        self._actions = EntryActions(controllers.entries, self._status)
        self._details = DetailFlow(
            controllers.history,
            controllers.entries,
            table=self._table,
            model=self._model,
            pane=self._pane,
        )
        self._connect()
        appearance.changed.connect(self._renew)
        self._renew()
        wanted = QSize(appearance.length(WIDTH), appearance.length(HEIGHT))
        self.resize(wanted.boundedTo(screen_room(self)))
        self._bar.plate.setFocus()

    @property
    def plate(self) -> QLineEdit:
        """Input for the plate to search for."""
        return self._bar.plate

    @property
    def is_searching(self) -> bool:
        """True while a search runs, or is about to start after an edit."""
        return self._flow.is_searching

    @property
    def shows_detail(self) -> bool:
        return self._details.is_held

    @property
    def search(self) -> Search:
        """The present search."""
        return self._flow.search

    @property
    def wanted(self) -> HistoryFilter:
        """The filter of the present search, with the days that its period means today."""
        return self._flow.wanted

    @property
    def selected(self) -> HistoryEntry | None:
        """The entry whose details are open, else that of the selected row, else None."""
        return self._pane.found if self._details.is_held else self._table.selected

    def start(self, search: Search) -> None:
        """Read the saved searches, and attendants and car parks for the filter; start `search`."""
        self._browser.open()
        self._flow.choose(search)

    def add_action(self, button: QPushButton) -> None:
        """Add a button to the row below the list, before the one that closes the window."""
        self._action_row.removeWidget(self._buttons[-1])
        self._action_row.addWidget(button)
        self._action_row.addWidget(self._buttons[-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass a printable key that no widget used to the plate field; take a step back for Esc."""
        typed = event.text()
        if event.key() == Qt.Key.Key_Escape:
            self._step_back()
        elif typed and typed.isprintable() and not event.modifiers() & _COMMAND_KEYS:
            self.show_list()
            self._bar.plate.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def follow_day(self) -> None:
        """Search again if the period, as today, now means other days; not below open details."""
        if not self._details.is_held:
            self._flow.follow_day()

    @Slot()
    def show_list(self) -> None:
        """Close details and further conditions, show the list, and focus the plate field."""
        self._bar.plate.setFocus()
        self._details.is_held = False
        self.follow_day()
        if self._body.shown is self._more:
            self._show_content(self._content)
        self._arrange()

    @Slot()
    def open_detail(self) -> None:
        """Show the details of the selected row and focus them; a no-op without a row.

        A search that still waits for `SEARCH_DELAY_MS` is started first.
        """
        self._flow.start_if_typed()
        found = self._table.selected
        if found is None:
            return
        self._details.is_held = True
        self._details.show_entry(found)
        self._arrange()
        self._pane.take_keyboard()

    def _step_back(self) -> None:
        is_in_list = self._body.shown is not self._more and not self._details.is_held
        if not is_in_list:
            self.show_list()
        elif self._flow.is_searching:
            self._flow.stop()
        elif self._bar.plate.text():
            self._flow.reset()
            self._bar.plate.setFocus()
        else:
            self.reject()

    @Slot(object)
    def _show_content(self, content: Content) -> None:
        """Show the list, or the message in its place.

        An open page of conditions stays open unless the plate field has the focus.
        """
        self._content = content
        self._message.show_content(content, self._flow.error, self._appearance.wording)
        is_open = self._body.shown is self._more and not self._bar.plate.hasFocus()
        if not is_open:
            shown = self._table if content is Content.ROWS else self._message
            self._body.show_part(shown)
        if content is not Content.ROWS:
            self._pane.show_entry(None)

    @Slot()
    def _open_more(self, *, days: bool = False) -> None:
        self._details.is_held = False
        self._arrange()
        self._body.show_part(self._more)
        self._more.take_keyboard(days=days)

    @Slot()
    def _correct(self) -> None:
        found = self.selected
        if self._actions.may_correct(found) and found is not None:
            self.accept()
            self.correctRequested.emit(found.record)

    @Slot()
    def _void(self) -> None:
        found = self.selected
        if self._actions.may_void(found) and found is not None:
            self.voidRequested.emit(found.record)

    @Slot()
    def _export(self) -> None:
        self.exportRequested.emit(EntryFilter.of_search(self.wanted))

    def _connect(self) -> None:
        plate, table, pane = self._bar.plate, self._table, self._pane
        plate.returnPressed.connect(self.open_detail)
        plate.moveRequested.connect(table.move_row)
        plate.textEdited.connect(self.show_list)
        self._bar.moreRequested.connect(self._open_more)
        self._bar.daysWanted.connect(lambda: self._open_more(days=True))
        self._more.closed.connect(self.show_list)
        table.rowOpened.connect(self.open_detail)
        pane.closed.connect(self.show_list)
        self._flow.contentChanged.connect(self._show_content)
        resend, correct, void, export, close = self._buttons
        resend.clicked.connect(lambda: self._actions.resend(self.selected))
        correct.clicked.connect(self._correct)
        void.clicked.connect(self._void)
        export.clicked.connect(self._export)
        close.clicked.connect(self.reject)
        for key, slot in (
            ("F3", self._flow.start),
            ("F5", resend.click),
            ("F8", correct.click),
            ("Shift+F2", void.click),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(slot)

    def _arrange(self) -> None:
        self._body.arrange(self.width(), shows_detail=self._details.is_held)

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        self.setWindowTitle(wording.label(HistoryLabel.TITLE))
        self._table.setAccessibleName(wording.label(HistoryLabel.TITLE))
        self._table.renew()
        acts = (HistoryLabel.RESEND, HistoryLabel.CORRECT, HistoryLabel.VOID, HistoryLabel.EXPORT)
        texts: tuple[HistoryLabel | Label, ...] = (*acts, Label.DONE)
        for button, text in zip(self._buttons, texts, strict=True):
            button.setText(wording.label(text))
        self._show_content(self._content)
        self._arrange()

    def _lay_out(self) -> None:
        self._content = Content.ROWS
        self._body.set_parts((self._table, self._message, self._more), self._pane)
        for button in self._buttons:
            self._action_row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        layout.setSpacing(10)
        layout.addWidget(self._bar)
        layout.addWidget(self._body, 1)
        layout.addWidget(self._status)
        layout.addLayout(self._action_row)


def _make_button(name: str, parent: QWidget) -> QPushButton:
    button = QPushButton(parent)
    button.setObjectName(f"history{name}")
    button.setAutoDefault(False)
    return button
