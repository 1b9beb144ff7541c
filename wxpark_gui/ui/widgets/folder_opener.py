"""Shows folders in the desktop's file manager, and tells if the desktop could not."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QStandardPaths, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices


class FolderOpener(QObject):
    """Asks the system to show folders.

    On Linux it runs `xdg-open` itself: Qt starts that too, but ignores its exit code, which is not
    0 on a desktop without a file manager.

    Signals:
        failed(Path): the system could not show this folder.
    """

    failed = Signal(object)

    def open(self, folder: Path) -> None:
        """Show a folder. Returns at once; `failed` may be emitted before or after that."""
        program = QStandardPaths.findExecutable("xdg-open") if sys.platform == "linux" else ""
        if program:
            self._start(program, folder)
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.failed.emit(folder)

    def _start(self, program: str, folder: Path) -> None:
        # Not a child of this object: on some desktops `xdg-open` runs until the file manager ends,
        # and Qt kills the process of an object that it deletes.
        process = QProcess(QCoreApplication.instance())
        process.setProgram(program)
        process.setArguments([str(folder)])
        process.setStandardInputFile(QProcess.nullDevice())
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.setProperty("folder", str(folder))
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        process.finished.connect(process.deleteLater)
        process.start()

    @Slot(int)
    def _on_finished(self, code: int) -> None:
        if code != 0:
            self._tell_of(self.sender())

    @Slot()
    def _on_error(self) -> None:
        process = self.sender()
        if isinstance(process, QProcess) and process.error() is QProcess.ProcessError.FailedToStart:
            self._tell_of(process)
            process.deleteLater()

    def _tell_of(self, process: QObject) -> None:
        self.failed.emit(Path(str(process.property("folder"))))
