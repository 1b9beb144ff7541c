"""The large coloured panel with title, plate, advice and time of a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_pixmap
from wxpark_gui.ui.look.theme import TITLE_POINTS, Fill, edge_pen
from wxpark_gui.ui.verdict.layout import PLATE_POINTS, PanelParts, VerdictLayout
from wxpark_gui.ui.verdict.message import PanelMessage, Tone, idle
from wxpark_gui.ui.widgets.labels import FittedLabel
from wxpark_gui.wording import Label

_RADIUS = 14
_WIDTH, _HEIGHT = 760, 420
_MINUTE = 60.0


class VerdictPanel(QWidget):
    """Shows one message.

    The dynamic property `severity` is the value of the message's severity, empty without one.
    The dynamic property `dimmed` is true once a verdict is `message.DIMS_AFTER` seconds old.

    Attributes:
        arrangement: the layout; call `make_room` after a change of its `shrink`.
    """

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._message = idle()
        self._now: datetime | None = None
        self._dimmed: datetime | None = None
        self.arrangement = VerdictLayout(appearance)
        self._needed = -1
        self._painted: Fill | None = None
        self._ink = ""
        self._shown: tuple[object, ...] = ()
        self.setObjectName("verdictPanel")
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._parts = PanelParts(
            icon=QLabel(self),
            title=FittedLabel(appearance, TITLE_POINTS, bold=False, parent=self),
            plate=FittedLabel(appearance, PLATE_POINTS, bold=True, parent=self),
            advice=_make_text(self, "verdictAdvice"),
            small=_make_text(self, "verdictSmall"),
        )
        self._parts.title.setObjectName("verdictTitle")
        self._parts.plate.setObjectName("verdictPlate")
        appearance.changed.connect(self._restyle)
        self.show_message(self._message)

    @property
    def message(self) -> PanelMessage:
        return self._message

    @property
    def icon_name(self) -> str:
        """Name of the icon shown."""
        return self._message.icon

    @property
    def advice(self) -> str:
        """Text of the advice shown; may be empty."""
        return self._parts.advice.text()

    @property
    def dimmed(self) -> bool:
        """True if the verdict is old, or was so before the clock was set."""
        message = self._message
        was_dim = message.as_of is not None and message.as_of == self._dimmed
        return message.is_dim(self._now) or (message.dims and was_dim)

    def show_message(self, message: PanelMessage) -> None:
        """Show a message, and announce it to screen readers unless it `rests`."""
        self._message = message
        self.setProperty("severity", message.severity.value if message.severity else "")
        self.renew()
        if not message.rests:
            spoken = self.accessibleDescription()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    def show_time(self, now: datetime) -> None:
        """Update the age shown, and dim an old verdict; `now` is aware."""
        before, was_dim, message = self._now, self.dimmed, self._message
        self._now = now
        if message.is_dim(now):
            # When the clock is set back, the verdict's age returns to that of a new one.
            self._dimmed = message.as_of
        if was_dim != self.dimmed or (
            message.age(before) // _MINUTE != message.age(now) // _MINUTE
        ):
            self.renew()

    def set_corner(self, corner: QWidget) -> None:
        """Set the child widget at the lower right; the texts leave room for it unless it is hidden.

        Call `make_room` whenever it is shown, hidden or resized.
        """
        self._parts = replace(self._parts, corner=corner)

    @Slot()
    def make_room(self) -> None:
        """Place the texts again. The window is laid out again only if the least height changed."""
        needed = self.heightForWidth(self.width())
        if needed != self._needed:
            self._needed = needed
            self.updateGeometry()
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        fill = self._painted = self._fill
        inset = fill.edge_width / 2
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(fill.background))
            painter.setPen(edge_pen(fill))
            painter.drawRoundedRect(frame, _RADIUS, _RADIUS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            # Layouts keep the heights of earlier widths, which may be those of other texts.
            self._needed = self.heightForWidth(self.width())
            self.updateGeometry()
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, self._appearance.length(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.arrangement.least_height)

    def heightForWidth(self, width: int) -> int:
        return self.least_height(width, self.arrangement.shrink)

    def least_height(self, width: int, shrink: float) -> int:
        """Return the height in pixels that shows the message if the layout had this `shrink`."""
        return self.arrangement.height_for_width(self._parts, width, shrink)

    @property
    def _fill(self) -> Fill:
        theme = self._appearance.theme
        message = self._message
        if message.severity is None:
            tones = {Tone.CALM: theme.idle, Tone.NOTE: theme.note, Tone.QUESTION: theme.question}
            return tones[message.tone]
        fill = theme.fills[message.severity]
        if self.dimmed:
            fill = theme.dimmed(fill)
        return theme.marked(fill) if message.marked else fill

    @Slot()
    def _restyle(self) -> None:
        """Show the message in the new colours, language and text size."""
        self._shown = ()
        self.renew()

    def renew(self) -> None:
        """Show the message at the current age, unless it looks like the one shown.

        It is not announced to screen readers.
        """
        wording, parts = self._appearance.wording, self._parts
        words = self._message.words(wording, self._message.age(self._now))
        plate = self._message.label
        self.setProperty("dimmed", self.dimmed)
        # While a plate is typed, each key shows the same message.
        looks = words, plate, self._fill, self.icon_name
        if looks == self._shown:
            return
        self._shown = looks
        parts.title.setText(words.title)
        parts.plate.setText(plate)
        parts.plate.setVisible(bool(plate))
        parts.advice.setText(words.advice)
        parts.small.setText(words.small)
        self._colour_texts()
        spoken = ". ".join(part for part in (words.title, plate, words.advice) if part)
        self.setAccessibleName(wording.label(Label.VERDICT))
        self.setAccessibleDescription(spoken)
        self.make_room()
        if self._fill != self._painted:
            # The texts and the icon paint themselves again if they changed.
            self.update()

    def _colour_texts(self) -> None:
        if self._fill.text == self._ink:
            return
        self._ink = self._fill.text
        parts = self._parts
        for label in (parts.title, parts.plate, parts.advice, parts.small):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, QColor(self._ink))
            label.setPalette(palette)

    def _place(self) -> None:
        side = self.arrangement.place(self._parts, self.rect())
        ratio = self.devicePixelRatioF()
        self._parts.icon.setPixmap(icon_pixmap(self.icon_name, self._fill.text, side, ratio))


def _make_text(parent: QWidget, name: str) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
