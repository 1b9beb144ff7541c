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


class _Tables(QWidget):
    """The scrolling content: whom to ask, the colours, and the keys."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._ask = wrapping_label(self, name="helpAsk")
        self._colours_title = wrapping_label(self, role="heading")
        self._colours = LegendTable(appearance, self)
        self._keys_title = wrapping_label(self, role="heading")
        self._keys = KeyTable(appearance, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 16, 24, 8)
        self._column.setSpacing(12)
        for part in (self._ask, self._colours_title, self._colours, self._keys_title, self._keys):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.renew("")

    def renew(self, contact: str) -> None:
        """Set the titles in the current language, and whom to ask; an empty text is nobody."""
        wording = self._appearance.wording
        self._ask.setText(breakable(wording.label(HelpLabel.ASK, contact=contact)))
        self._ask.setVisible(bool(contact))
        self._colours_title.setText(wording.label(HelpLabel.COLOURS))
        self._keys_title.setText(wording.label(Label.HELP_TITLE))

    def arrange(self, columns: int, width: int) -> int:
        """Put both tables into one or two columns; return the height needed at this width."""
        self._colours.arrange(columns)
        self._keys.arrange(columns)
        return self._column.totalHeightForWidth(width)


class HelpOverlay(QFrame):
    """Overlay with the tables. It is not modal: the window keeps receiving keys.

    Its content is made when it is shown first, which shortens the start of the program.

    Signals:
        sheetRequested(): the button for the printed sheet was pressed.
    """

    sheetRequested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._window = parent
        self._contact = ""
        self._tables: _Tables | None = None
        self.setObjectName("helpOverlay")
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
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(2, 2, 2, 2)
        self._layout.setSpacing(0)
        self._layout.addLayout(self._row)
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
        if self._tables is None:
            self._make_tables()
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

    def _make_tables(self) -> None:
        self._tables = _Tables(self._appearance)
        self._tables.renew(self._contact)
        self._page = Page(self._tables, self)
        self._layout.insertWidget(0, self._page, 1)

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
        self._foot.setText(wording.label(HelpLabel.FOOT))
        self._sheet.setText(wording.label(HelpLabel.SHEET_KEY))
        self._close.setText(wording.label(BackfillLabel.CLOSE))
        if self._tables is not None:
            self._tables.renew(self._contact)
        if self.isVisible():
            self._place()

    def _place(self) -> None:
        """Centre the overlay, in the size of its content but at most its parent's less `_EDGE`."""
        if self._tables is None:
            return
        room = self._window.size() - QSize(_EDGE, _EDGE)
        is_wide = room.width() >= self._appearance.length(_TWO_COLUMNS)
        width = min(self._appearance.length(_WIDE if is_wide else _NARROW), room.width())
        height = self._tables.arrange(2 if is_wide else 1, width - _FRAME)
        foot = max(self._row.totalHeightForWidth(width), self._row.totalSizeHint().height())
        size = QSize(width, height + foot + _FRAME)
        place = QRect(QPoint(), size.boundedTo(room))
        place.moveCenter(self._window.rect().center())
        self.setGeometry(place)

    def _make_button(self, name: str) -> QPushButton:
        """Return a button that never takes the focus from the plate."""
        button = QPushButton(self)
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button
