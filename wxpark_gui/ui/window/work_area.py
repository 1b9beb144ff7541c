"""Lays out form, verdict and recent entries, in two columns if the width allows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QVBoxLayout, QWidget

from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.recent.table import RecentList
from wxpark_gui.ui.verdict.panel import VerdictPanel
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.window.fit import Fit, choose, fits

_LEFT_LEAST = 440
_LEFT_SHARE, _RIGHT_SHARE = 63, 37
_MARGINS = (19, 0, 19, 10)
_SPACING = 15
_GAP = 12
_COMPACT_GAP = 8
_SCROLL_BAR = 14
"""Pixels that the scroll bar may take from the width."""
_EDGE = 10
"""Least pixels below the verdict, or the lower edge of the form that holds it."""


class WorkArea(Page):
    """Middle part of the window. In a low window it gets denser, then scrolls.

    The plate field stays visible, and as much of the verdict as the height allows.

    Signals:
        headerScrolls(bool): the header must be moved into this area with `take_header`, or out.

    Attributes:
        content: parent of the widgets that `lay_out` takes.
    """

    headerScrolls = Signal(bool)

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        self.content = QWidget()
        self._column = QVBoxLayout(self.content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setContentsMargins(*_MARGINS)
        self._columns.setSpacing(_SPACING)
        self._column.addLayout(self._columns, 1)
        self._left = QVBoxLayout()
        self._left.setSpacing(_GAP)
        self._appearance = appearance
        self._fit = Fit()
        self._room: tuple[int, int, float] = (0, 0, 0.0)
        self._tightest = 0
        super().__init__(self.content, parent)
        # `QTimer.singleShot` would call the slot of a widget that is being deleted.
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._settle)

    def lay_out(
        self, form: EntryForm, panel: VerdictPanel, recent: RecentList, header: QWidget
    ) -> None:
        """Add the widgets, which are children of `content`, to the layout; call it once.

        Args:
            header: the widget above this area, which is moved into it by `take_header`.
        """
        self._form = form
        self._panel = panel
        self._recent = recent
        self._header = header
        self._left.addWidget(form)
        self._left.addWidget(panel, 1)
        self._columns.addLayout(self._left, _LEFT_SHARE)
        self._columns.addWidget(recent, _RIGHT_SHARE)
        self._appearance.changed.connect(self._choose_direction)

    def take_header(self) -> None:
        """Move the header to the top of the scrolling content."""
        self._column.insertWidget(0, self._header)

    @Slot()
    def show_form(self) -> None:
        """Scroll to plate and verdict; called when the plate changes."""
        self._show_plate()

    @Slot()
    def show_answer(self) -> None:
        """Scroll to plate and verdict once the new text of the panel is laid out."""
        self._later.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._choose_direction()
        super().resizeEvent(event)
        self._later.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.content and event.type() is QEvent.Type.LayoutRequest:
            self._later.start()
        return super().eventFilter(watched, event)

    @Slot()
    def _settle(self) -> None:
        """Choose the density for the present texts, then scroll."""
        self._choose_fit()
        self._share_height()
        self._show_plate()

    def _show_plate(self) -> None:
        """Scroll to the top, or to the form if plate and verdict would not be visible there.

        While another field of the form has the focus, scroll to that field.
        """
        bar = self.verticalScrollBar()
        # Widgets have no positions before the first layout.
        if not self.isVisible() or not bar.maximum():
            return
        if field := self._field_in_use():
            # `ensureWidgetVisible` would show no more of a text field than its cursor.
            middle = field.mapTo(self.content, field.rect().center())
            self.ensureVisible(middle.x(), middle.y(), 0, field.height() // 2 + 1)
            return
        top = self._form.mapTo(self.content, QPoint(0, 0)).y()
        panel = self._panel
        bottom = panel.mapTo(self.content, QPoint(0, panel.height())).y()
        bar.setValue(0 if bottom <= self.viewport().height() else top)

    def _field_in_use(self) -> QWidget | None:
        """Return the form's widget with the focus; None for the plate, or outside the form."""
        used, plate = QApplication.focusWidget(), self._form.plate
        if used is None or used is plate or plate.isAncestorOf(used):
            return None
        return used if self._form.isAncestorOf(used) else None

    def _choose_fit(self) -> None:
        """Apply the roomiest density that shows plate and verdict.

        While the room stays the same it only gets denser, so that nothing moves back and forth
        with the length of each message.
        """
        is_inside = self.content.isAncestorOf(self._header)
        height = self.height() + (0 if is_inside else self._header.height())
        room = self.width(), height, self._appearance.scale
        if room != self._room:
            self._room, self._tightest = room, 0
        elif not self.verticalScrollBar().maximum():
            # Everything is in sight; measuring it for each key would take a third of a millisecond.
            return
        header = self._header.heightForWidth(self.width())
        candidates = fits(self._appearance.scale)
        self._tightest = choose(
            candidates, height, lambda fit: self._needed(fit, header), first=self._tightest
        )
        fit = candidates[self._tightest]
        if fit != self._fit:
            self._apply(fit)
        if fit.header_scrolls != is_inside:
            self.headerScrolls.emit(fit.header_scrolls)

    def _share_height(self) -> None:
        """Give the height that is left to the recent entries below the form if the area scrolls.

        A scroll area gives its content the preferred height; the verdict would take most of it.
        """
        is_below = self._columns.direction() is QBoxLayout.Direction.TopToBottom
        scrolls = self.verticalScrollBar().maximum() > 0
        share = 0 if is_below and scrolls else _LEFT_SHARE
        if self._columns.stretch(0) != share:
            self._columns.setStretch(0, share)

    def _needed(self, fit: Fit, header: int) -> int:
        """Return the height in pixels from the top of the header, unless it scrolls, to the panel.

        Args:
            header: the header's height in pixels.
        """
        arrangement, compact = self._form.arrangement, fit.compact
        width = self._left_width()
        form = arrangement.height_at(
            width, compact=compact, shrink=fit.shrink, row=not fit.verdict_first
        )
        if fit.verdict_first:
            width -= arrangement.margins(compact=compact)
        panel = self._panel.least_height(width, fit.shrink)
        gap = _COMPACT_GAP if compact else _GAP
        rest = 0 if fit.header_scrolls else header
        return form + gap + panel + rest + _EDGE

    def _left_width(self) -> int:
        """Return the width in pixels of form and panel beside a scroll bar."""
        room = self.width() - _MARGINS[0] - _MARGINS[2] - _SCROLL_BAR
        if self._columns.direction() is QBoxLayout.Direction.TopToBottom:
            return room
        room -= _SPACING
        share = room * _LEFT_SHARE // (_LEFT_SHARE + _RIGHT_SHARE)
        return min(share, room - self._recent.minimumWidth())

    def _apply(self, fit: Fit) -> None:
        arrangement, panel = self._form.arrangement, self._panel
        before, self._fit = self._fit, fit
        arrangement.apply(compact=fit.compact, shrink=fit.shrink)
        self._left.setSpacing(_COMPACT_GAP if fit.compact else _GAP)
        panel.arrangement.shrink = fit.shrink
        if fit.verdict_first != before.verdict_first:
            if fit.verdict_first:
                arrangement.hold(panel)
            else:
                arrangement.release()
                self._left.addWidget(panel, 1)
        panel.make_room()

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
