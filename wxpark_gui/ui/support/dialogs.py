"""Opens the dialogs for a support call, each at most once at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.runtime.crash_reports import CrashReport
from wxpark_gui.ui.look.appearance import Appearance

if TYPE_CHECKING:
    from wxpark_gui.domain.health import Finding
    from wxpark_gui.ui.support.check_dialog import CheckDialog
    from wxpark_gui.ui.support.crash_dialog import CrashDialog
    from wxpark_gui.ui.support.diagnostics_dialog import DiagnosticsDialog

_CHECK, _DIAGNOSTICS, _CRASH = "check", "diagnostics", "crash"


class SupportDialogs(QObject):
    """Owns the open dialogs, and the report of the last crash.

    Signals:
        closed(): a dialog was closed; the plate field must take the focus.
        restartRequested(): the button to restart was pressed in the dialog of a crash.
    """

    closed = Signal()
    restartRequested = Signal()

    def __init__(self, controllers: Controllers, appearance: Appearance, window: QWidget) -> None:
        super().__init__(window)
        self._checkup = controllers.checkup
        self._saver = controllers.diagnostics
        self._appearance = appearance
        self._window = window
        self._open: dict[str, QDialog] = {}
        self._report: CrashReport | None = None
        self._is_before = False

    @property
    def check(self) -> CheckDialog | None:
        """The open dialog of the check, or None."""
        return cast("CheckDialog | None", self._open.get(_CHECK))

    @property
    def diagnostics(self) -> DiagnosticsDialog | None:
        """The open dialog of the diagnostics, or None."""
        return cast("DiagnosticsDialog | None", self._open.get(_DIAGNOSTICS))

    @property
    def crash(self) -> CrashDialog | None:
        """The open dialog with a crash report, or None."""
        return cast("CrashDialog | None", self._open.get(_CRASH))

    @property
    def has_crash(self) -> bool:
        """True if `open_crash` has a report to show."""
        return self._report is not None

    @Slot()
    def open_check(self) -> None:
        """Open the check, which starts at once, or activate the open one."""
        if self._activate(_CHECK):
            return
        from wxpark_gui.ui.support.check_dialog import CheckDialog

        dialog = CheckDialog(self._checkup, self._appearance, self._window)
        dialog.diagnosticsRequested.connect(self.open_diagnostics)
        self._show(_CHECK, dialog)

    @Slot()
    def open_diagnostics(self) -> None:
        """Open the diagnostics or activate the open ones.

        They have the findings of a complete check in an open dialog, or else run the doctor.
        """
        if self._activate(_DIAGNOSTICS):
            return
        from wxpark_gui.ui.support.diagnostics_dialog import DiagnosticsDialog

        findings: Sequence[Finding] | None = None
        if self.check is not None and self.check.is_complete:
            findings = self.check.findings
        dialog = DiagnosticsDialog(self._saver, self._appearance, findings, self._window)
        self._show(_DIAGNOSTICS, dialog)

    @Slot(object)
    def note_crash(self, report: CrashReport) -> None:
        """Keep the report of a crash of this run for `open_crash`."""
        self._report, self._is_before = report, False

    def note_crash_before(self, report: CrashReport) -> None:
        """Keep the report of a crash of an earlier run for `open_crash`."""
        self._report, self._is_before = report, True

    @Slot()
    def open_crash(self) -> None:
        """Open the report of the last crash; a no-op without one."""
        if self._report is None or self._activate(_CRASH):
            return
        from wxpark_gui.ui.support.crash_dialog import CrashDialog

        dialog = CrashDialog(
            self._report, self._appearance, before=self._is_before, parent=self._window
        )
        dialog.restartRequested.connect(self.restartRequested)
        self._show(_CRASH, dialog)

    def _activate(self, kind: str) -> bool:
        if kind not in self._open:
            return False
        self._open[kind].activateWindow()
        return True

    def _show(self, kind: str, dialog: QDialog) -> None:
        self._open[kind] = dialog
        dialog.finished.connect(self._on_finished)
        dialog.show()

    @Slot()
    def _on_finished(self) -> None:
        dialog = self.sender()
        if isinstance(dialog, QDialog):
            self._open = {kind: open_ for kind, open_ in self._open.items() if open_ is not dialog}
            dialog.deleteLater()
        self.closed.emit()
