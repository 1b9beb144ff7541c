"""Accessibility interface of the plate field: an editable text with the plate as its value."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget

from wxpark_gui.ui.plate.edit import PlateEdit


class PlateInterface(QAccessibleWidget):
    """Role and value of an editable text; by default Qt reports a custom widget as a container."""

    def __init__(self, plate: PlateEdit) -> None:
        super().__init__(plate, QAccessible.Role.EditableText)
        self._plate = plate

    def text(self, kind: QAccessible.Text) -> str:
        if kind is QAccessible.Text.Value:
            return self._plate.text()
        return super().text(kind)


_made: list[QAccessibleInterface] = []
"""Keeps the interfaces alive; Qt holds no reference to those made in Python."""


def _make(_key: str, thing: QObject) -> QAccessibleInterface | None:
    if isinstance(thing, PlateEdit):
        _made.append(PlateInterface(thing))
        return _made[-1]
    return None


def install() -> None:
    """Install the factory of `PlateInterface`; call it once, before the first window."""
    QAccessible.installFactory(_make)
