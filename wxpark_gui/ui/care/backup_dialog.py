"""The dialog that lists the automatic backups, saves a backup to a file, and restores one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.controllers.backups import BackupKeeper
from wxpark_gui.domain.backup import AutomaticBackup, RestorePreview
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.ui.care.backup_list import BackupList
from wxpark_gui.ui.care.preview import PreviewPanel
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.file_choice import show_file_dialog
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import CareLabel, Label

_SIZE = (680, 560)
_SUFFIX = ".zip"
_PER_CENT = 100


class _Task(Enum):
    """Task that runs; the value is the sentence about it."""

    SAVE = CareLabel.SAVING
    CHECK = CareLabel.CHECKING
    STAGE = CareLabel.STAGING


class BackupDialog(QDialog):
    """Dialog for backups. Not modal, so that plates can be typed meanwhile.

    Esc cancels a running task, then leaves the preview, then closes the dialog. The class exceeds
    the project's limit of 20 methods: each signal and button has a slot.
    """

    def __init__(
        self, keeper: BackupKeeper, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("backupDialog")
        self._keeper = keeper
        self._appearance = appearance
        self._task: _Task | None = None
        self._share = 0.0
        self._previews = False
        self._said: tuple[CareLabel, dict[str, object]] | None = None
        self._failure: ReadableError | None = None
        self._note = wrapping_label(self, name="backupNote")
        self._empty = wrapping_label(self, name="backupEmpty", role="muted")
        self._list = BackupList(appearance, self)
        self._list.currentRowChanged.connect(self._renew_buttons)
        self._preview = PreviewPanel(appearance, self)
        self._page = Page(self._preview, self)
        self._progress = QProgressBar(self)
        self._progress.setTextVisible(False)
        self._said_label = wrapping_label(self, name="backupSaid")
        self._problem = wrapping_label(self, name="backupProblem", role="problem")
        self._buttons = WrappingRow(12)
        self._save = self._button("backupSave", self.choose_target)
        self._save.setProperty("primary", True)
        self._restore_row = self._button("backupRestoreRow", self.check_chosen)
        self._restore_file = self._button("backupRestoreFile", self.choose_source)
        self._restore = self._button("backupRestore", self.restore)
        self._restore.setProperty("primary", True)
        self._leave = self._button("backupLeave", self.reject)
        self._lay_out()
        keeper.listed.connect(self._on_listed)
        keeper.counted.connect(self._list.note_counted)
        keeper.progressed.connect(self._on_progress)
        keeper.saved.connect(self._on_saved)
        keeper.checked.connect(self._on_checked)
        keeper.cancelled.connect(self._on_cancelled)
        keeper.failed.connect(self._on_failed)
        keeper.crashed.connect(self._on_ended)
        appearance.changed.connect(self._renew)
        self._renew()
        self.resize(QSize(*map(appearance.length, _SIZE)).boundedTo(screen_room(self)))
        self._save.setFocus()
        keeper.load()

    @Slot()
    def choose_target(self) -> None:
        """Open the file dialog at the user's documents; it asks before it replaces a file."""
        wording = self._appearance.wording
        day = datetime.now(timezone.utc).astimezone(BEIJING).strftime("%Y%m%d-%H%M")
        files = self._file_dialog(CareLabel.TITLE, _SUFFIX[1:])
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.setDefaultSuffix(_SUFFIX)
        files.selectFile(f"{wording.label(CareLabel.FILE_NAME, day=day)}{_SUFFIX}")
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
        if self._keeper.save(target, overwrite=agreed):
            self._begin(_Task.SAVE)

    @Slot()
    def choose_source(self) -> None:
        """Open the file dialog for a backup to restore."""
        files = self._file_dialog(CareLabel.RESTORE_TITLE, "zip", "sqlite3.gz", "sqlite3")
        files.setFileMode(QFileDialog.FileMode.ExistingFile)
        files.fileSelected.connect(self.check_file)
        show_file_dialog(files)

    @Slot(str)
    def check_file(self, path: str) -> None:
        """Start to check a file; the preview or a failure follows."""
        if self._keeper.check(Path(path)):
            self._begin(_Task.CHECK)

    @Slot()
    def check_chosen(self) -> None:
        """Start to check the automatic backup that is chosen in the list."""
        if (chosen := self._list.chosen) is not None:
            self.check_file(str(self._keeper.path_of(chosen)))

    @Slot()
    def restore(self) -> None:
        """Make the next start restore the checked backup; the program is restarted then."""
        if self._keeper.stage(with_settings=self._preview.with_settings):
            self._begin(_Task.STAGE)

    @Slot()
    def reject(self) -> None:
        """Cancel a running task, else leave the preview, else close the dialog."""
        if self._task is not None:
            self._keeper.cancel()
        elif self._previews:
            self._keeper.discard()
            self._previews = False
            self._said = self._failure = None
            self._renew()
            self._restore_file.setFocus()
        else:
            self._keeper.stop_listing()
            super().reject()

    def has_input(self) -> bool:
        """Test if a task runs or a preview is shown, which closing the dialog would end."""
        return self._task is not None or self._previews

    def _begin(self, task: _Task) -> None:
        self._task, self._share = task, 0.0
        self._said = self._failure = None
        self._renew()
        self._leave.setFocus()

    @Slot(object)
    def _on_listed(self, backups: Sequence[AutomaticBackup]) -> None:
        self._list.load(backups)
        self._renew()

    @Slot(float)
    def _on_progress(self, share: float) -> None:
        self._share = share
        self._show_state()

    @Slot(object, int)
    def _on_saved(self, target: Path, entries: int) -> None:
        self._said = CareLabel.SAVED, {"name": target.name, "count": f"{entries:,}"}
        self._on_ended()
        self._leave.setFocus()

    @Slot(object)
    def _on_checked(self, preview: RestorePreview) -> None:
        self._task, self._previews = None, True
        self._preview.show_preview(preview)
        self._renew()
        self._leave.setFocus()

    @Slot()
    def _on_cancelled(self) -> None:
        self._said = CareLabel.CANCELLED, {}
        self._on_ended()
        self._save.setFocus()

    @Slot(object)
    def _on_failed(self, error: ReadableError) -> None:
        self._failure = error
        self._task = None
        self._renew()
        (self._restore if self._previews else self._restore_file).setFocus()

    @Slot()
    def _on_ended(self) -> None:
        self._task = None
        if not self._list.is_counted:
            self._keeper.load()
        self._renew()

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        self.setWindowTitle(wording.label(CareLabel.TITLE))
        self._note.setText(wording.label(CareLabel.NOTE))
        self._empty.setText(wording.label(CareLabel.NO_AUTOMATIC))
        self._progress.setAccessibleName(wording.label(CareLabel.TITLE))
        self._save.setText(wording.label(CareLabel.SAVE))
        self._restore_row.setText(wording.label(CareLabel.RESTORE_ROW))
        self._restore_file.setText(wording.label(CareLabel.RESTORE_FILE))
        self._restore.setText(wording.label(CareLabel.RESTORE))
        self._page.setVisible(self._previews)
        self._note.setVisible(not self._previews)
        self._list.setVisible(not self._previews and not self._list.is_empty)
        self._empty.setVisible(not self._previews and self._list.is_empty)
        self._renew_buttons()
        self._show_state()

    @Slot()
    def _renew_buttons(self) -> None:
        wording, is_idle = self._appearance.wording, self._task is None
        for button in (self._save, self._restore_row, self._restore_file):
            button.setVisible(not self._previews)
            button.setEnabled(is_idle)
        self._restore_row.setEnabled(is_idle and self._list.chosen is not None)
        self._restore.setVisible(self._previews)
        self._restore.setEnabled(is_idle)
        leave = wording.export.close
        if not is_idle:
            leave = wording.label(Label.CANCEL)
        elif self._previews:
            leave = wording.label(CareLabel.BACK)
        self._leave.setText(leave)

    def _show_state(self) -> None:
        self._progress.setVisible(self._task is not None)
        # Without a range the bar moves by itself.
        self._progress.setRange(0, _PER_CENT if self._task is _Task.SAVE else 0)
        self._progress.setValue(int(self._share * _PER_CENT))
        said, problem = self._sentences()
        for label, sentence in ((self._said_label, said), (self._problem, problem)):
            label.setText(breakable(sentence))
            label.setAccessibleName(sentence)
            label.setVisible(bool(sentence))

    def _sentences(self) -> tuple[str, str]:
        """Return the state and the problem to show; each may be empty."""
        wording = self._appearance.wording
        if self._task is not None:
            return wording.label(self._task.value), ""
        if self._failure is not None:
            return "", wording.failure(self._failure).sentences
        if self._said is not None:
            label, values = self._said
            return wording.label(label, **values), ""
        return "", ""

    def _button(self, name: str, slot: object) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.clicked.connect(slot)
        self._buttons.addWidget(button)
        return button

    def _file_dialog(self, title: CareLabel, *endings: str) -> QFileDialog:
        wording = self._appearance.wording
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        files = QFileDialog(self, wording.label(title), place)
        patterns = " ".join(f"*.{ending}" for ending in endings)
        files.setNameFilter(f"{wording.label(CareLabel.TITLE)} ({patterns})")
        return files

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        layout.addWidget(self._note)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._page, 1)
        for part in (self._progress, self._said_label, self._problem):
            layout.addWidget(part)
        layout.addLayout(self._buttons)
