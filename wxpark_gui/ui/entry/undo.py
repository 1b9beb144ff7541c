"""F2: the last entry of this window, taken back while it still waits."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from wxpark_gui.controllers.desk import Desk
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.record import EntryRecord
from wxpark_gui.ui.entry.form import EntryForm
from wxpark_gui.ui.entry.under_way import UnderWay
from wxpark_gui.ui.entry.undo_button import TakeBackOffer
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.wording import Label


class TakingBack(QObject):
    """Knows which entry F2 means, offers to take it back, and tells how that ended.

    Args:
        under_way: an entry that is not saved yet is taken back as soon as it is.
        form: takes the draft again, for correction, unless the next car stands there already.
    """

    def __init__(
        self,
        desk: Desk,
        appearance: Appearance,
        under_way: UnderWay,
        form: EntryForm,
        offer: TakeBackOffer,
    ) -> None:
        super().__init__(form)
        self._desk = desk
        self._appearance = appearance
        self._under_way = under_way
        self._form = form
        self._offer = offer
        self._record: EntryRecord | None = None
        self._draft: EntryDraft | None = None
        offer.clicked.connect(self.take_back)
        offer.keyboardLeft.connect(form.plate.setFocus)
        desk.entrySaved.connect(self._on_saved)
        desk.entryChanged.connect(self._on_changed)
        desk.sendingBegan.connect(self._on_sending)
        desk.takenBack.connect(self._on_taken_back)
        desk.notTakenBack.connect(self._on_not_taken_back)

    @Slot()
    def take_back(self) -> None:
        """Take the last entry back, or say why not."""
        self._form.plate.setFocus()
        if self._under_way.want_back():
            return
        if self._record is None or self._record.state is DeliveryState.VOIDED:
            self._form.remark(self._appearance.wording.label(Label.NOTHING_TO_TAKE_BACK))
            return
        self._offer.withdraw()
        self._desk.take_back(self._record.entry_id)

    @Slot(object)
    def _on_saved(self, record: EntryRecord) -> None:
        handed = self._under_way.saved()
        self._record, self._draft = record, handed.draft if handed else None
        if handed and handed.unwanted:
            self._desk.take_back(record.entry_id)
        else:
            self._offer.offer()

    @Slot(object)
    def _on_changed(self, record: EntryRecord) -> None:
        before = self._record
        if before is None or record.entry_id != before.entry_id:
            return
        self._record = record
        if record.state is not DeliveryState.WAITING:
            self._offer.withdraw()
        elif before.state is not DeliveryState.WAITING:
            # The line failed, and it can be taken back once more; told once, not at every try.
            self._offer.offer()

    @Slot(object)
    def _on_sending(self, record: EntryRecord) -> None:
        if self._record and record.entry_id == self._record.entry_id:
            self._offer.withdraw()

    @Slot(object)
    def _on_taken_back(self, record: EntryRecord) -> None:
        draft, self._draft = self._draft, None
        if self._record is None or record.entry_id != self._record.entry_id:
            return
        if draft and self._form.untouched:
            self._form.restore(draft)
            self._form.plate.setFocus()

    @Slot(object)
    def _on_not_taken_back(self, error: ReadableError) -> None:
        words = self._appearance.wording.failure(error)
        self._form.remark(f"{words.message} {words.action}")
