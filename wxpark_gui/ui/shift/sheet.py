"""Frame of a page of the shift dialog: title, scrolling content, message, buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.pin import LONGEST
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.fields import FieldBox
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.screen_room import screen_room
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording.shifts import ShiftLabel, ShiftWords

_FRAME = 24
_WIDTH = 800
_LEAST_HEIGHT = 300


class Sheet(QWidget):
    """Frame of a page. The content scrolls; title, message and buttons stay.

    Signals:
        backRequested(): the dialog must leave the page.
        resized(): the size of the content may have changed.
    """

    backRequested = Signal()
    resized = Signal()

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._focused: QWidget | None = None
        self.title = wrapping_label(self, name="shiftTitle", role="title")
        self.content = QWidget(self)
        self.column = QVBoxLayout(self.content)
        self.column.setContentsMargins(0, 0, 12, 0)
        self.column.setSpacing(12)
        self._page = Page(self.content, self)
        self._message = wrapping_label(self, name="shiftMessage", role="problem")
        self._buttons = WrappingRow(8)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addLayout(self._buttons, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_FRAME, 18, 12, 16)
        layout.setSpacing(12)
        layout.addWidget(self.title)
        layout.addWidget(self._page, 1)
        # Fields and buttons end at one line, right of which is the scroll bar.
        self._below = QVBoxLayout()
        self._below.setContentsMargins(0, 0, 12, 0)
        self._below.setSpacing(12)
        self._below.addWidget(self._message)
        self._below.addLayout(self._row)
        layout.addLayout(self._below)
        self._message.hide()

    @property
    def words(self) -> ShiftWords:
        return self._appearance.wording.shifts

    def add_button(
        self, pressed: Callable[[], object], *, primary: bool = False, last: bool = False
    ) -> QPushButton:
        """Append a button that calls `pressed`; a primary or last one goes to the right end."""
        button = QPushButton(self)
        button.setAutoDefault(True)
        button.setProperty("primary", primary)
        # The lambda drops the argument of `clicked`.
        button.clicked.connect(lambda: pressed())  # noqa: PLW0108
        if primary or last:
            self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        else:
            self._buttons.addWidget(button)
        return button

    def say(self, sentence: str, role: str = "problem") -> None:
        """Show a sentence above the buttons, or hide it if it is empty.

        `role` selects its style.
        """
        self._message.setText(sentence)
        self._message.setProperty("role", role)
        self._message.style().polish(self._message)
        self._message.setVisible(bool(sentence))

    def say_label(self, label: ShiftLabel, **values: object) -> None:
        """Show a label's text above the buttons, in muted style; `values` fill its placeholders."""
        self.say(self.words.label(label, **values), "muted")

    def show_failure(self, error: ReadableError) -> None:
        """Show message and action of an error, and accept input again."""
        self.set_busy(busy=False)
        self.say(self._appearance.wording.failure(error).sentences)

    def set_busy(self, *, busy: bool) -> None:
        """Disable content and buttons and show that a request runs.

        With `busy` False, enable them and give the focus back to the widget that had it.
        """
        if busy:
            self._focused = self.focusWidget()
        self.content.setDisabled(busy)
        for button in self.findChildren(QPushButton):
            if button.parent() is self:
                button.setDisabled(busy)
        if busy:
            self.say_label(ShiftLabel.WORKING)
        elif self._focused is not None:
            focused, self._focused = self._focused, None
            # A button for a person may have been replaced meanwhile.
            if focused in self.findChildren(QWidget):
                focused.setFocus()

    def on_enter(self) -> None:
        """Handle Enter; pages override it."""

    def on_key(self, typed: str) -> None:
        """Handle a typed character that no field used; pages may override it."""

    def take_focus(self) -> None:
        """Give the focus to the widget that the person uses first; pages override it."""

    def renew(self) -> None:
        """Set all texts in the present language; pages override it."""

    def scroll_pages(self, pages: float) -> None:
        """Scroll the content down by a number of pages; a negative one scrolls up."""
        bar = self._page.verticalScrollBar()
        bar.setValue(bar.value() + round(pages * bar.pageStep()))

    def scroll_to_top(self) -> None:
        self._page.verticalScrollBar().setValue(0)

    def show_part(self, part: QWidget) -> None:
        """Scroll until a part of the content is visible."""
        self._page.ensureWidgetVisible(part, 0, 20)

    def height_for(self, width: int) -> int:
        """Return the height in pixels at which a content of `width` pixels needs no scrolling."""
        inner = width - _FRAME - 12
        column = self.column.totalHeightForWidth(inner)
        if column < 0:
            column = self.column.totalSizeHint().height()
        fixed = self.title.heightForWidth(inner) + self._below.totalHeightForWidth(inner)
        return column + fixed + 66


def fit_dialog(dialog: QDialog, page: Sheet, appearance: Appearance) -> None:
    """Fit a dialog's height to its page, centre it over its parent, and keep it on the screen."""
    room = QRect(dialog.screen().availableGeometry().topLeft(), screen_room(dialog))
    width = min(appearance.length(_WIDTH), room.width())
    height = min(max(page.height_for(width), appearance.length(_LEAST_HEIGHT)), room.height())
    dialog.resize(width, height)
    parent = dialog.parentWidget()
    centre = room.center() if parent is None else parent.frameGeometry().center()
    place = QRect(QPoint(0, 0), dialog.size())
    place.moveCenter(centre)
    left = max(room.left(), min(place.left(), room.right() + 1 - width))
    top = max(room.top(), min(place.top(), room.bottom() + 1 - height))
    dialog.move(left, top)


def make_pin_box(parent: QWidget) -> FieldBox:
    """Return a field for a PIN, which shows dots and takes digits only."""
    edit = QLineEdit(parent)
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    edit.setMaxLength(LONGEST)
    edit.setInputMethodHints(
        Qt.InputMethodHint.ImhDigitsOnly
        | Qt.InputMethodHint.ImhHiddenText
        | Qt.InputMethodHint.ImhSensitiveData
    )
    edit.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]*"), edit))
    return FieldBox(edit, parent=parent)
