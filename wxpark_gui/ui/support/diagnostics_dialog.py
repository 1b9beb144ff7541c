"""The dialog that shows the diagnostics before they are saved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.controllers.diagnostics import DiagnosticsSaver
from wxpark_gui.domain.diagnostics import DiagnosticFile
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.health import Finding
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.file_choice import show_file_dialog
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.wording import FindingReport, Label, SupportLabel

_SIZE = (860, 620)
_PREVIEW = 100_000
"""Characters shown of one file; a longer text would freeze the window."""
_SUFFIX = ".zip"


class DiagnosticsDialog(QDialog):
    """Dialog for one set of diagnostics. Not modal, so that plates can be typed meanwhile.

    Closing it stops the collecting.

    Args:
        findings: findings that the check shows; None runs the doctor.
    """

    def __init__(
        self,
        saver: DiagnosticsSaver,
        appearance: Appearance,
        findings: Sequence[Finding] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("diagnosticsDialog")
        self._saver = saver
        self._appearance = appearance
        self._files: Sequence[DiagnosticFile] = ()
        self._saved: Path | None = None
        self._failure: ReadableError | None = None
        self._is_busy = True
        self._note = wrapping_label(self)
        self._list = QListWidget(self)
        self._list.setObjectName("diagnosticsFiles")
        self._list.currentRowChanged.connect(self._on_chosen)
        self._text = QPlainTextEdit(self)
        self._text.setObjectName("diagnosticsText")
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._cut = wrapping_label(self, name="diagnosticsCut", role="muted")
        self._said = wrapping_label(self, name="diagnosticsSaid")
        self._problem = wrapping_label(self, name="diagnosticsProblem", role="problem")
        self._choose = QPushButton(self)
        self._choose.setObjectName("diagnosticsChoose")
        self._choose.setProperty("primary", True)
        self._choose.setDefault(True)
        self._choose.clicked.connect(self.choose_file)
        self._leave = QPushButton(self)
        self._leave.setObjectName("diagnosticsLeave")
        self._leave.clicked.connect(self.reject)
        self._lay_out()
        saver.collected.connect(self._on_collected)
        saver.saved.connect(self._on_saved)
        saver.failed.connect(self._on_failed)
        saver.crashed.connect(self._on_crashed)
        self.finished.connect(saver.cancel)
        appearance.changed.connect(self._renew)
        self._renew()
        self.resize(self._wanted())
        self._leave.setFocus()
        saver.collect(FindingReport(appearance.wording), findings)

    @Slot()
    def choose_file(self) -> None:
        """Open the file dialog at the user's documents; it asks before it replaces a file."""
        wording = self._appearance.wording
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        day = datetime.now(timezone.utc).astimezone(BEIJING).strftime("%Y%m%d-%H%M")
        files = QFileDialog(self, wording.label(SupportLabel.DIAGNOSTICS_TITLE), place)
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.setDefaultSuffix(_SUFFIX)
        files.setNameFilter(f"{wording.export.file_kind.format(format='ZIP')} (*{_SUFFIX})")
        files.selectFile(f"{wording.label(SupportLabel.FILE_NAME, day=day)}{_SUFFIX}")
        files.fileSelected.connect(self.save_to)
        show_file_dialog(files)

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Start to save to the file chosen in the file dialog, which asks before replacing.

        A name without `.zip` gets this ending; an existing file of the new name is not replaced.
        """
        target = Path(path)
        agreed = target.suffix.lower() == _SUFFIX
        if not agreed:
            target = target.with_name(f"{target.name}{_SUFFIX}")
        self._is_busy = True
        self._saved = self._failure = None
        self._renew()
        self._saver.save(target, self._files, overwrite=agreed)

    @Slot(object)
    def _on_collected(self, files: Sequence[DiagnosticFile]) -> None:
        self._files = files
        self._is_busy = False
        self._renew()
        self._list.setCurrentRow(0)
        self._choose.setFocus()

    @Slot(object)
    def _on_saved(self, target: Path) -> None:
        self._is_busy, self._saved = False, target
        self._renew()
        self._leave.setFocus()

    @Slot(object)
    def _on_failed(self, error: ReadableError) -> None:
        self._is_busy, self._failure = False, error
        self._renew()

    @Slot()
    def _on_crashed(self) -> None:
        self._is_busy = False
        self._renew()

    @Slot(int)
    def _on_chosen(self, row: int) -> None:
        if not 0 <= row < len(self._files):
            return
        file, wording = self._files[row], self._appearance.wording
        shown = file.text[-_PREVIEW:]
        self._text.setPlainText(shown)
        self._text.setAccessibleName(wording.label(SupportLabel.CONTENT, name=file.name))
        cut = wording.label(SupportLabel.ONLY_THE_END, size=_kilobytes(file))
        self._cut.setText(cut)
        self._cut.setVisible(len(shown) < len(file.text))

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        self.setWindowTitle(wording.label(SupportLabel.DIAGNOSTICS_TITLE))
        self._note.setText(wording.label(SupportLabel.DIAGNOSTICS_NOTE))
        self._list.setAccessibleName(wording.label(SupportLabel.FILES))
        self._text.setAccessibleName(wording.label(SupportLabel.DIAGNOSTICS_TITLE))
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self._appearance.font(14).pointSizeF())
        self._text.setFont(fixed)
        self._choose.setText(wording.export.choose_file)
        self._choose.setEnabled(bool(self._files) and not self._is_busy)
        is_collecting = self._is_busy and not self._files
        self._leave.setText(wording.label(Label.CANCEL) if is_collecting else wording.export.close)
        self._show_files()
        said, problem = self._sentences()
        for label, sentence in ((self._said, said), (self._problem, problem)):
            label.setText(breakable(sentence))
            label.setAccessibleName(sentence)
            label.setVisible(bool(sentence))

    def _show_files(self) -> None:
        wording, row = self._appearance.wording, self._list.currentRow()
        self._list.clear()
        for file in self._files:
            size = _kilobytes(file)
            self._list.addItem(wording.label(SupportLabel.FILE_SIZE, name=file.name, size=size))
        self._list.setCurrentRow(row)
        self._cut.setVisible(False)
        self._on_chosen(row)

    def _sentences(self) -> tuple[str, str]:
        """Return the state and the problem to show, as sentences; either may be empty."""
        wording = self._appearance.wording
        if self._failure is not None:
            detail = f" [{self._failure.detail}]" if self._failure.detail else ""
            return "", f"{wording.failure(self._failure).sentences}{detail}"
        if self._saved is not None:
            return wording.label(SupportLabel.SAVED, name=self._saved.name), ""
        if self._is_busy:
            label = Label.SAVING if self._files else SupportLabel.COLLECTING
            return wording.label(label), ""
        return "", ""

    def _wanted(self) -> QSize:
        size = QSize(*(self._appearance.length(side) for side in _SIZE))
        return size.boundedTo(screen_room(self))

    def _lay_out(self) -> None:
        files = QHBoxLayout()
        files.setSpacing(12)
        files.addWidget(self._list, 2)
        files.addWidget(self._text, 3)
        buttons = QHBoxLayout()
        buttons.addWidget(self._choose)
        buttons.addStretch(1)
        buttons.addWidget(self._leave)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        layout.addWidget(self._note)
        layout.addLayout(files, 1)
        for label in (self._cut, self._said, self._problem):
            layout.addWidget(label)
        layout.addLayout(buttons)


def _kilobytes(file: DiagnosticFile) -> str:
    return f"{file.size / 1000:.1f}"
