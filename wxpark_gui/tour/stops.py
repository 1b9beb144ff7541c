"""The stops of the tour: every state of the window, in every look.

The module exceeds the project's limit of 300 lines: a table with a row for each stop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import STANDBY_HOST, Cause, DeliveryState, Outcome
from wxpark_gui.domain.errors import JournalNewerError, JournalWriteError, SettingsUnreadableError
from wxpark_gui.domain.record import Backlog, EntryRecord, Salvage
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.domain.settings import AppearanceSettings, Settings
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.service.link_status import LinkState, LinkStatus
from wxpark_gui.tour import care_stops, shift_stops
from wxpark_gui.tour.subjects import Show
from wxpark_gui.training.faults import Fault
from wxpark_gui.ui.setup.steps import Step

OTHER_HOST = "gateway.example"
NEW_RELEASE = Release(Version(1, 2, 0), r"\\server\apps\wxpark")
EXCHANGE_MS = 214

Event = Callable[[Controllers, EntryRecord], None]
"""Function that emits signals for a state that keys and training gateway cannot produce.

Its second argument is the entry that changed last.
"""


Change = Callable[[Settings], Settings]


@dataclass(frozen=True, slots=True)
class Stop:
    """A state of the window, of which each look gives one picture.

    Attributes:
        name: first part of the file name; the look's name follows.
        keys: characters typed into the plate field, that of an open history window, or an open
            dialog for voiding.
        shortcut: key sequence pressed first, such as `Shift+F1`; empty for none.
        show: the subject of the picture.
        severity: the severity that the verdict must have; None for a stop without a verdict.
        faults: the gateway's faults during the stop.
        event: emits signals after the keys are typed and again before the picture; None for no
            signals.
        settle_ms: least milliseconds from the awaited verdict, or without one from the last key or
            event, to the picture.
        awaited: end of the plate whose verdict the stop waits for; empty for that of `keys`.
        later: seconds by which the window's clock is ahead.
        settings: changes the tour's settings for this stop; None for no change.
        live: show the window of the live mode, not of the training mode.
        page: page of the set-up wizard to show; None for no wizard.
    """

    name: str
    keys: str = ""
    shortcut: str = ""
    show: Show = Show.WINDOW
    severity: Severity | None = None
    faults: tuple[Fault, ...] = ()
    event: Event | None = None
    settle_ms: int = 60
    awaited: str = ""
    later: float = 0.0
    settings: Change | None = None
    live: bool = False
    page: Step | None = None

    @property
    def plate_end(self) -> str:
        return self.awaited or self.keys.strip()


@dataclass(frozen=True, slots=True)
class Look:
    """Language, theme and size of the window.

    Attributes:
        size: width and height in pixels.
    """

    language: str
    theme: str
    size: tuple[int, int]

    @property
    def name(self) -> str:
        return f"{self.theme}-{self.language}-{self.size[0]}x{self.size[1]}"

    @property
    def settings(self) -> Settings:
        return Settings(appearance=AppearanceSettings(self.language, self.theme))


def _verdict(name: str, keys: str, severity: Severity, *faults: Fault) -> Stop:
    return Stop(name, f"{keys}\n", show=Show.VERDICT, severity=severity, faults=faults)


def _not_saved(booth: Controllers, _last: EntryRecord) -> None:
    booth.entries.notSaved.emit("", JournalWriteError())


def _newer_journal(booth: Controllers, _last: EntryRecord) -> None:
    booth.entries.notSaved.emit("", JournalNewerError(program="0.9.0"))


def _standby(booth: Controllers, _last: EntryRecord) -> None:
    booth.link.changed.emit(LinkStatus(LinkState.UP, EXCHANGE_MS, STANDBY_HOST))


def _new_version(booth: Controllers, _last: EntryRecord) -> None:
    booth.updates.found.emit(NEW_RELEASE)


def _salvaged(booth: Controllers, _last: EntryRecord) -> None:
    booth.journal.salvaged.emit(Salvage("journal-damaged-20260315T034207.sqlite3", 2381))


def _unreadable_settings(booth: Controllers, _last: EntryRecord) -> None:
    booth.settings.failed.emit(SettingsUnreadableError("line 3"))


def _without_prefix(settings: Settings) -> Settings:
    return replace(settings, booth=replace(settings.booth, plate_prefix=""))


def _as_before(settings: Settings) -> Settings:
    """Return the settings unchanged; they are put in force again after the stop."""
    return settings


def _without_merchant(settings: Settings) -> Settings:
    return settings.without_account(settings.account_id)


def _with_duplicates(settings: Settings) -> Settings:
    return replace(settings, booth=replace(settings.booth, duplicate_minutes=10))


def _with_other_gateway(settings: Settings) -> Settings:
    account = settings.account
    if account is None:
        return settings
    merchant = replace(account.merchant, gateway_url=f"https://{OTHER_HOST}")
    return settings.with_account(replace(account, merchant=merchant))


def _other_gateway(booth: Controllers, last: EntryRecord) -> None:
    if last.outcome is None:
        return
    answered = replace(
        last,
        origin=replace(last.origin, training=False),
        outcome=replace(last.outcome, host=OTHER_HOST),
    )
    booth.entries.saved.emit(answered)


def _clock(booth: Controllers, last: EntryRecord) -> None:
    if last.outcome is not None:
        outcome = replace(last.outcome, clock_offset=-185.0)
        booth.entries.changed.emit(replace(last, outcome=outcome))


def _waits_with(cause: Cause, code: str) -> Event:
    """Return an event: the last entry waits; its exchange ended with `cause` and `code`."""

    def emit(booth: Controllers, last: EntryRecord) -> None:
        outcome = Outcome(cause, code=code, elapsed_ms=EXCHANGE_MS)
        waiting = replace(last, state=DeliveryState.WAITING, outcome=outcome)
        held = (waiting,) if cause.remedy.holds_account else ()
        booth.entries.saved.emit(waiting)
        booth.entries.changed.emit(waiting)
        booth.link.note_record(waiting)
        booth.journal.backlogChanged.emit(Backlog(3, waiting.saved_at, held))

    return emit


def _rung_of(failure: ConnectionFailure) -> Event:
    causes = {
        ConnectionFailure.PROXY_REFUSED: Cause.PROXY_REFUSED,
        ConnectionFailure.TLS_CLOCK: Cause.TLS_FAILED,
        ConnectionFailure.TLS_TRUST: Cause.TLS_FAILED,
        ConnectionFailure.TLS_HOST: Cause.TLS_FAILED,
        ConnectionFailure.TLS: Cause.TLS_FAILED,
    }
    return _waits_with(causes.get(failure, Cause.OFFLINE), failure.value)


_TYPED = (
    Stop("ready"),
    Stop("new-energy", "F49883"),
    Stop("other-city", "A12345"),
    Stop("look-alike", "I2345\n"),
    Stop("unusual-plate", "888888\n"),
    Stop("impossible-plate", "123\n"),
    Stop("keypad", "y", "F4"),
    Stop("bay", "\n", "F7"),
    Stop("help", "", "F1"),
    Stop("prefix-question", settings=_without_prefix),
    Stop("merchant", "", "F12", Show.MERCHANT),
    Stop("display", "", "F11", Show.DISPLAY),
    Stop("about", "", "Shift+F1", Show.ABOUT),
    Stop("closing", show=Show.CLOSING),
    Stop("no-merchant", settings=_without_merchant),
)

_VERDICTS = (
    _verdict("ok", "12345", Severity.OK),
    Stop("typing-after-green", "678"),
    Stop("refused-after-green", "678\n"),
    Stop("guess", "886"),
    Stop("look-alike-known", "1234S"),
    _verdict("ok-driver-pays", "88605", Severity.OK),
    Stop("question-after-green", "88605\n", settings=_with_duplicates),
    Stop(
        "dimmed",
        "88605\n",
        show=Show.VERDICT,
        severity=Severity.OK,
        later=130.0,
        settle_ms=1200,
    ),
    _verdict("arrears", "8K9Z2", Severity.ARREARS),
    # The answer of the training gateway, without an entry to wait for.
    Stop("query", "", "Shift+F5", settle_ms=700),
    _verdict("blocked", "77802", Severity.BLOCKED),
    _verdict("paused", "55603", Severity.CAUTION),
    _verdict("check-failed", "90207", Severity.CAUTION),
    _verdict("not-joined", "4K804", Severity.INFO),
    _verdict("unknown", "3A809", Severity.UNKNOWN),
    _verdict("refused", "66693", Severity.FAILED),
    Stop("sent-again", "", "F5", Show.VERDICT, Severity.FAILED, awaited="66693", settle_ms=400),
    Stop("detail", show=Show.DETAIL),
    Stop("statistics", "", "F9", Show.STATISTICS, settle_ms=600),
    _verdict("untrusted", "12346", Severity.FAILED, Fault.BADSIGN),
    Stop("corrected", "\b5\n", "F8", Show.VERDICT, Severity.OK, awaited="12345"),
    Stop("void", "", "Shift+F2", Show.VOID),
    Stop("voided", "1", "Shift+F2", settle_ms=400),
)

_WAITING = (
    _verdict("busy", "12347", Severity.PENDING, Fault.HTTP_500),
    _verdict("rate-limited", "12349", Severity.PENDING, Fault.HTTP_429),
    _verdict("intercepted", "12350", Severity.PENDING, Fault.CAPTIVE_PORTAL),
    _verdict("unclear", "12351", Severity.PENDING, Fault.UNCLEAR_FAIL),
    _verdict("offline", "12348", Severity.PENDING, Fault.RESET),
    Stop(
        "take-back",
        "12352\n",
        show=Show.VERDICT,
        severity=Severity.PENDING,
        faults=(Fault.RESET,),
        settle_ms=400,
    ),
    *(
        Stop(f"rung-{failure.value.lower().replace('_', '-')}", event=_rung_of(failure))
        for failure in ConnectionFailure
        if failure is not ConnectionFailure.RESET
    ),
    Stop("keyring", event=_waits_with(Cause.KEY_UNAVAILABLE, "KEYRING_LOCKED")),
    Stop("merchant-refused", event=_waits_with(Cause.MERCHANT_REFUSED, "APPID_MCHID_NOT_MATCH")),
    Stop("not-permitted", event=_waits_with(Cause.PERMISSION_REFUSED, "NOAUTH")),
    Stop("held", event=_waits_with(Cause.SIGNATURE_REFUSED, "SIGNERROR")),
)

_NOTICES = (
    Stop("clock", event=_clock),
    Stop("standby", event=_standby),
    Stop("new-version", event=_new_version),
    Stop("new-version-about", "", "Shift+F1", Show.ABOUT, event=_new_version),
    Stop("not-saved", "54321", event=_not_saved),
    Stop("newer-journal", "54321", event=_newer_journal),
    Stop("salvaged", event=_salvaged),
    Stop("settings-unreadable", event=_unreadable_settings),
    Stop("other-gateway", event=_other_gateway, settings=_with_other_gateway, live=True),
)

_SHIFTS = (
    Stop("attendant", event=shift_stops.attendant),
    Stop("shift-sign-in", show=Show.SHIFT, event=shift_stops.signed_out),
    Stop("shift-reading", show=Show.SHIFT, event=shift_stops.reading),
    Stop("shift-handed-over", show=Show.SHIFT, event=shift_stops.handed_over),
    Stop("shift-not-handed-over", show=Show.SHIFT, event=shift_stops.overdue),
)

_HISTORY = (
    Stop("history", "", "F3", Show.HISTORY),
    Stop("history-filtered", "B8", "F3", Show.HISTORY),
    Stop("history-empty", "QQ", "F3", Show.HISTORY),
    Stop("history-detail", "123", "F3", Show.HISTORY_DETAIL),
    Stop("export", show=Show.EXPORT),
)

_BACKFILL = (
    Stop("backfill", "", "Shift+F8", Show.BACKFILL, settle_ms=1500),
    Stop("backfill-repeated", "", "Shift+F8", Show.BACKFILL_REPEATED, settle_ms=300),
)

_SETUP = tuple(
    Stop(name, "", "Ctrl+F12", Show.SETUP, settings=_as_before, live=True, page=page)
    for name, page in (
        ("setup-doors", Step.DOORS),
        ("setup-booth", Step.BOOTH),
        ("setup-merchant", Step.MERCHANT),
        ("setup-key", Step.KEY),
        ("setup-test", Step.CONNECTION),
        ("setup-ready", Step.READY),
    )
)

_CARE = (
    Stop("managers", show=Show.MANAGERS),
    Stop("approval", show=Show.APPROVAL),
    Stop("key-change", show=Show.KEY_CHANGE, settings=care_stops.with_profiles, live=True),
    Stop("profiles", show=Show.PROFILES, settings=care_stops.with_profiles, live=True),
    Stop("backups", show=Show.BACKUPS, event=care_stops.backups),
    Stop("backup-preview", show=Show.RESTORE, event=care_stops.preview),
)

STOPS = (
    *(*_TYPED, *_VERDICTS, *_HISTORY, *_WAITING, *_NOTICES, *_SHIFTS, *_BACKFILL, *_SETUP),
    *_CARE,
)
"""Stops in their order; those before the first verdict have no last verdict to show."""

LOOKS = (
    *(
        Look(language, theme, (1366, 768))
        for language in ("zh_CN", "en")
        for theme in ("light", "dark")
    ),
    Look("zh_CN", "light", (1280, 800)),
    Look("zh_CN", "light", (1024, 768)),
    Look("zh_CN", "dark", (1024, 768)),
)
