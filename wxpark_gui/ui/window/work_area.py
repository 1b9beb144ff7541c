"""Lays out form, verdict and recent entries, in two columns if the width allows."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.table import RecentList
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.widgets.page import Page

_LEFT_LEAST = 440
_MARGINS = (19, 0, 19, 10)
_SPACING = 15


class WorkArea(Page):
    """Middle part of the window; it scrolls if the window is too low.

    Attributes:
        content: parent of the widgets that `lay_out` takes.
    """

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        self.content = QWidget()
        self._column = QVBoxLayout(self.content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setContentsMargins(*_MARGINS)
        self._columns.setSpacing(_SPACING)
        self._column.addLayout(self._columns, 1)
        self._appearance = appearance
        super().__init__(self.content, parent)
        # `QTimer.singleShot` would call the slot of a widget that is being deleted.
        self._show_soon = QTimer(self, singleShot=True, interval=0)
        self._show_soon.timeout.connect(self._show_panel)

    def lay_out(self, form: EntryForm, panel: VerdictPanel, recent: RecentList) -> None:
        """Add the widgets, which are children of `content`, to the layout; call it once."""
        self._form = form
        self._panel = panel
        self._recent = recent
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(form)
        left.addWidget(panel, 1)
        self._columns.addLayout(left, 63)
        self._columns.addWidget(recent, 37)
        self._appearance.changed.connect(self._choose_direction)

    def take_header(self, header: QWidget) -> None:
        """Move the header to the top of the scrolling content."""
        self._column.insertWidget(0, header)

    @Slot()
    def show_form(self) -> None:
        """Scroll to the form; called when the plate changes."""
        self._scroll_to(self._form)

    @Slot()
    def show_answer(self) -> None:
        """Scroll to the panel once its new text is laid out, if the form is untouched then."""
        self._show_soon.start()

    @Slot()
    def _show_panel(self) -> None:
        if self._form.untouched:
            self._scroll_to(self._panel)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._choose_direction()
        super().resizeEvent(event)

    def _scroll_to(self, part: QWidget) -> None:
        if self.isVisible():
            # Widgets have no positions before the first layout.
            self.ensureWidgetVisible(part, 0, 0)

    @Slot()
    def _choose_direction(self) -> None:
        """Place the recent entries below the form if the width is too small for two columns."""
        room = self.viewport().width() - _MARGINS[0] - _MARGINS[2] - _SPACING
        needed = self._recent.minimumWidth() + self._appearance.length(_LEFT_LEAST)
        direction = QBoxLayout.Direction.LeftToRight
        if room < needed:
            direction = QBoxLayout.Direction.TopToBottom
        if self._columns.direction() is not direction:
            self._columns.setDirection(direction)
