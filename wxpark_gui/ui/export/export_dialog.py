"""The dialog that exports entries: format, plates, file, progress and result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.controllers.exports import Exports
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.entry_filter import EntryFilter
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.export import ExportFormat, ExportProgress, ExportResult, format_of
from wxpark_gui.service.export import ExportRequest
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.fields import SegmentedChoice
from wxpark_gui.ui.widgets.file_choice import show_file_dialog
from wxpark_gui.ui.widgets.folder_opener import FolderOpener
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import ExportRowWords, Label, SupportLabel, filter_words

_WIDTH = 520
_FRAME = 60
_TOUCH = 34
"""Height of the check box in pixels, enough for touch."""
_PER_CENT = 100


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


class ExportDialog(QDialog):
    """Dialog for one export after another. Not modal, so that plates can be typed meanwhile.

    Esc cancels a running export and else closes the dialog.

    Args:
        wanted: conditions of the entries to export.
        guard: calls its argument if whole plates may be exported, now or later.
        folders: shows the file's folder; None for the desktop's file manager.
    """

    def __init__(
        self,
        exports: Exports,
        appearance: Appearance,
        wanted: EntryFilter,
        parent: QWidget | None = None,
        *,
        guard: Callable[[Callable[[], None]], None],
        folders: FolderOpener | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self._exports = exports
        self._appearance = appearance
        self._wanted = wanted
        self._guard = guard
        self._folders = folders or FolderOpener(self)
        self._target = Path()
        self._ended: ExportResult | ReadableError | None = None
        self._last: ExportProgress | None = None
        self._was_cancelled = self._is_folder_hidden = False
        self._fit_timer = QTimer(self)
        self._fit_timer.setSingleShot(True)
        self._fit_timer.setInterval(0)
        self._fit_timer.timeout.connect(self._fit)
        self._filter = wrapping_label(self, name="exportFilter", role="heading")
        self._caption = wrapping_label(self)
        self._format = SegmentedChoice(tuple(ExportFormat), self)
        self._whole = QCheckBox(self)
        self._whole.setObjectName("exportWholePlates")
        self._note = wrapping_label(self, role="muted")
        self._progress = QProgressBar(self)
        self._progress.setTextVisible(False)
        self._said = wrapping_label(self, name="exportSaid")
        self._problem = wrapping_label(self, name="exportProblem", role="problem")
        self._choose = QPushButton(self)
        self._choose.setObjectName("exportChoose")
        self._choose.setProperty("primary", True)
        self._choose.setDefault(True)
        self._choose.clicked.connect(self.choose_file)
        self._folder = QPushButton(self)
        self._folder.setObjectName("exportFolder")
        self._folder.clicked.connect(self._on_folder)
        self._leave = QPushButton(self)
        self._leave.setObjectName("exportLeave")
        self._leave.clicked.connect(self.reject)
        self._folders.failed.connect(self._on_folder_failed)
        self._lay_out()
        exports.progressed.connect(self._on_progress)
        exports.finished.connect(self._on_finished)
        exports.failed.connect(self._on_failed)
        exports.cancelled.connect(self._on_cancelled)
        exports.crashed.connect(self._on_cancelled)
        appearance.changed.connect(self._renew)
        self._renew()
        self._choose.setFocus()

    @Slot()
    def choose_file(self) -> None:
        """Open the file dialog at the user's documents; it asks before it replaces a file."""
        words = self._appearance.wording.export
        kind = self._format.value
        day = datetime.now(timezone.utc).astimezone(BEIJING).strftime("%Y-%m-%d")
        files = QFileDialog(self, words.title, _documents())
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.setDefaultSuffix(kind.value)
        files.setNameFilter(f"{words.file_kind.format(format=kind.name)} (*.{kind.value})")
        files.selectFile(f"{words.file_name.format(day=day)}.{kind.value}")
        files.fileSelected.connect(self.export_to)
        show_file_dialog(files)

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Start the export to the file chosen in the file dialog, which asked before replacing one.

        A name without the format's ending gets it; an existing file of that longer name is not
        replaced. No-op while an export runs.
        """
        kind, target = self._format.value, Path(path)
        agreed = format_of(target.name) is kind
        if not agreed:
            target = target.with_name(f"{target.name}.{kind.value}")
        request = ExportRequest(
            target, kind, self._wanted, whole_plates=self._whole.isChecked(), overwrite=agreed
        )
        if request.whole_plates:
            self._guard(partial(self._start, request))
        else:
            self._start(request)

    def _start(self, request: ExportRequest) -> None:
        self.activateWindow()
        if self._exports.start(request, ExportRowWords(self._appearance.wording)):
            self._target = request.path
            self._ended, self._was_cancelled = None, False
            self._last = ExportProgress(0, 0.0)
            self._renew()
            self._leave.setFocus()

    @Slot()
    def reject(self) -> None:
        """Cancel a running export; close the dialog if none runs."""
        if self._exports.running:
            self._was_cancelled = True
            self._exports.cancel()
            self._renew()
        else:
            super().reject()

    @Slot(object)
    def _on_progress(self, progress: ExportProgress) -> None:
        self._last = progress
        self._show_state()

    @Slot(object)
    def _on_finished(self, result: ExportResult) -> None:
        self._end(result)
        self._folder.setFocus()

    @Slot(object)
    def _on_failed(self, error: ReadableError) -> None:
        self._end(error)
        self._choose.setFocus()

    @Slot()
    def _on_cancelled(self) -> None:
        self._end(None)
        self._choose.setFocus()

    def _end(self, ended: ExportResult | ReadableError | None) -> None:
        self._ended = ended
        self._was_cancelled = ended is None
        self._is_folder_hidden = False
        self._last = None
        self._renew()

    @Slot()
    def _on_folder(self) -> None:
        """Open the file's folder; if that failed before, copy its path instead."""
        if self._is_folder_hidden:
            QGuiApplication.clipboard().setText(str(self._target.parent))
            self._folder.setText(self._appearance.wording.label(SupportLabel.COPIED))
        else:
            self._folders.open(self._target.parent)

    @Slot()
    def _on_folder_failed(self) -> None:
        self._is_folder_hidden = True
        self._renew()

    def _show_state(self) -> None:
        """Show the progress, the result or the failure."""
        running = self._exports.running
        self._progress.setVisible(running)
        if self._last is not None:
            # Without a range the bar moves by itself.
            self._progress.setRange(0, 0 if self._last.finishing else _PER_CENT)
            self._progress.setValue(int(self._last.share * _PER_CENT))
        said, problem = self._sentences()
        for label, sentence in ((self._said, said), (self._problem, problem)):
            label.setText(breakable(sentence))
            label.setAccessibleName(sentence)
            label.setVisible(bool(sentence))

    def _sentences(self) -> tuple[str, str]:
        """Return the sentence and the problem to show; each may be empty."""
        wording = self._appearance.wording
        words = wording.export
        if self._last is not None:
            if self._was_cancelled:
                return words.cancelling, ""
            sentence = words.finishing if self._last.finishing else words.progress
            return sentence.format(rows=f"{self._last.rows:,}"), ""
        if isinstance(self._ended, ReadableError):
            detail = f" [{self._ended.detail}]" if self._ended.detail else ""
            return "", f"{wording.failure(self._ended).sentences}{detail}"
        if self._ended is not None:
            problems = []
            if self._ended.skipped:
                problems.append(words.skipped.format(months=wording.listing(self._ended.skipped)))
            if self._ended.unreadable:
                problems.append(words.unreadable.format(count=self._ended.unreadable))
            if self._is_folder_hidden:
                problems.append(words.folder_not_opened.format(path=self._target.parent))
            done = words.done.format(rows=f"{self._ended.rows:,}", name=self._target.name)
            return done, "\n".join(problems)
        return (words.cancelled, "") if self._was_cancelled else ("", "")

    @Slot()
    def _renew(self) -> None:
        wording, running = self._appearance.wording, self._exports.running
        words = wording.export
        self.setWindowTitle(words.title)
        self._filter.setText(breakable(filter_words(wording, self._wanted)))
        self._caption.setText(words.format)
        self._format.say(words.format, [kind.name for kind in ExportFormat])
        self._whole.setText(words.whole_plates)
        self._whole.setMinimumHeight(self._appearance.length(_TOUCH))
        self._note.setText(words.whole_plates_note)
        self._progress.setAccessibleName(words.title)
        self._choose.setText(words.choose_file)
        self._folder.setText(words.copy_path if self._is_folder_hidden else words.open_folder)
        self._leave.setText(wording.label(Label.CANCEL) if running else words.close)
        for part in (self._format, self._whole, self._choose):
            part.setEnabled(not running)
        self._folder.setVisible(isinstance(self._ended, ExportResult))
        self._show_state()
        # The parts report their new size once the style sheet has been applied.
        self._fit_timer.start()

    def _lay_out(self) -> None:
        content = QWidget(self)
        self._content = column = QVBoxLayout(content)
        column.setContentsMargins(4, 0, 16, 0)
        column.setSpacing(10)
        column.addWidget(self._filter)
        column.addWidget(self._caption)
        column.addWidget(self._format, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._whole, self._note, self._progress, self._said, self._problem):
            column.addWidget(part)
        column.addStretch(1)
        self._buttons = WrappingRow(12)
        for button in (self._choose, self._folder, self._leave):
            self._buttons.addWidget(button)
        row = QHBoxLayout()
        row.addLayout(self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 12, 16)
        layout.setSpacing(14)
        layout.addWidget(Page(content, self), 1)
        layout.addLayout(row)

    @Slot()
    def _fit(self) -> None:
        """Grow to the content at the current text size, up to the size of the screen."""
        room = screen_room(self)
        width = min(max(self.width(), self._appearance.length(_WIDTH)), room.width())
        needed = self._content.totalHeightForWidth(width - _FRAME)
        height = needed + self._buttons.heightForWidth(width - _FRAME) + _FRAME
        self.resize(QSize(width, max(self.height(), height)).boundedTo(room))
