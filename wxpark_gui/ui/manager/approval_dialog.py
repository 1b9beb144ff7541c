"""Dialog in which a manager approves one act."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers.approvals import Approvals, Request
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.manager import GuardState
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.pin import read_pin
from wxpark_gui.domain.shift_errors import PinFormatError
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.manager.sheet_dialog import SheetDialog
from wxpark_gui.ui.shift.person_picker import PersonPicker
from wxpark_gui.ui.shift.sheet import Sheet, make_pin_box
from wxpark_gui.ui.widgets.labels import wrapping_label
from wxpark_gui.wording import ManagerLabel


class ApprovalPage(Sheet):
    """Page with the act, the managers and the PIN.

    Signals:
        submitted(str): id of the chosen manager; `typed_pin` has the PIN.
    """

    submitted = Signal(str)

    def __init__(
        self,
        appearance: Appearance,
        request: Request,
        state: GuardState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(appearance, parent)
        self._request = request
        self._state = state
        self._act = wrapping_label(self.content, name="approvalAct", role="heading")
        self._once = wrapping_label(self.content, role="muted")
        self._caption = wrapping_label(self.content)
        self.picker = PersonPicker(self.content)
        self.pin = make_pin_box(self.content)
        self.pin.entry.setObjectName("approvalPin")
        for part in (self._act, self._once, self._caption, self.picker, self.pin):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self._leave = self.add_button(self.backRequested.emit)
        self._approve = self.add_button(self.on_enter, primary=True)
        self.picker.picked.connect(self._on_picked)
        self.pin.entry.textChanged.connect(self._on_typed)
        self.renew()
        if len(state.people) == 1:
            self.picker.choose(state.people[0])

    def renew(self) -> None:
        wording = self._appearance.wording
        self.title.setText(wording.label(ManagerLabel.APPROVAL_TITLE))
        act = wording.act(self._request.act)
        self._act.setText(f"{act} · {self._request.label}" if self._request.label else act)
        self._once.setText(wording.label(ManagerLabel.ONCE))
        self._caption.setText(wording.label(ManagerLabel.MANAGER))
        people = self._state.people
        labels = [person.label for person in people]
        self.picker.show_people(people, labels, wording.label(ManagerLabel.MANAGER_NAME))
        self.pin.set_caption(wording.label(ManagerLabel.PIN))
        self._leave.setText(wording.label(ManagerLabel.LEAVE))
        self._approve.setText(wording.label(ManagerLabel.APPROVE))
        self.resized.emit()

    def take_focus(self) -> None:
        if self.picker.person is None:
            self.picker.take_focus()
        else:
            self._focus_pin()

    def on_enter(self) -> None:
        manager = self.picker.person
        if manager is None:
            self.say(self._appearance.wording.label(ManagerLabel.CHOOSE_MANAGER))
            self.picker.take_focus()
            return
        try:
            self.typed_pin()
        except PinFormatError as error:
            self.show_failure(error)
            self._focus_pin()
            return
        self.set_busy(busy=True)
        self.say(self._appearance.wording.label(ManagerLabel.CHECKING), "muted")
        self.submitted.emit(manager.person_id)

    def typed_pin(self) -> Secret:
        """Return the typed PIN. Raises `PinFormatError`."""
        return read_pin(self.pin.entry.text())

    def refuse(self, error: ReadableError) -> None:
        """Show the error, and clear and focus the PIN."""
        self.show_failure(error)
        self.clear_pin()
        self._focus_pin()
        self.resized.emit()

    def clear_pin(self) -> None:
        """Empty the PIN; the sentence shown stays."""
        self.pin.entry.blockSignals(True)
        self.pin.entry.clear()
        self.pin.entry.blockSignals(False)

    def _focus_pin(self) -> None:
        self.pin.entry.setFocus()
        self.show_part(self.pin)

    @Slot()
    def _on_picked(self) -> None:
        self.say("")
        self._focus_pin()

    @Slot()
    def _on_typed(self) -> None:
        self.say("")


class ApprovalDialog(SheetDialog):
    """Dialog for one request. It closes when the request is settled; Esc withdraws it."""

    def __init__(
        self,
        approvals: Approvals,
        request: Request,
        appearance: Appearance,
        parent: QWidget | None = None,
    ) -> None:
        page = ApprovalPage(appearance, request, approvals.state)
        super().__init__(page, ManagerLabel.APPROVAL_TITLE, appearance, parent)
        self.setObjectName("approvalDialog")
        self.page = page
        self.request = request
        self._approvals = approvals
        self.page.submitted.connect(self._submit)
        approvals.refused.connect(self.page.refuse)
        approvals.settled.connect(self.accept)

    def done(self, result: int) -> None:
        self.page.clear_pin()
        super().done(result)

    @Slot()
    def reject(self) -> None:
        """Withdraw the request; a no-op while the PIN is being checked."""
        self._approvals.withdraw()

    # The signal carries no PIN, so this slot reads it from the page.

    @Slot(str)
    def _submit(self, manager_id: str) -> None:
        self._approvals.submit(manager_id, self.page.typed_pin())
