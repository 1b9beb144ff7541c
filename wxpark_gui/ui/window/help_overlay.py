"""The colours with what to do, and the keys, shown over the window until F1 or Esc."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.legend import LegendTable
from wxpark_gui.ui.widgets.labels import breakable, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.window.key_table import KeyTable
from wxpark_gui.wording import BackfillLabel, HelpLabel, Label

_EDGE = 24
_FRAME = 24
"""Pixels that borders and a scroll bar add to the content."""
_TWO_COLUMNS = 900
"""Width in pixels at a text size of 100 % from which there are two columns."""
_WIDE, _NARROW = 1180, 640
_LINE = 60
_SCROLLS = {"PgUp": -1.0, "PgDown": 1.0, "Up": 0.0, "Down": 0.0}
"""Keys that scroll, with the pages that they scroll; 0 for one line."""


class HelpOverlay(QFrame):
    """Overlay with the tables. It is not modal: the window keeps receiving keys.

    Signals:
        sheetRequested(): the button for the printed sheet was pressed.
    """

    sheetRequested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._window = parent
        self.setObjectName("helpOverlay")
        content = QWidget()
        # Reparenting a part later would style it a second time.
        self._page = Page(content, self)
        self._colours_title = wrapping_label(content, role="heading")
        self._colours = LegendTable(appearance, content)
        self._keys_title = wrapping_label(content, role="heading")
        self._keys = KeyTable(appearance, content)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(24, 16, 24, 8)
        self._column.setSpacing(12)
        self._ask = wrapping_label(content, name="helpAsk")
        for part in (
            self._ask,
            self._colours_title,
            self._colours,
            self._keys_title,
            self._keys,
        ):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self._foot = wrapping_label(self, name="helpFoot", role="muted")
        self._sheet = self._make_button("helpSheet")
        self._sheet.clicked.connect(self.sheetRequested)
        self._close = self._make_button("helpClose")
        self._close.clicked.connect(self.hide)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(24, 8, 24, 12)
        self._row.setSpacing(12)
        self._row.addWidget(self._foot, 1)
        self._row.addWidget(self._sheet)
        self._row.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(0)
        layout.addWidget(self._page, 1)
        layout.addLayout(self._row)
        self._contact = ""
        self._add_scrolling()
        appearance.changed.connect(self._renew)
        self._renew()
        self.hide()

    @Slot()
    def toggle(self) -> None:
        """Show the overlay in the middle of its parent, or hide it."""
        if self.isVisible():
            self.hide()
            return
        self._place()
        self._page.verticalScrollBar().setValue(0)
        self.raise_()
        self.show()

    def show_contact(self, contact: str) -> None:
        """Show whom to ask for help; an empty text shows nobody."""
        self._contact = contact
        self._renew()

    def show_message(self, sentence: str) -> None:
        """Show a sentence at the bottom until the language or the contact changes."""
        self._foot.setText(sentence)
        if self.isVisible():
            self._place()

    def _add_scrolling(self) -> None:
        """Add the keys that scroll; Qt ignores them while the overlay is hidden."""
        for key, pages in _SCROLLS.items():
            lines = {"Up": -1, "Down": 1}.get(key, 0)
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(partial(self._scroll, pages, lines))

    def _scroll(self, pages: float, lines: int) -> None:
        bar = self._page.verticalScrollBar()
        step = self._appearance.length(_LINE)
        bar.setValue(bar.value() + round(pages * (bar.pageStep() - step)) + lines * step)

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        self.setAccessibleName(wording.label(Label.KEY_HELP))
        self._colours_title.setText(wording.label(HelpLabel.COLOURS))
        self._keys_title.setText(wording.label(Label.HELP_TITLE))
        self._ask.setText(breakable(wording.label(HelpLabel.ASK, contact=self._contact)))
        self._ask.setVisible(bool(self._contact))
        self._foot.setText(wording.label(HelpLabel.FOOT))
        self._sheet.setText(wording.label(HelpLabel.SHEET_KEY))
        self._close.setText(wording.label(BackfillLabel.CLOSE))
        if self.isVisible():
            self._place()

    def _place(self) -> None:
        """Centre the overlay, in the size of its content but at most its parent's less `_EDGE`."""
        room = self._window.size() - QSize(_EDGE, _EDGE)
        is_wide = room.width() >= self._appearance.length(_TWO_COLUMNS)
        for table in (self._colours, self._keys):
            table.arrange(2 if is_wide else 1)
        width = min(self._appearance.length(_WIDE if is_wide else _NARROW), room.width())
        height = self._column.totalHeightForWidth(width - _FRAME)
        foot = self._row.totalHeightForWidth(width)
        size = QSize(width, height + max(foot, self._row.totalSizeHint().height()) + _FRAME)
        place = QRect(QPoint(), size.boundedTo(room))
        place.moveCenter(self._window.rect().center())
        self.setGeometry(place)

    def _make_button(self, name: str) -> QPushButton:
        """Return a button that never takes the focus from the plate."""
        button = QPushButton(self)
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button
