"""A desk without threads, and records as the journal would give them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.settings import settings_of
from wxpark_gui.controllers.desk import Desk
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.entry import EntryDraft, Scene, check_draft
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.wording import Wording

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)
MERCHANT = MerchantProfile("wx0123456789", "1900000109", "1900000110", "欢乐海岸停车场")

RecordMaker = Callable[..., EntryRecord]


class FakeDesk(Desk):
    """The real desk's signals; what it is asked for is only written down."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.drafts: list[EntryDraft] = []
        self.kept: list[tuple[Settings, Secret | None]] = []
        self.appearances: list[Settings] = []
        self.resent: list[str] = []
        self.unwanted: list[str] = []
        self.beeps = 0
        self.retried = 0
        self.warmed = 0
        self.again: list[bool] = []
        self.answer_at_once: Callable[[], None] | None = None

    def start(self) -> None: ...

    def submit(self, draft: EntryDraft, *, again: bool = False) -> None:
        self.drafts.append(draft)
        self.again.append(again)
        if self.answer_at_once:
            self.answer_at_once()

    @Slot()
    def warm_up(self) -> None:
        self.warmed += 1

    @Slot()
    def retry(self) -> None:
        self.retried += 1

    @Slot(str)
    def resend(self, entry_id: str) -> None:
        self.resent.append(entry_id)

    @Slot(str)
    def take_back(self, entry_id: str) -> None:
        self.unwanted.append(entry_id)

    def beep(self) -> None:
        """What the window sounds with."""
        self.beeps += 1

    def save_appearance(self, settings: Settings) -> None:
        self.appearances.append(settings)

    def save_merchant(self, settings: Settings, key: Secret | None) -> None:
        self.kept.append((settings, key))


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording.for_language("zh_CN")


@pytest.fixture(scope="session")
def _appearance(qapp: QApplication) -> Appearance:
    return Appearance(settings_of(theme="light"))


@pytest.fixture
def appearance(_appearance: Appearance) -> Appearance:
    """One for all tests, as for the whole program: Chinese, light, letters as drawn."""
    _appearance.follow(settings_of(theme="light"))
    return _appearance


@pytest.fixture(autouse=True)
def fusion(qapp: QApplication) -> None:
    qapp.setStyle("Fusion")


@pytest.fixture
def desk(qapp: QApplication) -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def window(qtbot: QtBot, desk: FakeDesk, appearance: Appearance) -> Iterator[MainWindow]:
    """The window at work: a merchant is set up, the plate has the keyboard."""
    window = MainWindow(desk, appearance, training=False, now=lambda: NOW, beep=desk.beep)
    qtbot.addWidget(window)
    desk.settingsLoaded.emit(settings_of(MERCHANT, plate_prefix="粤B"))
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.form.plate.hasFocus)
    yield window
    window.close()


@pytest.fixture
def make_record() -> RecordMaker:
    """A record by plate and number; with a `cause` its last exchange ended so."""

    def make(
        plate: str = "粤B12345",
        sequence: int = 1,
        *,
        state: DeliveryState = DeliveryState.ANSWERED,
        cause: Cause | None = Cause.ANSWERED,
        user_state: str = "NORMAL",
        deduct_mode: str = "AUTOPAY",
        code: str = "",
        message: str = "",
    ) -> EntryRecord:
        moment = NOW + timedelta(minutes=sequence)
        outcome = (
            Outcome(cause, user_state, deduct_mode, code, message, elapsed_ms=41) if cause else None
        )
        return EntryRecord(
            entry_id=f"00000000-0000-4000-8000-{sequence:012d}",
            sequence=sequence,
            entry=check_draft(EntryDraft(plate, Scene.PARKING), moment),
            origin=Origin("1900000109", "1900000110", "欢乐海岸停车场", "1号岗"),
            saved_at=moment,
            state=state,
            attempts=1 if outcome else 0,
            outcome=outcome,
            outcome_at=moment if outcome else None,
        )

    return make
