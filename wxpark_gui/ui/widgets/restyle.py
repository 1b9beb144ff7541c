"""Style a widget again after a property changed that the style sheet selects by."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def restyle(widget: QWidget) -> None:
    """Apply the style sheet to a widget again; a no-op before the widget is first shown.

    Qt applies it then in any case. So the start of the window makes no `QStyle`, whose enumerations
    take 9 ms.
    """
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().polish(widget)
