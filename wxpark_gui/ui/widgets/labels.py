"""Labels that show markup as plain text; one kind wraps its text to fit, another shrinks it."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from wxpark_gui.ui.look.appearance import Appearance

_MUCH = 1 << 20
_WRAPPED = Qt.TextFlag.TextWordWrap.value
_LONG_PART = re.compile(r"[!-~]{12}")
_ZERO_WIDTH_SPACE = "\u200b"


def plain_label(parent: QWidget, *, name: str = "", role: str = "") -> QLabel:
    """Return a label that shows markup as plain text; `role` selects a rule of the style sheet."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if name:
        label.setObjectName(name)
    if role:
        label.setProperty("role", role)
    return label


def wrapping_label(parent: QWidget, *, name: str = "", role: str = "") -> WrappingLabel:
    """Return a label like `plain_label` that wraps a text too long for one line."""
    label = WrappingLabel(parent)
    if name:
        label.setObjectName(name)
    if role:
        label.setProperty("role", role)
    return label


def literal(text: str) -> str:
    """Return the caption of a button that shows `text` as it is; an `&` alone marks a key."""
    return text.replace("&", "&&")


def tooltip(text: str) -> str:
    """Return a tooltip that shows `text` as it is, in lines; Qt renders markup in tooltips."""
    # Not for the first paint.
    import html  # noqa: PLC0415

    return f"<span>{html.escape(text)}</span>".replace("\n", "<br>") if text else ""


def breakable(text: str) -> str:
    """Return `text` with a zero-width space after every 12 characters of a long ASCII word."""
    return _LONG_PART.sub(f"\\g<0>{_ZERO_WIDTH_SPACE}", text)


class WrappingLabel(QLabel):
    """Wrapping label that prefers the width of one line; its minimum is the longest word.

    A wrapping `QLabel` prefers a smaller width, and breaks lines that would fit.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = ""
        self._font = self.font()
        self._sizes: dict[int, QSize] = {}
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return self._with_margins(self._measure(_MUCH))

    def minimumSizeHint(self) -> QSize:
        longest_word = QSize(self._measure(1).width(), self._measure(_MUCH).height())
        return self._with_margins(longest_word)

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        room = width - margins.left() - margins.right()
        height = self._measure(max(1, room)).height()
        return height + margins.top() + margins.bottom()

    def _measure(self, width: int) -> QSize:
        """Return the size of the text in lines of at most `width` pixels.

        Layouts ask for the same widths many times, so sizes are kept until text or font change.
        """
        text, font = self.text(), self.font()
        if text != self._text or font != self._font:
            self._text, self._font = text, font
            self._sizes.clear()
        size = self._sizes.get(width)
        if size is None:
            bounds = QFontMetrics(font).boundingRect(0, 0, width, _MUCH, _WRAPPED, text)
            size = self._sizes[width] = bounds.size()
        return size

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return QSize(
            size.width() + margins.left() + margins.right() + 2,
            size.height() + margins.top() + margins.bottom(),
        )


class FittedLabel(QLabel):
    """Label of one line whose font shrinks until the text fits.

    Args:
        points: largest font size, before scaling.
    """

    def __init__(
        self, appearance: Appearance, points: float, *, bold: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._points = points
        self._bold = bold
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.fit()

    def set_points(self, points: float) -> None:
        if points != self._points:
            self._points = points
            self.fit()

    def setText(self, text: str) -> None:
        super().setText(text)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._appearance.font(self._points, bold=self._bold), self)
        return QSize(round(metrics.horizontalAdvance(self.text())) + 4, round(metrics.height()))

    def fit(self) -> None:
        """Shrink the font from its largest size until the text fits, down to 1 point."""
        face = self._appearance.font(self._points, bold=self._bold)
        needed = QFontMetricsF(face, self).horizontalAdvance(self.text()) + 4
        while 0 < self.width() < needed and face.pointSizeF() > 1:
            # Hinting rounds letters to whole pixels, so they do not shrink in proportion.
            smaller = min(0.99, self.width() / needed)
            face.setPointSizeF(max(1.0, face.pointSizeF() * smaller))
            needed = QFontMetricsF(face, self).horizontalAdvance(self.text()) + 4
        self.setFont(face)
