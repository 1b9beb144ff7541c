"""The window: lays out its parts and connects them to the desk and to each other, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

from wxpark_gui.controllers.desk import Desk
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import FieldError, ReadableError
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import Backlog, EntryRecord, Salvage
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.service.line import Line
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.entry.under_way import UnderWay
from wxpark_gui.ui.entry.undo import TakingBack
from wxpark_gui.ui.entry.undo_button import TakeBackOffer
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import application_icon
from wxpark_gui.ui.recent.table import RecentList
from wxpark_gui.ui.settings.dialogs import Dialogs
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.verdict.sounds import Sounder
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.window.closing import closing_question
from wxpark_gui.ui.window.header import Header
from wxpark_gui.ui.window.help_overlay import HelpOverlay
from wxpark_gui.ui.window.notice_strip import NoticeAction, NoticeStrip
from wxpark_gui.ui.window.notices import NoticeBoard
from wxpark_gui.ui.window.status_strip import StatusStrip
from wxpark_gui.ui.window.work_area import Board
from wxpark_gui.wording import Label

_TICK_MS = 1000
_COMMAND_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class MainWindow(QMainWindow):
    """The attendant's window.

    Args:
        training: show the band that keeps training from being mistaken for live.
        now: the present, aware; for the clock and for the ages of what waits.
        beep: makes one short sound.

    Signals:
        closing(): the window was closed.
    """

    closing = Signal()

    def __init__(
        self,
        desk: Desk,
        appearance: Appearance,
        *,
        training: bool,
        now: Callable[[], datetime] = _utc_now,
        beep: Callable[[], None] = QApplication.beep,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._appearance = appearance
        self._now = now
        self._notices = NoticeBoard(appearance)
        self._backlog = Backlog()
        self._under_way = UnderWay()
        self._shown_id = ""
        self._dialogs = Dialogs(desk, appearance, self)
        self.setWindowIcon(application_icon())
        self._header = Header(appearance, self)
        self._form = EntryForm(appearance, self)
        self._panel = VerdictPanel(appearance, self)
        self._offer = TakeBackOffer(appearance, self._panel)
        self._taking_back = TakingBack(desk, appearance, self._under_way, self._form, self._offer)
        self._sounder = Sounder(beep, self)
        self._recent = RecentList(appearance, self)
        self._board = Board(appearance, self._form, self._panel, self._recent, self)
        self._band: QLabel | None = None
        self._notice_strip = NoticeStrip(appearance, self)
        self._status = StatusStrip(appearance, self)
        self._lay_out(training=training)
        self._help = HelpOverlay(appearance, self)
        self._connect_desk()
        self._connect_parts()
        appearance.changed.connect(self._renew)
        self._renew()
        self._tick_timer = QTimer(self)
        self._tick_timer.setInterval(_TICK_MS)
        self._tick_timer.timeout.connect(self._tick)
        self._tick_timer.start()
        self._tick()
        self._form.plate.setFocus()

    @property
    def form(self) -> EntryForm:
        return self._form

    @property
    def dialogs(self) -> Dialogs:
        return self._dialogs

    @Slot()
    def come_to_front(self) -> None:
        """Someone started the program a second time."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @Slot(str)
    def show_bug(self, name: str) -> None:
        """A bug was caught and logged; `name` is its exception's."""
        self._notices.bug(name)
        self._show_notice()

    def dismiss_notice(self) -> None:
        """Whatever needs no more than to be read has been read."""
        self._notices.dismiss()
        self._show_notice()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that no part wanted belongs to the plate: none is swallowed."""
        typed = event.text()
        if typed and typed.isprintable() and not event.modifiers() & _COMMAND_KEYS:
            self._form.plate.setFocus()
            self._form.plate.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """A person is told of what waits; a system that shuts down is not kept waiting."""
        if event.spontaneous() and not self._may_close():
            event.ignore()
            return
        self._tick_timer.stop()
        self.closing.emit()
        event.accept()

    @Slot(object)
    def _on_submitted(self, draft: EntryDraft) -> None:
        """Free the form for the next car at once; a refusal brings the draft back."""
        again = self._form.confirms_duplicate(draft)
        if not self._under_way.hand_over(draft, lambda: self._desk.submit(draft, again=again)):
            return
        self._form.clear()
        self._offer.withdraw()
        if self._under_way.awaits(draft):
            self._shown_id = ""
            self._panel.show_saving(_label(draft))

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        self._shown_id = record.entry_id
        self._panel.show_record(record)
        self._board.show_answer()
        self._sounder.play_news(record)
        self._recent.upsert(record)
        self._form.plate.set_history(self._recent.plates)
        self._notices.saved()
        self._show_notice()

    @Slot(object)
    def _on_changed(self, record: EntryRecord) -> None:
        """A late answer for an earlier car renews its row only, never the panel of this car."""
        self._recent.upsert(record)
        if record.entry_id == self._shown_id:
            self._panel.show_record(record)
            self._board.show_answer()
            self._sounder.play_news(record)
        self._notices.delivered(record)
        self._show_notice()

    @Slot(object)
    def _on_rejected(self, errors: Sequence[FieldError]) -> None:
        self._bring_back(self._under_way.refused())
        self._form.show_errors(errors)

    @Slot(object)
    def _on_duplicate(self, earlier: EntryRecord) -> None:
        self._bring_back(self._under_way.refused())
        self._form.ask_about_duplicate(earlier)

    @Slot(object)
    def _on_not_saved(self, error: ReadableError) -> None:
        draft = self._under_way.refused()
        self._bring_back(draft)
        self._shown_id = ""
        self._panel.show_not_saved(error, _label(draft))
        self._sounder.play(Severity.FAILED)
        self._on_failed(error)

    @Slot(object)
    def _on_recent(self, records: Sequence[EntryRecord]) -> None:
        self._recent.model.load(records)
        self._form.plate.set_history(self._recent.plates)

    @Slot(object)
    def _on_line(self, line: Line) -> None:
        self._status.show_line(line)

    @Slot(object)
    def _on_backlog(self, backlog: Backlog) -> None:
        self._backlog = backlog
        self._status.show_backlog(backlog, self._now())
        self._notices.backlog_changed(backlog)
        self._show_notice()

    @Slot(int)
    def _on_today(self, count: int) -> None:
        self._status.show_today(count)

    @Slot(object)
    def _on_settings(self, settings: Settings) -> None:
        self._header.show_settings(settings)
        self._sounder.enabled = settings.sounds
        self._form.plate.set_prefix(settings.plate_prefix)
        self._notices.settings_loaded(settings)
        self._show_notice()

    @Slot(object)
    def _on_failed(self, error: ReadableError) -> None:
        self._notices.failed(error)
        self._show_notice()

    @Slot(object)
    def _on_salvaged(self, salvage: Salvage) -> None:
        self._notices.salvaged(salvage)
        self._show_notice()

    @Slot(object)
    def _on_action(self, action: NoticeAction) -> None:
        if action is NoticeAction.RETRY:
            self._desk.retry()
        elif action is NoticeAction.DISMISS:
            self.dismiss_notice()
        elif action in (NoticeAction.SET_UP, NoticeAction.OPEN_SETTINGS):
            self._dialogs.open_merchant()
        self._form.plate.setFocus()

    @Slot()
    def _on_resend(self) -> None:
        if record := self._recent.selected:
            self._desk.resend(record.entry_id)
        self._form.plate.setFocus()

    @Slot()
    def _on_escape(self) -> None:
        if self._help.isVisible():
            self._help.hide()
        else:
            self._form.clear()

    @Slot()
    def _on_help(self) -> None:
        self._help.toggle()

    @Slot()
    def _tick(self) -> None:
        now = self._now()
        self._header.show_time(now)
        self._form.show_time(now)
        self._status.show_time(now)
        self._show_notice()

    @Slot()
    def _renew(self) -> None:
        """The language changed, or the colours, or the size of the letters."""
        wording = self._appearance.wording
        self.setWindowTitle(wording.program_name)
        if self._band is not None:
            self._band.setText(wording.label(Label.TRAINING_BAND))
        self._tick()

    def _may_close(self) -> bool:
        application = QGuiApplication.instance()
        ending = isinstance(application, QGuiApplication) and application.isSavingSession()
        if not self._backlog.count or ending:
            return True
        box = closing_question(self, self._appearance, self._backlog.count)
        box.exec()
        return box.clickedButton() is not box.defaultButton()

    def _bring_back(self, draft: EntryDraft | None) -> None:
        """Put a refused draft into the form again, unless the next car stands there already."""
        if draft and self._form.untouched:
            self._form.restore(draft)

    def _show_notice(self) -> None:
        self._notice_strip.show_notice(self._notices.notice(self._now()))

    def _connect_desk(self) -> None:
        desk = self._desk
        desk.entrySaved.connect(self._on_saved)
        desk.entryChanged.connect(self._on_changed)
        desk.entryRejected.connect(self._on_rejected)
        desk.duplicateFound.connect(self._on_duplicate)
        desk.notSaved.connect(self._on_not_saved)
        desk.recentLoaded.connect(self._on_recent)
        desk.platesLoaded.connect(self._form.plate.set_known_plates)
        desk.lineChanged.connect(self._on_line)
        desk.backlogChanged.connect(self._on_backlog)
        desk.todayChanged.connect(self._on_today)
        desk.settingsLoaded.connect(self._on_settings)
        desk.salvaged.connect(self._on_salvaged)
        desk.releaseFound.connect(self._status.show_release)
        desk.failed.connect(self._on_failed)

    def _connect_parts(self) -> None:
        self._form.submitted.connect(self._on_submitted)
        self._form.plate.plateChanged.connect(self._desk.warm_up)
        self._form.plate.plateChanged.connect(self._board.show_form)
        self._panel.set_corner(self._offer)
        self._offer.visibilityChanged.connect(self._panel.make_room)
        self._notice_strip.actionRequested.connect(self._on_action)
        self._dialogs.closed.connect(self._form.plate.setFocus)
        for key, slot in (
            (Qt.Key.Key_F1, self._on_help),
            ("Shift+F1", self._dialogs.open_about),
            (Qt.Key.Key_F2, self._taking_back.take_back),
            (Qt.Key.Key_F4, self._form.plate.choose_province),
            (Qt.Key.Key_F5, self._on_resend),
            (Qt.Key.Key_F6, self._form.car_type.choose_next),
            (Qt.Key.Key_F7, self._form.scene.choose_next),
            (Qt.Key.Key_F11, self._dialogs.open_display),
            (Qt.Key.Key_F12, self._dialogs.open_merchant),
            (QKeySequence.StandardKey.ZoomIn, self._dialogs.enlarge),
            ("Ctrl+=", self._dialogs.enlarge),
            (QKeySequence.StandardKey.ZoomOut, self._dialogs.reduce),
            ("Ctrl+0", self._dialogs.restore_scale),
            (Qt.Key.Key_Escape, self._on_escape),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(slot)

    def _lay_out(self, *, training: bool) -> None:
        notices = QHBoxLayout()
        notices.setContentsMargins(19, 0, 19, 0)
        notices.addWidget(self._notice_strip)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if training:
            self._band = wrapping_label(self, name="trainingBand")
            self._band.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(self._band)
        column.addWidget(self._header)
        column.addWidget(self._board, 1)
        column.addLayout(notices)
        column.addSpacing(8)
        column.addWidget(self._status)
        self.setCentralWidget(centre)
        available = self.screen().availableGeometry().size()
        self.resize(QSize(1280, 800).boundedTo(available))


def _label(draft: EntryDraft | None) -> str:
    """What names a draft on the panel: its plate, else its bay."""
    return (read_plate(draft.plate).spaced or draft.space_number) if draft else ""
