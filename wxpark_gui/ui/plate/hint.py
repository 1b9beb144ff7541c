"""The line beneath a plate: what is wrong, what is looked for, or what kind of plate it is."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wxpark_gui.domain.plate import read_plate
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.provinces import ProvinceSearch
from wxpark_gui.ui.plate.suggestions import Offer, OfferKind
from wxpark_gui.ui.widgets.labels import WrappingLabel
from wxpark_gui.wording import Label

_OFFERS = {
    OfferKind.LOOKALIKE: Label.OFFER_LOOKALIKE,
    OfferKind.READING: Label.OFFER_READING,
    OfferKind.KNOWN: Label.OFFER_KNOWN,
}


class PlateLine(WrappingLabel):
    """Says one thing at a time; what is offered is always said with its key."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName("plateLine")

    def show_problem(self, sentence: str) -> None:
        """What is wrong, or asked."""
        self._say(sentence, "problem")

    def show_composing(self, text: str) -> None:
        """What an input method is making."""
        self._say(text)

    def show_search(self, search: ProvinceSearch) -> None:
        """The words that the letters stand for, each with its digit."""
        words = "  ".join(f"{n} {word}" for n, word in enumerate(search.candidates(), 1))
        letters = search.letters.upper()
        self._say(
            self._appearance.wording.label(Label.PROVINCE_SEARCH, letters=letters, words=words)
        )

    def show_choosing(self) -> None:
        """The province is to be chosen."""
        self._say(self._appearance.wording.label(Label.CHOOSE_PROVINCE))

    def show_plate(self, remark: str, offer: Offer | None) -> None:
        """What kind of plate it is, and what one key would make of it."""
        parts = [remark, *(self._offer_words(offer) if offer else ())]
        self._say(" · ".join(part for part in parts if part))

    def _offer_words(self, offer: Offer) -> list[str]:
        wording = self._appearance.wording
        words = wording.label(_OFFERS[offer.kind], plate=read_plate(offer.text).spaced)
        return [words, wording.label(Label.OFFER_MORE)] if offer.more else [words]

    def _say(self, text: str, role: str = "muted") -> None:
        self.setText(text)
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().polish(self)
