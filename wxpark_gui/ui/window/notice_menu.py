"""Popup with the notices for which the strip has no room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.window.notice_strip import Notice, NoticeLevel
from wxpark_gui.ui.window.plate_keys import PlateKeys
from wxpark_gui.wording import Label

_WIDTH = 560
_PAD = 14


class NoticeMenu(QMenu):
    """Texts to read, the worst notice first. Esc, a click elsewhere or a plate closes it."""

    def __init__(self, notices: Sequence[Notice], appearance: Appearance, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("noticeMenu")
        self.setAccessibleName(appearance.wording.label(Label.OTHER_NOTICES))
        self.setAccessibleDescription("\n".join(notice.message for notice in notices))
        room = min(window.width(), screen_room(window).width()) - 2 * _PAD
        width = min(appearance.length(_WIDTH), room)
        for notice in notices:
            if not self.isEmpty():
                self.addSeparator()
            self._add(notice, width)
        PlateKeys(self, window, self.close)
        self.aboutToHide.connect(self.deleteLater)

    def open_above(self, button: QWidget) -> None:
        """Show it with its lower right corner at the upper right one of the button."""
        size = self.sizeHint()
        corner = button.mapToGlobal(QPoint(button.width(), 0))
        self.popup(QPoint(corner.x() - size.width(), corner.y() - size.height()))

    def _add(self, notice: Notice, width: int) -> None:
        is_error = notice.level is NoticeLevel.ERROR
        text = wrapping_label(self, role="problem" if is_error else "")
        text.setText(f"{notice.message}  {notice.code}".rstrip())
        text.setContentsMargins(_PAD, _PAD, _PAD, _PAD)
        text.setFixedSize(width, text.heightForWidth(width))
        row = QWidgetAction(self)
        row.setDefaultWidget(text)
        self.addAction(row)
