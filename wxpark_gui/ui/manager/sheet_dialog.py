"""Frame of a dialog with one page: keys, size and texts."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.shift.sheet import Sheet, fit_dialog
from wxpark_gui.wording import KeyChangeLabel, ManagerLabel

_TITLE_POINTS = 19.0
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SheetDialog(QDialog):
    """Dialog that passes Enter to its page. Not modal, so that a plate can be entered meanwhile.

    Args:
        title: text of the window's title.
    """

    def __init__(
        self,
        page: Sheet,
        title: ManagerLabel | KeyChangeLabel,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sheet = page
        self._title = title
        self._appearance = appearance
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(page)
        self._fit_timer = QTimer(self)
        self._fit_timer.setSingleShot(True)
        self._fit_timer.setInterval(0)
        self._fit_timer.timeout.connect(self._fit)
        page.resized.connect(self._fit_later)
        page.backRequested.connect(self.reject)
        appearance.changed.connect(self._renew)
        self._renew()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close for Esc, and pass Enter to the page."""
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.reject()
        elif key in _ENTER:
            self._sheet.on_enter()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()
        self._sheet.take_focus()

    @Slot()
    def _renew(self) -> None:
        """Set all texts and fonts in the present language and text size."""
        self.setWindowTitle(self._appearance.wording.label(self._title))
        self._sheet.title.setFont(self._appearance.font(_TITLE_POINTS, bold=True))
        self._sheet.renew()
        self._fit_later()

    @Slot()
    def _fit_later(self) -> None:
        # Labels report their new size once the style sheet has been applied.
        self._fit_timer.start()

    @Slot()
    def _fit(self) -> None:
        fit_dialog(self, self._sheet, self._appearance)
