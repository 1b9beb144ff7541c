"""Dialog to add, rename and retire managers and to set a new PIN."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from wxpark_gui.controllers.approvals import Approvals
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.manager import GuardState, LastManagerError
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.manager.sheet_dialog import SheetDialog
from wxpark_gui.ui.shift.people_page import PeopleAct, PeoplePage, PeopleState
from wxpark_gui.wording import ManagerLabel

_NOTES = {PeopleAct.NEW_PIN: ManagerLabel.PIN_NOTE, PeopleAct.RETIRE: ManagerLabel.RETIRE_NOTE}


class ManagersPage(PeoplePage):
    """Page of the managers."""

    def title_words(self) -> str:
        return self._appearance.wording.label(ManagerLabel.TITLE)

    def note_words(self, act: PeopleAct) -> str:
        note = _NOTES.get(act) if self._state.people else ManagerLabel.FIRST_NOTE
        return self._appearance.wording.label(note) if note else ""

    def saved(self, state: PeopleState) -> None:
        """Confirm the stored change; a retired manager is no longer in `state`."""
        chosen = self.picker.person
        is_gone = chosen is not None and chosen not in state.people
        is_retired = self.act.value is PeopleAct.RETIRE and is_gone
        if not state.people:
            self.show_state(state)
            self.set_busy(busy=False)
            self.take_focus()
        else:
            super().saved(state)
        if is_retired and chosen is not None:
            label = ManagerLabel.RETIRED if state.people else ManagerLabel.LIFTED
            self.say(self._appearance.wording.label(label, name=chosen.label), "muted")


class ManagerDialog(SheetDialog):
    """Dialog with the list of managers. Retiring the last one must be confirmed."""

    def __init__(
        self, approvals: Approvals, appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        page = ManagersPage(appearance)
        super().__init__(page, ManagerLabel.TITLE, appearance, parent)
        self.setObjectName("managerDialog")
        self.page = page
        self._approvals = approvals
        self._lifting = ""
        self.page.show_state(approvals.state)
        self.page.addRequested.connect(self._add)
        self.page.renameRequested.connect(approvals.rename)
        self.page.pinRequested.connect(self._set_pin)
        self.page.retireRequested.connect(self._retire)
        self.page.act.chosen.connect(self._forget_lifting)
        approvals.edited.connect(self._on_edited)
        approvals.notEdited.connect(self._on_not_edited)
        # The notice strip tells of the bug; a disabled page would stay.
        approvals.crashed.connect(self.reject)

    def has_input(self) -> bool:
        """Test if a name or PIN is typed."""
        return self.page.has_input()

    def done(self, result: int) -> None:
        for box in (self.page.pin, self.page.pin_again):
            box.entry.clear()
        super().done(result)

    # Signals carry no PIN, so these slots read it from the page.

    @Slot(str)
    def _add(self, name: str) -> None:
        self._approvals.add(name, self.page.typed_pin())

    @Slot(str)
    def _set_pin(self, manager_id: str) -> None:
        self._approvals.set_pin(manager_id, self.page.typed_pin())

    @Slot(str)
    def _retire(self, manager_id: str) -> None:
        self._approvals.retire(manager_id, lift=manager_id == self._lifting)

    @Slot(object)
    def _on_edited(self, state: GuardState) -> None:
        self._lifting = ""
        self.page.saved(state)

    @Slot(object)
    def _on_not_edited(self, error: ReadableError) -> None:
        chosen = self.page.picker.person
        is_last = isinstance(error, LastManagerError) and chosen is not None
        self._lifting = chosen.person_id if is_last and chosen is not None else ""
        self.page.show_failure(error)
        self._fit_later()

    @Slot()
    def _forget_lifting(self) -> None:
        self._lifting = ""
