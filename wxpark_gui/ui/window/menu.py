"""The menu of all actions, and the button that opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_pixmap
from wxpark_gui.ui.look.theme import BODY_POINTS
from wxpark_gui.ui.window.plate_keys import PlateKeys
from wxpark_gui.ui.window.shortcuts import SHORTCUTS, Action, Group, Shortcut, Text
from wxpark_gui.wording import HelpLabel, Wording

Reasons = Callable[[], Mapping[Action, Text]]

_CAPTIONS = {
    Group.ENTRY: HelpLabel.GROUP_ENTRY,
    Group.RECORDS: HelpLabel.GROUP_RECORDS,
    Group.SHIFT: HelpLabel.GROUP_SHIFT,
    Group.BOOTH: HelpLabel.GROUP_BOOTH,
    Group.HELP: HelpLabel.GROUP_HELP,
}
_GAP = "  "
"""Space between the text of an action and its key."""
_ICON = 16
_SMALLER = 0.95
_LEAST_POINTS = 9.0


class MenuButton(QPushButton):
    """Button with the menu of the `SHORTCUTS` table; it never takes the focus from the plate.

    Args:
        reasons: returns a text for each action that is not available now; it replaces the action's
            own text, and the action is disabled.

    Signals:
        actionRequested(Action): an action of the menu was chosen.
    """

    actionRequested = Signal(object)

    def __init__(self, appearance: Appearance, reasons: Reasons, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._reasons = reasons
        self.setObjectName("menuButton")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._menu = QMenu(self)
        self._menu.setObjectName("mainMenu")
        self._groups = {group: self._menu.addMenu("") for group in Group}
        self._rows = [
            (row, self._add(row, self._groups[row.group]))
            for row in SHORTCUTS
            if row.action and row.group
        ]
        for menu in (self._menu, *self._groups.values()):
            PlateKeys(menu, self.window(), self._leave)
        self._menu.aboutToShow.connect(self._prepare)
        self.clicked.connect(self.open)
        appearance.changed.connect(self._renew)
        self._renew()

    @Slot()
    def open(self) -> None:
        """Open the menu below the button, and select its first row."""
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height())))
        self._menu.setActiveAction(self._menu.actions()[0])

    def _leave(self) -> None:
        for menu in (*self._groups.values(), self._menu):
            menu.close()

    def _add(self, row: Shortcut, menu: QMenu) -> QAction:
        action = menu.addAction("")
        action.triggered.connect(lambda: self.actionRequested.emit(row.action))
        return action

    @Slot()
    def _renew(self) -> None:
        wording, reasons = self._appearance.wording, self._reasons()
        name = wording.label(HelpLabel.MENU)
        # As a picture: not every Chinese font has a character for it.
        side = self._appearance.length(_ICON)
        ink = self._appearance.theme.surfaces.text
        self.setIcon(QIcon(icon_pixmap("menu", ink, side, self.devicePixelRatio())))
        self.setIconSize(QSize(side, side))
        self.setText(name)
        self.setAccessibleName(name)
        self.setToolTip(wording.label(HelpLabel.HELP_MENU))
        self._menu.setAccessibleName(name)
        for group, menu in self._groups.items():
            menu.setTitle(wording.label(_CAPTIONS[group]))
            menu.setAccessibleName(menu.title())
        for row, action in self._rows:
            reason = reasons.get(row.action) if row.action else None
            action.setEnabled(reason is None)
            action.setText(_text(row, wording, reason))

    @Slot()
    def _prepare(self) -> None:
        """Update the menu before it is shown."""
        self._renew()
        for menu in (self._menu, *self._groups.values()):
            self._fit(menu)

    def _fit(self, menu: QMenu) -> None:
        """Shrink the font of a menu until its rows fit the screen."""
        room, points = self.screen().availableGeometry().size(), BODY_POINTS
        menu.setFont(self._appearance.font(points))
        while _exceeds(menu.sizeHint(), room) and points * self._appearance.scale > _LEAST_POINTS:
            points *= _SMALLER
            menu.setFont(self._appearance.font(points))


def _exceeds(size: QSize, room: QSize) -> bool:
    return size.width() > room.width() or size.height() > room.height()


def _text(row: Shortcut, wording: Wording, reason: Text | None) -> str:
    """Return the text of an action and its key, which Qt shows at the right."""
    label = reason or row.menu or row.help
    words = wording.label(label).replace("&", "&&") if label else ""
    return f"{words}{_GAP}\t{row.shown}" if row.shown else words
