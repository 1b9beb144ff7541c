"""Texts of the console tool, and its variants of sentences that only fit the window."""

from __future__ import annotations

from collections.abc import Callable

from wxpark_gui.domain.errors import Field
from wxpark_gui.wording.care import BackupConsoleWords
from wxpark_gui.wording.door import DoorConsoleWords
from wxpark_gui.wording.export import ExportConsoleWords
from wxpark_gui.wording.managers import ManagerConsoleWords
from wxpark_gui.wording.marking import mark
from wxpark_gui.wording.profiles import ProfileConsoleWords
from wxpark_gui.wording.settings import SettingsConsoleWords

CONSOLE_VARIANTS = {
    "Enter the merchant's data.": mark("Enter it with wxpark merchant set."),
    "Please correct the marked fields.": mark("Correct the options and repeat the command."),
    "Enter the key again in the settings (F12).": mark(
        "Enter it again with wxpark merchant set --key-stdin."
    ),
    "Enter the number and its key together.": mark(
        "Enter both with wxpark merchant set --mch-id NUMBER --key-stdin, then repeat the command."
    ),
    "Have the manager enter it again (F12).": mark("Enter it again with wxpark merchant set."),
    "Enter them again (F12), or have the manager restore the file.": mark(
        "Restore or correct settings.toml in the data directory."
    ),
    "Have the manager sign it again, or correct the key (F12).": mark(
        "Have it signed again, or correct version_key in settings.toml."
    ),
    "Send them or take them back first, then remove it.": mark(
        "Send them first with wxpark journal flush, then remove it."
    ),
    "Switch to another one first, then remove it.": mark(
        "Switch first with wxpark merchant use NAME, then remove it."
    ),
    "Choose one from the list (Shift F12).": mark("wxpark merchant list prints the names."),
    "The province is missing; F4 chooses it.": mark(
        "The province is missing; a plate begins with it, as 粤B12345."
    ),
    "Not a time; write 09:30 or 03-15 09:30.": mark(
        "Not a time; write YYYYMMDDhhmmss, as 20260315093000."
    ),
    "The manager sets the limit (F12).": mark("backfill_hours in settings.toml sets the limit."),
    "Send them or take them back first, then restore.": mark(
        "Send them first with wxpark journal flush, then restore."
    ),
    "Choose another name.": mark("Choose another name, or replace it with --force."),
    "WeChat refused it: {reason}. F5 sends it again.": mark(
        "WeChat refused it: {reason}. Repeat the command to send it again."
    ),
    "Have the manager set another port (F12).": mark("Set door.port to another port."),
    "Have the manager check the setting (F12).": mark("Check door.port and the data directory."),
    "Have the manager clear its address in the settings (F12).": mark(
        "Clear it with wxpark merchant set --gateway-url= ."
    ),
    "Have the manager type the proxy's address in the settings (F12).": mark(
        "Name it with wxpark settings set network.proxy_url=http://HOST:PORT."
    ),
    "Save the diagnostics, and have the manager send them to the supplier.": mark(
        "Save them with wxpark diagnostics FILE.zip, and send them to the supplier."
    ),
}
"""Sentences of the window, mapped to those that replace them in the console tool."""


class ConsoleWords:
    """Help texts, labels and sentences of `wxpark`, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        _ = translate
        self.program = _("Tell WeChat Pay that a car has entered; set up and examine a booth.")
        self.usage = _("usage: ")
        self.commands = _("commands")
        self.options = _("options")
        self.help = _("print this help and stop")
        self.version = _("print the version and stop")
        self.data_directory = _("keep everything in DIR instead of the usual place")
        self.language = _("language of the output; by default that of the settings")
        self.json = _("print JSON")
        self.training = _("use the embedded training gateway: nothing is sent to WeChat")
        self._translate_notify_help(_)
        self._translate_merchant_help(_)
        self._translate_journal_help(_)
        self._translate_argument_errors(_)
        self._translate_results(_)
        self.exports = ExportConsoleWords(_)
        self.settings = SettingsConsoleWords(_)
        self.door = DoorConsoleWords(_)
        self.managers = ManagerConsoleWords(_)
        self.profiles = ProfileConsoleWords(_)
        self.backup = BackupConsoleWords(_)

    def _translate_notify_help(self, _: Callable[[str], str]) -> None:
        self.notify = _("send one entry and print the owner's state")
        self.query = _("ask for the state of a plate's owner; registers no entry")
        self.query_plate = _("number plate")
        self.plate = _("number plate; required in the scene 'parking'")
        self.car_type = _("kind of car")
        self.scene = _("a car park with a barrier, or a single bay")
        self.space_number = _("number of the bay")
        self.openid = _("the driver's id under appid")
        self.sub_openid = _("the driver's id under sub_appid")
        self.start_time = _("entry time in Beijing, YYYYMMDDhhmmss; now when left out")

    def _translate_merchant_help(self, _: Callable[[str], str]) -> None:
        self.merchant = _("enter, show or remove the merchant")
        self.merchant_set = _("enter the merchant, or change what is named of it")
        self.merchant_show = _("show the ids; the key is never shown")
        self.merchant_forget = _("remove the ids, and the key from the keyring")
        self.merchant_field = {
            Field.APPID: _("APPID bound to the service provider"),
            Field.MCH_ID: _("the service provider's merchant number"),
            Field.SUB_APPID: _("the sub-merchant's APPID"),
            Field.SUB_MCH_ID: _("the sub-merchant's number"),
            Field.PARKING_NAME: _("name of the car park, as the driver sees it"),
            Field.FREE_TIME: _("free period in seconds"),
            Field.PROFILE_NAME: _("name to switch by in the booth; that of the car park if empty"),
            Field.NOTIFY_URL: _("address for later state changes"),
            Field.GATEWAY_URL: _("another gateway: https, or http on this computer"),
            Field.BOOTH: _("name of the booth"),
            Field.PLATE_PREFIX: _("province and letter that a plate begins with by itself, as 粤B"),
        }
        self.key_stdin = _("read a new APIv2 key from standard input")
        self.key_prompt = _("APIv2 key (not shown while typed): ")

    def _translate_journal_help(self, _: Callable[[str], str]) -> None:
        self.journal = _("look at the entries kept on this computer")
        self.journal_list = _("print entries, oldest first")
        self.since = _("only those saved since then: a day, with or without a time; 7d or 36h")
        self.plate_part = _("only those with this plate, or a part of it")
        self.state = _("only those in this state")
        self.journal_verify = _("check the journal's file from end to end")
        self.journal_flush = _("send what waits, now, and wait until that is done")
        self.gateway = _("run the training gateway by itself")
        self.port = _("port on 127.0.0.1; a free one when left out")
        self.fault = _("misbehave in this way; may be given more than once")
        self.doctor = _("examine this booth; leaves no change")
        self.diagnostics = _("save what a support call needs, without keys and whole plates")
        self.diagnostics_file = _("the ZIP file; left out, print all that it would hold")
        self.diagnostics_file_wrong = _("Name a file that ends in .zip.")
        self.diagnostics_saved = _("Saved in {name}. Nothing was sent.")

    def _translate_argument_errors(self, _: Callable[[str], str]) -> None:
        self.key_as_argument = _(
            "--key is refused: other programs can read arguments. Use --key-stdin instead."
        )
        self.unknown_arguments = _("unknown arguments: {names}")
        self.wrong_argument = _("{name}: no value, or one that is not allowed; see --help")
        self.choose = _("{name}: choose one of: {choices}")
        self.command_missing = _("A command is missing; see --help.")
        self.key_stdin_missing = _("The key is read from standard input: add --key-stdin.")
        self.data_directory_empty = _("--data-dir needs the name of a directory.")
        self.since_malformed = _("--since: write 2026-03-15, '2026-03-15 09:30', 7d or 36h")
        self.port_range = _("--port: write a number from {least} to {limit}")

    def _translate_results(self, _: Callable[[str], str]) -> None:
        self.journal_sound = _("The journal is sound: {count} entries.")
        self.column_number = _("No.")
        self.column_saved = _("Saved at")
        self.column_plate = _("Plate or bay")
        self.column_verdict = _("Verdict")
        self.interrupted = _("Interrupted. The entry is saved; wxpark journal flush sends it.")
        self.result_not_stored = _(
            "The result was not stored. The entry is saved; wxpark journal flush sends it again."
        )
        self.output_lost = _("The output could not be written; is the disk full?")
        self.port_taken = _("Port {port} is taken or not allowed. Choose another one with --port.")
        self.kept = _("Merchant and key are kept.")
        self.forgotten = _("Merchant and key are removed.")
        self.forgotten_keys_left = _(
            "The merchant is removed. The keyring still holds the key of: {mch_ids}."
        )
        self.key_is_kept = _("in the keyring")
        self.key = _("key")
        self.training_mark = _("TRAINING: nothing was sent to WeChat")
        self.not_chargeable = _("WeChat deducts only for blue and green plates.")
        self.key_absent = _("The keyring holds no key for merchant {mch_id}; one is read now.")
        self.bug = _("The program failed ({name}). What was saved is safe; the log says more.")
