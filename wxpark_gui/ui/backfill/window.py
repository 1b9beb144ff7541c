"""Window in which entries from paper are typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QVBoxLayout, QWidget

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.backfill import SHEETS_AT_A_TIME
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.profiles import has_profiles
from wxpark_gui.ui.backfill.flow import BackfillFlow, Sentence
from wxpark_gui.ui.backfill.form import PaperForm
from wxpark_gui.ui.backfill.model import PaperModel, PaperRow
from wxpark_gui.ui.backfill.sheet import SheetOrder, render_sheets
from wxpark_gui.ui.backfill.table import PaperTable
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.look.pdf import prepare_pdf
from wxpark_gui.ui.widgets.labels import breakable, plain_label, wrapping_label
from wxpark_gui.ui.widgets.page import Page
from wxpark_gui.ui.widgets.wrapping_row import WrappingRow
from wxpark_gui.wording import BackfillLabel

_TITLE_POINTS = 19.0
_COMMAND_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class BackfillWindow(QDialog):
    """Fields of one row above the rows typed in this run.

    Not modal, so that plates of live cars can be typed meanwhile.

    Keys: Enter goes to the time field or saves, F8 corrects and F2 voids the last or selected row,
    F4 and F6 choose province and car type, Ctrl+P makes sheets, Esc ends a correction or closes the
    window.

    Args:
        training: True marks printed sheets as no real records.
        now: returns the current time, aware.
    """

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        parent: QWidget,
        *,
        training: bool,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(parent)
        self._controllers = controllers
        self._appearance = appearance
        self._training = training
        self._sentence: Sentence | None = None
        self.setObjectName("backfillWindow")
        self._title = wrapping_label(self, name="backfillTitle", role="heading")
        self._count = plain_label(self, name="backfillCount", role="muted")
        content = QWidget(self)
        self.form = PaperForm(appearance, content)
        self._message = wrapping_label(content, name="backfillMessage")
        card = QFrame(content)
        card.setProperty("card", True)
        self.model = PaperModel(appearance, self)
        self.table = PaperTable(appearance, self.model, card)
        self._buttons = {
            label: self._make_button(label, act)
            for label, act in (
                (BackfillLabel.CORRECT, self._correct),
                (BackfillLabel.VOID, self._void),
                (BackfillLabel.SHEETS, self.make_sheets),
                (BackfillLabel.CLOSE, self.reject),
            )
        }
        self._lay_out(content, card)
        self.flow = BackfillFlow(controllers, self.form, self.model, now)
        self._connect()
        appearance.changed.connect(self._renew)
        self._renew()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End a correction or question for Esc, else close the window; for Enter click a button.

        Printable keys that no widget used go to the plate.
        """
        typed, focused = event.text(), self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            if self.flow.is_busy:
                self.flow.cancel()
            else:
                self.reject()
        elif typed and typed.isprintable() and not event.modifiers() & _COMMAND_KEYS:
            self.form.plate.setFocus()
            self.form.plate.keyPressEvent(event)
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif isinstance(focused, QPushButton) and not event.isAutoRepeat():
            focused.click()

    def has_input(self) -> bool:
        """Test if a row is typed, corrected or not saved; the hidden window keeps it."""
        is_typed = self.flow.is_busy or not self.form.is_empty
        return is_typed or any(row.error is not None for row in self.model.rows)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.plate.setFocus()

    @Slot()
    def make_sheets(self) -> None:
        """Start to write the sheets to print into the user's folder for documents."""
        settings, wording = self._controllers.settings.current, self._appearance.wording
        lot = settings.account.merchant.parking_name if settings.account else ""
        order = SheetOrder(SHEETS_AT_A_TIME, lot, settings.booth.name, self._training)
        render = partial(
            render_sheets, order=order, words=wording.backfill, shift_words=wording.shifts
        )
        self._say(lambda w: w.label(BackfillLabel.SHEETS_MADE))
        prepare_pdf()
        self._controllers.backfills.make_sheets(order.count, render)

    @Slot()
    def _correct(self) -> None:
        self.flow.correct(self._selected)

    @Slot()
    def _void(self) -> None:
        self.flow.void(self._selected)

    @property
    def _selected(self) -> PaperRow | None:
        """The selected row while the table has the focus, else None."""
        index = self.table.currentIndex()
        if not self.table.hasFocus() or not index.isValid():
            return None
        return self.model.rows[index.row()]

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        self.flow.correct(self.model.rows[index.row()])

    @Slot(object, bool)
    def _say(self, sentence: Sentence | None, is_problem: bool = False) -> None:
        """Show a sentence below the fields, as a problem or not; None removes it."""
        self._sentence = sentence
        self._message.setProperty("role", "problem" if is_problem else "muted")
        self._message.style().polish(self._message)
        self._show_sentence()

    def _show_sentence(self) -> None:
        text = self._sentence(self._appearance.wording) if self._sentence else ""
        self._message.setText(text)
        self._message.setAccessibleName(text)

    @Slot()
    def _show_state(self) -> None:
        """Show the meaning of the time field, and the numbers of saved and unsaved rows."""
        wording, rows = self._appearance.wording, self.model.rows
        self.form.time.show_remark(self.flow.meaning(wording))
        unsaved = sum(row.error is not None for row in rows)
        saved = sum(
            row.record is not None and row.record.state is not DeliveryState.VOIDED for row in rows
        )
        label = BackfillLabel.COUNT_UNSAVED if unsaved else BackfillLabel.COUNT
        self._count.setText(wording.label(label, saved=saved, unsaved=unsaved))

    @Slot(object)
    def _on_sheets(self, path: Path) -> None:
        self._say(lambda w: w.label(BackfillLabel.SHEETS_SAVED, path=breakable(str(path))))

    @Slot(object)
    def _on_no_sheets(self, error: ReadableError) -> None:
        self._say(lambda wording: wording.failure(error).sentences, is_problem=True)

    @Slot()
    def _renew(self) -> None:
        wording = self._appearance.wording
        settings = self._controllers.settings.current
        title = wording.label(BackfillLabel.TITLE)
        if settings.account is not None and has_profiles(settings):
            title = f"{title} · {settings.account.merchant.label}"
        self.setWindowTitle(title)
        self._title.setText(title)
        self._title.setFont(self._appearance.font(_TITLE_POINTS, bold=True))
        for label, button in self._buttons.items():
            button.setText(wording.label(label, count=SHEETS_AT_A_TIME))
        self.form.renew()
        self.model.renew()
        self.table.renew()
        self._show_sentence()
        self._show_state()

    def _connect(self) -> None:
        backfills = self._controllers.backfills
        backfills.sheetsSaved.connect(self._on_sheets)
        backfills.sheetsNotSaved.connect(self._on_no_sheets)
        self._controllers.settings.changed.connect(self._renew)
        self.flow.said.connect(self._say)
        self.flow.changed.connect(self._show_state)
        self.form.plate.prefixChosen.connect(self._controllers.settings.save_prefix)
        self.table.rowOpened.connect(self._on_opened)
        for key, act in (
            ("F8", self._correct),
            ("F2", self._void),
            ("Ctrl+P", self.make_sheets),
            ("F4", self.form.plate.choose_province),
            ("F6", self.form.car_type.choose_next),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def _lay_out(self, content: QWidget, card: QFrame) -> None:
        head = WrappingRow(16, parted=True)
        head.addWidget(self._title)
        head.addWidget(self._count)
        rows = QVBoxLayout(card)
        rows.setContentsMargins(12, 8, 8, 8)
        rows.addWidget(self.table)
        foot = WrappingRow(10, parted=True)
        for button in self._buttons.values():
            foot.addWidget(button)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.form)
        column.addWidget(self._message)
        column.addWidget(card, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(19, 14, 19, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(Page(content, self), 1)
        layout.addLayout(foot)

    def _make_button(self, label: BackfillLabel, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"backfill{label.name.title()}")
        button.setAutoDefault(False)
        # The lambda drops the argument of `clicked`.
        button.clicked.connect(lambda: act())  # noqa: PLW0108
        return button
