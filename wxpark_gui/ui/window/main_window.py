"""The main window: lays out its parts, and connects them to the controllers and each other.

The module exceeds the project's limit of 300 lines: every part is made and connected here, and
nothing else is done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.gateway import gateway_kind
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.backfill.opener import BackfillOpener
from wxpark_gui.ui.care.opener import CareOpener
from wxpark_gui.ui.entry.flow import EntryFlow
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.entry.offer_flow import OfferFlow
from wxpark_gui.ui.entry.query_flow import QueryFlow
from wxpark_gui.ui.entry.undo_button import UndoButton
from wxpark_gui.ui.entry.void_flow import VoidFlow
from wxpark_gui.ui.export.opener import ExportOpener
from wxpark_gui.ui.history.opener import HistoryOpener
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import application_icon
from wxpark_gui.ui.manager.dialogs import ManagerDialogs
from wxpark_gui.ui.plate.enter_bounce import ENTER_KEYS
from wxpark_gui.ui.profiles.opener import ProfileOpener
from wxpark_gui.ui.recent.table import RecentList
from wxpark_gui.ui.settings.dialogs import Dialogs
from wxpark_gui.ui.setup.opener import SetupOpener
from wxpark_gui.ui.shift.dialogs import ShiftDialogs
from wxpark_gui.ui.statistics.opener import StatisticsOpener
from wxpark_gui.ui.support.dialogs import SupportDialogs
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.verdict.presenter import VerdictPresenter
from wxpark_gui.ui.verdict.sounds import SoundPlayer
from wxpark_gui.ui.widgets.centred_column import CentredColumn
from wxpark_gui.ui.widgets.held_keys import HeldKeys
from wxpark_gui.ui.widgets.number_pad import NumberPad
from wxpark_gui.ui.widgets.pasting import Pasting
from wxpark_gui.ui.window.closing import may_close, unsaved_titles
from wxpark_gui.ui.window.commands import Commands, unavailable
from wxpark_gui.ui.window.gateway_band import GatewayBand
from wxpark_gui.ui.window.header import Header
from wxpark_gui.ui.window.help_overlay import HelpOverlay
from wxpark_gui.ui.window.help_printer import HelpPrinter
from wxpark_gui.ui.window.menu import MenuButton
from wxpark_gui.ui.window.notice_strip import NoticeAction, NoticeStrip
from wxpark_gui.ui.window.notices import NoticeModel
from wxpark_gui.ui.window.placement import DRAWN
from wxpark_gui.ui.window.status_strip import StatusStrip
from wxpark_gui.ui.window.work_area import WorkArea

_TICK_MS = 1000
_WIDEST = 1920
"""Unscaled pixels; in a wider window the work area is centred, so that its rows stay readable."""

_LOW = 400
"""Unscaled height in pixels below which a long notice would hide lines of the verdict."""

_NO_FACTS = ProgramFacts()
_COMMAND_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class MainWindow(QMainWindow):
    """The attendant's window.

    The class exceeds the project's limit of 20 methods: most connect its parts or handle an event.

    Args:
        training: True shows the band of the training gateway.
        now: returns the current time, aware, for the clock and the ages of entries.
        beep: makes one short sound.
        facts: for the dialog about the program.

    Attributes:
        statistics: opens the statistics window.
        export: opens the export dialog; its slot `open_export` takes an `EntryFilter`.
        void_flow: opens the dialog that voids an entry.
        shift_dialogs: opens the shift dialog, and locks the shift.
        history: opens the history window.
        support: opens the check, the diagnostics and the report of a crash.
        backfill: opens the window for entries from paper.
        setup: opens the set-up wizard.
        manager_dialogs: opens the approval of one act, and the list of managers.
        care: opens the dialog for backups.
        profiles: opens the dialog of the profiles, and the menu of the header.
    """

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        *,
        training: bool,
        now: Callable[[], datetime] = _utc_now,
        beep: Callable[[], None] = QApplication.beep,
        facts: ProgramFacts = _NO_FACTS,
    ) -> None:
        super().__init__()
        self._controllers = controllers
        self._appearance = appearance
        self._training = training
        self._now = now
        self._notices = NoticeModel(controllers, appearance, self)
        self._dialogs = Dialogs(controllers, appearance, self, facts)
        self.statistics = StatisticsOpener(controllers.statistics, appearance, self)
        self.export = ExportOpener(controllers.exports, controllers.approvals, appearance, self)
        self.shift_dialogs = ShiftDialogs(
            controllers.shifts,
            controllers.approvals,
            appearance,
            self,
            training=training,
            now=now,
        )
        self.manager_dialogs = ManagerDialogs(controllers.approvals, appearance, self)
        self.history = HistoryOpener(controllers, appearance, self, now)
        self.support = SupportDialogs(controllers, appearance, self)
        self.backfill = BackfillOpener(controllers, appearance, self, training=training, now=now)
        self.setup = SetupOpener(controllers, appearance, self, training=training)
        self.care = CareOpener(controllers.backups, controllers.approvals, appearance, self)
        self.profiles = ProfileOpener(
            controllers, appearance, self, dialogs=self._dialogs, training=training
        )
        # Each part gets its final parent at once: reparenting would style it a second time.
        centre = QWidget(self)
        self.setCentralWidget(centre)
        self._band = GatewayBand(appearance, centre)
        self._header = Header(appearance, centre)
        menu = MenuButton(appearance, partial(unavailable, self.support), self._header)
        self._header.add_button(menu)
        self._work_area = WorkArea(appearance, centre)
        content = self._work_area.content
        self._form = EntryForm(appearance, content)
        self._panel = VerdictPanel(appearance, content)
        self._undo_button = UndoButton(appearance, self._panel)
        self._sounds = SoundPlayer(beep, self)
        self._recent = RecentList(appearance, content)
        self._work_area.lay_out(self._form, self._panel, self._recent, self._header)
        presenter = VerdictPresenter(self._panel, self._sounds)
        self._flow = EntryFlow(
            controllers.entries,
            form=self._form,
            presenter=presenter,
            undo_button=self._undo_button,
        )
        self._query_flow = QueryFlow(controllers.queries, form=self._form, presenter=presenter)
        self.void_flow = VoidFlow(controllers, appearance, self, presenter=presenter)
        self._notice_strip = NoticeStrip(appearance, centre)
        self._status = StatusStrip(appearance, centre)
        self._column = CentredColumn(partial(appearance.length, _WIDEST))
        self._lay_out(QVBoxLayout(centre))
        self._help = HelpOverlay(appearance, self)
        offers = OfferFlow(
            controllers,
            appearance,
            form=self._form,
            presenter=presenter,
            is_covered=self._help.isVisible,
            now=now,
        )
        self._help_printer = HelpPrinter(controllers.documents, appearance, self._help)
        self._commands = Commands(
            self,
            form=self._form,
            flow=self._flow,
            offers=offers,
            query_flow=self._query_flow,
            void_flow=self.void_flow,
            recent=self._recent,
            dialogs=self._dialogs,
            statistics=self.statistics,
            shift_dialogs=self.shift_dialogs,
            help_overlay=self._help,
            history=self.history,
            support=self.support,
            backfill=self.backfill,
            menu=menu,
            help_printer=self._help_printer,
            setup=self.setup,
            managers=self.manager_dialogs,
            care=self.care,
            profiles=self.profiles,
        )
        self._connect_controllers()
        self._connect_parts()
        appearance.changed.connect(self._retranslate)
        self._apply_settings(controllers.settings.current)
        self._retranslate()
        self._tick_timer = _start_timer(self, self._tick)
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

    def settings_unreadable(self, error: ReadableError) -> None:
        """Tell why the settings cannot be read, in a notice and for each entry refused so."""
        self._notices.failed(error)
        self._flow.note_unreadable(error)

    @Slot()
    def come_to_front(self) -> None:
        """Show, restore and raise the window; called when the program is started a second time."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        # Keys for a window behind a modal one would be lost.
        (QApplication.activeModalWidget() or self).activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass a printable key that no widget used to the plate; Enter presses a focused button."""
        typed, focused = event.text(), self.focusWidget()
        if event.key() in ENTER_KEYS and isinstance(focused, QAbstractButton):
            if not event.isAutoRepeat():
                focused.click()
            return
        if typed and typed.isprintable() and not event.modifiers() & _COMMAND_KEYS:
            self._form.plate.setFocus()
            self._form.plate.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_notice()

    def changeEvent(self, event: QEvent) -> None:
        """Update clock, ages and notice at once when the window becomes active."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self._tick()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before a person closes the window while entries are open or typed values unsaved.

        Nothing is asked if the program closes it or the session ends.
        """
        waiting = self._status.waiting
        unsaved = [*unsaved_titles(self), *self.shift_dialogs.unsaved_message()]
        if event.spontaneous() and not may_close(self, self._appearance, waiting, unsaved):
            event.ignore()
            return
        self._tick_timer.stop()
        event.accept()

    @Slot()
    def _on_refreshed(self) -> None:
        self._form.plate.set_history(self._recent.plates)

    @Slot(object)
    def _apply_settings(self, settings: Settings) -> None:
        self._header.show_settings(settings)
        self._help_printer.show_settings(settings)
        self._status.show_settings(settings)
        self._sounds.enabled = settings.appearance.sounds
        self._form.plate.set_prefix(settings.booth.plate_prefix)
        self._flow.apply_settings(settings)
        self._band.show_kind(gateway_kind(settings, training=self._training))
        self.setWindowTitle(self._band.window_title)

    @Slot(object)
    def _on_notice_action(self, action: NoticeAction) -> None:
        if action is NoticeAction.RETRY:
            self._notices.written()
            self._controllers.journal.open()
            self._controllers.backlog.release()
            self._controllers.keys.unlock()
            self._controllers.approvals.load()
        elif action is NoticeAction.UNLOCK:
            self._controllers.keys.unlock()
        elif action is NoticeAction.DISMISS:
            self._notices.dismiss()
        elif action is NoticeAction.REPORT:
            self._notices.dismiss()
            self.support.open_crash()
        elif action is NoticeAction.SET_UP:
            if self._controllers.settings.current.accounts:
                self.profiles.open()
            else:
                self.setup.open()
        elif action is NoticeAction.OPEN_SETTINGS:
            notice = self._notice_strip.notice
            if notice is not None and notice.account_id:
                self._dialogs.open_profile(notice.account_id)
            else:
                self._dialogs.open_merchant()
        self._form.plate.setFocus()

    @Slot()
    def _tick(self) -> None:
        now = self._now()
        for part in (self._header, self._form, self._panel, self._recent, self._status):
            part.show_time(now)
        # The header must not show a day with the count of another one.
        self._controllers.journal.follow_day()
        self._show_notice()

    @Slot()
    def _retranslate(self) -> None:
        """Apply the language, colours and text size to title, ages, notice and header."""
        self.setWindowTitle(self._band.window_title)
        self._tick()

    @Slot()
    def _show_notice(self) -> None:
        self._notice_strip.set_low(is_low=self.height() < self._appearance.length(_LOW))
        self._notice_strip.show_notices(self._notices.notices(self._now(), self._panel.advice))

    @Slot()
    def _show_hidden_notices(self) -> None:
        # Not for the first paint.
        from wxpark_gui.ui.window.notice_menu import NoticeMenu  # noqa: PLC0415

        menu = NoticeMenu(self._notice_strip.hidden, self._appearance, self)
        menu.aboutToHide.connect(self._form.plate.setFocus)
        menu.open_above(self._notice_strip.list_button)

    def _connect_controllers(self) -> None:
        controllers = self._controllers
        controllers.entries.saved.connect(self._recent.upsert)
        controllers.backfills.saved.connect(self._recent.upsert)
        controllers.entries.changed.connect(self._recent.upsert)
        controllers.entries.recentLoaded.connect(self._recent.load)
        self._recent.refreshed.connect(self._on_refreshed)
        self._form.plate.historyRequested.connect(self._recent.refresh)
        controllers.entries.platesLoaded.connect(self._form.plate.set_known_plates)
        controllers.journal.backlogChanged.connect(self._status.show_backlog)
        controllers.journal.todayChanged.connect(self._status.show_today)
        controllers.settings.changed.connect(self._apply_settings)
        controllers.link.changed.connect(self._status.show_link)
        controllers.updates.found.connect(self._status.show_release)
        controllers.shifts.changed.connect(self._header.show_shift)
        controllers.shifts.changing.connect(self._header.show_changing)
        self._header.show_shift(controllers.shifts.state)
        self._notices.changed.connect(self._show_notice)
        # Once more after the panel has changed: the notice does not repeat its advice.
        controllers.entries.notSaved.connect(self._show_notice)

    def _connect_parts(self) -> None:
        NumberPad(self)
        HeldKeys(self)
        Pasting(self)
        plate = self._form.plate
        plate.plateChanged.connect(self._controllers.link.warm_up)
        plate.plateChanged.connect(self._work_area.show_form)
        self._work_area.headerScrolls.connect(self._place_header)
        plate.prefixChosen.connect(self._controllers.settings.save_prefix)
        self._form.edited.connect(self._recent.close_detail)
        # What is typed must be seen; the help covers the plate on a small screen.
        self._form.edited.connect(self._help.hide)
        self._flow.answerShown.connect(self._work_area.show_answer)
        self._flow.notSetUp.connect(self._notices.failed)
        self._query_flow.answerShown.connect(self._work_area.show_answer)
        self._query_flow.notSetUp.connect(self._notices.failed)
        self._panel.set_corner(self._undo_button)
        self._undo_button.visibilityChanged.connect(self._panel.make_room)
        self._notice_strip.actionRequested.connect(self._on_notice_action)
        self._notice_strip.listRequested.connect(self._show_hidden_notices)
        self._status.actionRequested.connect(self._commands.run)
        self._recent.detailClosed.connect(plate.setFocus)
        self._dialogs.closed.connect(plate.setFocus)
        self.statistics.closed.connect(plate.setFocus)
        self.export.closed.connect(plate.setFocus)
        self._header.shiftRequested.connect(self.shift_dialogs.open)
        self.shift_dialogs.closed.connect(plate.setFocus)
        self.history.closed.connect(plate.setFocus)
        self.support.closed.connect(plate.setFocus)
        self.void_flow.closed.connect(plate.setFocus)
        self.history.correctRequested.connect(self._flow.correct)
        self.history.exportRequested.connect(self.export.open_export)
        self.history.voidRequested.connect(self.void_flow.ask)
        self.shift_dialogs.failed.connect(self._notices.background_failed)
        self._recent.backfillRequested.connect(self.backfill.open)
        self.backfill.closed.connect(plate.setFocus)
        self.care.closed.connect(plate.setFocus)
        self.backfill.failed.connect(self._notices.failed)
        self.setup.closed.connect(plate.setFocus)
        self.manager_dialogs.closed.connect(plate.setFocus)
        self._header.profilesRequested.connect(self.profiles.open_menu)
        self.profiles.closed.connect(plate.setFocus)
        self.profiles.failed.connect(self._notices.failed)

    @Slot(bool)
    def _place_header(self, scrolls: bool) -> None:
        """Keep the header above the work area, or let it scroll there."""
        if scrolls:
            self._work_area.take_header()
        else:
            self._column.insertWidget(0, self._header)

    def _lay_out(self, whole: QVBoxLayout) -> None:
        """Fill the layout of the window; band and status strip are as wide as the window."""
        self.setWindowIcon(application_icon())
        notices = QHBoxLayout()
        notices.setContentsMargins(19, 0, 19, 0)
        notices.addWidget(self._notice_strip)
        column = self._column
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._work_area, 1)
        column.addLayout(notices)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._band)
        whole.addLayout(column, 1)
        whole.addSpacing(8)
        whole.addWidget(self._status)
        self.resize(DRAWN)


def _start_timer(parent: QObject, slot: Callable[[], None]) -> QTimer:
    """Return a running timer that calls `slot` every `_TICK_MS`."""
    timer = QTimer(parent)
    timer.setInterval(_TICK_MS)
    timer.timeout.connect(slot)
    timer.start()
    return timer
