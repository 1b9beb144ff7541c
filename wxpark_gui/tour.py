"""The tour: drives the real window through every state and takes a picture of each.

It makes the pictures of the README, and proves that an installed program works. Keys are pressed as
a person would press them; the training gateway answers, misbehaving where a state asks for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.settings import Settings
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.ui.appearance import Appearance
from wxpark_gui.ui.desk import Desk
from wxpark_gui.ui.main_window import MainWindow

_log = logging.getLogger(__name__)

_SETTLE_MS = 60
_LONGEST_STOP_MS = 20_000


class Show(Enum):
    """What a stop shows once its keys are pressed."""

    FORM = "form"
    VERDICT = "verdict"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Stop:
    """One picture.

    Attributes:
        name: of its file, after the look's.
        shortcut: a function key pressed first; empty for none.
        keys: typed into the plate field.
        show: what to wait for.
        severity: the class the verdict must have.
        faults: how the gateway misbehaves meanwhile.
    """

    name: str
    keys: str = ""
    shortcut: str = ""
    show: Show = Show.VERDICT
    severity: Severity | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One way for the window to look.

    Attributes:
        size: width and height in pixels.
    """

    name: str
    language: str
    theme: str
    size: tuple[int, int]


STOPS = (
    Stop("ready", show=Show.FORM),
    Stop("ok", "12345\n", severity=Severity.OK),
    Stop("ok-driver-pays", "88605\n", severity=Severity.OK),
    Stop("arrears", "8K9Z2\n", severity=Severity.ARREARS),
    Stop("blocked", "77802\n", severity=Severity.BLOCKED),
    Stop("paused", "55603\n", severity=Severity.CAUTION),
    Stop("check-failed", "90207\n", severity=Severity.CAUTION),
    Stop("not-joined", "4K804\n", severity=Severity.INFO),
    Stop("unknown", "3A809\n", severity=Severity.UNKNOWN),
    Stop("refused", "66693\n", severity=Severity.FAILED),
    Stop("untrusted", "12346\n", severity=Severity.FAILED, faults=(Fault.BADSIGN,)),
    Stop("busy", "12347\n", severity=Severity.PENDING, faults=(Fault.HTTP_500,)),
    Stop("offline", "12348\n", severity=Severity.PENDING, faults=(Fault.RESET,)),
    Stop("new-energy", "F49883", show=Show.FORM),
    Stop("unusual-plate", "888888\n", show=Show.FORM),
    Stop("impossible-plate", "123\n", show=Show.FORM),
    Stop("keypad", "y", "F4", Show.FORM),
    Stop("bay", "\n", "F7", Show.FORM),
    Stop("help", "", "F1", Show.FORM),
    Stop("settings", "", "F12", Show.SETTINGS),
)

LOOKS = (
    Look("light", "zh_CN", "light", (1280, 800)),
    Look("dark", "zh_CN", "dark", (1024, 768)),
    Look("light-en", "en", "light", (1280, 800)),
)


class Tour(QObject):
    """Takes the pictures one after another, then ends.

    Signals:
        finished(int): the program's exit code: 0 when every state was reached.
    """

    finished = Signal(int)

    def __init__(
        self, desk: Desk, appearance: Appearance, gateway: TrainingGateway, folder: Path
    ) -> None:
        super().__init__()
        self._desk = desk
        self._appearance = appearance
        self._gateway = gateway
        self._folder = folder
        self._plan = iter([(look, stop) for look in LOOKS for stop in STOPS])
        self._look = LOOKS[0]
        self._stop = STOPS[0]
        self._window: MainWindow | None = None
        self._still_to_load = 0
        self._settle = self._make_timer(_SETTLE_MS, self._take_picture)
        self._limit = self._make_timer(_LONGEST_STOP_MS, self._on_too_long)
        desk.settingsLoaded.connect(self._on_loaded)
        desk.recentLoaded.connect(self._on_loaded)
        desk.entryChanged.connect(self._on_entry_changed)

    def start(self) -> None:
        """Begin; `finished` follows."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._desk.start()
        self._go_on()

    def _go_on(self) -> None:
        """The next stop, in a window of its own where the look is new."""
        following = next(self._plan, None)
        if following is None:
            self._end(0)
            return
        look, self._stop = following
        self._limit.start()
        if self._window is None or look is not self._look:
            self._open_window(look)
        else:
            self._play()

    def _open_window(self, look: Look) -> None:
        if self._window is not None:
            self._window.close()
            self._window.deleteLater()
        self._look = look
        self._appearance.follow(Settings(language=look.language, theme=look.theme))
        self._window = MainWindow(self._desk, self._appearance, training=True)
        self._window.resize(*look.size)
        self._window.show()
        self._still_to_load = 2
        self._desk.refresh()

    @Slot()
    def _on_loaded(self) -> None:
        """Settings and recent entries have come: the new window is ready for its first stop."""
        self._still_to_load -= 1
        if self._still_to_load == 0:
            self._play()

    def _play(self) -> None:
        self._gateway.set_faults(self._stop.faults)
        self._press_shortcut(self._stop.shortcut)
        for character in self._stop.keys:
            self._press_key(character)
        if self._stop.show is not Show.VERDICT:
            self._settle.start()

    def _press_key(self, character: str) -> None:
        key = Qt.Key.Key_Return if character == "\n" else Qt.Key(ord(character.upper()))
        target = self._shown_window().form.plate
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
            QApplication.sendEvent(target, event)

    def _press_shortcut(self, name: str) -> None:
        """A function key. An event sent to a widget would pass by the window's shortcuts."""
        for shortcut in self._shown_window().findChildren(QShortcut):
            if name and shortcut.key() == QKeySequence(name):
                shortcut.activated.emit()

    @Slot(object)
    def _on_entry_changed(self, record: EntryRecord) -> None:
        """The verdict this stop waits for has come; any other is the backlog's."""
        plate = record.entry.plate.text if record.entry.plate else ""
        is_awaited = self._stop.show is Show.VERDICT and plate.endswith(self._stop.keys.strip())
        if is_awaited and record.verdict.severity is self._stop.severity:
            self._settle.start()

    @Slot()
    def _take_picture(self) -> None:
        window = self._shown_window()
        shown = window.dialogs.merchant if self._stop.show is Show.SETTINGS else window
        path = self._folder / f"{self._look.name}-{self._stop.name}.png"
        if shown is None or not shown.grab().save(str(path)):
            _log.error("tour: no picture of %s", path.stem)
            self._end(1)
            return
        self._leave_stop(window)
        self._go_on()

    def _leave_stop(self, window: MainWindow) -> None:
        """Leave the window as the next stop expects it."""
        self._limit.stop()
        if window.dialogs.merchant is not None:
            window.dialogs.merchant.reject()
        if self._stop.shortcut == "F7":
            self._press_shortcut("F7")
        self._press_shortcut("Esc")

    def _shown_window(self) -> MainWindow:
        if self._window is None:
            raise LookupError("the tour has no window yet")
        return self._window

    @Slot()
    def _on_too_long(self) -> None:
        _log.error("tour: %s-%s was not reached", self._look.name, self._stop.name)
        self._end(1)

    def _end(self, code: int) -> None:
        self._limit.stop()
        self._settle.stop()
        if self._window is not None:
            self._window.close()
        self.finished.emit(code)

    def _make_timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer
