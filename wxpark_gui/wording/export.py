"""Texts of exports: headings of the file, the window's dialog, the console tool."""

from __future__ import annotations

from collections.abc import Callable

from wxpark_gui.domain.record import Link


class ExportWords:
    """Headings and values of the exported file, and the texts of the dialog, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        _ = translate
        self.sheet = _("Entries")
        self.saved_at = _("Saved at")
        self.sequence = _("Number")
        self.lot = _("Car park")
        self.booth = _("Booth")
        self.delivery = _("Delivery")
        self.verdict = _("Verdict")
        self.user_state = _("user_state (WeChat)")
        self.deduct_mode = _("deduct_mode (WeChat)")
        self.code = _("Code")
        self.attempts = _("Attempts")
        self.last_attempt = _("Last attempt")
        self.elapsed = _("Answer time in ms")
        self.attendant = _("Attendant")
        self.shift = _("Shift")
        self.backfilled = _("Entered later")
        self.void_reason = _("Reason of taking back")
        self.link = _("Kind of link")
        self.replaces = _("Replaces (id)")
        self.replaced_by = _("Replaced by (id)")
        self.training = _("Training")
        self.sub_mch_id = _("Sub-merchant (sub_mch_id)")
        self.entry_id = _("Entry id")
        self.yes = _("yes")
        self.links = {Link.CORRECTED: _("Correction"), Link.RESENT: _("Second sending")}
        self._translate_dialog(_)

    def _translate_dialog(self, _: Callable[[str], str]) -> None:
        self.title = _("Export entries")
        self.every_entry = _("All entries")
        self.filtered = _("Entries as the list shows them")
        self.since = _("from {time}")
        self.until = _("before {time}")
        self.plate = _("plate with {plate}")
        self.format = _("Format")
        self.whole_plates = _("Show whole plates")
        self.whole_plates_note = _("Whole plates are personal data: the audit notes their export.")
        self.choose_file = _("Choose file …")
        self.file_kind = _("{format} files")
        self.progress = _("{rows} entries written")
        self.finishing = _("{rows} entries written; completing the file …")
        self.cancelling = _("Being cancelled …")
        self.done = _("{rows} entries are in {name}.")
        self.skipped = _(
            "Not in it: the archives of {months} cannot be read. Please tell the manager."
        )
        self.unreadable = _("Not in it: {count} entries that are damaged.")
        self.cancelled = _("Cancelled. No file was written.")
        self.open_folder = _("Open folder")
        self.folder_not_opened = _(
            "The folder did not open. Copy its path and open it yourself: {path}"
        )
        self.copy_path = _("Copy path")
        self.close = _("Close")
        self.file_name = _("entries-{day}")


class ExportConsoleWords:
    """Help and sentences of `wxpark journal export` and `show`, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        _ = translate
        self.export = _("write entries to a file for spreadsheets")
        self.file = _("the file; .csv or .xlsx chooses the format")
        self.until = _("only those saved before then; a day counts to its end")
        self.force = _("replace an existing file")
        self.unmasked = _("write whole plates; the audit notes it")
        self.show = _("print all that is stored about one entry")
        self.entry_id = _("id of the entry")
        self.file_missing = _("Name a file that ends in .csv or .xlsx.")
        self.entry_id_missing = _("Name the id of one entry; journal list --json prints them.")
        self.until_malformed = _("--until: write 2026-03-15, '2026-03-15 09:30', 7d or 36h")
        self.percent = _("{rows} entries, {percent} %")
        self.exchanges = _("attempts")
        self.audit = _("audit")
        self.interrupted = _("interrupted")
