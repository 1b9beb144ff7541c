"""List and details side by side; in a narrow window only one of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from wxpark_gui.ui.history.detail import HistoryDetailPane
from wxpark_gui.ui.look.appearance import Appearance

_PANE_WIDTH = 360
_PAD = 14


class HistoryBody(QWidget):
    """Two cards: one for the list or a widget in its place, one for the details."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.list_card, self.pane_card = QFrame(self), QFrame(self)
        self._stack = QStackedLayout()
        self._pane: HistoryDetailPane | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_PAD)
        for card in (self.list_card, self.pane_card):
            card.setProperty("card", True)
            QVBoxLayout(card).setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        row.addWidget(self.list_card, 1)
        row.addWidget(self.pane_card)

    @property
    def shown(self) -> QWidget | None:
        """The widget that the first card shows; None before `set_parts`."""
        return self._stack.currentWidget()

    def minimumSizeHint(self) -> QSize:
        """Return the width of the list alone, which the details replace in a narrow window."""
        both = [card.minimumSizeHint() for card in (self.list_card, self.pane_card)]
        return QSize(both[0].width(), max(size.height() for size in both))

    def set_parts(self, parts: Sequence[QWidget], pane: HistoryDetailPane) -> None:
        """Put `parts` into the first card, which shows one of them, and `pane` into the second."""
        for part in parts:
            self._stack.addWidget(part)
        for card, inside in ((self.list_card, self._stack), (self.pane_card, pane)):
            column = card.layout()
            if isinstance(column, QVBoxLayout) and isinstance(inside, QWidget):
                column.addWidget(inside)
            elif isinstance(column, QVBoxLayout) and isinstance(inside, QStackedLayout):
                column.addLayout(inside)
        self._pane = pane

    def show_part(self, part: QWidget) -> None:
        """Show one of the parts in the first card."""
        self._stack.setCurrentWidget(part)

    def arrange(self, width: int, *, shows_detail: bool) -> None:
        """Show both cards if they fit into `width` pixels, else only one.

        Args:
            shows_detail: True if that one is the card of the details.
        """
        pane = self._appearance.length(_PANE_WIDTH)
        is_wide = width >= self._stack.minimumSize().width() + pane + 8 * _PAD
        self.pane_card.setMinimumWidth(pane if is_wide else 0)
        self.pane_card.setMaximumWidth(pane + 2 * _PAD if is_wide else 1 << 20)
        self.list_card.setVisible(is_wide or not shows_detail)
        self.pane_card.setVisible(is_wide or shows_detail)
        if self._pane is not None:
            self._pane.set_back_shown(shows_detail)
