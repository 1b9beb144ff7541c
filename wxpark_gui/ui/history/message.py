"""The message in place of an empty list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.ui.history.flow import Content
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import HistoryLabel, Label, Wording


class EmptyMessage(QWidget):
    """Shows a title and an advice, centred, in place of the list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("historyMessage")
        self._title = wrapping_label(self, name="historyMessageTitle", role="heading")
        self._advice = wrapping_label(self, name="historyMessageAdvice", role="muted")
        column = QVBoxLayout(self)
        column.addStretch(1)
        for part in (self._title, self._advice):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        column.addStretch(1)

    def show_content(self, content: Content, error: ReadableError | None, wording: Wording) -> None:
        """Show why there are no rows. `error` is the reason for `FAILED`, and ignored otherwise."""
        title, advice = wording.label(Label.RECENT_EMPTY), ""
        if content is Content.NOTHING_FOUND:
            title = wording.label(HistoryLabel.NOTHING_FOUND)
            advice = wording.label(HistoryLabel.WIDEN)
        elif content is Content.FAILED and error is not None:
            words = wording.failure(error)
            title, advice = words.message, words.action
        self._title.setText(title)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
