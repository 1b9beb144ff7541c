"""Fixtures: fake controllers without threads, and records as the journal returns them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypeAlias

import pytest
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.booths import make_booth
from tests.settings import settings_of
from tests.ui.day import Day
from wxpark_gui.controllers import Controllers
from wxpark_gui.controllers.approvals import Approvals, Request
from wxpark_gui.controllers.autostart import AutostartSwitch
from wxpark_gui.controllers.backfills import Backfills, RenderSheets
from wxpark_gui.controllers.backlog import BacklogSender
from wxpark_gui.controllers.backups import BackupKeeper
from wxpark_gui.controllers.checkup import Checkup
from wxpark_gui.controllers.diagnostics import DiagnosticsSaver
from wxpark_gui.controllers.documents import DocumentSaver
from wxpark_gui.controllers.door import DoorController
from wxpark_gui.controllers.entries import Duplicate, Entries, Refused, Submitted
from wxpark_gui.controllers.exports import Exports
from wxpark_gui.controllers.history import HistoryBrowser
from wxpark_gui.controllers.journal_status import JournalStatus
from wxpark_gui.controllers.key_change import KeyChanger
from wxpark_gui.controllers.keys import KeyReader
from wxpark_gui.controllers.link import Link
from wxpark_gui.controllers.live import LiveSender
from wxpark_gui.controllers.queries import Queries
from wxpark_gui.controllers.settings import SettingsController
from wxpark_gui.controllers.setup import SetupController
from wxpark_gui.controllers.shifts import ShiftController
from wxpark_gui.controllers.statistics import StatisticsController
from wxpark_gui.controllers.updates import UpdateChecker
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.domain.backup import AutomaticBackup
from wxpark_gui.domain.delivery import Cause, DeliveryState, Outcome
from wxpark_gui.domain.diagnostics import DiagnosticFile
from wxpark_gui.domain.entry import EntryDraft, Scene, check_draft
from wxpark_gui.domain.errors import KeyUnavailableError, ReadableError
from wxpark_gui.domain.export import ExportResult
from wxpark_gui.domain.health import Finding
from wxpark_gui.domain.history import HistoryFilter, Search
from wxpark_gui.domain.key_change import KeyResult
from wxpark_gui.domain.manager import Act, GuardState
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.record import EntryRecord, Origin
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.shift_state import ShiftState
from wxpark_gui.domain.statistics import Period
from wxpark_gui.service.current_settings import CurrentSettings
from wxpark_gui.service.diagnostics import ReportWords
from wxpark_gui.service.examination import Check
from wxpark_gui.service.export import ExportRequest, RowWords
from wxpark_gui.training.booth import TrainingVault, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.backfill.opener import BackfillOpener
from wxpark_gui.ui.care.opener import CareOpener
from wxpark_gui.ui.export.opener import ExportOpener
from wxpark_gui.ui.history.opener import HistoryOpener
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.manager.dialogs import ManagerDialogs
from wxpark_gui.ui.profiles.opener import ProfileOpener
from wxpark_gui.ui.settings.dialogs import Dialogs
from wxpark_gui.ui.setup.opener import SetupOpener
from wxpark_gui.ui.shift.dialogs import ShiftDialogs
from wxpark_gui.ui.statistics.opener import StatisticsOpener
from wxpark_gui.ui.support.dialogs import SupportDialogs
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.wording import Wording

NOW = datetime(2026, 3, 15, 3, 42, 7, tzinfo=timezone.utc)
MERCHANT = MerchantProfile("wx0123456789", "1900000109", "1900000110", "欢乐海岸停车场")

_NO_FACTS = ProgramFacts()

RecordMaker = Callable[..., EntryRecord]


class FakeEntries(Entries):
    """Controller with the real signals that only records requests.

    `submit` accepts every draft, unless `answer` is set, which it then returns.
    """

    def __init__(self) -> None:
        QObject.__init__(self)
        self.drafts: list[EntryDraft] = []
        self.confirmed: list[bool] = []
        self.resent: list[EntryRecord] = []
        self.corrected: list[tuple[EntryRecord, EntryDraft]] = []
        self.unwanted: list[str] = []
        self.voided: list[tuple[EntryRecord, str]] = []
        self.answer: Submitted | Refused | Duplicate | None = None
        self.entered_last = ""

    @property
    def last_id(self) -> str:
        """Entry id of the draft submitted last.

        Equal to that of the record with the same number.
        """
        return entry_id(len(self.drafts))

    def submit(
        self, draft: EntryDraft, *, confirmed: bool = False
    ) -> Submitted | Refused | Duplicate:
        self.drafts.append(draft)
        self.confirmed.append(confirmed)
        if self.answer is None:
            self.entered_last = draft.plate
        return self.answer or Submitted(self.last_id)

    def was_entered_last(self, plate: str) -> bool:
        return plate == self.entered_last

    def resend(self, record: EntryRecord) -> Submitted | Refused:
        self.resent.append(record)
        if isinstance(self.answer, Refused):
            return self.answer
        return Submitted(record.entry_id)

    def correct(
        self, record: EntryRecord, draft: EntryDraft, *, confirmed: bool = False
    ) -> Submitted | Refused | Duplicate:
        self.corrected.append((record, draft))
        if isinstance(self.answer, Refused):
            return self.answer
        return Submitted(entry_id(900 + len(self.corrected)))

    def take_back(self, entry_id: str) -> None:
        self.unwanted.append(entry_id)

    def void(self, record: EntryRecord, reason: str) -> None:
        self.voided.append((record, reason))


class FakeLive(LiveSender):
    def __init__(self) -> None:
        QObject.__init__(self)


class FakeBacklog(BacklogSender):
    def __init__(self) -> None:
        QObject.__init__(self)
        self.released = 0

    @Slot()
    def release(self) -> None:
        self.released += 1


class FakeJournal(JournalStatus):
    def __init__(self) -> None:
        QObject.__init__(self)
        self.opens = 0
        self.looks = 0

    @Slot()
    def open(self) -> None:
        self.opens += 1

    @Slot()
    def follow_day(self) -> None:
        self.looks += 1


class FakeSettings(SettingsController):
    def __init__(self, settings: Settings) -> None:
        QObject.__init__(self)
        self._current = CurrentSettings(settings)
        self.kept: list[tuple[Settings, Secret | None]] = []
        self.appearances: list[Settings] = []
        self.prefixes: list[str] = []
        self.edited: list[str | None] = []
        self.seen: list[Settings | None] = []
        self.switches: list[str] = []
        self.removals: list[str] = []
        self._answered = 0
        self.changed.connect(self._current.replace)

    def save_appearance(self, settings: Settings) -> None:
        self.appearances.append(settings)

    @Slot(str)
    def save_prefix(self, prefix: str) -> None:
        self.prefixes.append(prefix)

    def save_merchant(
        self,
        settings: Settings,
        key: Secret | None,
        profile: str | None = None,
        *,
        seen: Settings | None = None,
    ) -> int:
        self.kept.append((settings, key))
        self.edited.append(profile)
        self.seen.append(seen)
        return 0

    def switch_profile(self, account_id: str) -> None:
        self.switches.append(account_id)

    def remove_profile(self, account_id: str) -> None:
        self.removals.append(account_id)


class FakeLink(Link):
    def __init__(self) -> None:
        QObject.__init__(self)
        self.warmed = 0

    @Slot()
    def warm_up(self) -> None:
        self.warmed += 1


class FakeUpdates(UpdateChecker):
    def __init__(self) -> None:
        QObject.__init__(self)


class FakeKeys(KeyReader):
    def __init__(self) -> None:
        QObject.__init__(self)
        self.unlocks = 0
        self.failures: dict[str, KeyUnavailableError] = {}

    def failure_of(self, mch_id: str) -> KeyUnavailableError | None:
        return self.failures.get(mch_id)

    @Slot()
    def unlock(self) -> None:
        self.unlocks += 1


class FakeQueries(Queries):
    """Controller with the real signals that only records plates and accounts."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.asking = False
        self.asked: list[tuple[str, str]] = []

    def ask(self, plate: str, account_id: str = "") -> bool:
        if self.asking:
            return False
        self.asked.append((plate, account_id))
        return True


class FakeStatistics(StatisticsController):
    """Controller that only records requests."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.periods: list[Period] = []
        self.cancelled = 0
        self.files: list[tuple[str, bytes]] = []

    def read(self, period: Period) -> None:
        self.periods.append(period)

    def cancel(self) -> None:
        self.cancelled += 1

    @Slot(str, bytes)
    def save(self, path: str, content: bytes) -> None:
        self.files.append((path, content))


class FakeExports(Exports):
    """Controller with the real signals that only records requests."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.running = False
        self.requests: list[ExportRequest] = []
        self.cancels = 0

    def start(self, request: ExportRequest, words: RowWords) -> bool:
        self.requests.append(request)
        self.running = True
        return True

    @Slot()
    def cancel(self) -> None:
        self.cancels += 1

    def end(self, how: ExportResult | ReadableError | None) -> None:
        """Emit the signal for the end of an export; `how` is None for a cancelled one."""
        self.running = False
        if isinstance(how, ExportResult):
            self.finished.emit(how)
        elif how is None:
            self.cancelled.emit()
        else:
            self.failed.emit(how)


class FakeShifts(ShiftController):
    """Controller that only records requests; tests emit its signals."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self._state = ShiftState()
        self._changes = 0
        self.requests: list[tuple[object, ...]] = []
        self.changed.connect(self._keep)

    def _keep(self, state: ShiftState) -> None:
        self._state = state

    def _submit(self, task: Callable[[], object], success: Callable[..., None]) -> None:
        raise AssertionError("a request that the fake does not know")

    def sign_in(self, person_id: str, pin: Secret) -> None:
        self.requests.append(("sign_in", person_id, pin.reveal()))

    @Slot()
    def lock(self) -> None:
        self.requests.append(("lock",))

    def read(self) -> None:
        self.requests.append(("read",))

    def hand_over(self, shift_id: str, message: str, next_id: str, pin: Secret) -> None:
        self.requests.append(("hand_over", shift_id, message, next_id, pin.reveal()))

    def close_shift(self, shift_id: str, message: str) -> None:
        self.requests.append(("close_shift", shift_id, message))

    @Slot()
    def acknowledge(self) -> None:
        self.requests.append(("acknowledge",))

    def add_person(self, name: str, pin: Secret) -> None:
        self.requests.append(("add_person", name, pin.reveal()))

    def rename_person(self, person_id: str, name: str) -> None:
        self.requests.append(("rename_person", person_id, name))

    def set_pin(self, person_id: str, pin: Secret) -> None:
        self.requests.append(("set_pin", person_id, pin.reveal()))

    def retire_person(self, person_id: str) -> None:
        self.requests.append(("retire_person", person_id))

    def save_document(self, name: str, render: Callable[[], bytes]) -> None:
        self.requests.append(("save_document", name, render()))


class FakeHistory(HistoryBrowser):
    """Controller that only records requests; tests emit its signals."""

    is_busy = False

    def __init__(self) -> None:
        QObject.__init__(self)
        self._missing = 0
        self.opens = 0
        self.closes = 0
        self.wanted: list[HistoryFilter] = []
        self.pages = 0
        self.cancels = 0
        self.read: list[tuple[int, ...]] = []
        self.details: list[str] = []
        self.kept: list[Search] = []
        self.removed: list[str] = []

    def open(self) -> None:
        self.opens += 1

    def close(self) -> None:
        self.closes += 1

    def search(self, wanted: HistoryFilter) -> None:
        self.wanted.append(wanted)

    def more(self) -> None:
        self.pages += 1

    def cancel(self) -> None:
        self.cancels += 1

    def read_entries(self, positions: Sequence[int]) -> None:
        self.read.append(tuple(positions))

    def read_detail(self, entry_id: str) -> None:
        self.details.append(entry_id)

    def save_search(self, search: Search) -> None:
        self.kept.append(search)

    def remove_search(self, name: str) -> None:
        self.removed.append(name)

    @Slot(object)
    def note_saved(self, _record: object) -> None:
        """Do nothing, because tests emit `newCounted`."""


class FakeCheckup(Checkup):
    """Checkup with real signals that runs no check; a test sets the checks and emits findings."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.checks: list[Check] = []
        self.runs = 0
        self.goes_on = False

    @property
    def running(self) -> bool:
        return self.goes_on

    def start(self) -> Sequence[Check]:
        self.runs += 1
        self.goes_on = True
        return self.checks

    def cancel(self) -> None:
        self.goes_on = False

    def end(self) -> None:
        self.goes_on = False
        self.finished.emit()


class FakeSetup(SetupController):
    """Controller with real signals that records the requests and carries out none."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.connection: FakeCheckup = FakeCheckup()
        self.tries: list[bool] = []
        self.tested: list[Settings] = []

    def try_keyring(self, *, may_prompt: bool) -> None:
        self.tries.append(may_prompt)

    def test(self, settings: Settings) -> Sequence[Check]:
        self.tested.append(settings)
        return self.connection.start()


class FakeDiagnostics(DiagnosticsSaver):
    """Controller with real signals that records the requests and carries out none."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.asked: list[Sequence[Finding] | None] = []
        self.saves: list[tuple[Path, bool]] = []
        self.cancels = 0

    @Slot()
    def cancel(self) -> None:
        self.cancels += 1

    def collect(self, words: ReportWords, findings: Sequence[Finding] | None = None) -> None:
        self.asked.append(findings)

    def save(self, target: Path, files: Sequence[DiagnosticFile], *, overwrite: bool) -> None:
        self.saves.append((target, overwrite))


class FakeAutostart(AutostartSwitch):
    """Controller with real signals that records the requests and carries out none."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.loads = 0
        self.switches: list[bool] = []

    @Slot()
    def load(self) -> None:
        self.loads += 1

    def switch(self, *, on: bool) -> None:
        self.switches.append(on)


class FakeBackups(BackupKeeper):
    """Controller with real signals that records the requests and carries out none."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.running = False
        self.calls: list[str] = []
        self.saves: list[tuple[Path, bool]] = []
        self.checks: list[Path] = []
        self.stages: list[bool] = []

    def load(self) -> None:
        self.calls.append("load")

    @Slot()
    def stop_listing(self) -> None:
        self.calls.append("stop_listing")

    def path_of(self, backup: AutomaticBackup) -> Path:
        return Path("/backups") / backup.name

    def save(self, target: Path, *, overwrite: bool) -> bool:
        self.saves.append((target, overwrite))
        return True

    def check(self, source: Path) -> bool:
        self.checks.append(source)
        return True

    def stage(self, *, with_settings: bool) -> bool:
        self.stages.append(with_settings)
        return True

    @Slot()
    def discard(self) -> None:
        self.calls.append("discard")

    @Slot()
    def cancel(self) -> None:
        self.calls.append("cancel")


class FakeBackfills(Backfills):
    """Controller with real signals that records its calls; `submit` returns `answer` if set."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.drafts: list[EntryDraft] = []
        self.numbers: list[str] = []
        self.confirmed: list[bool] = []
        self.corrected: list[EntryRecord | None] = []
        self.voided: list[tuple[EntryRecord, str]] = []
        self.sheets: list[tuple[int, RenderSheets]] = []
        self.answer: Refused | None = None

    def submit(
        self,
        draft: EntryDraft,
        number: str = "",
        *,
        confirmed: bool = False,
        corrects: EntryRecord | None = None,
    ) -> Submitted | Refused:
        if self.answer is not None:
            return self.answer
        self.drafts.append(draft)
        self.numbers.append(number)
        self.confirmed.append(confirmed)
        self.corrected.append(corrects)
        return Submitted(entry_id(len(self.drafts)))

    def void(self, record: EntryRecord, reason: str) -> None:
        self.voided.append((record, reason))

    def make_sheets(self, count: int, render: RenderSheets) -> None:
        self.sheets.append((count, render))


class FakeDoor(DoorController):
    """Controller with real signals, which tests emit."""

    def __init__(self) -> None:
        QObject.__init__(self)


class FakeDocuments(DocumentSaver):
    """Controller with real signals that only records the documents."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.documents: list[tuple[str, Callable[[], bytes]]] = []

    def save(self, name: str, render: Callable[[], bytes]) -> None:
        self.documents.append((name, render))


class FakeApprovals(Approvals):
    """Controller with real signals that records its calls; the guard is open until `set`."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self._state = GuardState()
        self._request = None
        self._is_checking = False
        self._person_id = ""
        self.acts: list[Act] = []
        self.pins: list[tuple[str, str]] = []
        self.edits: list[tuple[object, ...]] = []

    def set(self, state: GuardState) -> None:
        """Use this state from now on, and emit `changed`."""
        self.note_state(state)

    @Slot()
    def load(self) -> None:
        """Do nothing, because tests emit `changed`."""

    def _begin(self, request: Request) -> None:
        self.acts.append(request.act)
        super()._begin(request)

    def submit(self, manager_id: str, pin: Secret) -> None:
        self.pins.append((manager_id, pin.reveal()))

    def add(self, name: str, pin: Secret) -> None:
        self.edits.append(("add", name, pin.reveal()))

    def rename(self, manager_id: str, name: str) -> None:
        self.edits.append(("rename", manager_id, name))

    def set_pin(self, manager_id: str, pin: Secret) -> None:
        self.edits.append(("set_pin", manager_id, pin.reveal()))

    def retire(self, manager_id: str, *, lift: bool = False) -> None:
        self.edits.append(("retire", manager_id, lift))

    def approved(self) -> None:
        """End the check of a PIN that was right."""
        self._on_approved(None)

    def wrong(self, error: ReadableError) -> None:
        """End the check of a PIN with an error."""
        self._on_refused(error)


class FakeKeyChanger(KeyChanger):
    """Controller with real signals that records the keys."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self._is_running = False
        self.tested: list[str] = []
        self.untested: list[str] = []
        self.accounts: list[str] = []

    def switch(self, key: Secret, account_id: str) -> None:
        self._is_running = True
        self.accounts.append(account_id)
        self.tested.append(key.reveal())

    def store_untested(self, key: Secret, account_id: str) -> None:
        self._is_running = True
        self.accounts.append(account_id)
        self.untested.append(key.reveal())

    def end(self, end: KeyResult | ReadableError) -> None:
        """End the running change."""
        if isinstance(end, KeyResult):
            self._on_finished(end)
        else:
            self._on_failed(end)


class FakeBooth:
    """All fake controllers of one window."""

    def __init__(self) -> None:
        self.entries = FakeEntries()
        self.backlog = FakeBacklog()
        self.journal = FakeJournal()
        self.settings = FakeSettings(Settings())
        self.link = FakeLink()
        self.updates = FakeUpdates()
        self.keys = FakeKeys()
        self.queries = FakeQueries()
        self.statistics = FakeStatistics()
        self.exports = FakeExports()
        self.shifts = FakeShifts()
        self.history = FakeHistory()
        self.checkup = FakeCheckup()
        self.diagnostics = FakeDiagnostics()
        self.backfills = FakeBackfills()
        self.door = FakeDoor()
        self.documents = FakeDocuments()
        self.setup = FakeSetup()
        self.approvals = FakeApprovals()
        self.key_changer = FakeKeyChanger()
        self.backups = FakeBackups()
        self.autostart = FakeAutostart()
        self.controllers = Controllers(
            self.entries,
            FakeLive(),
            self.backlog,
            self.journal,
            self.settings,
            self.link,
            self.updates,
            self.keys,
            self.queries,
            self.statistics,
            self.exports,
            self.shifts,
            self.history,
            self.checkup,
            self.diagnostics,
            self.backfills,
            self.door,
            self.documents,
            self.setup,
            self.approvals,
            self.key_changer,
            self.backups,
            self.autostart,
        )
        self.beeps = 0

    def beep(self) -> None:
        """Count a beep in place of the sound."""
        self.beeps += 1


class Desk(QWidget):
    """Parent and openers of dialogs, as the main window has them, without its other parts.

    Making and painting those takes longer than most tests of a dialog. A test uses the main window
    if the key that opens a dialog, or the focus after it was closed, is tested.
    """

    def __init__(
        self,
        booth: FakeBooth,
        appearance: Appearance,
        *,
        training: bool = False,
        facts: ProgramFacts = _NO_FACTS,
    ) -> None:
        super().__init__()
        self._controllers = controllers = booth.controllers
        self._appearance = appearance
        self.dialogs = Dialogs(controllers, appearance, self, facts)
        self.statistics = StatisticsOpener(controllers.statistics, appearance, self)
        self.export = ExportOpener(controllers.exports, controllers.approvals, appearance, self)
        self.shift_dialogs = ShiftDialogs(
            controllers.shifts,
            controllers.approvals,
            appearance,
            self,
            training=training,
            now=lambda: NOW,
        )
        self.manager_dialogs = ManagerDialogs(controllers.approvals, appearance, self)
        self.history = HistoryOpener(controllers, appearance, self, lambda: NOW)
        self.support = SupportDialogs(controllers, appearance, self)
        self.backfill = BackfillOpener(
            controllers, appearance, self, training=training, now=lambda: NOW
        )
        self.setup = SetupOpener(controllers, appearance, self, training=training)
        self.care = CareOpener(controllers.backups, controllers.approvals, appearance, self)
        self.profiles = ProfileOpener(
            controllers, appearance, self, dialogs=self.dialogs, training=training
        )


DialogParent: TypeAlias = MainWindow | Desk


def entry_id(number: int) -> str:
    """Return the entry id of the record with this sequence number."""
    return f"00000000-0000-4000-8000-{number:012d}"


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording.for_language("zh_CN")


@pytest.fixture(scope="session")
def shared_appearance(qapp: QApplication) -> Appearance:
    return Appearance(settings_of(theme="light"))


@pytest.fixture
def appearance(shared_appearance: Appearance) -> Appearance:
    """The appearance shared by all tests, set to Chinese, light colours and 100 % text size."""
    shared_appearance.follow(settings_of(theme="light"))
    return shared_appearance


@pytest.fixture(autouse=True, scope="session")
def fusion(qapp: QApplication) -> None:
    qapp.setStyle("Fusion")
    # A dialog of the system itself is on a thread of its own, where no test can close it.
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)


@pytest.fixture
def booth(qapp: QApplication) -> FakeBooth:
    return FakeBooth()


@pytest.fixture
def window(qtbot: QtBot, booth: FakeBooth, appearance: Appearance) -> Iterator[MainWindow]:
    """The main window with a merchant set up and the focus in the plate field."""
    # The window takes the settings when it is made; later they would be shown a second time.
    booth.settings.changed.emit(settings_of(MERCHANT, plate_prefix="粤B"))
    window = MainWindow(
        booth.controllers, appearance, training=False, now=lambda: NOW, beep=booth.beep
    )
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.form.plate.hasFocus)
    yield window
    window.close()


@pytest.fixture
def desk(qtbot: QtBot, booth: FakeBooth, appearance: Appearance) -> Desk:
    """The parent of dialogs that needs no main window, with a merchant set up."""
    desk = Desk(booth, appearance)
    qtbot.addWidget(desk)
    booth.settings.changed.emit(settings_of(MERCHANT, plate_prefix="粤B"))
    return desk


@pytest.fixture
def day(qtbot: QtBot, appearance: Appearance, tmp_path: Path) -> Iterator[Day]:
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        booth = make_booth(tmp_path, gateway.url, TrainingVault(key))
        window = MainWindow(booth.controllers, appearance, training=True)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        with qtbot.waitSignals([booth.shifts.changed, booth.approvals.changed]):
            booth.start()
        yield Day(booth, window, gateway)
        dialog = window.shift_dialogs.dialog
        if dialog is not None:
            dialog.reject()
        booth.stop(5)


@pytest.fixture
def make_record() -> RecordMaker:
    """Function that makes a record; with a `cause`, its last exchange has that result."""

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
            entry_id=entry_id(sequence),
            position=sequence,
            sequence=sequence,
            entry=check_draft(EntryDraft(plate, Scene.PARKING), moment),
            origin=Origin(
                "1900000109-1900000110", "1900000109", "1900000110", "欢乐海岸停车场", "1号岗"
            ),
            saved_at=moment,
            state=state,
            attempts=1 if outcome else 0,
            outcome=outcome,
            outcome_at=moment if outcome else None,
        )

    return make
