"""No text is truncated in any state, at any text size, in any language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.matrix import sampled
from tests.settings import settings_of
from tests.ui import (
    backfill_states,
    care_states,
    manager_states,
    profile_states,
    setup_states,
    shift_states,
    support_states,
)
from tests.ui.conftest import MERCHANT, NOW, Desk, DialogParent, FakeBooth, FakeExports, RecordMaker
from tests.ui.pseudo import PseudoTranslations
from tests.ui.statistics.busy_report import make_busy_report
from tests.ui.window.room import cramped
from wxpark_gui.controllers.entries import Duplicate
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.domain.delivery import Cause, DeliveryState
from wxpark_gui.domain.door import OfferedPlate
from wxpark_gui.domain.entry_filter import EntryFilter
from wxpark_gui.domain.errors import (
    Field,
    FileNotWrittenError,
    JournalNewerError,
    JournalWriteError,
    KeyringLockedError,
    SettingsUnreadableError,
)
from wxpark_gui.domain.export import ExportProgress, ExportResult
from wxpark_gui.domain.known_plates import KnownPlates
from wxpark_gui.domain.record import Backlog, Link, Salvage
from wxpark_gui.domain.release import WHERE_LENGTH, Release, Version
from wxpark_gui.domain.settings import BOOTH_LENGTH, LANGUAGES, SUPPORT_CONTACT_LENGTH
from wxpark_gui.domain.statistics import Period
from wxpark_gui.service.link_status import LinkState, LinkStatus
from wxpark_gui.ui.entry.offer_flow import OfferFlow
from wxpark_gui.ui.export.export_dialog import ExportDialog
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.table import RecentTable
from wxpark_gui.ui.settings.about_dialog import AboutDialog
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import FRAME
from wxpark_gui.ui.window.closing import closing_question
from wxpark_gui.ui.window.main_window import MainWindow
from wxpark_gui.ui.window.placement import DRAWN
from wxpark_gui.wording import Wording

TITLE_BAR = 36
"""Height of a window manager's title bar in pixels; a maximised window has no other border."""
SIZES = [(1280, 800), (1366, 768 - TITLE_BAR), (1024, 768 - TITLE_BAR)]
SCALES = [100, 125, 150, 175, 200]
SMALLEST = SIZES[-1]
WINDOWS = sampled(
    product(LANGUAGES, SCALES, SIZES),
    [
        *product(["zh_CN"], [100, 150, 200], [SMALLEST]),
        ("en", 200, SMALLEST),
        ("zh_CN", 100, SIZES[0]),
    ],
)
DIALOG_LOOKS = sampled(
    product(product(LANGUAGES, SCALES)), [(look,) for look in product(LANGUAGES, [200])]
)
LONG_NAMES = settings_of(
    merchant=replace(MERCHANT, parking_name="场" * 32),
    name="岗" * BOOTH_LENGTH,
    support_contact="人" * SUPPORT_CONTACT_LENGTH,
    theme="light",
)
LONG_PATH = "/home/" + "x" * 90
LONG_FACTS = ProgramFacts(
    LONG_PATH, LONG_PATH, LONG_PATH, (("OpenSSL", "3.5.1 " + "1" * 40),), can_type_chinese=False
)

LONG_RELEASE = Release(Version(10, 20, 300), "\\\\server\\" + "w" * (WHERE_LENGTH - 9))

ANSWERS = [
    "NORMAL",
    "OVERDUE",
    "BLOCKED",
    "PAUSED",
    "VEHICLE_AUTH_ERROR",
    "UNAUTHORIZED",
    "NEW",
]
OPEN_CAUSES = [Cause.OFFLINE, Cause.BUSY, Cause.INTERCEPTED, Cause.SIGNATURE_REFUSED]
CLOSED_CAUSES = [Cause.CONTENT_REFUSED, Cause.OTHER_REFUSAL]

Stage = Callable[[], None]


class Theatre:
    """Brings the window into each of its states, one after another."""

    def __init__(self, window: MainWindow, booth: FakeBooth, make_record: RecordMaker) -> None:
        self._window = window
        self._booth = booth
        self._make = make_record

    def stages(self) -> Iterator[tuple[str, Stage]]:
        yield "ready", lambda: None
        for number, answer in enumerate(ANSWERS, start=1):
            yield answer, lambda a=answer, n=number: self._answered(a, n)  # type: ignore[misc]
        for number, cause in enumerate([*OPEN_CAUSES, *CLOSED_CAUSES], start=20):
            yield cause.value, lambda c=cause, n=number: self._unanswered(c, n)  # type: ignore[misc]
        yield "not saved", lambda: self._booth.entries.notSaved.emit("", JournalWriteError())
        yield (
            "journal newer",
            lambda: self._booth.entries.notSaved.emit(
                "", JournalNewerError("version 3", "10.20.30")
            ),
        )
        yield "saved again", lambda: self._answered("NORMAL", 40)
        yield (
            "salvaged",
            lambda: self._booth.journal.salvaged.emit(
                Salvage("journal-damaged-20260315T034207.sqlite3", 23_817)
            ),
        )
        yield (
            "settings unreadable",
            lambda: self._booth.journal.failed.emit(SettingsUnreadableError("l. 3")),
        )
        yield (
            "standby",
            lambda: self._booth.link.changed.emit(
                LinkStatus(LinkState.UP, 2_140, "api2.mch.weixin.qq.com")
            ),
        )
        yield "attendant", lambda: self._booth.shifts.changed.emit(shift_states.RELIEVED)
        yield "not handed over", lambda: self._booth.shifts.changed.emit(shift_states.OVERDUE)
        yield "new version", lambda: self._booth.updates.found.emit(LONG_RELEASE)
        yield "new energy", lambda: self._type("f49883")
        yield "other city", lambda: self._type("a12345")
        yield "unusual", lambda: self._type("888888\r")
        yield "look-alike", lambda: self._type("bi2345\r")
        yield "impossible", lambda: self._type("12\r")
        yield "guess", lambda: self._type("777")
        yield "duplicate", self._duplicate
        yield "keypad", self._keypad
        yield "prefix question", self._ask_prefix
        yield "bay", self._bay
        yield "detail", self._detail
        yield "dimmed", self._dimmed
        yield "another gateway", self._elsewhere
        yield "offered plates", self._offered
        yield "help", lambda: QTest.keyClick(self._window, Qt.Key.Key_F1)

    def _offered(self) -> None:
        flow = self._window.form.findChild(OfferFlow)
        assert flow is not None
        QTest.keyClick(self._window, Qt.Key.Key_F7)
        self._window.form.clear()
        flow._quiet.stop()
        for plate in ("粤AD99887", "粤BF49883", "粤BF49884"):
            self._booth.door.offered.emit(OfferedPlate(plate, NOW))
        assert self._window.form.plate.state.offered
        assert self._window.form.offers.button.isVisibleTo(self._window)

    def _detail(self) -> None:
        record = self._make(
            "粤BF49883", 41, state=DeliveryState.REFUSED, cause=Cause.CONTENT_REFUSED,
            code="PARAM_ERROR", message="x" * 60,
        )  # fmt: skip
        newer = replace(self._make("粤B12345", 42), replaces=record.entry_id, link=Link.CORRECTED)
        record = replace(record, replaced_by=newer.entry_id)
        self._booth.entries.recentLoaded.emit((newer, record))
        recent = self._window.findChild(RecentTable)
        assert recent is not None
        recent.rowOpened.emit(recent.model().index(1, 0))

    def _dimmed(self) -> None:
        self._answered("OVERDUE", 43)
        self._window._panel.show_time(NOW + timedelta(hours=3))

    def _elsewhere(self) -> None:
        record = self._make("粤BF49883", 44)
        assert record.outcome is not None
        outcome = replace(record.outcome, host="gateway.example")
        self._booth.entries.saved.emit(replace(record, outcome=outcome))

    def _answered(self, user_state: str, sequence: int) -> None:
        self._booth.entries.saved.emit(self._make("粤BF49883", sequence, user_state=user_state))

    def _unanswered(self, cause: Cause, sequence: int) -> None:
        is_open = cause in OPEN_CAUSES
        state = DeliveryState.WAITING if is_open else DeliveryState.REFUSED
        record = self._make(
            "粤BF49883", sequence, state=state, cause=cause, code="PARAM_ERROR", message="x" * 60
        )
        held = (record,) if cause is Cause.SIGNATURE_REFUSED else ()
        self._booth.entries.saved.emit(record)
        self._booth.entries.changed.emit(record)
        self._booth.journal.backlogChanged.emit(Backlog(2_381, NOW - timedelta(hours=7), held))
        self._booth.journal.todayChanged.emit(1_234)

    def _type(self, keys: str) -> None:
        self._window.form.clear()
        self._window.form.plate.set_known_plates(KnownPlates([("粤B77701", 1), ("粤B77702", 1)]))
        QTest.keyClicks(self._window.form.plate, keys)

    def _duplicate(self) -> None:
        self._booth.entries.answer = Duplicate("粤B·12345", minutes_ago=9, count=3)
        self._type("12345\r")
        self._booth.entries.answer = None

    def _keypad(self) -> None:
        self._window.form.clear()
        QTest.keyClick(self._window, Qt.Key.Key_F4)
        QTest.keyClicks(self._window.form.plate, "j")

    def _ask_prefix(self) -> None:
        self._window.form.clear()
        self._window.form.plate.set_prefix("")

    def _bay(self) -> None:
        self._window.form.plate.set_prefix("粤B")
        self._window.form.clear()
        QTest.keyClick(self._window, Qt.Key.Key_F7)
        QTest.keyClicks(self._window.form.plate, "\r")


@pytest.fixture
def stage(
    qtbot: QtBot, booth: FakeBooth, appearance: Appearance, make_record: RecordMaker
) -> Iterator[tuple[MainWindow, Theatre]]:
    window = MainWindow(booth.controllers, appearance, training=True, now=lambda: NOW)
    booth.settings.changed.emit(LONG_NAMES)
    window.show()
    yield window, Theatre(window, booth, make_record)
    # Gone at once: what is left would put on every later look as well.
    shiboken6.delete(window)


def faults_of(window: MainWindow, theatre: Theatre) -> list[str]:
    found = []
    for name, bring_about in theatre.stages():
        bring_about()
        settle()
        faults = cramped(window)
        if faults:
            # A timer, such as that of the undo button, may have begun another layout.
            settle()
            faults = cramped(window)
        found += [f"{name}: {fault}" for fault in faults]
    return found


def settle() -> None:
    for _ in range(3):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


@pytest.mark.parametrize(("language", "scale", "size"), WINDOWS)
def test_the_window_shows_every_text_whole(
    stage: tuple[MainWindow, Theatre],
    appearance: Appearance,
    record_property: Callable[[str, object], None],
    language: str,
    scale: int,
    size: tuple[int, int],
) -> None:
    window, theatre = stage
    appearance.follow(settings_of(theme="light", language=language, font_scale=scale))
    window.resize(*size)
    found = faults_of(window, theatre)
    record_property("states", len(list(theatre.stages())))
    assert (window.width(), window.height()) == size
    assert found == []


@pytest.mark.parametrize("size", sampled([(size,) for size in SIZES], [(SMALLEST,)]), ids=str)
def test_longer_sentences_of_another_language_would_fit(
    stage: tuple[MainWindow, Theatre], pseudo: Appearance, size: tuple[int, int]
) -> None:
    window, theatre = stage
    window.resize(*size)
    assert faults_of(window, theatre) == []


@pytest.fixture
def pseudo(appearance: Appearance) -> Iterator[Appearance]:
    """Appearance with the pseudo-translation."""
    before = appearance._wording
    appearance._wording = Wording(PseudoTranslations())
    appearance.changed.emit()
    yield appearance
    appearance._wording = before
    appearance.changed.emit()


def open_merchant(window: DialogParent) -> QDialog | None:
    window.dialogs.open_merchant()
    dialog = window.dialogs.merchant
    assert dialog is not None
    for field in (
        Field.APPID,
        Field.PARKING_NAME,
        Field.NOTIFY_URL,
        Field.PROXY_URL,
        Field.VERSION_FILE,
        Field.VERSION_KEY,
    ):
        dialog.field(field).entry.setText("场" * 40)
    save = dialog.findChild(QPushButton, "saveButton")
    assert isinstance(save, QPushButton)
    save.click()
    return dialog


def open_merchant_that_was_not_saved(window: DialogParent) -> QDialog | None:
    window.dialogs.open_merchant()
    dialog = window.dialogs.merchant
    assert dialog is not None
    dialog.saving_failed(KeyringLockedError())
    return dialog


def open_display(window: DialogParent) -> QDialog | None:
    window.dialogs.open_display()
    return window.dialogs.display


def open_about(window: DialogParent) -> QDialog | None:
    window.dialogs.open_about()
    return window.dialogs.about


def open_about_with_a_newer_version(window: DialogParent) -> QDialog | None:
    dialog = open_about(window)
    assert isinstance(dialog, AboutDialog)
    dialog.show_release(LONG_RELEASE)
    return dialog


def open_statistics(window: DialogParent) -> QDialog | None:
    window.statistics.open()
    window._controllers.statistics.finished.emit(make_busy_report(Period.YEAR, NOW))
    return window.statistics.open_window


def open_statistics_that_failed(window: DialogParent) -> QDialog | None:
    dialog = open_statistics(window)
    window._controllers.statistics.failed.emit(JournalNewerError("version 9"))
    return dialog


def open_export(window: DialogParent) -> QDialog | None:
    window.export.open_export(
        EntryFilter(since=NOW, until=NOW, plate="粤B12345", states=frozenset(DeliveryState))
    )
    return window.export.dialog


def open_running_export(window: DialogParent) -> QDialog | None:
    dialog = open_export(window)
    assert isinstance(dialog, ExportDialog)
    dialog.export_to("/tmp/out.csv")
    window._controllers.exports.progressed.emit(ExportProgress(1_000_000, 1.0, finishing=True))
    return dialog


def open_finished_export(window: DialogParent) -> QDialog | None:
    dialog = open_running_export(window)
    exports = window._controllers.exports
    assert isinstance(exports, FakeExports)
    months = tuple(f"2026-{month:02}" for month in range(1, 13))
    exports.end(ExportResult(1_000_000, months, 12))
    return dialog


def open_failed_export(window: DialogParent) -> QDialog | None:
    dialog = open_running_export(window)
    exports = window._controllers.exports
    assert isinstance(exports, FakeExports)
    exports.end(FileNotWrittenError("No space left on device"))
    return dialog


def ask_about_closing(window: DialogParent) -> QDialog | None:
    unsaved = ["欢乐海岸停车场 · 设置", "从纸上补录", "给下一班的话"]
    question = closing_question(window, window._appearance, 2_381, unsaved)
    question.open()
    return question


DIALOGS = pytest.mark.parametrize(
    "open_dialog",
    [
        open_merchant,
        open_merchant_that_was_not_saved,
        open_display,
        open_about,
        open_about_with_a_newer_version,
        open_statistics,
        open_statistics_that_failed,
        ask_about_closing,
        open_export,
        open_running_export,
        open_finished_export,
        open_failed_export,
        *shift_states.OPENERS,
        *manager_states.OPENERS,
        *support_states.OPENERS,
        *backfill_states.OPENERS,
        *profile_states.OPENERS,
        *setup_states.OPENERS,
        *care_states.OPENERS,
    ],
)


@pytest.fixture(scope="module")
def dialog_parent(shared_appearance: Appearance) -> Iterator[Desk]:
    """The parent that all tests of dialogs share; each of them opens and closes one dialog."""
    booth = FakeBooth()
    desk = Desk(booth, shared_appearance, training=True, facts=LONG_FACTS)
    booth.settings.changed.emit(LONG_NAMES)
    desk.resize(DRAWN)
    desk.show()
    yield desk
    shiboken6.delete(desk)


@DIALOGS
@pytest.mark.parametrize("look", DIALOG_LOOKS)
def test_a_dialog_shows_every_text_whole(
    dialog_parent: Desk,
    shared_appearance: Appearance,
    open_dialog: Callable[[DialogParent], QDialog | None],
    look: tuple[str, int],
) -> None:
    language, scale = look
    shared_appearance.follow(settings_of(theme="light", language=language, font_scale=scale))
    assert faults_of_dialog(dialog_parent, open_dialog) == []


@DIALOGS
def test_a_dialog_and_its_title_bar_fit_the_screen(
    dialog_parent: Desk,
    shared_appearance: Appearance,
    open_dialog: Callable[[DialogParent], QDialog | None],
) -> None:
    shared_appearance.follow(settings_of(theme="light", font_scale=200))
    room = dialog_parent.screen().availableGeometry().size() - FRAME
    dialog_parent.resize(room)
    dialog = open_dialog(dialog_parent)
    assert dialog is not None
    settle()
    size = dialog.size()
    dialog.close()
    dialog_parent.resize(DRAWN)
    assert size.boundedTo(room) == size


@DIALOGS
def test_a_dialog_would_hold_longer_sentences(
    dialog_parent: Desk,
    pseudo: Appearance,
    open_dialog: Callable[[DialogParent], QDialog | None],
) -> None:
    assert faults_of_dialog(dialog_parent, open_dialog) == []


def faults_of_dialog(
    window: DialogParent, open_dialog: Callable[[DialogParent], QDialog | None]
) -> list[str]:
    dialog = open_dialog(window)
    assert dialog is not None
    settle()
    found = cramped(dialog)
    dialog.close()
    return found


@pytest.mark.parametrize(("size", "least"), [((1280, 800), 56.0), ((1024, 768), 48.0)])
def test_plate_and_verdict_are_large(
    stage: tuple[MainWindow, Theatre],
    record_property: Callable[[str, object], None],
    size: tuple[int, int],
    least: float,
) -> None:
    window, theatre = stage
    window.resize(*size)
    for _, bring_about in list(theatre.stages())[:2]:
        bring_about()
    settle()
    title = window._panel._parts.title.font().pointSizeF()
    plate = window.form.plate._cells.points
    record_property("points of plate and verdict", (round(plate, 1), round(title, 1)))
    assert min(title, plate) >= least


def _too_narrow(parent: QWidget) -> None:
    QLabel("Ask the driver to pay", parent).setGeometry(0, 0, 60, 30)


def _too_low(parent: QWidget) -> None:
    label = QLabel("Ask the driver to pay the debt in WeChat", parent)
    label.setWordWrap(True)
    label.setGeometry(0, 0, 120, 30)


def _over_the_edge(parent: QWidget) -> None:
    QLabel("A", parent).setGeometry(parent.width() - 5, 0, 60, 40)


def _above_another(parent: QWidget) -> None:
    for _ in range(2):
        QLabel("A", parent).setGeometry(0, 0, 60, 40)


def _button_too_small(parent: QWidget) -> None:
    QPushButton("Retry now", parent).setGeometry(0, 0, 50, 45)


def _field_too_small(parent: QWidget) -> None:
    entry = QLineEdit(parent)
    entry.setPlaceholderText("Bay number")
    entry.setGeometry(0, 0, 60, 45)


def _wider_than_its_page(parent: QWidget) -> None:
    content = QWidget()
    content.setMinimumWidth(300)
    Page(content, parent).setGeometry(0, 0, 200, 200)


@pytest.mark.parametrize(
    "spoil",
    [
        _wider_than_its_page,
        _too_narrow,
        _too_low,
        _over_the_edge,
        _above_another,
        _button_too_small,
        _field_too_small,
    ],
)
def test_what_is_cut_off_is_found(
    qtbot: QtBot, appearance: Appearance, spoil: Callable[[QWidget], None]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    spoil(window)
    window.show()
    assert len(cramped(window)) == 1
