"""The set-up wizard: from nothing to a booth whose connection is tested.

The module exceeds the project's limit of 300 lines: all ways from one page to another are here; the
pages and the buttons are in modules of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.errors import Field, FieldError, InvalidInputError, ReadableError
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.profiles import sharing_labels
from wxpark_gui.domain.settings import Settings, change_merchant
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.setup.button_bar import BarState, ButtonBar
from wxpark_gui.ui.setup.connection_page import ConnectionPage
from wxpark_gui.ui.setup.door_page import DoorPage
from wxpark_gui.ui.setup.field_pages import (
    BoothPage,
    FieldPage,
    Input,
    KeyPage,
    MerchantPage,
)
from wxpark_gui.ui.setup.keyring_page import KeyringPage
from wxpark_gui.ui.setup.ready_page import ReadyPage
from wxpark_gui.ui.setup.steps import FIELD_STEPS, NUMBERED, TEXTS, Step, neighbour
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.wording import Label, SetupLabel, Wording

_SIZE = (860, 700)
_TITLE_POINTS = 19.0


class SetupWizard(QDialog):
    """Dialog of the set-up. Not modal, so that plates can be typed meanwhile.

    Nothing is saved before the page of the key is left; then all values are saved in one step. The
    class exceeds the project's limit of 20 methods: one for each button and for each signal.

    Args:
        training: True if the program runs in training mode now.

    Signals:
        trainingRequested(): the program must start again in training mode.
        liveRequested(): the program must start again without the training mode.
        languageChosen(str): the language to use and to save.
    """

    trainingRequested = Signal()
    liveRequested = Signal()
    languageChosen = Signal(str)

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        parent: QWidget | None = None,
        *,
        training: bool,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("setupWizard")
        self._settings_controller = controllers.settings
        self._appearance = appearance
        self._training = training
        self._step = Step.DOORS
        self._is_saving = False
        self._request = 0
        self._saved: MerchantProfile | None = None
        self._discard_asked = False
        self._wrong: QWidget | None = None
        self._title = wrapping_label(self, name="setupTitle", role="heading")
        self._lead = wrapping_label(self, role="muted")
        self._doors = DoorPage(appearance, self, training=training)
        self._keyring = KeyringPage(controllers.setup, appearance, self)
        self._booth = BoothPage(appearance, self)
        self._merchant = MerchantPage(appearance, self)
        self._key = KeyPage(appearance, self)
        self._connection = ConnectionPage(controllers.setup, appearance, self)
        self._ready = ReadyPage(appearance, self)
        self._field_pages: Mapping[Step, FieldPage] = {
            Step.BOOTH: self._booth,
            Step.MERCHANT: self._merchant,
            Step.KEY: self._key,
        }
        self._stack = QStackedWidget(self)
        self._message = wrapping_label(self, name="setupMessage", role="problem")
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._bar = ButtonBar(appearance, self)
        # The problem texts make the page higher, which takes effect in the event loop.
        self._scroll_soon = QTimer(self, singleShot=True)
        self._scroll_soon.timeout.connect(self._scroll_to_wrong)
        self._lay_out()
        self._connect(controllers)
        self._account_id = controllers.settings.current.account_id
        self._fill()
        self._show_step(Step.DOORS)
        self._renew()

    @property
    def step(self) -> Step:
        """The page shown."""
        return self._step

    @property
    def message(self) -> str:
        """The sentence above the buttons; empty for none."""
        return self._message.text()

    @property
    def busy(self) -> bool:
        """True while the values are being saved."""
        return self._is_saving

    @property
    def trying_keyring(self) -> bool:
        """True while the keyring is tried."""
        return self._keyring.trying

    @property
    def prefix(self) -> str:
        """Province and letter chosen so far; either may be missing."""
        return self._booth.prefix.chosen

    @property
    def connection(self) -> ConnectionPage:
        """The page of the connection test."""
        return self._connection

    def has_input(self) -> bool:
        """Test if values were typed, or are being saved or tested."""
        return self._is_saving or self._connection.is_running or self._texts() != self._stored

    def done(self, result: int) -> None:
        self._connection.cancel()
        self._key.clear()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self._leave()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask a person about typed values; close at once if the program or the session ends."""
        if event.spontaneous():
            event.ignore()
            self._leave()
        else:
            super().closeEvent(event)

    @Slot()
    def _leave(self) -> None:
        """Cancel a running test, else close. Typed values that are not saved are asked about."""
        if self._is_saving:
            return
        if self._connection.is_running:
            self._connection.cancel()
            return
        if self.has_input() and not self._discard_asked:
            self._discard_asked = True
            self._say(self._appearance.wording.label(SetupLabel.DISCARD))
            return
        self.reject()

    @Slot()
    def _on_training(self) -> None:
        """Start the training mode, or close the wizard if it is on."""
        if self._training:
            self.reject()
        else:
            self.trainingRequested.emit()

    @Slot()
    def _on_live(self) -> None:
        if self._training:
            self.liveRequested.emit()
        else:
            self._show_step(Step.KEYRING)

    @Slot()
    def _on_keyring_passed(self) -> None:
        if self._step is Step.KEYRING:
            self._show_step(Step.BOOTH)

    @Slot()
    def _on_next(self) -> None:
        if self._step is Step.KEYRING:
            self._keyring.start()
        elif self._step is Step.READY:
            self.accept()
        elif self._step is Step.CONNECTION:
            self._show_step(Step.READY)
        elif not self._show_errors(self._field_pages[self._step].errors()):
            self._leave_fields()

    def _leave_fields(self) -> None:
        """Go on from a page without errors: to the next one, or from the last one by saving."""
        if self._step is Step.KEY:
            self._save()
        else:
            self._show_step(neighbour(self._step, 1))

    @Slot()
    def _on_back(self) -> None:
        if self._step is Step.CONNECTION:
            self._connection.cancel()
            result = self._connection.result
            is_merchant = result.merchant_is_doubted and not result.key_is_doubted
            self._show_step(Step.MERCHANT if is_merchant else Step.KEY)
        elif self._step is Step.BOOTH:
            # The keyring was tried already.
            self._show_step(Step.DOORS)
        else:
            self._show_step(neighbour(self._step, -1))

    @Slot()
    def _on_again(self) -> None:
        self._connection.start(self._own_settings())

    def _save(self) -> None:
        """Save all pages at once; the errors of an earlier page lead back to it."""
        for page in self._field_pages.values():
            if self._show_errors(page.errors()):
                return
        booth, merchant, key = self._booth.value(), self._merchant.value(), self._key.value()
        seen = self._seen
        settings = replace(
            seen,
            booth=replace(seen.booth, name=booth.booth, plate_prefix=booth.prefix),
            network=merchant.network,
        )
        profile = replace(
            merchant.profile, parking_name=booth.parking_name, free_time=booth.free_time
        )
        self._set_saving(saving=True)
        self._saved = profile
        self._request = self._settings_controller.save_merchant(
            change_merchant(settings, profile, proven=False),
            key,
            self._account_id or None,
            seen=seen,
        )

    @Slot()
    def _on_saved(self) -> None:
        if not self._is_answered:
            return
        self._set_saving(saving=False)
        self._follow_saved()
        self._fill()
        self._show_step(Step.CONNECTION)

    def _fill(self) -> None:
        """Show the settings in force, which an editor beside the wizard may have changed too."""
        self._seen = self._own_settings()
        self._booth.fill(self._seen)
        self._merchant.fill(self._seen)
        self._renew_key()
        self._stored = self._texts()

    @property
    def _is_answered(self) -> bool:
        """True if the present signal reports the request of the wizard."""
        return self._is_saving and self._settings_controller.answered == self._request

    @Slot()
    def _on_crashed(self) -> None:
        """Enable the page again; the notice strip tells of the bug."""
        if self._is_answered:
            self._set_saving(saving=False)

    def _follow_saved(self) -> None:
        """Note the account of the saved values, because other ids may have got another one."""
        current = self._settings_controller.current
        accounts = sorted(current.accounts, key=lambda a: a.account_id != self._account_id)
        same = [a.account_id for a in accounts if a.merchant == self._saved]
        if same:
            self._account_id = same[0]
        elif current.find_account(self._account_id) is None:
            self._account_id = current.account_id

    def _own_settings(self) -> Settings:
        """Return the settings in force, with the wizard's account as the current one.

        A person may have switched to another profile since the wizard was opened.
        """
        current = self._settings_controller.current
        return replace(current, account_id=self._account_id or current.account_id)

    @Slot(object)
    def _on_not_saved(self, error: ReadableError) -> None:
        """Show the error; the typed values stay."""
        if not self._is_answered:
            return
        self._set_saving(saving=False)
        if isinstance(error, InvalidInputError) and self._show_errors(error.errors):
            return
        words = self._appearance.wording.failure(error)
        self._say(f"{words.sentences}  ({words.code})")

    @Slot()
    def _on_edited(self) -> None:
        if self._discard_asked:
            self._discard_asked = False
            self._say("")
        self._renew_key()

    def _renew_key(self) -> None:
        """Let an empty key stand for the stored one if the merchant number is the stored one."""
        settings, mch_id = self._own_settings(), self._merchant.mch_id
        account = settings.account
        is_stored = account is not None and account.merchant.mch_id == mch_id
        shared_by = sharing_labels(settings, mch_id, self._account_id)
        self._key.keep_stored(keeps=is_stored, shared_by=shared_by)

    def _show_errors(self, errors: Sequence[FieldError]) -> bool:
        """Show each error at its field, on the first page that has one; return True if any."""
        sentences: dict[Field, str] = {}
        for error in errors:
            sentences.setdefault(error.field, _sentence(self._appearance.wording, error))
        wrong: tuple[Step, Input, QWidget] | None = None
        for step, page in self._field_pages.items():
            for field, (shown, entry) in page.inputs.items():
                shown.show_problem(sentences.get(field, ""))
                if field in sentences and wrong is None:
                    wrong = step, shown, entry
        if wrong is None:
            self._say("")
            return False
        step, self._wrong, entry = wrong
        if step is not self._step:
            self._show_step(step)
        self._say(self._appearance.wording.label(Label.FIX_FIELDS))
        entry.setFocus()
        self._scroll_soon.start()
        return True

    @Slot()
    def _scroll_to_wrong(self) -> None:
        page = self._stack.currentWidget()
        if isinstance(page, Page) and self._wrong is not None:
            page.ensureWidgetVisible(self._wrong)

    def _show_step(self, step: Step) -> None:
        self._step = step
        self._discard_asked = False
        self._say("")
        self._stack.setCurrentIndex(list(Step).index(step))
        if step is Step.KEYRING:
            self._keyring.start()
        elif step is Step.CONNECTION:
            self._connection.start(self._own_settings())
        elif step is Step.READY:
            proven = self._connection.result.is_proven
            self._ready.show_settings(self._own_settings(), proven=proven)
            self._key.clear()
            self._stored = self._texts()
        self._renew_title()
        self._renew_buttons()
        self._focus()

    def _focus(self) -> None:
        """Focus the first input of the page, else the button that leads on."""
        if self._step is Step.DOORS:
            self._doors.first.setFocus()
        elif self._step in FIELD_STEPS:
            self._field_pages[self._step].first.setFocus()
        else:
            self._bar.focus()

    def _set_saving(self, *, saving: bool) -> None:
        self._is_saving = saving
        self._stack.setEnabled(not saving)
        self._progress.setVisible(saving)
        self._renew_buttons()
        if saving:
            self._say("")
        elif self._step in FIELD_STEPS:
            # Disabling the page has taken the focus from it.
            self._field_pages[self._step].first.setFocus()

    def _say(self, sentence: str) -> None:
        self._message.setText(sentence)
        self._message.setVisible(bool(sentence))

    def _texts(self) -> tuple[tuple[str, ...], ...]:
        return tuple(page.texts() for page in self._field_pages.values())

    @Slot()
    def _renew(self) -> None:
        """Set all texts in the current language. Typed values stay."""
        self._title.setFont(self._appearance.font(_TITLE_POINTS, bold=True))
        for page in self._field_pages.values():
            page.renew()
        for other in (self._doors, self._keyring, self._connection, self._ready):
            other.renew()
        self._renew_title()
        self._renew_buttons()

    def _renew_title(self) -> None:
        wording = self._appearance.wording
        title, lead = TEXTS[self._step]
        text = wording.label(title)
        if self._step in NUMBERED:
            number, count = NUMBERED.index(self._step) + 1, len(NUMBERED)
            text = wording.label(SetupLabel.STEP, number=number, count=count, name=text)
        self._title.setText(text)
        # A screen reader reads the title when it changes.
        self.setWindowTitle(f"{wording.label(SetupLabel.TITLE)} · {text}")
        self._lead.setText(wording.label(lead) if lead else "")
        self._lead.setVisible(lead is not None)

    @Slot()
    def _on_page_changed(self) -> None:
        self._renew_buttons()
        if self._step in (Step.KEYRING, Step.CONNECTION):
            self._bar.focus()
        if self._step is Step.CONNECTION and not self._connection.is_running:
            self._wrong = self._connection.failed_row
            self._scroll_soon.start()

    def _renew_buttons(self) -> None:
        self._bar.show_state(self._bar_state())

    def _bar_state(self) -> BarState:
        """Return the buttons of the page; the default one leads on, or to the wrong value."""
        if self._step is Step.DOORS:
            return BarState(back=None, forward=None)
        if self._step is Step.KEYRING:
            locked = self._keyring.is_locked
            caption = SetupLabel.UNLOCK if locked else Label.RETRY_NOW
            return BarState(forward=caption, waits=self._keyring.trying)
        if self._step is Step.CONNECTION:
            return self._state_of_test()
        if self._step is Step.READY:
            return BarState(later=None, back=None, forward=SetupLabel.FIRST_ENTRY)
        saving = self._is_saving
        return BarState(forward=Label.SAVING if saving else SetupLabel.NEXT, is_saving=saving)

    def _state_of_test(self) -> BarState:
        if self._connection.is_running:
            return BarState(later=SetupLabel.CANCEL_TEST, waits=True)
        result = self._connection.result
        back, default = SetupLabel.BACK, "forward" if result.is_proven else "again"
        if result.key_is_doubted:
            back, default = SetupLabel.TO_KEY, "back"
        elif result.merchant_is_doubted:
            back, default = SetupLabel.TO_MERCHANT, "back"
        return BarState(
            back=back,
            again=SetupLabel.TEST_AGAIN,
            forward=SetupLabel.NEXT if result.is_proven else SetupLabel.GO_ON,
            default=default,
        )

    def _connect(self, controllers: Controllers) -> None:
        self._bar.laterPressed.connect(self._leave)
        self._bar.backPressed.connect(self._on_back)
        self._bar.againPressed.connect(self._on_again)
        self._bar.forwardPressed.connect(self._on_next)
        self._doors.trainingChosen.connect(self._on_training)
        self._doors.liveChosen.connect(self._on_live)
        self._doors.languageChosen.connect(self.languageChosen)
        self._keyring.passed.connect(self._on_keyring_passed)
        self._keyring.changed.connect(self._on_page_changed)
        self._connection.changed.connect(self._on_page_changed)
        controllers.settings.saved.connect(self._on_saved)
        controllers.settings.notSaved.connect(self._on_not_saved)
        controllers.settings.crashed.connect(self._on_crashed)
        for page in self._field_pages.values():
            for _, entry in page.inputs.values():
                if hasattr(entry, "textChanged"):
                    entry.textChanged.connect(self._on_edited)
        self._booth.prefix.edited.connect(self._on_edited)
        self._appearance.changed.connect(self._renew)

    def _lay_out(self) -> None:
        pages = (
            self._doors, self._keyring, self._booth, self._merchant, self._key, self._connection,
            self._ready,
        )  # fmt: skip
        for page in pages:
            self._stack.addWidget(Page(page, self._stack))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 12, 16)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self._lead)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._progress)
        layout.addWidget(self._message)
        layout.addWidget(self._bar)
        self._progress.hide()
        wanted = QSize(*(self._appearance.length(side) for side in _SIZE))
        self.resize(wanted.boundedTo(screen_room(self)))


def _sentence(wording: Wording, error: FieldError) -> str:
    if error.field is Field.PLATE_PREFIX:
        return wording.label(SetupLabel.PREFIX_MISSING)
    return wording.field_error(error)
