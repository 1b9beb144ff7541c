"""Dialog that shows a crash report, copies it, and offers to restart the program."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.runtime.crash_reports import CrashReport
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import SupportLabel, join_sentences

_SIZE = (760, 520)


class CrashDialog(QDialog):
    """Dialog with one report. Not modal, so that plates can be typed meanwhile.

    Args:
        before: True for a crash of an earlier run, after which no restart is needed.

    Signals:
        restartRequested(): the button to restart was pressed.
    """

    restartRequested = Signal()

    def __init__(
        self,
        report: CrashReport,
        appearance: Appearance,
        *,
        before: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("crashDialog")
        self._appearance = appearance
        self._before = before
        self._is_copied = False
        self._happened = wrapping_label(self, name="crashHappened", role="heading")
        self._note = wrapping_label(self, name="crashNote")
        self._text = QPlainTextEdit(self)
        self._text.setObjectName("crashText")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setPlainText(report.text)
        self._copy = QPushButton(self)
        self._copy.setObjectName("crashCopy")
        self._copy.clicked.connect(self._on_copy)
        self._restart = QPushButton(self)
        self._restart.setObjectName("crashRestart")
        self._restart.clicked.connect(self.restartRequested)
        self._restart.setVisible(not before)
        self._leave = QPushButton(self)
        self._leave.setObjectName("crashLeave")
        self._leave.setDefault(True)
        self._leave.clicked.connect(self.reject)
        buttons = WrappingRow(12)
        for button in (self._copy, self._restart, self._leave):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        layout.addWidget(self._happened)
        layout.addWidget(self._note)
        layout.addWidget(self._text, 1)
        layout.addLayout(buttons)
        appearance.changed.connect(self._renew)
        self._renew()
        size = QSize(*(appearance.length(side) for side in _SIZE))
        self.resize(size.boundedTo(screen_room(self)))
        self._leave.setFocus()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())
        self._is_copied = True
        self._renew()

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        title = wording.label(SupportLabel.CRASH_TITLE)
        self.setWindowTitle(title)
        happened = SupportLabel.CRASHED_BEFORE if self._before else SupportLabel.CRASHED
        self._happened.setText(wording.label(happened))
        notes = [SupportLabel.CRASH_NOTE]
        if not self._before:
            notes.append(SupportLabel.RESTART_NOTE)
        self._note.setText(join_sentences(*map(wording.label, notes)))
        self._text.setAccessibleName(title)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self._appearance.font(14).pointSizeF())
        self._text.setFont(fixed)
        copy = SupportLabel.COPIED if self._is_copied else SupportLabel.COPY
        self._copy.setText(wording.label(copy))
        self._restart.setText(wording.label(SupportLabel.RESTART))
        self._leave.setText(wording.export.close)
