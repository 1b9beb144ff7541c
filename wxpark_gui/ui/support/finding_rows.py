"""Rows of the check: an icon, subject and detail, above the reason and action."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from wxpark_gui.domain.health import Finding, Health, Subject
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_pixmap
from wxpark_gui.ui.widgets.labels import WrappingLabel, breakable, wrapping_label
from wxpark_gui.wording import FailureWords, SupportLabel, finding_line, finding_words

_ICON = 24
_ICONS = {Health.GOOD: "ok", Health.WARNING: "notice", Health.BAD: "error"}


class FindingRows(QWidget):
    """Shows the findings of one check, or before it ends a line that it is running.

    Args:
        subject: the part that the check examines first.
    """

    def __init__(self, appearance: Appearance, subject: Subject, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._subject = subject
        self.findings: Sequence[Finding] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.renew()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show the findings; hide this widget if there are none."""
        self.findings = findings
        self.renew()

    def renew(self) -> None:
        """Rebuild the rows in the current language, colours and text size."""
        while (item := self._grid.takeAt(0)) is not None:
            if (part := item.widget()) is not None:
                part.hide()
                part.deleteLater()
        if self.findings is None:
            self._add_waiting()
            return
        self.setVisible(bool(self.findings))
        for finding in self.findings:
            self._add(finding)

    def _add_waiting(self) -> None:
        wording = self._appearance.wording
        subject = wording.health.subjects[self._subject]
        text = wording.label(SupportLabel.WAITING, subject=subject)
        muted = self._appearance.theme.surfaces.muted
        self._add_line(self._icon("pending", muted), text, "muted")

    def _add(self, finding: Finding) -> None:
        wording = self._appearance.wording
        surfaces = self._appearance.theme.surfaces
        colour = {
            Health.GOOD: surfaces.good,
            Health.WARNING: surfaces.notice_edge,
            Health.BAD: surfaces.problem,
        }[finding.health]
        health = wording.health.health[finding.health]
        line = f"{health} · {finding_line(finding, wording)}"
        self._add_line(self._icon(_ICONS[finding.health], colour), line, "")
        words = finding_words(finding, wording)
        if words is not None:
            role = "problem" if finding.health is Health.BAD else "note"
            self._add_line(None, _sentence(words), role)

    def _add_line(self, icon: QLabel | None, text: str, role: str) -> None:
        row = self._grid.rowCount()
        label: WrappingLabel = wrapping_label(self, role=role)
        label.setText(breakable(text))
        label.setAccessibleName(text)
        if icon is not None:
            self._grid.addWidget(icon, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(label, row, 1)
        label.show()

    def _icon(self, name: str, colour: str) -> QLabel:
        side = self._appearance.length(_ICON)
        icon = QLabel(self)
        icon.setPixmap(icon_pixmap(name, colour, side, self.devicePixelRatioF()))
        icon.setFixedWidth(side)
        icon.show()
        return icon


def _sentence(words: FailureWords) -> str:
    return f"{words.sentences} [{words.code}]"
