"""Drives the real window through the stops of the tour and saves a picture of each.

The tour makes the pictures of the README, and proves that an installed program works. The window
gets key events; the training gateway answers, with faults if a stop needs them. Entries that are
open after a stop are sent before the next one. The module exceeds the project's limit of 300 lines:
a stop is set up, shown and undone for each kind of picture.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.domain.history import Search
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.tour import care_stops
from wxpark_gui.tour.backfill_stops import type_paper
from wxpark_gui.tour.presses import is_ready, open_first_row, press_key, press_shortcut
from wxpark_gui.tour.setup_stops import is_at
from wxpark_gui.tour.shift_stops import nobody
from wxpark_gui.tour.stops import LOOKS, STOPS, Look
from wxpark_gui.tour.subjects import Show
from wxpark_gui.training.booth import TRAINING_PREFIX
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.history.window import HistoryWindow
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.table import RecentList
from wxpark_gui.ui.setup.wizard import SetupWizard
from wxpark_gui.ui.window.closing import closing_question
from wxpark_gui.ui.window.main_window import MainWindow

_log = logging.getLogger(__name__)

_LONGEST_STOP_MS = 20_000
_FOLLOW_MS = 250
"""Milliseconds within which the list and the count of waiting entries follow a verdict."""
_HISTORY_MS = 400
_SETUP_MS = 60
_PNG_QUALITY = 70
"""Level 2 of zlib instead of 6: saving takes two fifths less time, and the files are 4 % larger."""
_FACTS = ProgramFacts(
    data_folder="/home/booth/.local/share/wxpark-gui",
    settings_file="/home/booth/.local/share/wxpark-gui/settings.toml",
    log_folder="/home/booth/.local/share/wxpark-gui/logs",
    versions=(("Qt", "6.11.3"), ("Python", "3.11.2"), ("SQLite", "3.40.1")),
)
"""Those of an installed program; the tour's own folder has another name each time."""


class Tour(QObject):
    """Takes the pictures one after another.

    Signals:
        finished(int): the program's exit code: 0 if every picture was saved, else 1.
    """

    finished = Signal(int)

    def __init__(
        self,
        booth: Controllers,
        appearance: Appearance,
        gateway: TrainingGateway,
        current: CurrentSettings,
        folder: Path,
    ) -> None:
        """Keep the given parts.

        The tour changes the settings in `current` and saves its pictures in `folder`.
        """
        super().__init__()
        self._booth = booth
        self._appearance = appearance
        self._gateway = gateway
        self._current = current
        current.replace(_tour_settings(current.value))
        self._base = current.value
        self._folder = folder
        self._plan = iter([(look, stop) for look in LOOKS for stop in STOPS])
        self._look = LOOKS[0]
        self._stop = STOPS[0]
        self._is_live = False
        self._later = 0.0
        self._window: MainWindow | None = None
        self._former: MainWindow | None = None
        self._closing: QMessageBox | None = None
        self._last: EntryRecord | None = None
        self._waiting = 0
        self._sheet = 0
        self._is_draining = False
        self._to_load: set[str] = set()
        self._then = self._play
        self._settle = _make_timer(self, 0, self._take_picture)
        self._limit = _make_timer(self, _LONGEST_STOP_MS, self._on_too_long)
        booth.entries.recentLoaded.connect(self._on_recent)
        booth.journal.backlogChanged.connect(self._on_backlog)
        booth.entries.changed.connect(self._on_entry_changed)

    def start(self) -> None:
        """Create the folder and start; `finished` is emitted at the end."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._booth.journal.opened.connect(self._go_on)
        self._booth.start()

    @Slot()
    def _go_on(self) -> None:
        """Go to the next stop, in a new window for another look, mode or clock, or end."""
        following = next(self._plan, None)
        if following is None:
            self._end(0)
            return
        look, self._stop = following
        self._limit.start()
        # A window shows the time of its last tick, so another clock needs another window.
        shown = (self._look, self._is_live, self._later)
        if self._window is None or shown != (look, self._stop.live, self._stop.later):
            self._open_window(look)
        else:
            self._play()

    def _open_window(self, look: Look) -> None:
        if self._window is not None:
            self._window.close()
            self._window.deleteLater()
            # Without a reference, Python's garbage collector may delete it during the next layout.
            self._former = self._window
        self._look, self._is_live, self._later = look, self._stop.live, self._stop.later
        self._appearance.follow(look.settings)
        self._window = MainWindow(
            self._booth,
            self._appearance,
            training=not self._is_live,
            facts=_FACTS,
            now=self._now,
        )
        self._window.resize(*look.size)
        self._window.show()
        self._load(self._play)

    def _now(self) -> datetime:
        return datetime.now(timezone.utc) + timedelta(seconds=self._stop.later)

    def _load(self, then: Callable[[], None]) -> None:
        """Make the controllers emit settings, recent entries and backlog, then call `then`."""
        self._then = then
        self._to_load = {"recent", "backlog"}
        self._booth.settings.changed.emit(self._booth.settings.current)
        self._booth.entries.load()
        self._booth.journal.survey()

    @Slot(object)
    def _on_recent(self, _records: object) -> None:
        self._note_loaded("recent")

    @Slot(object)
    def _on_backlog(self, backlog: Backlog) -> None:
        self._waiting = backlog.count
        if self._is_draining and not backlog.count:
            self._is_draining = False
            self._load(self._go_on)
        else:
            self._note_loaded("backlog")

    def _note_loaded(self, what: str) -> None:
        if what in self._to_load:
            self._to_load.discard(what)
            if not self._to_load:
                self._then()

    def _play(self) -> None:
        stop = self._stop
        self._gateway.set_faults(stop.faults)
        if stop.settings:
            self._apply(stop.settings(self._base))
        window = self._shown_window()
        press_shortcut(window, stop.shortcut)
        history = window.history.window
        if history is not None:
            # The window would begin with the search of the stop before.
            history.resize(*self._look.size)
            history.start(Search())
        care_stops.open_dialog(window, self._booth, stop.show)
        typed_into = window.void_flow.dialog or (history.plate if history else window.form.plate)
        for character in stop.keys:
            press_key(typed_into, character)
        self._emit_event()
        if stop.show is Show.CLOSING:
            self._closing = closing_question(window, self._appearance, 3)
            self._closing.open()
        elif stop.show is Show.DETAIL:
            open_first_row(window)
        elif stop.show is Show.EXPORT:
            window.export.open_export()
        elif stop.show is Show.SHIFT:
            window.shift_dialogs.open()
            # The page that the event asks for is in the dialog.
            self._emit_event()
        elif window.backfill.window is not None:
            is_repeated = stop.show is Show.BACKFILL_REPEATED
            # Each look types a sheet of its own.
            self._sheet += not is_repeated
            type_paper(window.backfill.window, self._sheet, repeated=is_repeated)
        if stop.show is not Show.VERDICT:
            self._settle.start(stop.settle_ms)

    def _emit_event(self) -> None:
        if self._stop.event and self._last:
            answered = self._last
            self._stop.event(self._booth, answered)
            # The signals of the event have replaced `_last` by their own record.
            self._last = answered
            for recent in self._shown_window().findChildren(RecentList):
                recent.refresh()

    def _apply(self, settings: Settings) -> None:
        self._current.replace(settings)
        self._booth.settings.changed.emit(settings)

    @Slot(object)
    def _on_entry_changed(self, record: EntryRecord) -> None:
        """Store the record; start the picture's timer if it has the verdict the stop waits for."""
        plate = record.entry.plate.text if record.entry.plate else ""
        self._last = record
        is_awaited = self._stop.show is Show.VERDICT and plate.endswith(self._stop.plate_end)
        if is_awaited and record.verdict.severity is self._stop.severity:
            self._settle.start(max(self._stop.settle_ms, _FOLLOW_MS))

    @Slot()
    def _take_picture(self) -> None:
        # The backlog may have emitted other values since the first emission.
        self._emit_event()
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        window = self._shown_window()
        shown = self._subject(window)
        opens_detail = self._stop.show is Show.HISTORY_DETAIL
        if isinstance(shown, HistoryWindow) and not is_ready(shown, opens_detail=opens_detail):
            self._settle.start(_HISTORY_MS)
            return
        if isinstance(shown, SetupWizard) and not is_at(shown, self._stop.page or shown.step):
            self._settle.start(_SETUP_MS)
            return
        path = self._folder / f"{self._stop.name}-{self._look.name}.png"
        if shown is None or not shown.grab().save(str(path), "PNG", _PNG_QUALITY):
            _log.error("tour: no picture of %s", path.stem)
            self._end(1)
            return
        self._leave_stop(window)
        if self._waiting:
            self._is_draining = True
            self._booth.backlog.release()
        elif self._stop.event or self._stop.settings:
            self._load(self._go_on)
        else:
            self._go_on()

    def _subject(self, window: MainWindow) -> QWidget | None:
        """Return the widget to take the picture of; None for a dialog that did not open."""
        subjects = {
            Show.MERCHANT: window.dialogs.merchant,
            Show.DISPLAY: window.dialogs.display,
            Show.ABOUT: window.dialogs.about,
            Show.STATISTICS: window.statistics.open_window,
            Show.CLOSING: self._closing,
            Show.SHIFT: window.shift_dialogs.dialog,
            Show.HISTORY: window.history.window,
            Show.BACKFILL: window.backfill.window,
            Show.BACKFILL_REPEATED: window.backfill.window,
            Show.HISTORY_DETAIL: window.history.window,
            Show.VOID: window.void_flow.dialog,
            Show.EXPORT: window.export.dialog,
            Show.SETUP: window.setup.wizard,
        }
        shows_care = care_stops.dialog_of(window, self._stop.show)
        return shows_care or subjects.get(self._stop.show, window)

    def _leave_stop(self, window: MainWindow) -> None:
        """Undo the stop: close dialogs, end faults, restore settings, undo the event, press Esc."""
        self._limit.start()
        self._gateway.set_faults(())
        care_stops.close_dialog(window, self._stop.show)
        dialogs = window.dialogs
        others = (
            window.statistics.open_window,
            window.shift_dialogs.dialog,
            window.history.window,
            window.void_flow.dialog,
            window.export.dialog,
            window.backfill.window,
            window.setup.wizard,
            self._closing,
        )
        for dialog in (dialogs.merchant, dialogs.display, dialogs.about, *others):
            if dialog is not None:
                dialog.reject()
        self._closing = None
        if self._stop.settings:
            self._apply(self._base)
        if self._stop.event and self._last:
            self._end_event(window, self._last)
        if self._stop.shortcut == "F7":
            press_shortcut(window, "F7")
        press_shortcut(window, "Esc")

    def _end_event(self, window: MainWindow, last: EntryRecord) -> None:
        """Undo any event: emit `last` with a right clock, emit "no update", dismiss the notices."""
        if last.outcome is not None:
            last = replace(last, outcome=replace(last.outcome, clock_offset=0.0))
        self._booth.entries.saved.emit(last)
        self._booth.entries.changed.emit(last)
        self._booth.link.note_record(last)
        self._booth.updates.found.emit(None)
        nobody(self._booth)
        window.notices.dismiss()

    def _shown_window(self) -> MainWindow:
        if self._window is None:
            raise LookupError("the tour has no window yet")
        return self._window

    @Slot()
    def _on_too_long(self) -> None:
        _log.error("tour: %s-%s was not reached", self._look.name, self._stop.name)
        self._end(1)

    def _end(self, code: int) -> None:
        self._limit.stop()
        self._settle.stop()
        if self._window is not None:
            self._window.close()
        self.finished.emit(code)


def _tour_settings(settings: Settings) -> Settings:
    """Return the settings with the tour's plate prefix and no question about duplicates.

    Every look enters the same plates.
    """
    booth = replace(settings.booth, plate_prefix=TRAINING_PREFIX, duplicate_minutes=0)
    return replace(settings, booth=booth)


def _make_timer(parent: QObject, milliseconds: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
