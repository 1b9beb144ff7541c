"""The line under the list: number of entries, and buttons to stop, go on or show new ones."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import HistoryLabel, Wording

SHOWN_AFTER_MS = 200
"""Time after which a further page is shown as being searched for; most come sooner."""

Sentence = Callable[[Wording], str]
"""Function that returns a sentence in the language of the given wording."""


class Progress(Enum):
    """State of the search.

    `MORE`: a page was read, and there may be more; `DONE`: all matches are listed; `STOPPED`: the
    user stopped the search, or it failed.
    """

    SEARCHING = "searching"
    MORE = "more"
    DONE = "done"
    STOPPED = "stopped"


_COUNTS = {
    Progress.SEARCHING: HistoryLabel.SEARCHING,
    Progress.MORE: HistoryLabel.COUNT_MORE,
    Progress.DONE: HistoryLabel.COUNT,
    Progress.STOPPED: HistoryLabel.STOPPED,
}


class HistoryStatus(QWidget):
    """Widget with the search's progress, the result of an action, and the unreadable archives.

    Signals:
        stopRequested(): the button that stops the search was pressed.
        goOnRequested(): the button that continues a stopped search was pressed.
        newRequested(): the button that shows the new entries was pressed.
    """

    stopRequested = Signal()
    goOnRequested = Signal()
    newRequested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._progress = self._shown = Progress.DONE
        self._count = self._shown_count = 0
        self._show_later = QTimer(self, singleShot=True)
        self._show_later.setInterval(SHOWN_AFTER_MS)
        self._show_later.timeout.connect(self._show_now)
        self._new = 0
        self._skipped: tuple[str, ...] = ()
        self._note: Sentence | None = None
        self._text = wrapping_label(self, name="historyCount")
        self._stop = self._make_button("historyStop")
        self._go_on = self._make_button("historyGoOn")
        self._show_new = self._make_button("historyNew")
        self._said = wrapping_label(self, name="historyNote", role="heading")
        self._warning = wrapping_label(self, name="historySkipped", role="problem")
        row = WrappingRow(10)
        for part in (self._text, self._stop, self._go_on, self._show_new):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self._said)
        column.addWidget(self._warning)
        self._stop.clicked.connect(self.stopRequested)
        self._go_on.clicked.connect(self.goOnRequested)
        self._show_new.clicked.connect(self.newRequested)
        appearance.changed.connect(self._renew)
        self._renew()

    @property
    def progress(self) -> Progress:
        return self._progress

    def show_progress(self, progress: Progress, count: int) -> None:
        """Show the state of the search; `count` is the number of rows.

        The search for a further page is shown after `SHOWN_AFTER_MS`, so that the line does not
        change back and forth while the user scrolls.
        """
        self._progress, self._count = progress, count
        if progress is Progress.SEARCHING and self._shown is Progress.MORE and count:
            if not self._show_later.isActive():
                self._show_later.start()
            return
        self._show_now()

    def show_new(self, count: int) -> None:
        """Show the button with the number of entries saved since the search; 0 hides it."""
        self._new = count
        self._renew()

    def show_skipped(self, months: tuple[str, ...]) -> None:
        """Show the months, `YYYY-MM`, whose archive cannot be read; an empty tuple hides them."""
        if months != self._skipped:
            self._skipped = months
            self._renew()

    def say(self, sentence: Sentence | None) -> None:
        """Show a sentence about an action; None removes it."""
        self._note = sentence
        self._renew()

    @Slot(object)
    def show_failure(self, error: ReadableError) -> None:
        """Show the sentences of an error, as `say` does."""
        self.say(lambda wording: wording.failure(error).sentences)

    @Slot()
    def _show_now(self) -> None:
        self._show_later.stop()
        self._shown, self._shown_count = self._progress, self._count
        self._renew()

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        label = wording.label
        self._text.setText(label(_COUNTS[self._shown], count=self._shown_count))
        self._stop.setText(label(HistoryLabel.STOP))
        self._stop.setVisible(self._shown is Progress.SEARCHING)
        # The list must not move when a button appears.
        self._text.setMinimumHeight(self._stop.sizeHint().height())
        self._go_on.setText(label(HistoryLabel.GO_ON))
        self._go_on.setVisible(self._shown is Progress.STOPPED)
        self._show_new.setText(label(HistoryLabel.SHOW_NEW, count=self._new))
        self._show_new.setVisible(bool(self._new))
        self._said.setText(self._note(wording) if self._note else "")
        self._said.setVisible(self._note is not None)
        names = wording.listing(self._skipped)
        self._warning.setText(label(HistoryLabel.SKIPPED, name=names) if names else "")
        self._warning.setVisible(bool(names))

    def _make_button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.setProperty("hint", True)
        return button
