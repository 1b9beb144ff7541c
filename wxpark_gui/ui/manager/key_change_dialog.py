"""Dialog of the key change: WeChat is asked with the new key before it is used."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wxpark_gui.controllers.key_change import KeyChanger
from wxpark_gui.domain.errors import InvalidInputError, ReadableError
from wxpark_gui.domain.key_change import KeyResult, KeyStep
from wxpark_gui.domain.merchant import Secret, read_key
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.manager.sheet_dialog import SheetDialog
from wxpark_gui.ui.shift.sheet import Sheet
from wxpark_gui.ui.widgets.fields import FieldBox
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import KeyChangeLabel, Label, ProfileLabel, finding_words
from wxpark_gui.wording.key_change import STEPS


class KeyChangePage(Sheet):
    """Page with the new key. The button for an untested switch appears when no test was possible.

    Args:
        account_id: the account whose key is changed.
        shared_by: labels of the other accounts with the same key.

    Attributes:
        result: end of the last change; None before and after another key was typed.
    """

    def __init__(
        self,
        changer: KeyChanger,
        account_id: str,
        appearance: Appearance,
        parent: QWidget | None = None,
        *,
        shared_by: Sequence[str] = (),
    ) -> None:
        super().__init__(appearance, parent)
        self._changer = changer
        self._account_id = account_id
        self._shared_by = shared_by
        self.result: KeyResult | None = None
        self._is_risk_told = False
        self._note = wrapping_label(self.content)
        self._shared = wrapping_label(self.content, name="keyShared", role="heading")
        edit = QLineEdit(self.content)
        edit.setObjectName("newKey")
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        edit.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
        )
        self.key = FieldBox(edit, parent=self.content)
        self.column.addWidget(self._note)
        self.column.addWidget(self._shared)
        self.column.addWidget(self.key)
        self.column.addStretch(1)
        self._leave = self.add_button(self.backRequested.emit)
        self.untested = self.add_button(self._use_untested)
        self.main = self.add_button(self.on_enter, primary=True)
        edit.textEdited.connect(self._on_typed)
        changer.finished.connect(self._on_finished)
        changer.failed.connect(self._on_failed)
        self.renew()

    @property
    def is_done(self) -> bool:
        """True if the new key is in use."""
        return self.result is not None and self.result.step.is_new

    def renew(self) -> None:
        label = self._appearance.wording.label
        self.title.setText(label(KeyChangeLabel.TITLE))
        self._note.setText(
            self._sentence(self.result)
            if self.result is not None and self.is_done
            else label(KeyChangeLabel.NOTE)
        )
        names = " · ".join(self._shared_by)
        self._shared.setText(label(ProfileLabel.KEY_SHARED, names=names))
        self._shared.setVisible(bool(self._shared_by))
        self.key.set_caption(label(KeyChangeLabel.KEY))
        self.key.entry.setPlaceholderText(label(KeyChangeLabel.KEY_HINT))
        self.key.show_remark(label(Label.KEY_PLACE))
        main = KeyChangeLabel.TEST if self.result is None else KeyChangeLabel.TEST_AGAIN
        self.main.setText(label(KeyChangeLabel.DONE if self.is_done else main))
        self._leave.setText(label(KeyChangeLabel.KEEP))
        self.untested.setText(label(KeyChangeLabel.USE_UNTESTED))
        is_untested = self.result is not None and self.result.step is KeyStep.UNTESTED
        self.untested.setVisible(is_untested)
        self._leave.setVisible(not self.is_done)
        self.key.setVisible(not self.is_done)
        if self.is_done:
            self.say("")
        elif self.result is not None and not self._is_risk_told:
            self.say(self._sentence(self.result))
        self.resized.emit()

    def take_focus(self) -> None:
        self.key.entry.setFocus()

    def on_enter(self) -> None:
        """Test the typed key; close the dialog if the new key is in use."""
        if self.is_done:
            self.backRequested.emit()
            return
        key = self._typed_key()
        if key is not None:
            self._begin(KeyChangeLabel.TESTING)
            self._changer.switch(key, self._account_id)

    def _use_untested(self) -> None:
        """Tell the risk; at the second press, store the key without a test."""
        if not self._is_risk_told:
            self._is_risk_told = True
            self.say(self._appearance.wording.label(KeyChangeLabel.UNTESTED_RISK))
            self.resized.emit()
            return
        key = self._typed_key()
        if key is not None:
            self._begin(KeyChangeLabel.STORING)
            self._changer.store_untested(key, self._account_id)

    def _begin(self, sentence: KeyChangeLabel) -> None:
        self._is_risk_told = False
        self.set_busy(busy=True)
        self.say(self._appearance.wording.label(sentence), "muted")

    def _typed_key(self) -> Secret | None:
        """Return the typed key; if it is malformed, show that and return None."""
        try:
            key = read_key(self.key.entry.text())
        except InvalidInputError as error:
            self.key.show_problem(self._appearance.wording.field_error(error.errors[0]))
            self.key.entry.setFocus()
            self.resized.emit()
            return None
        return key

    def _sentence(self, result: KeyResult) -> str:
        wording = self._appearance.wording
        words = finding_words(result.finding, wording) if result.finding else None
        reason = words.message if words else wording.label(KeyChangeLabel.NO_REASON)
        if words and result.step is KeyStep.REFUSED:
            reason = words.sentences
        return wording.label(STEPS[result.step], reason=reason)

    @Slot()
    def _on_typed(self) -> None:
        self.result, self._is_risk_told = None, False
        self.key.show_problem("")
        self.say("")
        self.renew()

    @Slot(object)
    def _on_finished(self, result: KeyResult) -> None:
        self.set_busy(busy=False)
        self.result = result
        if self.is_done:
            self.key.entry.clear()
        self.renew()
        (self.main if self.is_done else self.key.entry).setFocus()

    @Slot(object)
    def _on_failed(self, error: ReadableError) -> None:
        self.result = None
        self.show_failure(error)
        self.renew()
        self.key.entry.setFocus()


class KeyChangeDialog(SheetDialog):
    """Dialog of one account's key change.

    Esc keeps the old key; it is ignored while a change runs.
    """

    def __init__(
        self,
        changer: KeyChanger,
        account_id: str,
        appearance: Appearance,
        parent: QWidget | None = None,
        *,
        shared_by: Sequence[str] = (),
    ) -> None:
        page = KeyChangePage(changer, account_id, appearance, shared_by=shared_by)
        super().__init__(page, KeyChangeLabel.TITLE, appearance, parent)
        self.setObjectName("keyChangeDialog")
        self.page = page
        self._changer = changer
        self._discard_asked = False
        page.key.entry.textEdited.connect(self._on_typed)
        # The notice strip tells of the bug; a disabled page would stay.
        changer.crashed.connect(self._close)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        self.page.key.entry.clear()
        super().done(result)

    @Slot()
    def reject(self) -> None:
        """Close; if an untested key was typed, ask first and close at the second press."""
        if self._changer.running:
            return
        is_typed = bool(self.page.key.entry.text()) and self.page.result is None
        if is_typed and not self._discard_asked:
            self._discard_asked = True
            self.page.say(self._appearance.wording.label(Label.DISCARD_EDITS))
            self._fit_later()
            return
        self._close()

    @Slot()
    def _close(self) -> None:
        super().reject()

    @Slot()
    def _on_typed(self) -> None:
        self._discard_asked = False
