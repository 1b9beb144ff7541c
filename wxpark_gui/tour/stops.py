"""What the tour shows: every state of the window, in every look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from itertools import product

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.delivery import STANDBY_HOST, Cause, DeliveryState, Outcome
from wxpark_gui.domain.errors import JournalNewerError, JournalWriteError, SettingsUnreadableError
from wxpark_gui.domain.record import Backlog, EntryRecord, Salvage
from wxpark_gui.domain.release import Release, Version
from wxpark_gui.domain.settings import LANGUAGES, AppearanceSettings, Settings
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.service.link_status import LinkState, LinkStatus
from wxpark_gui.training.faults import Fault


class Show(Enum):
    """What a stop shows once its keys are pressed."""

    WINDOW = "window"
    VERDICT = "verdict"
    MERCHANT = "merchant"
    DISPLAY = "display"
    ABOUT = "about"
    CLOSING = "closing"


NEW_RELEASE = Release(Version(1, 2, 0), r"\\server\apps\wxpark")

Event = Callable[[Controllers, EntryRecord], None]
"""Lets the desk tell of something that cannot be brought about by keys; given the last entry."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One picture.

    Attributes:
        name: of its file, before the look's.
        keys: typed into the plate field.
        shortcut: a function key pressed first; empty for none.
        show: what to wait for, and to take the picture of.
        severity: the class the verdict must have.
        faults: how the gateway misbehaves meanwhile.
        event: what the desk tells, once the keys are pressed.
        settle_ms: how long to wait for the picture once the state is reached, in milliseconds.
    """

    name: str
    keys: str = ""
    shortcut: str = ""
    show: Show = Show.WINDOW
    severity: Severity | None = None
    faults: tuple[Fault, ...] = ()
    event: Event | None = None
    settle_ms: int = 60


@dataclass(frozen=True, slots=True)
class Look:
    """One way for the window to look.

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


def _held(booth: Controllers, last: EntryRecord) -> None:
    outcome = Outcome(Cause.SIGNATURE_REFUSED, code="SIGNERROR")
    held = replace(last, state=DeliveryState.WAITING, outcome=outcome)
    booth.entries.saved.emit(held)
    booth.journal.backlogChanged.emit(Backlog(3, held.saved_at, (held,)))


def _standby(booth: Controllers, _last: EntryRecord) -> None:
    booth.link.changed.emit(LinkStatus(LinkState.UP, 214, STANDBY_HOST))


def _new_version(booth: Controllers, _last: EntryRecord) -> None:
    booth.updates.found.emit(NEW_RELEASE)


def _salvaged(booth: Controllers, _last: EntryRecord) -> None:
    booth.journal.salvaged.emit(Salvage("journal-damaged-20260315T034207.sqlite3", 2381))


def _no_merchant(booth: Controllers, _last: EntryRecord) -> None:
    booth.settings.changed.emit(Settings())


def _unreadable_settings(booth: Controllers, _last: EntryRecord) -> None:
    booth.settings.failed.emit(SettingsUnreadableError("line 3"))


STOPS = (
    Stop("ready"),
    _verdict("ok", "12345", Severity.OK),
    _verdict("ok-driver-pays", "88605", Severity.OK),
    _verdict("arrears", "8K9Z2", Severity.ARREARS),
    _verdict("blocked", "77802", Severity.BLOCKED),
    _verdict("paused", "55603", Severity.CAUTION),
    _verdict("check-failed", "90207", Severity.CAUTION),
    _verdict("not-joined", "4K804", Severity.INFO),
    _verdict("unknown", "3A809", Severity.UNKNOWN),
    _verdict("refused", "66693", Severity.FAILED),
    _verdict("untrusted", "12346", Severity.FAILED, Fault.BADSIGN),
    _verdict("busy", "12347", Severity.PENDING, Fault.HTTP_500),
    _verdict("offline", "12348", Severity.PENDING, Fault.RESET),
    Stop(
        "take-back",
        "12349\n",
        show=Show.VERDICT,
        severity=Severity.PENDING,
        faults=(Fault.RESET,),
        settle_ms=400,
    ),
    Stop("new-energy", "F49883"),
    Stop("other-city", "A12345"),
    Stop("guess", "886"),
    Stop("look-alike", "I2345\n"),
    Stop("unusual-plate", "888888\n"),
    Stop("impossible-plate", "123\n"),
    Stop("duplicate", "12345\n"),
    Stop("keypad", "y", "F4"),
    Stop("bay", "\n", "F7"),
    Stop("help", "", "F1"),
    Stop("standby", event=_standby),
    Stop("new-version", event=_new_version),
    Stop("new-version-about", "", "Shift+F1", Show.ABOUT, event=_new_version),
    Stop("held", event=_held),
    Stop("not-saved", "54321", event=_not_saved),
    Stop("newer-journal", "54321", event=_newer_journal),
    Stop("salvaged", event=_salvaged),
    Stop("settings-unreadable", event=_unreadable_settings),
    Stop("merchant", "", "F12", Show.MERCHANT),
    Stop("display", "", "F11", Show.DISPLAY),
    Stop("about", "", "Shift+F1", Show.ABOUT),
    Stop("closing", show=Show.CLOSING),
    Stop("no-merchant", event=_no_merchant),
)

LOOKS = tuple(
    Look(language, theme, size)
    for language, theme, size in product(LANGUAGES, ("light", "dark"), ((1280, 800), (1024, 768)))
)
