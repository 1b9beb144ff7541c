"""The dialog with version, announced release, folders, whom to ask, and licences."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFontDatabase, QFontMetricsF
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui import __version__
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.domain.release import Release
from wxpark_gui.runtime.assets import notice
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.settings.program_facts import FactsView
from wxpark_gui.ui.widgets.folder_opener import FolderOpener
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.wording import Label

HEIGHT_WITH_LICENCES = 600
WIDTH, HEIGHT = 760, 180
"""Size without licences, in pixels at a text size of 100 %."""
_LICENCES_AT_LEAST = 220
_SCROLL_BAR = 10
_FRAME = 40
_NO_FACTS = ProgramFacts()
LICENCE_LETTERS = 78
"""Characters in the longest line of most licences."""


class AboutDialog(QDialog):
    """Dialog with version, newer release and licences. The licence texts are not translated."""

    def __init__(
        self,
        appearance: Appearance,
        release: Release | None = None,
        parent: QWidget | None = None,
        *,
        facts: ProgramFacts = _NO_FACTS,
        contact: str = "",
        folders: FolderOpener | None = None,
    ) -> None:
        """Keep the given parts.

        Args:
            release: the announced newer version; None if there is none.
            contact: whom to ask for help; may be empty.
            folders: shows folders; None for the desktop's file manager.
        """
        super().__init__(parent)
        self._appearance = appearance
        self._release = release
        self.setObjectName("aboutDialog")
        self._name = wrapping_label(self, name="aboutName", role="heading")
        self._newer = wrapping_label(self, name="aboutRelease")
        content = QWidget(self)
        self._facts = FactsView(facts, contact, appearance, content, folders or FolderOpener(self))
        self._licence = wrapping_label(content)
        self._text = QPlainTextEdit(content)
        self._text.setMinimumHeight(_LICENCES_AT_LEAST)
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setPlainText(notice())
        self._close_button = QPushButton(self)
        self._close_button.setDefault(True)
        self._close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._close_button)
        self._content = QVBoxLayout(content)
        self._content.setContentsMargins(0, 0, _SCROLL_BAR, 0)
        self._content.setSpacing(12)
        self._content.addWidget(self._facts)
        self._content.addWidget(self._licence)
        self._content.addWidget(self._text, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(22, 18, 22, 16)
        self._column.setSpacing(12)
        for part in (self._name, self._newer):
            self._column.addWidget(part)
        self._column.addWidget(Page(content, self), 1)
        self._column.addLayout(buttons)
        appearance.changed.connect(self._renew)
        self._renew()
        self.resize(self._wanted().boundedTo(screen_room(self)))
        self._make_room()
        self._close_button.setFocus()

    @Slot(object)
    def show_release(self, release: Release | None) -> None:
        self._release = release
        self._renew()
        self._make_room()

    def _wanted(self) -> QSize:
        """Return the initial size, wide enough for the lines of the licences if they are shown."""
        if self._text.isHidden():
            return QSize(self._appearance.length(WIDTH), self._appearance.length(HEIGHT))
        metrics = QFontMetricsF(self._text.font())
        letters = math.ceil(metrics.horizontalAdvance("m" * LICENCE_LETTERS))
        bar = self._text.verticalScrollBar().sizeHint().width()
        frame = 2 * (self._text.frameWidth() + round(self._text.document().documentMargin()))
        margins = self._column.contentsMargins()
        around = bar + frame + margins.left() + margins.right() + 2 * _SCROLL_BAR
        return QSize(letters + around, self._appearance.length(HEIGHT_WITH_LICENCES))

    def _make_room(self) -> None:
        """Increase the height to fit the wrapped texts, up to the height of the screen."""
        inner = self.width() - self._column.contentsMargins().left() * 2 - _SCROLL_BAR
        parts = [self._name, *([] if self._newer.isHidden() else [self._newer])]
        needed = sum(part.heightForWidth(inner) + self._column.spacing() for part in parts)
        needed += self._content.totalHeightForWidth(inner) + self._column.spacing()
        needed += self._close_button.sizeHint().height() + _FRAME
        largest = screen_room(self).height()
        self.resize(self.width(), min(max(self.height(), needed), largest))

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        self.setWindowTitle(wording.label(Label.ABOUT_TITLE))
        self._name.setText(f"{wording.program_name} {__version__}")
        newer = wording.release(self._release) if self._release else ""
        self._newer.setText(breakable(newer))
        self._newer.setAccessibleName(newer)
        self._newer.setVisible(bool(newer))
        self._facts.renew()
        shipped = bool(self._text.toPlainText())
        self._licence.setText(wording.label(Label.LICENCES if shipped else Label.NO_NOTICE))
        self._text.setVisible(shipped)
        self._text.setAccessibleName(wording.label(Label.LICENCES))
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self._appearance.font(14).pointSizeF())
        self._text.setFont(fixed)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._close_button.setText(wording.label(Label.DONE))
