"""Page of the wizard that runs the connection test and shows its findings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from wxpark_gui.controllers.setup import SetupController
from wxpark_gui.domain.health import Finding, Health, Subject
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.connection_test import ConnectionResult
from wxpark_gui.service.examination import Checked
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.support.finding_rows import FindingRows
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import SetupLabel


class ConnectionPage(QWidget):
    """Runs the test of the saved settings, which can be cancelled and repeated.

    Signals:
        changed(): the test began, ended or was cancelled.
    """

    changed = Signal()

    def __init__(
        self, controller: SetupController, appearance: Appearance, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._appearance = appearance
        self._rows: dict[Subject, FindingRows] = {}
        self._is_running = False
        self._is_cancelled = False
        self._summary = wrapping_label(self, name="setupTestSummary", role="heading")
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(14)
        column.addWidget(self._summary)
        column.addWidget(self._progress)
        column.addLayout(self._list)
        column.addStretch(1)
        controller.connection.found.connect(self._on_found)
        controller.connection.finished.connect(self._on_finished)
        controller.connection.crashed.connect(self._on_crashed)
        self.renew()

    @property
    def is_running(self) -> bool:
        return self._is_running

    @property
    def result(self) -> ConnectionResult:
        """The findings so far."""
        return ConnectionResult(tuple(self._findings()))

    @property
    def failed_row(self) -> QWidget | None:
        """The rows of the first step that failed; None for none."""
        for row in self._rows.values():
            if any(finding.health is Health.BAD for finding in row.findings or ()):
                return row
        return None

    def start(self, settings: Settings) -> None:
        """Test the current account of `settings`; a running test is replaced."""
        for row in self._rows.values():
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._is_cancelled, self._is_running = False, True
        self._rows = {}
        for check in self._controller.test(settings):
            row = FindingRows(self._appearance, check.subject, self)
            self._rows[check.subject] = row
            self._list.addWidget(row)
            row.show()
        self._is_running = bool(self._rows)
        self.renew()

    def cancel(self) -> None:
        """End a running test; its remaining steps get no finding."""
        if self._is_running:
            self._controller.connection.cancel()
            self._is_running, self._is_cancelled = False, True
            self._hide_unfinished()
            self.renew()

    def renew(self) -> None:
        """Show everything in the current language, colours and text size."""
        for row in self._rows.values():
            if row.findings is not None or self._is_running:
                row.renew()
        text = self._appearance.wording.label(self._sentence())
        self._summary.setText(text)
        self._summary.setAccessibleName(text)
        self._progress.setVisible(self._is_running)
        self.changed.emit()

    def _sentence(self) -> SetupLabel:
        if self._is_running:
            return SetupLabel.TESTING
        if self._is_cancelled:
            return SetupLabel.TEST_CANCELLED
        result = self.result
        if result.has_failed:
            return SetupLabel.TEST_FAILED
        return SetupLabel.TEST_PASSED if result.is_proven else SetupLabel.TEST_UNCLEAR

    def _findings(self) -> Sequence[Finding]:
        return [one for row in self._rows.values() for one in row.findings or ()]

    def _hide_unfinished(self) -> None:
        for row in self._rows.values():
            if row.findings is None:
                row.hide()

    @Slot(object)
    def _on_found(self, checked: Checked) -> None:
        row = self._rows.get(checked.check.subject)
        if row is not None and self._is_running:
            row.show_findings(checked.findings)

    @Slot()
    def _on_finished(self) -> None:
        self._is_running = False
        self.renew()

    @Slot()
    def _on_crashed(self) -> None:
        self._is_running, self._is_cancelled = False, True
        self._hide_unfinished()
        self.renew()
