"""The large coloured answer: state, plate, what to do, and as of when."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.ui.icons import icon_pixmap
from wxpark_gui.ui.labels import FittedLabel
from wxpark_gui.ui.theme import BODY_POINTS, TITLE_POINTS, Fill, Theme, font
from wxpark_gui.wording import FailureWords, Label, VerdictWords, Wording

_RADIUS = 14
_ROOMY = 330
_TITLE_POINTS_LEAST = 56.0
_PLATE_POINTS = 30.0
_ADVICE_POINTS = 19.0
_ADVICE_POINTS_LEAST = 16.0


class VerdictPanel(QWidget):
    """Shows one verdict. The dynamic property `severity` names its colour; empty when idle."""

    def __init__(self, wording: Wording, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wording = wording
        self._theme = theme
        self._fill = theme.idle
        self._icon_name = "ready"
        self.setObjectName("verdictPanel")
        self.setMinimumHeight(158)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._icon = QLabel(self)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = FittedLabel(TITLE_POINTS, bold=False, parent=self)
        self._title.setObjectName("verdictTitle")
        self._plate = FittedLabel(_PLATE_POINTS, bold=True, parent=self)
        self._plate.setObjectName("verdictPlate")
        self._advice = self._make_text("verdictAdvice", _ADVICE_POINTS)
        self._small = self._make_text("verdictSmall", BODY_POINTS)
        self._lay_out()
        self.show_idle()

    @property
    def icon_name(self) -> str:
        """Which icon is shown; the shape tells what the colour tells."""
        return self._icon_name

    def show_idle(self) -> None:
        """Nothing has been asked since the start: no earlier state is shown as if it were now."""
        words = VerdictWords(
            self._wording.label(Label.READY_TITLE), self._wording.label(Label.READY_ADVICE)
        )
        self._show(None, words, "")

    def show_record(self, record: EntryRecord) -> None:
        """What is known of an entry now."""
        words = self._wording.verdict(record.verdict)
        remark = self._wording.entry_remark(record)
        self._show(
            record.verdict.severity,
            VerdictWords(words.title, words.advice, remark),
            record.entry.label,
        )

    def show_saving(self, label: str) -> None:
        """The entry is on its way to the disk: nothing is promised yet.

        Args:
            label: its plate or bay.
        """
        words = VerdictWords(
            self._wording.severity(Severity.PENDING), self._wording.label(Label.SAVING_ADVICE)
        )
        self._show(Severity.PENDING, words, label)

    def show_not_saved(self, failure: FailureWords, label: str) -> None:
        """The entry is not on the disk and was not sent."""
        words = VerdictWords(
            self._wording.label(Label.NOT_SAVED_TITLE),
            f"{failure.message}\n{failure.action}",
            failure.code,
        )
        self._show(Severity.FAILED, words, label)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(self._fill.background))
        painter.setPen(edge_pen(self._fill))
        inset = self._fill.edge_width / 2
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(760, 420)

    def _show(self, severity: Severity | None, words: VerdictWords, plate: str) -> None:
        self._fill = self._theme.fills[severity] if severity else self._theme.idle
        self._icon_name = severity.value if severity else "ready"
        self.setProperty("severity", severity.value if severity else "")
        self._title.setText(words.title)
        self._plate.setText(plate)
        self._plate.setVisible(bool(plate))
        self._advice.setText(words.advice)
        self._small.setText(words.small)
        self._colour_texts()
        self._paint_icon()
        spoken = ". ".join(part for part in (words.title, plate, words.advice) if part)
        self.setAccessibleName(self._wording.label(Label.VERDICT))
        self.setAccessibleDescription(spoken)
        if severity:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))
        self.update()

    def _colour_texts(self) -> None:
        for label in (self._title, self._plate, self._advice, self._small):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, QColor(self._fill.text))
            label.setPalette(palette)

    def _paint_icon(self) -> None:
        size = self._icon.width()
        self._icon.setPixmap(
            icon_pixmap(self._icon_name, self._fill.text, size, self.devicePixelRatioF())
        )

    def _arrange(self) -> None:
        """Beside the province keys and a notice there is little height: plate beside the title."""
        roomy = self.height() >= _ROOMY
        direction = QBoxLayout.Direction.TopToBottom if roomy else QBoxLayout.Direction.LeftToRight
        self._headline.setDirection(direction)
        self._title.set_points(TITLE_POINTS if roomy else _TITLE_POINTS_LEAST)
        self._advice.setFont(font(_ADVICE_POINTS if roomy else _ADVICE_POINTS_LEAST))
        side = 148 if roomy else 84
        if self._icon.width() != side:
            self._icon.setFixedSize(side, side)
            self._paint_icon()
        margin = (36, 36) if roomy else (28, 8)
        self._outer.setContentsMargins(margin[0], margin[1], margin[0], margin[1])
        self._outer.setSpacing(14 if roomy else 2)
        self._outer.invalidate()

    def _make_text(self, name: str, points: float) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setFont(font(points))
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        return label

    def _lay_out(self) -> None:
        self._headline = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._headline.setSpacing(6)
        self._headline.addWidget(self._title, 3)
        self._headline.addWidget(self._plate, 2)
        top = QHBoxLayout()
        top.setSpacing(34)
        top.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addLayout(self._headline, 1)
        self._outer = QVBoxLayout(self)
        self._outer.addStretch(1)
        self._outer.addLayout(top)
        self._outer.addStretch(2)
        self._outer.addWidget(self._advice)
        self._outer.addWidget(self._small)


def edge_pen(fill: Fill) -> QPen:
    """The pen for the edge of a verdict, here and in the list."""
    pen = QPen(QColor(fill.edge), fill.edge_width)
    if fill.dashed:
        pen.setDashPattern([4.0, 2.5])
    return pen
