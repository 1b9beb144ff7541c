"""The hint under the plate: problem, composed text, province search, or class and suggestion."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wxpark_gui.domain.entry import CarType
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.plate.field import FieldState
from wxpark_gui.ui.plate.suggestions import Offer, OfferKind
from wxpark_gui.ui.widgets.labels import WrappingLabel
from wxpark_gui.ui.widgets.restyle import restyle
from wxpark_gui.wording import Label, Wording

_OFFERS = {
    OfferKind.LOOKALIKE: Label.OFFER_LOOKALIKE,
    OfferKind.READING: Label.OFFER_READING,
    OfferKind.KNOWN: Label.OFFER_KNOWN,
}


class PlateHint(WrappingLabel):
    """Label under the plate. A suggestion always names the key that takes it."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self.setObjectName("plateLine")

    def show_problem(self, sentence: str) -> None:
        """Show a sentence in the colour of problems."""
        self._show_text(sentence, "problem")

    def show_composing(self, text: str) -> None:
        """Show text that an input method is composing."""
        self._show_text(text)

    def show_state(self, state: FieldState, car_type: CarType | None) -> None:
        """Show search, or class and suggestion; without a car type the class is left out."""
        label = self._wording.label
        if state.letters:
            words = "  ".join(f"{n} {word}" for n, word in enumerate(state.candidates, 1))
            letters = state.letters.upper()
            self._show_text(label(Label.PROVINCE_SEARCH, letters=letters, words=words))
        elif state.choosing:
            self._show_text(label(Label.CHOOSE_PROVINCE))
        else:
            self._show_plate(state, car_type)

    @property
    def _wording(self) -> Wording:
        return self._appearance.wording

    def _show_plate(self, state: FieldState, car_type: CarType | None) -> None:
        parts = [self._wording.plate_line(state.number, car_type) if car_type else ""]
        if state.lookalike:
            other = read_plate(state.lookalike).spaced
            parts.append(self._wording.label(Label.LOOKALIKE_KNOWN, plate=other))
        parts += self._offer_words(state.offer) if state.offer else ()
        self._show_text(
            " · ".join(part for part in parts if part), "note" if state.lookalike else "muted"
        )

    def _offer_words(self, offer: Offer) -> list[str]:
        words = self._wording.label(_OFFERS[offer.kind], plate=read_plate(offer.text).spaced)
        return [words, self._wording.label(Label.OFFER_MORE)] if offer.more else [words]

    def _show_text(self, text: str, role: str = "muted") -> None:
        self.setText(text)
        if self.property("role") != role:
            self.setProperty("role", role)
            restyle(self)
