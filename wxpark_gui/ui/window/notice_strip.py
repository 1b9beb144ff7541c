"""The notice strip: the worst lasting problem as text, with at most one action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_pixmap
from wxpark_gui.ui.widgets.labels import plain_label, wrapping_label
from wxpark_gui.ui.widgets.restyle import restyle
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import Label, SupportLabel


class NoticeAction(Enum):
    """Action of a notice's button; `NONE` hides the button."""

    NONE = "none"
    RETRY = "retry"
    DISMISS = "dismiss"
    SET_UP = "set_up"
    OPEN_SETTINGS = "open_settings"
    UNLOCK = "unlock"
    REPORT = "report"


class NoticeLevel(Enum):
    """Severity of a notice: a warning, or a failure of the program, its disk or its settings."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """Content of the strip.

    Attributes:
        message: cause and remedy, translated.
        code: error code shown after the message; may be empty.
        account_id: profile that the action is about; empty for the current one.
    """

    message: str
    code: str = ""
    action: NoticeAction = NoticeAction.NONE
    level: NoticeLevel = NoticeLevel.WARNING
    account_id: str = ""


_ICON = 26
_LEAST_WIDTH = 340
"""Minimum width of the message in unscaled pixels, so that it does not wrap at every word."""
_LEAST_WIDTH_OF_A_LINE = 120
_SPACING = 12
_MARGINS = (18, 2, 6, 2)

_CAPTIONS: dict[NoticeAction, Label | SupportLabel] = {
    NoticeAction.RETRY: Label.RETRY_NOW,
    NoticeAction.DISMISS: Label.UNDERSTOOD,
    NoticeAction.SET_UP: Label.SET_UP_ACTION,
    NoticeAction.OPEN_SETTINGS: Label.OPEN_SETTINGS,
    NoticeAction.UNLOCK: Label.UNLOCK,
    NoticeAction.REPORT: SupportLabel.REPORT,
}


class NoticeStrip(QFrame):
    """Shows one notice, and the number of the others; hidden without one.

    In a low window it has one line, and shows no more of the message than that holds.

    Signals:
        actionRequested(NoticeAction): the button of the notice was pressed.
        listRequested(): the button that leads to `hidden` was pressed.
    """

    actionRequested = Signal(object)
    listRequested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._notices: tuple[Notice, ...] = ()
        self._is_low = False
        self.setObjectName("noticeStrip")
        self._icon = QLabel(self)
        self._message = wrapping_label(self, name="noticeMessage")
        self._code = plain_label(self, name="noticeCode", role="code")
        self._button = QPushButton(self)
        self._button.setObjectName("noticeAction")
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self._on_clicked)
        self.list_button = QPushButton(self)
        self.list_button.setObjectName("noticeList")
        self.list_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list_button.clicked.connect(self.listRequested)
        stretching = self._message.sizePolicy()
        # `MinimumExpanding` would widen the window to the whole message in one line.
        stretching.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self._message.setSizePolicy(stretching)
        layout = WrappingRow(_SPACING, self)
        layout.setContentsMargins(*_MARGINS)
        for part in (self._icon, self._message, self._code, self.list_button, self._button):
            layout.addWidget(part)
        appearance.changed.connect(self._renew)
        self._renew()
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """The notice shown; None while the strip is hidden."""
        return next(iter(self._notices), None)

    @property
    def hidden(self) -> tuple[Notice, ...]:
        """The notices that are only counted; all of them if the first is shown in one line."""
        return self._notices if self._is_low else self._notices[1:]

    def set_low(self, *, is_low: bool) -> None:
        """Use one line in a low window, whose height belongs to plate and verdict."""
        if is_low != self._is_low:
            self._is_low = is_low
            self._show()

    def show_notices(self, notices: tuple[Notice, ...]) -> None:
        """Show the first notice and the number of the others; () hides the strip."""
        if notices == self._notices:
            return
        self._notices = notices
        self.setVisible(bool(notices))
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_message()

    def _show(self) -> None:
        notice, wording = self.notice, self._appearance.wording
        if notice is None:
            return
        self._code.setText(notice.code)
        self._code.setVisible(bool(notice.code) and not self._is_low)
        caption = _CAPTIONS.get(notice.action)
        self._button.setText(wording.label(caption) if caption else "")
        self._button.setVisible(caption is not None)
        others = len(self._notices) - 1
        more = wording.label(Label.MORE_NOTICES, count=others)
        self.list_button.setText(more if others else wording.label(Label.WHOLE_NOTICE))
        self.setAccessibleName(notice.message)
        self.setProperty("level", notice.level.value)
        restyle(self)
        self._renew()

    def _show_message(self) -> None:
        """Show the message, or what one line holds of it with the button that leads to the rest."""
        notice, has_others = self.notice, len(self._notices) > 1
        if notice is None:
            return
        metrics = self._message.fontMetrics()
        needed = metrics.horizontalAdvance(notice.message)
        is_whole = not self._is_low or (not notice.code and needed <= self._line_room())
        self.list_button.setVisible(has_others or not is_whole)
        message = notice.message
        if self._is_low:
            room = self._line_room(self.list_button if has_others or not is_whole else None)
            message = metrics.elidedText(message, Qt.TextElideMode.ElideRight, room)
        self._message.setText(message)

    def _line_room(self, other: QPushButton | None = None) -> int:
        """Return the pixels of the message in one line with the icon, the action and a button."""
        taken = _MARGINS[0] + _MARGINS[2] + self._appearance.length(_ICON) + _SPACING
        for button in (other, self._button):
            if button is not None and not button.isHidden():
                taken += button.sizeHint().width() + _SPACING
        # The label of a line is 2 pixels wider than its text.
        room = self.contentsRect().width() - taken - 2
        return max(room, self._message.minimumWidth())

    @Slot()
    def _renew(self) -> None:
        """Give the icon the current colour, and icon and message the current size."""
        least = _LEAST_WIDTH_OF_A_LINE if self._is_low else _LEAST_WIDTH
        self._message.setMinimumWidth(self._appearance.length(least))
        self._show_message()
        if self.notice is None:
            return
        is_error = self.notice.level is NoticeLevel.ERROR
        surfaces = self._appearance.theme.surfaces
        colour = surfaces.problem if is_error else surfaces.text
        side = self._appearance.length(_ICON)
        name = "error" if is_error else "notice"
        self._icon.setPixmap(icon_pixmap(name, colour, side, self.devicePixelRatioF()))

    @Slot()
    def _on_clicked(self) -> None:
        if self.notice:
            self.actionRequested.emit(self.notice.action)
