"""The notice strip: the worst lasting problem as text, with at most one action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, Signal, Slot
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

    Signals:
        actionRequested(NoticeAction): the button of the notice was pressed.
        othersRequested(): the button with the number of the others was pressed.
    """

    actionRequested = Signal(object)
    othersRequested = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._notices: tuple[Notice, ...] = ()
        self.setObjectName("noticeStrip")
        self._icon = QLabel(self)
        self._message = wrapping_label(self, name="noticeMessage")
        self._code = plain_label(self, name="noticeCode", role="code")
        self._button = QPushButton(self)
        self._button.setObjectName("noticeAction")
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self._on_clicked)
        self.others_button = QPushButton(self)
        self.others_button.setObjectName("noticeOthers")
        self.others_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.others_button.clicked.connect(self.othersRequested)
        stretching = self._message.sizePolicy()
        # `MinimumExpanding` would widen the window to the whole message in one line.
        stretching.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self._message.setSizePolicy(stretching)
        layout = WrappingRow(12, self)
        layout.setContentsMargins(18, 2, 6, 2)
        for part in (self._icon, self._message, self._code, self.others_button, self._button):
            layout.addWidget(part)
        appearance.changed.connect(self._renew)
        self._renew()
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """The notice shown; None while the strip is hidden."""
        return next(iter(self._notices), None)

    @property
    def others(self) -> tuple[Notice, ...]:
        """The notices that are only counted."""
        return self._notices[1:]

    def show_notices(self, notices: tuple[Notice, ...]) -> None:
        """Show the first notice and the number of the others; () hides the strip."""
        if notices == self._notices:
            return
        self._notices = notices
        self.setVisible(bool(notices))
        if not notices:
            return
        notice = notices[0]
        self._message.setText(notice.message)
        self._code.setText(notice.code)
        self._code.setVisible(bool(notice.code))
        caption = _CAPTIONS.get(notice.action)
        self._button.setText(self._appearance.wording.label(caption) if caption else "")
        self._button.setVisible(caption is not None)
        others = self._appearance.wording.label(Label.MORE_NOTICES, count=len(self.others))
        self.others_button.setText(others)
        self.others_button.setVisible(bool(self.others))
        self.setAccessibleName(notice.message)
        self.setProperty("level", notice.level.value)
        restyle(self)
        self._renew()

    @Slot()
    def _renew(self) -> None:
        """Give the icon the current colour, and icon and message the current size."""
        self._message.setMinimumWidth(self._appearance.length(_LEAST_WIDTH))
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
