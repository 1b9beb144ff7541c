"""Dialog that runs the doctor's checks, and shows the findings of each when it ends."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.controllers.checkup import Checkup
from wxpark_gui.domain.health import Finding, Health, Subject
from wxpark_gui.service.examination import Checked
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.support.finding_rows import FindingRows
from wxpark_gui.ui.support.window_checks import desktop_findings
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import Label, SupportLabel, findings_text

_SIZE = (760, 620)


class CheckDialog(QDialog):
    """Dialog of the check. Not modal, so that plates can be typed meanwhile.

    Esc cancels a running check and else closes the dialog.

    Signals:
        diagnosticsRequested(): the button for the diagnostics was pressed.
    """

    diagnosticsRequested = Signal()

    def __init__(
        self, checkup: Checkup, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("checkDialog")
        self._checkup = checkup
        self._appearance = appearance
        self._rows: dict[Subject, FindingRows] = {}
        self._is_cancelled = False
        self._is_copied = False
        self._summary = wrapping_label(self, name="checkSummary", role="heading")
        self._list = QWidget(self)
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(4, 0, 16, 0)
        self._column.setSpacing(12)
        self._again = self._button("checkAgain", self._on_again)
        self._copy = self._button("checkCopy", self._on_copy)
        self._save = self._button("checkDiagnostics", self.diagnosticsRequested.emit)
        self._leave = self._button("checkLeave", self.reject)
        self._leave.setDefault(True)
        buttons = WrappingRow(12)
        for button in (self._again, self._copy, self._save, self._leave):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 12, 16)
        layout.setSpacing(14)
        layout.addWidget(self._summary)
        layout.addWidget(Page(self._list, self), 1)
        layout.addLayout(buttons)
        checkup.found.connect(self._on_found)
        checkup.finished.connect(self._show_state)
        checkup.crashed.connect(self._on_crashed)
        appearance.changed.connect(self._renew)
        self.resize(self._wanted())
        self._start()
        self._leave.setFocus()

    @property
    def findings(self) -> Sequence[Finding]:
        """The findings so far, in the order in which problems should be corrected."""
        return [one for row in self._rows.values() for one in row.findings or ()]

    @property
    def is_complete(self) -> bool:
        """True when every check has a result."""
        return all(row.findings is not None for row in self._rows.values())

    @Slot()
    def reject(self) -> None:
        """Cancel a running check; close the dialog if none runs."""
        if self._checkup.running:
            self._checkup.cancel()
            self._is_cancelled = True
            self._show_state()
        else:
            super().reject()

    def _button(self, name: str, act: object) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.clicked.connect(act)
        return button

    def _wanted(self) -> QSize:
        size = QSize(*(self._appearance.length(side) for side in _SIZE))
        return size.boundedTo(screen_room(self))

    def _start(self) -> None:
        for row in self._rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        while self._column.takeAt(0) is not None:
            pass
        self._is_cancelled = self._is_copied = False
        self._rows = {
            check.subject: FindingRows(self._appearance, check.subject, self._list)
            for check in self._checkup.start()
        }
        for finding in desktop_findings(self.screen(), self._appearance.font(14)):
            row = FindingRows(self._appearance, finding.subject, self._list)
            row.show_findings([finding])
            self._rows[finding.subject] = row
        for row in self._rows.values():
            self._column.addWidget(row)
            row.show()
        self._column.addStretch(1)
        self._show_state()

    @Slot()
    def _on_again(self) -> None:
        self._start()

    @Slot()
    def _on_copy(self) -> None:
        text = findings_text(self.findings, self._appearance.wording)
        QGuiApplication.clipboard().setText(text)
        self._is_copied = True
        self._say()

    @Slot(object)
    def _on_found(self, checked: Checked) -> None:
        row = self._rows.get(checked.check.subject)
        if row is not None:
            row.show_findings(checked.findings)
        self._say()

    @Slot()
    def _on_crashed(self) -> None:
        self._is_cancelled = True
        self._show_state()

    @Slot()
    def _renew(self) -> None:
        """Show all texts and icons in the current language, colours and text size."""
        for row in self._rows.values():
            row.renew()
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        wording = self._appearance.wording
        self.setWindowTitle(wording.label(SupportLabel.CHECK_TITLE))
        running = self._checkup.running
        self._again.setText(wording.label(SupportLabel.CHECK_AGAIN))
        self._again.setEnabled(not running)
        self._copy.setText(wording.label(SupportLabel.COPY))
        self._save.setText(wording.label(SupportLabel.OPEN_DIAGNOSTICS))
        self._leave.setText(wording.label(Label.CANCEL) if running else wording.export.close)
        self._say()

    def _say(self) -> None:
        text = self._sentence()
        if self._is_copied:
            text = f"{text} {self._appearance.wording.label(SupportLabel.COPIED)}"
        self._summary.setText(text)
        self._summary.setAccessibleName(text)

    def _sentence(self) -> str:
        wording = self._appearance.wording
        missing = sum(row.findings is None for row in self._rows.values())
        if self._checkup.running:
            return wording.label(SupportLabel.CHECKING, count=missing)
        if self._is_cancelled and missing:
            return wording.label(SupportLabel.CHECK_CANCELLED, count=missing)
        health = [finding.health for finding in self.findings]
        bad, warnings = health.count(Health.BAD), health.count(Health.WARNING)
        if not bad and not warnings:
            return wording.label(SupportLabel.ALL_GOOD)
        return wording.label(SupportLabel.CHECKED, bad=bad, warnings=warnings)
