"""The small window that stays while something is saved after the main window was closed."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import application_icon
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.wording import BackfillLabel, Label
from wxpark_gui.wording.shifts import ShiftLabel

_WIDTH = 440
_TICK_MS = 1000
SHOWN_AFTER_MS = 300
"""Milliseconds until the window is shown, so that a fast disk shows none."""


class SavingWindow(QWidget):
    """Names what is being saved, and then what could not be.

    That is entries, voiding an entry, and a change of the shift. The window cannot be closed but by
    its button, which gives them up.

    Signals:
        ended(): nothing is being saved any more, and no failure is left to read; or the button was
            pressed. The program must end.
    """

    ended = Signal()

    def __init__(self, controllers: Controllers, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("savingWindow")
        self.setWindowIcon(application_icon())
        self._controllers = controllers
        self._appearance = appearance
        unsaved = controllers.entries.unsaved
        self._names = {entry_id: new.entry.label for entry_id, new in unsaved.items()}
        self._failed: list[str] = []
        self._said = wrapping_label(self, name="savingSaid")
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._leave = QPushButton(self)
        self._leave.setObjectName("savingLeave")
        self._leave.clicked.connect(self.ended)
        # A Space typed for the closed window must not press the button.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        for part in (self._said, self._progress):
            layout.addWidget(part)
        layout.addWidget(self._leave, 0, Qt.AlignmentFlag.AlignRight)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_AFTER_MS)
        self._timer.timeout.connect(self.show)
        self._timer.start()
        # Python runs signal handlers between bytecodes.
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._renew)
        self._tick.start(_TICK_MS)
        for ends in (
            controllers.entries.saved,
            controllers.entries.changed,
            controllers.entries.crashed,
            controllers.backfills.saved,
            controllers.backfills.changed,
            controllers.backfills.crashed,
            controllers.shifts.changing,
        ):
            ends.connect(self._follow)
        controllers.entries.notSaved.connect(self._on_not_saved)
        # Nobody can answer the question any more.
        controllers.entries.questioned.connect(self._on_not_saved)
        controllers.entries.notTakenBack.connect(self._on_not_voided)
        controllers.backfills.notSaved.connect(self._on_row_not_saved)
        controllers.backfills.notVoided.connect(self._on_not_voided)
        controllers.shifts.refused.connect(self._on_refused)
        self._renew()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay open when a person closes the window, which would give the entries up unasked."""
        if event.spontaneous():
            event.ignore()
        else:
            super().closeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._renew()

    @Slot(str, object)
    def _on_not_saved(self, entry_id: str, _reason: object) -> None:
        self._failed.append(self._names.get(entry_id, ""))
        self._follow()

    @Slot()
    def _on_row_not_saved(self) -> None:
        self._failed.append(self._appearance.wording.label(BackfillLabel.TITLE))
        self._follow()

    @Slot()
    def _on_not_voided(self) -> None:
        self._failed.append(self._appearance.wording.label(Label.VOID_KEY))
        self._follow()

    @Slot()
    def _on_refused(self) -> None:
        if self._controllers.shifts.is_changing:
            # `changing` follows.
            self._failed.append(self._shift_name)

    @property
    def _shift_name(self) -> str:
        return self._appearance.wording.shifts.label(ShiftLabel.TITLE)

    def _names_of_saving(self) -> list[str]:
        """Return the plates of the entries that are being saved, and names of the other acts."""
        controllers = self._controllers
        names = [self._names.get(entry_id, "") for entry_id in controllers.entries.unsaved]
        if controllers.backfills.unsaved:
            names.append(self._appearance.wording.label(BackfillLabel.TITLE))
        if controllers.entries.leaving or controllers.backfills.leaving:
            names.append(self._appearance.wording.label(Label.VOID_KEY))
        if controllers.shifts.is_changing:
            names.append(self._shift_name)
        return names

    @Slot()
    def _follow(self) -> None:
        self._renew()
        if self._controllers.is_saving:
            return
        if self._failed:
            self._leave.setFocus()
            self._timer.stop()
            self.show()
        else:
            self.ended.emit()

    @Slot()
    def _renew(self) -> None:
        label, is_saving = self._appearance.wording.label, self._controllers.is_saving
        names = self._names_of_saving() if is_saving else self._failed
        shown = " · ".join(dict.fromkeys(filter(None, names)))
        sentence = label(Label.CLOSE_SAVING if is_saving else Label.CLOSE_UNSAVED, plate=shown)
        self.setWindowTitle(self._appearance.wording.program_name)
        self._said.setText(breakable(sentence))
        self._said.setAccessibleName(sentence)
        self._progress.setVisible(is_saving)
        self._leave.setText(label(Label.CLOSE_GIVE_UP if is_saving else Label.CLOSE_ANYWAY))
        # A layout in a window of its own ignores height for width.
        width = self._appearance.length(_WIDTH)
        self._said.ensurePolished()
        self._layout.invalidate()
        self.setFixedSize(width, self._layout.totalHeightForWidth(width))
