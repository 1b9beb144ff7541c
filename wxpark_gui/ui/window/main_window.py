"""The window: lays out its parts and connects them to the controllers and to each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.record import Backlog, EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.entry.flow import EntryFlow
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.entry.undo_button import UndoButton
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import application_icon
from wxpark_gui.ui.recent.table import RecentList
from wxpark_gui.ui.settings.dialogs import Dialogs
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.verdict.presenter import VerdictPresenter
from wxpark_gui.ui.verdict.sounds import SoundPlayer
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.window.closing import closing_question
from wxpark_gui.ui.window.header import Header
from wxpark_gui.ui.window.help_overlay import HelpOverlay
from wxpark_gui.ui.window.notice_strip import NoticeAction, NoticeStrip
from wxpark_gui.ui.window.notices import NoticeModel
from wxpark_gui.ui.window.shortcuts import SHORTCUTS, Action
from wxpark_gui.ui.window.status_strip import StatusStrip
from wxpark_gui.ui.window.work_area import WorkArea
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
    """

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        *,
        training: bool,
        now: Callable[[], datetime] = _utc_now,
        beep: Callable[[], None] = QApplication.beep,
    ) -> None:
        super().__init__()
        self._controllers = controllers
        self._appearance = appearance
        self._now = now
        self._waiting = 0
        self._notices = NoticeModel(controllers, appearance, self)
        self._dialogs = Dialogs(controllers, appearance, self)
        self.setWindowIcon(application_icon())
        self._header = Header(appearance, self)
        self._form = EntryForm(appearance, self)
        self._panel = VerdictPanel(appearance, self)
        self._undo_button = UndoButton(appearance, self._panel)
        self._sounds = SoundPlayer(beep, self)
        self._recent = RecentList(appearance, self)
        self._flow = EntryFlow(
            controllers.entries,
            form=self._form,
            presenter=VerdictPresenter(self._panel, self._sounds),
            undo_button=self._undo_button,
        )
        self._work_area = WorkArea(appearance, self._form, self._panel, self._recent, self)
        self._band: QLabel | None = None
        self._notice_strip = NoticeStrip(appearance, self)
        self._status = StatusStrip(appearance, self)
        self._lay_out(training=training)
        self._help = HelpOverlay(appearance, self)
        self._connect_controllers()
        self._connect_parts()
        appearance.changed.connect(self._retranslate)
        self._apply_settings(controllers.settings.current)
        self._retranslate()
        self._tick_timer = QTimer(self)
        self._tick_timer.setInterval(_TICK_MS)
        self._tick_timer.timeout.connect(self._tick)
        self._tick_timer.start()
        self._form.plate.setFocus()

    @property
    def form(self) -> EntryForm:
        return self._form

    @property
    def dialogs(self) -> Dialogs:
        return self._dialogs

    @property
    def notices(self) -> NoticeModel:
        return self._notices

    @Slot()
    def come_to_front(self) -> None:
        """Show and raise the window: the program was started a second time."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give a key that no part took to the plate: none is swallowed."""
        typed = event.text()
        if typed and typed.isprintable() and not event.modifiers() & _COMMAND_KEYS:
            self._form.plate.setFocus()
            self._form.plate.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask a person before closing with a queue; never keep a system from shutting down."""
        if event.spontaneous() and not self._may_close():
            event.ignore()
            return
        self._tick_timer.stop()
        event.accept()

    @Slot(object)
    def _on_record(self, record: EntryRecord) -> None:
        self._recent.upsert(record)
        self._form.plate.set_history(self._recent.plates)

    @Slot(object)
    def _on_recent(self, records: Sequence[EntryRecord]) -> None:
        self._recent.model.load(records)
        self._form.plate.set_history(self._recent.plates)

    @Slot(object)
    def _on_backlog(self, backlog: Backlog) -> None:
        self._waiting = backlog.count
        self._status.show_backlog(backlog, self._now())

    @Slot(object)
    def _apply_settings(self, settings: Settings) -> None:
        self._header.show_settings(settings)
        self._sounds.enabled = settings.appearance.sounds
        self._form.plate.set_prefix(settings.booth.plate_prefix)
        self._flow.apply_settings(settings)

    @Slot(object)
    def _on_notice_action(self, action: NoticeAction) -> None:
        if action is NoticeAction.RETRY:
            self._controllers.journal.open()
            self._controllers.backlog.release()
        elif action is NoticeAction.DISMISS:
            self._notices.dismiss()
        elif action in (NoticeAction.SET_UP, NoticeAction.OPEN_SETTINGS):
            self._dialogs.open_merchant()
        self._form.plate.setFocus()

    @Slot()
    def _resend(self) -> None:
        self._flow.resend(self._recent.selected)

    @Slot()
    def _correct(self) -> None:
        self._flow.correct(self._recent.selected)

    @Slot()
    def _clear(self) -> None:
        if self._help.isVisible():
            self._help.hide()
        else:
            self._flow.clear()

    @Slot()
    def _tick(self) -> None:
        now = self._now()
        self._header.show_time(now)
        self._form.show_time(now)
        self._panel.show_time(now)
        self._status.show_time(now)
        self._show_notice()

    @Slot()
    def _retranslate(self) -> None:
        """Follow the language, the colours and the text size."""
        wording = self._appearance.wording
        self.setWindowTitle(wording.program_name)
        if self._band is not None:
            self._band.setText(wording.label(Label.TRAINING_BAND))
        self._tick()

    @Slot()
    def _show_notice(self) -> None:
        self._notice_strip.show_notice(self._notices.notice(self._now()))

    def _may_close(self) -> bool:
        application = QGuiApplication.instance()
        ending = isinstance(application, QGuiApplication) and application.isSavingSession()
        if not self._waiting or ending:
            return True
        box = closing_question(self, self._appearance, self._waiting)
        box.exec()
        return box.clickedButton() is not box.defaultButton()

    def _connect_controllers(self) -> None:
        controllers = self._controllers
        controllers.entries.saved.connect(self._on_record)
        controllers.entries.changed.connect(self._on_record)
        controllers.entries.recentLoaded.connect(self._on_recent)
        controllers.entries.platesLoaded.connect(self._form.plate.set_known_plates)
        controllers.journal.backlogChanged.connect(self._on_backlog)
        controllers.journal.todayChanged.connect(self._status.show_today)
        controllers.settings.changed.connect(self._apply_settings)
        controllers.link.changed.connect(self._status.show_link)
        controllers.updates.found.connect(self._status.show_release)
        self._notices.changed.connect(self._show_notice)

    def _connect_parts(self) -> None:
        self._form.plate.plateChanged.connect(self._controllers.link.warm_up)
        self._form.plate.plateChanged.connect(self._work_area.show_form)
        self._form.plate.prefixChosen.connect(self._controllers.settings.save_prefix)
        self._flow.answerShown.connect(self._work_area.show_answer)
        self._flow.notSetUp.connect(self._notices.failed)
        self._panel.set_corner(self._undo_button)
        self._undo_button.visibilityChanged.connect(self._panel.make_room)
        self._notice_strip.actionRequested.connect(self._on_notice_action)
        self._dialogs.closed.connect(self._form.plate.setFocus)
        for shortcut in SHORTCUTS:
            for key in shortcut.keys:
                QShortcut(QKeySequence(key), self).activated.connect(self._slot(shortcut.action))

    def _slot(self, action: Action | None) -> Callable[[], None]:
        slots: dict[Action | None, Callable[[], None]] = {
            Action.HELP: self._help.toggle,
            Action.ABOUT: self._dialogs.open_about,
            Action.TAKE_BACK: self._flow.take_back,
            Action.PROVINCE: self._form.plate.choose_province,
            Action.RESEND: self._resend,
            Action.CAR_TYPE: self._form.car_type.choose_next,
            Action.SCENE: self._form.scene.choose_next,
            Action.CORRECT: self._correct,
            Action.APPEARANCE: self._dialogs.open_display,
            Action.SETTINGS: self._dialogs.open_merchant,
            Action.ENLARGE: self._dialogs.enlarge,
            Action.REDUCE: self._dialogs.reduce,
            Action.RESTORE_SCALE: self._dialogs.restore_scale,
            Action.CLEAR: self._clear,
        }
        return slots[action]

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
        column.addWidget(self._work_area, 1)
        column.addLayout(notices)
        column.addSpacing(8)
        column.addWidget(self._status)
        self.setCentralWidget(centre)
        available = self.screen().availableGeometry().size()
        self.resize(QSize(1280, 800).boundedTo(available))
