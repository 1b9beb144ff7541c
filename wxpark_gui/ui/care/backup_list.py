"""List of the automatic backups, the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QListWidget, QWidget

from wxpark_gui.domain.backup import AutomaticBackup
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.wording import CareLabel, Wording
from wxpark_gui.wording.shifts import full_time


class BackupList(QListWidget):
    """Rows with time, size and, once they are counted, the number of entries.

    Attributes:
        is_loaded: True once `load` was called.
    """

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("backupList")
        self._appearance = appearance
        self._backups: list[AutomaticBackup] = []
        self.is_loaded = False
        appearance.changed.connect(self.renew)
        self.renew()

    @property
    def chosen(self) -> AutomaticBackup | None:
        """The backup of the current row, or None."""
        row = self.currentRow()
        return self._backups[row] if 0 <= row < len(self._backups) else None

    @property
    def is_empty(self) -> bool:
        """True if there is no backup; False before `load`."""
        return self.is_loaded and not self._backups

    @property
    def is_counted(self) -> bool:
        """True if the number of entries of each backup is known."""
        return self.is_loaded and all(backup.entries is not None for backup in self._backups)

    @Slot(object)
    def load(self, backups: Sequence[AutomaticBackup]) -> None:
        """Replace the rows; numbers that are known already stay."""
        known = {backup.name: backup for backup in self._backups}
        chosen = self.chosen
        self._backups = [known.get(backup.name, backup) for backup in backups]
        self.is_loaded = True
        wording = self._appearance.wording
        self.clear()
        self.addItems([_row_text(backup, wording) for backup in self._backups])
        names = [backup.name for backup in self._backups]
        self.setCurrentRow(names.index(chosen.name) if chosen and chosen.name in names else 0)

    @Slot(object)
    def note_counted(self, counted: AutomaticBackup) -> None:
        """Show the number of entries of one backup."""
        for row, backup in enumerate(self._backups):
            if backup.name == counted.name:
                self._backups[row] = counted
                self._write(row, _row_text(counted, self._appearance.wording))

    @Slot()
    def renew(self) -> None:
        """Set all texts in the current language."""
        wording = self._appearance.wording
        self.setAccessibleName(wording.label(CareLabel.AUTOMATIC))
        for row, backup in enumerate(self._backups):
            self._write(row, _row_text(backup, wording))

    def _write(self, row: int, text: str) -> None:
        """Replace the text of a row through the model; see `ProfileList`."""
        self.model().setData(self.model().index(row, 0), text)


def _row_text(backup: AutomaticBackup, wording: Wording) -> str:
    time, size = full_time(backup.made_at), f"{backup.size / 1e6:.1f}"
    if backup.entries is None:
        return wording.label(CareLabel.ROW, time=time, size=size)
    count = f"{backup.entries:,}"
    return wording.label(CareLabel.ROW_COUNTED, time=time, size=size, count=count)
