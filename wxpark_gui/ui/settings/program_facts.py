"""Folders, versions and whom to ask, for the dialog about the program."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from wxpark_gui import __version__
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.folder_opener import FolderOpener
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import HelpLabel, Label, SupportLabel, Wording


def facts_text(facts: ProgramFacts, contact: str, wording: Wording) -> str:
    """Return all facts as lines of text, for a support call."""
    lines = [f"{wording.program_name} {__version__}"]
    lines += [_named(wording, label, path) for label, path in _places(facts)]
    lines += [" ".join(version) for version in facts.versions]
    if contact:
        lines.append(wording.label(HelpLabel.ASK, contact=contact))
    return "\n".join(lines)


class FolderRow(QWidget):
    """Path of a folder or file, with buttons that show it in the file manager and copy it.

    Signals:
        copied(): the path was copied.
        failed(): the folder did not open; `renew` shows that.
    """

    copied = Signal()
    failed = Signal()

    def __init__(self, label: HelpLabel, path: str, parent: QWidget, folders: FolderOpener) -> None:
        super().__init__(parent)
        self._label = label
        self._path = path
        is_file = label is HelpLabel.SETTINGS_FILE
        self._folder = Path(path).parent if is_file else Path(path)
        self._folders = folders
        self._is_asked = self._has_failed = False
        folders.failed.connect(self._on_failed)
        self._caption = wrapping_label(self)
        self._problem = wrapping_label(self, name="aboutNotOpened", role="problem")
        self._open = QPushButton(self)
        self._copy = QPushButton(self)
        for button in (self._open, self._copy):
            button.setAutoDefault(False)
        self._open.clicked.connect(self._on_open)
        self._copy.clicked.connect(self._on_copy)
        row = WrappingRow(8)
        row.addWidget(self._open)
        row.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._caption)
        layout.addLayout(row)
        layout.addWidget(self._problem)

    def renew(self, wording: Wording) -> None:
        """Set all texts in the language of `wording`."""
        named = _named(wording, self._label, self._path)
        self._caption.setText(breakable(named))
        self._caption.setAccessibleName(named)
        name = wording.label(self._label)
        for button, text in (
            (self._open, wording.export.open_folder),
            (self._copy, wording.label(SupportLabel.COPY)),
        ):
            button.setText(text)
            button.setAccessibleName(f"{button.text()}: {name}")
        problem = wording.export.folder_not_opened.format(path=self._folder)
        self._problem.setText(breakable(problem))
        self._problem.setVisible(self._has_failed)

    @Slot()
    def _on_open(self) -> None:
        # A second try may succeed, of which nothing is told.
        self._is_asked, self._has_failed = True, False
        self._problem.hide()
        self._folders.open(self._folder)

    @Slot(object)
    def _on_failed(self, folder: Path) -> None:
        if self._is_asked and folder == self._folder:
            self._has_failed = True
            self.failed.emit()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._path)
        self.copied.emit()


class FactsView(QWidget):
    """All facts, with a button that copies them as text.

    Args:
        contact: whom to ask for help; may be empty.
    """

    def __init__(
        self,
        facts: ProgramFacts,
        contact: str,
        appearance: Appearance,
        parent: QWidget,
        folders: FolderOpener,
    ) -> None:
        super().__init__(parent)
        self._facts = facts
        self._contact = contact
        self._appearance = appearance
        self._ask = wrapping_label(self, name="aboutContact", role="heading")
        self._ask.setVisible(bool(contact))
        self._rows = [FolderRow(label, path, self, folders) for label, path in _places(facts)]
        self._versions = wrapping_label(self, name="aboutVersions", role="muted")
        self._versions.setVisible(bool(facts.versions))
        self._copy = QPushButton(self)
        self._copy.setObjectName("aboutCopy")
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(self._on_copy)
        self._is_copied = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        buttons = WrappingRow(8)
        buttons.addWidget(self._copy)
        self._done = wrapping_label(self, name="aboutCopied", role="muted")
        buttons.addWidget(self._done)
        for row in self._rows:
            row.copied.connect(self._say_copied)
            row.failed.connect(self.renew)
        for part in (self._ask, *self._rows, self._versions):
            layout.addWidget(part)
        layout.addLayout(buttons)

    @Slot()
    def renew(self) -> None:
        """Set all texts in the current language."""
        wording = self._appearance.wording
        self._ask.setText(breakable(wording.label(HelpLabel.ASK, contact=self._contact)))
        for row in self._rows:
            row.renew(wording)
        versions = " · ".join(" ".join(version) for version in self._facts.versions)
        self._versions.setText(breakable(versions))
        self._copy.setText(wording.label(HelpLabel.COPY_ALL))
        self._done.setText(wording.label(SupportLabel.COPIED) if self._is_copied else "")

    @Slot()
    def _on_copy(self) -> None:
        text = facts_text(self._facts, self._contact, self._appearance.wording)
        QGuiApplication.clipboard().setText(text)
        self._say_copied()

    @Slot()
    def _say_copied(self) -> None:
        self._is_copied = True
        self.renew()


def _places(facts: ProgramFacts) -> list[tuple[HelpLabel, str]]:
    places = (
        (HelpLabel.DATA_FOLDER, facts.data_folder),
        (HelpLabel.SETTINGS_FILE, facts.settings_file),
        (HelpLabel.LOG_FOLDER, facts.log_folder),
    )
    return [(label, path) for label, path in places if path]


def _named(wording: Wording, label: HelpLabel, value: str) -> str:
    return wording.label(Label.NAMED_PROBLEM, name=wording.label(label), problem=value)
