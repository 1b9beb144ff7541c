"""The large coloured answer: state, plate, what to do, and as of when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import FieldError, ReadableError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.icons import icon_pixmap
from wxpark_gui.ui.look.theme import BODY_POINTS, TITLE_POINTS, Fill, edge_pen
from wxpark_gui.ui.widgets.labels import FittedLabel
from wxpark_gui.wording import Label, VerdictWords, Wording

_RADIUS = 14
_ROOMY = 330
_PLATE_POINTS = 30.0
_TITLE_SHARE = 0.6
_MUCH = 1 << 20
_CORNER_GAP = 16

Speaker = Callable[[Wording], VerdictWords]


@dataclass(frozen=True, slots=True)
class _Style:
    """Sizes before scaling: points of the letters, pixels of the rest."""

    title: float
    advice: float
    icon: int
    margin: tuple[int, int]
    gap: int


_LARGE = _Style(TITLE_POINTS, 19.0, 148, (36, 30), 14)
_SMALL = _Style(56.0, 16.0, 84, (28, 8), 2)


class VerdictPanel(QWidget):
    """Shows one verdict. The dynamic property `severity` names its colour; empty when idle.

    What was taken back is no verdict, and looks as calm as an idle panel.

    Where there is little height, beside the keypad and a notice, the plate stands beside the title.
    """

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._severity: Severity | None = None
        self._speak: Speaker = _say_idle
        self._last: EntryRecord | None = None
        self._corner: QWidget | None = None
        self.setObjectName("verdictPanel")
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._icon = QLabel(self)
        self._title = FittedLabel(appearance, _LARGE.title, bold=False, parent=self)
        self._title.setObjectName("verdictTitle")
        self._plate = FittedLabel(appearance, _PLATE_POINTS, bold=True, parent=self)
        self._plate.setObjectName("verdictPlate")
        self._advice = self._make_text("verdictAdvice")
        self._small = self._make_text("verdictSmall")
        appearance.changed.connect(self._renew)
        self.show_idle()

    @property
    def icon_name(self) -> str:
        """Which icon is shown; the shape tells what the colour tells."""
        return self._severity.value if self._severity else "ready"

    def show_idle(self) -> None:
        """Nothing has been asked since the start: no earlier state is shown as if it were now."""
        self._show(None, _say_idle, "")

    def show_record(self, record: EntryRecord) -> None:
        """What is known of an entry now."""

        def speak(wording: Wording) -> VerdictWords:
            words = wording.verdict(record.verdict)
            return VerdictWords(words.title, words.advice, wording.entry_remark(record))

        taken_back = record.state is DeliveryState.VOIDED
        self._show(None if taken_back else record.verdict.severity, speak, record.entry.label)

    def show_saving(self, label: str) -> None:
        """The entry is on its way to the disk: nothing is promised yet.

        Args:
            label: its plate or bay.
        """
        self._show(Severity.PENDING, _say_saving, label)

    def show_typing(self, last: EntryRecord | None) -> None:
        """The next plate is being typed: neutral, with the last verdict in one small line."""
        self._last = last
        self._show(None, self._say_typing, "")

    def renew_last(self, record: EntryRecord) -> None:
        """The last entry has its answer while the next plate is being typed."""
        if self._speak == self._say_typing:
            self.show_typing(record)

    def show_question(self, minutes_ago: int, count: int, label: str) -> None:
        """The same plate was entered a moment ago; nothing was saved."""

        def speak(wording: Wording) -> VerdictWords:
            advice = wording.duplicate(minutes_ago, count)
            return VerdictWords(wording.label(Label.QUESTION_TITLE), advice)

        self._show(Severity.FAILED, speak, label)

    def show_refused(self, errors: Sequence[FieldError], label: str) -> None:
        """The draft cannot be sent; nothing was saved."""

        def speak(wording: Wording) -> VerdictWords:
            advice = "\n".join(wording.field_error(error) for error in errors[:2])
            return VerdictWords(wording.label(Label.REFUSED_TITLE), advice)

        self._show(Severity.FAILED, speak, label)

    def show_correcting(self, label: str) -> None:
        """A saved entry is being corrected.

        Args:
            label: its plate or bay.
        """

        def speak(wording: Wording) -> VerdictWords:
            advice = wording.label(Label.CORRECTING_ADVICE)
            return VerdictWords(wording.label(Label.CORRECTING_TITLE), advice)

        self._show(None, speak, label)

    def show_not_saved(self, error: ReadableError, label: str) -> None:
        """The entry is not on the disk and was not sent."""

        def speak(wording: Wording) -> VerdictWords:
            words = wording.failure(error)
            advice = f"{words.message}\n{words.action}"
            return VerdictWords(wording.label(Label.NOT_SAVED_TITLE), advice, words.code)

        self._show(Severity.FAILED, speak, label)

    def set_corner(self, corner: QWidget) -> None:
        """A child that stands at the lower right while it is shown; the texts make room for it.

        Whenever it comes, goes or changes its size, `make_room` must follow.
        """
        self._corner = corner

    @Slot()
    def make_room(self) -> None:
        """Place everything anew."""
        self.updateGeometry()
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        fill = self._fill
        inset = fill.edge_width / 2
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(fill.background))
            painter.setPen(edge_pen(fill))
            painter.drawRoundedRect(frame, _RADIUS, _RADIUS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(760, self._appearance.length(420))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._appearance.length(158))

    def heightForWidth(self, width: int) -> int:
        """The least height that shows every line; more of it makes everything larger."""
        horizontal, vertical = self._margins(_SMALL)
        corner = self._corner_size()
        room = width - 2 * horizontal - corner.width()
        texts = self._text_height(self._advice, _SMALL.advice, room)
        texts += self._text_height(self._small, BODY_POINTS, room)
        texts = max(texts, corner.height())
        top = max(self._appearance.length(_SMALL.icon), self._line_height(_SMALL.title))
        needed = top + texts + 2 * vertical + 2 * self._appearance.length(_SMALL.gap)
        return max(needed, self.minimumSizeHint().height())

    def _say_typing(self, wording: Wording) -> VerdictWords:
        small = wording.last_entry(self._last) if self._last else ""
        return VerdictWords(
            wording.label(Label.READY_TITLE), wording.label(Label.TYPING_ADVICE), small
        )

    @property
    def _fill(self) -> Fill:
        theme = self._appearance.theme
        return theme.fills[self._severity] if self._severity else theme.idle

    def _show(self, severity: Severity | None, speak: Speaker, plate: str) -> None:
        self._severity = severity
        self._speak = speak
        self._plate.setText(plate)
        self.setProperty("severity", severity.value if severity else "")
        self._renew()
        if severity or plate:
            spoken = self.accessibleDescription()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    @Slot()
    def _renew(self) -> None:
        """Say and paint it anew, in the colours, the language and the size of now."""
        wording = self._appearance.wording
        words = self._speak(wording)
        plate = self._plate.text()
        self._title.setText(words.title)
        self._plate.setVisible(bool(plate))
        self._advice.setText(words.advice)
        self._small.setText(words.small)
        self._colour_texts()
        spoken = ". ".join(part for part in (words.title, plate, words.advice) if part)
        self.setAccessibleName(wording.label(Label.VERDICT))
        self.setAccessibleDescription(spoken)
        self.updateGeometry()
        self._place()
        self.update()

    def _colour_texts(self) -> None:
        for label in (self._title, self._plate, self._advice, self._small):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, QColor(self._fill.text))
            label.setPalette(palette)

    def _place(self) -> None:
        """Texts at the bottom, icon and headline in the middle of what is left above them."""
        roomy = self.height() >= self._appearance.length(_ROOMY)
        style = _LARGE if roomy else _SMALL
        horizontal, vertical = self._margins(style)
        room = self.rect().adjusted(horizontal, vertical, -horizontal, -vertical)
        gap = self._appearance.length(style.gap)
        corner = self._place_corner(room)
        width = room.width() - corner.width()
        for label, points in ((self._small, BODY_POINTS), (self._advice, style.advice)):
            height = self._text_height(label, points, width)
            label.setFont(self._appearance.font(points))
            label.setGeometry(room.left(), room.bottom() + 1 - height, width, height)
            room.setBottom(room.bottom() - height - (gap if height else 0))
        if corner.isValid():
            room.setBottom(min(room.bottom(), corner.top() - 1))
        self._place_icon(room, self._appearance.length(style.icon))
        room.setLeft(self._icon.geometry().right() + self._appearance.length(34))
        self._title.set_points(style.title)
        self._plate.set_points(_PLATE_POINTS)
        if roomy:
            self._place_above(room)
        else:
            self._place_beside(room)

    def _place_icon(self, room: QRect, side: int) -> None:
        side = max(1, min(side, room.height()))
        top = room.top() + (room.height() - side) // 2
        self._icon.setGeometry(room.left(), top, side, side)
        self._icon.setPixmap(
            icon_pixmap(self.icon_name, self._fill.text, side, self.devicePixelRatioF())
        )

    def _place_above(self, room: QRect) -> None:
        """The title over the plate, both in the middle of the room."""
        title = self._title.sizeHint().height()
        plate = self._plate.sizeHint().height() if self._plate.text() else 0
        top = room.top() + max(0, room.height() - title - plate) // 2
        self._title.setGeometry(room.left(), top, room.width(), title)
        self._plate.setGeometry(room.left(), top + title, room.width(), plate)

    def _place_beside(self, room: QRect) -> None:
        """The title, and the plate to its right."""
        share = _TITLE_SHARE if self._plate.text() else 1.0
        gap = self._appearance.length(8)
        width = round(room.width() * share)
        self._title.setGeometry(room.left(), room.top(), width - gap, room.height())
        plate = room.adjusted(width, 0, 0, 0)
        self._plate.setGeometry(plate)

    def _corner_size(self) -> QSize:
        """What it takes of the lower edge, with the gap beside it; nothing while it is hidden."""
        if self._corner is None or self._corner.isHidden():
            return QSize(0, 0)
        size = self._corner.sizeHint()
        return QSize(size.width() + self._appearance.length(_CORNER_GAP), size.height())

    def _place_corner(self, room: QRect) -> QRect:
        """The lower right of the room, with the gap beside the corner; invalid for none."""
        size = self._corner_size()
        area = QRect(room.right() + 1 - size.width(), room.bottom() + 1 - size.height(), 0, 0)
        area.setSize(size)
        if self._corner is not None and area.isValid():
            self._corner.setGeometry(area.adjusted(self._appearance.length(_CORNER_GAP), 0, 0, 0))
        return area

    def _margins(self, style: _Style) -> tuple[int, int]:
        horizontal, vertical = style.margin
        return self._appearance.length(horizontal), self._appearance.length(vertical)

    def _line_height(self, points: float) -> int:
        return QFontMetrics(self._appearance.font(points)).height()

    def _text_height(self, label: QLabel, points: float, width: int) -> int:
        """How high the text of a label is at this width; 0 for none."""
        if not label.text():
            return 0
        face: QFont = self._appearance.font(points)
        flags = Qt.TextFlag.TextWordWrap
        return (
            QFontMetrics(face)
            .boundingRect(0, 0, max(1, width), _MUCH, flags, label.text())
            .height()
        )

    def _make_text(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label


def _say_idle(wording: Wording) -> VerdictWords:
    return VerdictWords(wording.label(Label.READY_TITLE), wording.label(Label.READY_ADVICE))


def _say_saving(wording: Wording) -> VerdictWords:
    return VerdictWords(wording.severity(Severity.PENDING), wording.label(Label.SAVING_ADVICE))
