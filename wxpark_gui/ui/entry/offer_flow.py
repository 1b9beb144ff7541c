"""Puts plates that devices offer into the plate field, or keeps them beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QDialog

from wxpark_gui.controllers import Controllers
from wxpark_gui.domain.door import OfferedPlate
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.entry.offers import WaitingOffers, is_correction
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.verdict.presenter import VerdictPresenter
from wxpark_gui.wording import DoorLabel

QUIET_MS = 1000
"""Milliseconds without an input after which an offer may fill the field.

A second Enter on the plate before cannot meet a plate that the attendant has not seen.
"""

_POLL_MS = 500
_HIDDEN_POLLS = 10
"""Polls for which an offer waits while a small window is scrolled from the form to a verdict."""


class OfferFlow(QObject):
    """Fills the plate field with an offered plate if the attendant has typed nothing.

    Nothing is sent, no sound is made, and neither focus nor verdict change. While the attendant
    types, and while a dialog or the help is open, the newest offer waits. The plate of an offer
    that filled the field is replaced by typing, and then waits too.

    Args:
        is_covered: returns True while something in the window covers the form.
        now: returns the current time, aware.
    """

    def __init__(
        self,
        controllers: Controllers,
        appearance: Appearance,
        *,
        form: EntryForm,
        presenter: VerdictPresenter,
        is_covered: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(form)
        self._entries = controllers.entries
        self._appearance = appearance
        self._form = form
        self._row = form.offers
        self._presenter = presenter
        self._is_covered = is_covered
        self._now = now
        self._waiting = WaitingOffers()
        self._filled: OfferedPlate | None = None
        self._is_filling = False
        # False if the attendant typed a plate since the newest offer came.
        self._may_fill = False
        self._hidden_polls = 0
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._advance)
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._on_poll)
        controllers.door.offered.connect(self.note_offer)
        controllers.entries.saved.connect(self._on_saved)
        form.plate.plateChanged.connect(self._on_plate)
        form.edited.connect(self._on_input)
        form.submitted.connect(self._on_submitted)
        form.rejected.connect(self._on_input)
        self._row.taken.connect(self.take)
        self._row.keyboardLeft.connect(form.plate.setFocus)

    @Slot(object)
    def note_offer(self, offer: OfferedPlate) -> None:
        """Take up an offer, unless it repeats the plate in the field or the one entered last."""
        if offer.plate == self._form.plate.text() or self._entries.was_entered_last(offer.plate):
            return
        if self._waiting.add(offer):
            self._may_fill = self._form.untouched
            self._advance()

    @Slot()
    def take(self) -> None:
        """Put the newest waiting offer into the field, in place of what is typed, and focus it.

        Show a note if none waits. Undo brings the replaced plate back.
        """
        self._form.plate.setFocus()
        offer = self._waiting.take()
        if offer is None:
            self._presenter.show_note(lambda wording: wording.label(DoorLabel.NOTHING))
            return
        self._fill(offer, as_edit=True)
        self._show()

    def dismiss(self) -> bool:
        """Drop the waiting offers if nothing is typed; return False if nothing was dropped."""
        if not self._form.plate.state.untouched or self._waiting.newest is None:
            return False
        self._waiting.dismiss_all(self._now())
        self._show()
        return True

    @Slot()
    def _advance(self) -> None:
        self._waiting.expire(self._now())
        if self._may_fill and self._can_fill():
            offer = self._waiting.take()
            if offer is not None:
                self._fill(offer, as_edit=False)
        self._show()

    @Slot()
    def _on_poll(self) -> None:
        is_hidden = self._form.plate.visibleRegion().isEmpty()
        self._hidden_polls = self._hidden_polls + 1 if is_hidden else 0
        self._advance()

    def _can_fill(self) -> bool:
        state = self._form.plate.state
        is_typing = (
            not state.untouched
            or state.cursor < len(state.number.text)
            or state.letters
            or self._form.plate.composing
            or not self._form.details.is_empty
            or self._quiet.isActive()
        )
        return not is_typing and not self._is_out_of_sight()

    def _is_out_of_sight(self) -> bool:
        """Test if the attendant would not see the plate, or would no longer see the verdict."""
        plate = self._form.plate
        is_scrolled_off = plate.visibleRegion().isEmpty() and self._hidden_polls < _HIDDEN_POLLS
        dialogs = self._form.window().findChildren(QDialog)
        is_dialog_open = any(dialog.isVisible() for dialog in dialogs)
        return is_scrolled_off or is_dialog_open or self._is_covered()

    def _fill(self, offer: OfferedPlate, *, as_edit: bool) -> None:
        before, self._filled = self._filled, offer
        if before is not None and before.plate == self._form.plate.text():
            self._waiting.add(before)
        self._is_filling = True
        if as_edit:
            self._form.plate.set_text(offer.plate, offered=True)
        else:
            self._form.fill_offered(offer.plate)
        self._is_filling = False
        if self._presenter.rests:
            state = self._form.plate.state
            self._presenter.follow_form(
                state.number, untouched=False, asks_prefix=state.asks_prefix
            )
        words = self._appearance.wording.label(
            DoorLabel.ANNOUNCED, plate=read_plate(offer.plate).spaced
        )
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._form.plate, words))

    @Slot(str)
    def _on_plate(self, text: str) -> None:
        if self._is_filling:
            return
        self._on_input()
        offer = self._filled
        if offer is None or text == offer.plate:
            return
        self._filled = None
        if self._form.plate.state.untouched:
            if not self._entries.was_entered_last(offer.plate):
                self._waiting.dismiss(offer, self._now())
        elif not is_correction(offer.plate, text):
            # Typed over.
            self._waiting.add(offer)
        self._show()

    @Slot()
    def _on_submitted(self) -> None:
        """End the mark of a plate about which the attendant is asked, and which Enter confirms."""
        if self._form.plate.state.offered:
            self._is_filling = True
            self._form.fill_offered(self._form.plate.text(), touched=True)
            self._is_filling = False
        self._on_input()

    @Slot()
    def _on_input(self) -> None:
        if self._is_filling:
            return
        self._quiet.start()
        if not self._form.untouched:
            self._may_fill = False

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        if record.entry.plate:
            self._waiting.discard(record.entry.plate.text)
            self._show()

    def _show(self) -> None:
        newest = self._waiting.newest
        self._row.show_offers(self._filled, newest, self._waiting.older)
        if newest is None:
            self._poll.stop()
        elif not self._poll.isActive():
            self._poll.start()
