"""The viewport of a scroll area, as a widget that Python knows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QWidget


def set_known_viewport(area: QAbstractScrollArea, background: QPalette.ColorRole) -> None:
    """Replace the viewport by one that is made here; otherwise equal to Qt's own.

    To wrap a widget that Qt made, PySide looks for its class among all subclasses of `QWidget`, and
    makes the Python class and the enumerations of each: 14 ms before the first paint.

    Args:
        background: role of the background that Qt's own viewport has.
    """
    viewport = QWidget(area)
    viewport.setAutoFillBackground(True)
    viewport.setBackgroundRole(background)
    viewport.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
    area.setViewport(viewport)
