"""Saves the sheet of the help, and reports the result in the help."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from wxpark_gui.controllers.documents import DocumentSaver
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.domain.settings import Settings
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.widgets.labels import breakable
from wxpark_gui.ui.window.help_overlay import HelpOverlay
from wxpark_gui.wording import HelpLabel


class HelpPrinter(QObject):
    """Makes the sheet with the names of car park and booth."""

    def __init__(
        self, documents: DocumentSaver, appearance: Appearance, overlay: HelpOverlay
    ) -> None:
        super().__init__(overlay)
        self._documents = documents
        self._appearance = appearance
        self._overlay = overlay
        self._place, self._contact = "", ""
        documents.saved.connect(self._on_saved)
        documents.failed.connect(self._on_failed)
        overlay.sheetRequested.connect(self.save)

    def show_settings(self, settings: Settings) -> None:
        """Put the names of car park and booth, and whom to ask, on later sheets."""
        lot = settings.account.merchant.parking_name if settings.account else ""
        place = " · ".join(filter(None, (lot, settings.booth.name)))
        self._place, self._contact = place, settings.booth.support_contact
        self._overlay.show_contact(self._contact)

    @Slot()
    def save(self) -> None:
        """Show the help, and start to save the sheet."""
        # Its page sizes would delay the first paint.
        from wxpark_gui.ui.look.pdf import prepare_pdf  # noqa: PLC0415
        from wxpark_gui.ui.window.help_sheet import HelpSheet, render_help  # noqa: PLC0415

        if not self._overlay.isVisible():
            self._overlay.toggle()
        wording = self._appearance.wording
        self._overlay.show_message(wording.label(HelpLabel.SHEET_SAVING))
        name = f"{wording.label(HelpLabel.SHEET_TITLE)}.pdf"
        prepare_pdf()
        self._documents.save(
            name, partial(render_help, HelpSheet(self._place, self._contact), wording)
        )

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        saved = self._appearance.wording.label(HelpLabel.SHEET_SAVED, path=path)
        self._overlay.show_message(breakable(saved))

    @Slot(object)
    def _on_failed(self, error: ReadableError) -> None:
        self._overlay.show_message(self._appearance.wording.failure(error).sentences)
