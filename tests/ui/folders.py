"""A file manager for tests."""

from __future__ import annotations

from pathlib import Path

from wxpark_gui.ui.widgets.folder_opener import FolderOpener


class FakeFolders(FolderOpener):
    """Records the folders that were opened.

    Attributes:
        opened: the folders.
        is_missing: True fails, as a desktop without a file manager does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []
        self.is_missing = False

    def open(self, folder: Path) -> None:
        self.opened.append(folder)
        if self.is_missing:
            self.failed.emit(folder)
