"""A page that scrolls vertically when its content is too high."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from wxpark_gui.ui.widgets.viewport import set_known_viewport


class Page(QScrollArea):
    """Scroll area for vertical scrolling, with a content as wide as the viewport.

    `QScrollArea` ignores height for width, so this class sets the content's minimum height.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        set_known_viewport(self, QPalette.ColorRole.NoRole)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        content.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        layout = self._content.layout()
        if layout is not None:
            # A layout that was activated while hidden keeps outdated geometry.
            layout.invalidate()
            layout.activate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() is QEvent.Type.LayoutRequest:
            self._make_room()
        return super().eventFilter(watched, event)

    def _make_room(self) -> None:
        layout = self._content.layout()
        if layout is None:
            return
        needed = layout.totalMinimumHeightForWidth(self.viewport().width())
        if needed < 0:
            needed = layout.totalMinimumSize().height()
        if self._content.minimumHeight() != needed:
            self._content.setMinimumHeight(needed)
