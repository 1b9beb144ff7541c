"""The actions of the window, started by keys and by the buttons of the status strip."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from wxpark_gui.ui.backfill.opener import BackfillOpener
from wxpark_gui.ui.care.opener import CareOpener
from wxpark_gui.ui.entry.flow import EntryFlow
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.entry.offer_flow import OfferFlow
from wxpark_gui.ui.entry.query_flow import QueryFlow
from wxpark_gui.ui.entry.void_flow import VoidFlow
from wxpark_gui.ui.history.opener import HistoryOpener
from wxpark_gui.ui.manager.dialogs import ManagerDialogs
from wxpark_gui.ui.profiles.opener import ProfileOpener
from wxpark_gui.ui.recent.table import RecentList
from wxpark_gui.ui.settings.dialogs import Dialogs
from wxpark_gui.ui.setup.opener import SetupOpener
from wxpark_gui.ui.shift.dialogs import ShiftDialogs
from wxpark_gui.ui.statistics.opener import StatisticsOpener
from wxpark_gui.ui.support.dialogs import SupportDialogs
from wxpark_gui.ui.window.help_overlay import HelpOverlay
from wxpark_gui.ui.window.help_printer import HelpPrinter
from wxpark_gui.ui.window.menu import MenuButton
from wxpark_gui.ui.window.shortcuts import SHORTCUTS, Action, Text
from wxpark_gui.wording import HelpLabel


def unavailable(support: SupportDialogs) -> Mapping[Action, Text]:
    """Return the reason for each action that has nothing to show."""
    return {} if support.has_crash else {Action.CRASH: HelpLabel.NO_CRASH}


class Commands(QObject):
    """Runs the actions of the `SHORTCUTS` table."""

    def __init__(
        self,
        window: QWidget,
        *,
        form: EntryForm,
        flow: EntryFlow,
        offers: OfferFlow,
        query_flow: QueryFlow,
        void_flow: VoidFlow,
        recent: RecentList,
        dialogs: Dialogs,
        statistics: StatisticsOpener,
        shift_dialogs: ShiftDialogs,
        help_overlay: HelpOverlay,
        history: HistoryOpener,
        support: SupportDialogs,
        backfill: BackfillOpener,
        menu: MenuButton,
        help_printer: HelpPrinter,
        setup: SetupOpener,
        managers: ManagerDialogs,
        care: CareOpener,
        profiles: ProfileOpener,
    ) -> None:
        super().__init__(window)
        self._form = form
        self._flow = flow
        self._offers = offers
        self._query_flow = query_flow
        self._void_flow = void_flow
        self._recent = recent
        self._help = help_overlay
        self._slots: Mapping[Action, Callable[[], None]] = {
            Action.SEND: self._press_enter,
            Action.SELECT: recent.setFocus,
            Action.LAST_PLATE: self._press_up,
            Action.ACCEPT: self._press_space,
            Action.HELP: help_overlay.toggle,
            Action.ABOUT: dialogs.open_about,
            Action.CHECK: support.open_check,
            Action.TAKE_BACK: flow.take_back,
            Action.VOID: self._void,
            Action.HISTORY: history.open,
            Action.PROVINCE: form.plate.choose_province,
            Action.TAKE_OFFER: offers.take,
            Action.RESEND: self._resend,
            Action.QUERY: self._query,
            Action.CAR_TYPE: form.car_type.choose_next,
            Action.SCENE: form.scene.choose_next,
            Action.CORRECT: self._correct,
            Action.BACKFILL: backfill.open,
            Action.STATISTICS: statistics.open,
            Action.SHIFT: shift_dialogs.open,
            Action.LOCK_SHIFT: shift_dialogs.lock,
            Action.MANAGERS: managers.open_managers,
            Action.APPEARANCE: dialogs.open_display,
            Action.SETTINGS: dialogs.open_merchant,
            Action.SET_UP_WIZARD: setup.open,
            Action.BACKUPS: care.open_backups,
            Action.PROFILES: profiles.open,
            Action.ENLARGE: dialogs.enlarge,
            Action.REDUCE: dialogs.reduce,
            Action.RESTORE_SCALE: dialogs.restore_scale,
            Action.CLEAR: self._clear,
            Action.MENU: menu.open,
            Action.SHEET: help_printer.save,
            Action.DIAGNOSTICS: support.open_diagnostics,
            Action.CRASH: support.open_crash,
        }
        for row in SHORTCUTS:
            for key in row.keys:
                if row.action is not None:
                    shortcut = QShortcut(QKeySequence(key), window)
                    # A key held in a glove must not send an entry again and again.
                    shortcut.setAutoRepeat(False)
                    shortcut.activated.connect(self._slots[row.action])
        menu.actionRequested.connect(self.run)

    @Slot(object)
    def run(self, action: Action) -> None:
        self._slots[action]()

    @Slot()
    def _press_enter(self) -> None:
        self._press(Qt.Key.Key_Return)

    @Slot()
    def _press_up(self) -> None:
        self._press(Qt.Key.Key_Up)

    @Slot()
    def _press_space(self) -> None:
        self._press(Qt.Key.Key_Space, " ")

    def _press(self, key: Qt.Key, typed: str = "") -> None:
        """Handle a key of the plate field as if it was pressed there."""
        plate = self._form.plate
        plate.setFocus()
        plate.keyPressEvent(
            QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, typed)
        )

    @Slot()
    def _resend(self) -> None:
        record = self._recent.selected
        self._recent.close_detail()
        self._flow.resend(record)

    @Slot()
    def _query(self) -> None:
        record = self._recent.selected
        self._recent.close_detail()
        self._query_flow.ask(record)

    @Slot()
    def _void(self) -> None:
        self._void_flow.ask(self._recent.selected)

    @Slot()
    def _correct(self) -> None:
        record = self._recent.selected
        self._recent.close_detail()
        self._flow.correct(record)

    @Slot()
    def _clear(self) -> None:
        """Close the help, else the detail of an entry, else drop offers, else empty the form."""
        if self._help.isVisible():
            self._help.hide()
        elif self._recent.shows_detail:
            self._recent.close_detail()
            self._form.plate.setFocus()
        elif not self._offers.dismiss():
            self._flow.clear()
