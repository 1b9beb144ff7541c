"""The commands of `wxpark`. Each imports the modules that only it needs.

The module exceeds the project's limit of 300 lines: one function for each command; they share the
reporting of errors.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.interrupts import Interrupts
from wxpark_gui.console.opening import JournalOpener
from wxpark_gui.console.parser import CAR_TYPES, SCENES, STATES
from wxpark_gui.console.report import (
    ExitCode,
    entry_json,
    exit_code_for,
    exit_code_of,
    exit_code_of_findings,
    exit_code_of_flush,
    failure_json,
    failure_text,
    flushed_json,
    flushed_text,
    merchant_text,
    record_json,
    record_text,
)
from wxpark_gui.console.streams import Output, read_secret_line, to_json
from wxpark_gui.domain.entry import EntryDraft, read_wire_time
from wxpark_gui.domain.entry_filter import EntryFilter
from wxpark_gui.domain.errors import (
    DataDirectoryInUseError,
    FieldError,
    InvalidInputError,
    JournalWriteError,
    KeyMissingError,
    NotSetUpError,
    ReadableError,
)
from wxpark_gui.domain.merchant import MerchantProfile, Secret, check_merchant, read_key
from wxpark_gui.domain.plate import normalise_plate
from wxpark_gui.domain.settings import Settings, change_merchant
from wxpark_gui.wording import Wording

if TYPE_CHECKING:
    from wxpark_gui.console.settings import Changed
    from wxpark_gui.domain.record import EntryRecord
    from wxpark_gui.service.ports import Journal
    from wxpark_gui.service.submit import Submission

_A_WHILE = 3600.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Command:
    """One call of `wxpark`: its options, wording, output and handling of Ctrl-C."""

    options: argparse.Namespace
    wording: Wording
    output: Output
    interrupts: Interrupts

    @property
    def opener(self) -> JournalOpener:
        return JournalOpener(self.wording, self.output)

    def print(self, as_json: dict[str, Any], as_text: str) -> None:
        """Print the object if the option `--json` is set, else the text."""
        self.output.print(as_json if self.options.json else as_text)

    def report_bug(self, error: Exception) -> None:
        """Print a sentence with the class of an unexpected error. Nothing is logged."""
        self.output.complain(self.wording.console.bug.format(name=type(error).__name__))


def run(options: argparse.Namespace, wording: Wording, interrupts: Interrupts) -> int:
    """Run the command of the parsed options; return its exit code.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    command = Command(options, wording, Output(), interrupts)
    try:
        code = _COMMANDS[options.command](command)
    except ReadableError as error:
        _print_error(error, command)
        return exit_code_for(error)
    except Exception as error:  # noqa: BLE001 - a person gets a sentence, the log the traceback
        command.report_bug(error)
        return ExitCode.FAILED
    if command.output.lost:
        command.output.complain(wording.console.output_lost)
        if code == ExitCode.ANSWERED and _only_prints(options):
            return ExitCode.FAILED
    return code


def _only_prints(options: argparse.Namespace) -> bool:
    action = getattr(options, "action", "")
    return (
        options.command in ("doctor", "query", "diagnostics")
        or action in _PRINTING_ACTIONS
        or (options.command, action) == ("settings", "export")
    )


def _notify(command: Command) -> int:
    options = command.options
    draft = EntryDraft(
        plate=options.plate,
        scene=SCENES[options.scene],
        car_type=CAR_TYPES.get(options.car_type),
        start_time=read_wire_time(options.start_time) if options.start_time else None,
        space_number=options.space_number,
        openid=options.openid,
        sub_openid=options.sub_openid,
    )
    with Assembly(options.data_dir, training=options.training) as parts:
        parts.claim()
        if parts.load_settings().account is None:
            raise NotSetUpError
        with command.opener.open(parts) as journal:
            submission = parts.submission(journal, parts.open_gateway())
            new = submission.prepare(draft)
            # The entry is saved from here on: the exit code must describe it even after Ctrl-C.
            command.interrupts.defer()
            record = submission.save(new)
            record = _deliver(record, submission, journal, command)
    command.print(record_json(record, command.wording), record_text(record, command.wording))
    return exit_code_of(record)


def _query(command: Command) -> int:
    from wxpark_gui.console.query import ask, exit_code_of_query, query_json, query_text

    answer = ask(command.options)
    wording, training = command.wording, command.options.training
    command.print(
        query_json(answer, wording, training=training),
        query_text(answer, wording, training=training),
    )
    return exit_code_of_query(answer.outcome)


def _plate(command: Command) -> int:
    from wxpark_gui.console.plate import offer, offered_json, offered_text

    number = offer(command.options)
    command.print(
        offered_json(number, training=command.options.training),
        offered_text(number, command.wording),
    )
    return ExitCode.ANSWERED


def _deliver(
    record: EntryRecord, submission: Submission, journal: Journal, command: Command
) -> EntryRecord:
    """Send a saved entry and return its new record. Errors and Ctrl-C are printed, not raised."""
    words = command.wording.console
    try:
        with command.interrupts.allowed():
            return submission.deliver_in_order(record)
    except KeyboardInterrupt:
        command.output.complain(words.interrupted)
    except JournalWriteError as error:
        command.output.complain(f"{words.result_not_stored}\n[{error}]")
    except Exception as error:  # noqa: BLE001 - the exit code must describe the entry
        _log.exception("a saved entry could not be sent")
        command.report_bug(error)
    try:
        return journal.get(record.entry_id) or record
    except ReadableError:
        return record


def _settings(command: Command) -> int:
    from wxpark_gui.console.settings import (
        assign_settings,
        export_settings,
        import_settings,
        show_settings,
    )
    from wxpark_gui.console.settings_report import shown_json, shown_text

    options, wording = command.options, command.wording
    match options.action:
        case "show":
            shown = show_settings(options.data_dir, options.names)
            command.print(shown_json(shown, wording), shown_text(shown, wording))
        case "export":
            exported = export_settings(options.data_dir)
            command.output.print(exported.text, end="")
            if exported.left_out:
                text = wording.console.profiles.not_exported
                command.output.complain(text.format(count=exported.left_out))
        case "set":
            found = assign_settings(
                options.data_dir, options.assignments, command.opener, command.interrupts
            )
            _print_changed(found, command)
        case "import":
            found = import_settings(
                options.data_dir, options.file, command.opener, command.interrupts
            )
            _print_changed(found, command)
    return ExitCode.ANSWERED


def _print_changed(changed: Changed, command: Command) -> None:
    from wxpark_gui.console.settings_report import changed_json, changed_text, remarks

    command.print(changed_json(changed), changed_text(changed, command.wording))
    for remark in remarks(changed, command.wording):
        command.output.complain(remark)


def _merchant(command: Command) -> int:
    return _MERCHANT_ACTIONS[command.options.action](command)


def _show(command: Command) -> int:
    from wxpark_gui.console.key_state import key_error

    with Assembly(command.options.data_dir, read_only=True) as parts:
        account = parts.load_settings().account
        if account is None:
            raise NotSetUpError
        error = key_error(account.merchant.mch_id, parts)
    command.output.print(merchant_text(account.merchant, error, command.wording))
    return exit_code_for(error) if error else ExitCode.ANSWERED


def _list_profiles(command: Command) -> int:
    from wxpark_gui.console.profiles import list_profiles, profiles_json, profiles_text

    profiles = list_profiles(command.options.data_dir)
    command.print(profiles_json(profiles), profiles_text(profiles, command.wording))
    return ExitCode.ANSWERED


def _use_profile(command: Command) -> int:
    from wxpark_gui.console.profiles import use_profile

    options, wording = command.options, command.wording
    account, error = use_profile(options.data_dir, options.name, command.opener, command.interrupts)
    command.output.print(wording.console.profiles.used.format(name=account.merchant.label))
    if error is None:
        return ExitCode.ANSWERED
    command.output.complain(wording.failure(error).sentences)
    return exit_code_for(error)


def _remove_profile(command: Command) -> int:
    from wxpark_gui.console.profiles import remove_profile

    options, words = command.options, command.wording.console.profiles
    account = remove_profile(options.data_dir, options.name, command.opener, command.interrupts)
    command.output.print(words.removed.format(name=account.merchant.label))
    return ExitCode.ANSWERED


def _add_profile(command: Command) -> int:
    """Add a profile; one that has all the values already only gets the key."""
    with Assembly(command.options.data_dir) as parts:
        parts.claim()
        stored = parts.load_settings()
        merchant, settings = _edited(replace(stored, account_id=""), command.options)
        same = next((a.account_id for a in stored.accounts if a.merchant == merchant), "")
        key = _key_for(merchant, parts, command)
        _tell_shared_key(stored, merchant, key, same, command)
        with command.opener.open(parts) as journal:
            # Ctrl-C must not come between the change of the keyring and that of the settings.
            command.interrupts.defer()
            parts.merchants(journal).keep(settings, key, same)
    words = command.wording.console
    text = words.settings.unchanged if same else words.profiles.added
    command.output.print(text.format(name=merchant.label))
    return ExitCode.ANSWERED


def _set(command: Command) -> int:
    with Assembly(command.options.data_dir) as parts:
        try:
            parts.claim()
        except DataDirectoryInUseError:
            if not _is_in_place(parts, command):
                raise
            command.output.print(command.wording.console.settings.unchanged)
            return ExitCode.ANSWERED
        stored = parts.load_settings()
        merchant, settings = _edited(stored, command.options)
        key = _key_for(merchant, parts, command)
        _tell_shared_key(stored, merchant, key, stored.account_id, command)
        # Open the journal first; if that fails, change nothing.
        with command.opener.open(parts) as journal:
            # Ctrl-C must not come between the change of the keyring and that of the settings.
            command.interrupts.defer()
            parts.merchants(journal).keep(settings, key)
            # Retry at once the entries held because of the old settings.
            journal.release(parts.clock.now())
    command.output.print(command.wording.console.kept)
    return ExitCode.ANSWERED


def _is_in_place(parts: Assembly, command: Command) -> bool:
    """Test if the given merchant and key are already stored.

    With `--key-stdin` on a terminal, the result is False without asking for the key.

    Raises:
        InvalidInputError: a value or the key is invalid.
        SettingsRefusedError: a value looks like a key.
        SettingsUnreadableError: the settings file cannot be read.
    """
    from wxpark_gui.console.key_state import key_error

    stored = parts.load_settings()
    merchant, settings = _edited(stored, command.options)
    if settings != stored or key_error(merchant.mch_id, parts):
        return False
    if not command.options.key_stdin:
        return True
    return not sys.stdin.isatty() and _read_key(command) == parts.vault.load(merchant.mch_id)


def _forget(command: Command) -> int:
    with Assembly(command.options.data_dir) as parts:
        parts.claim()
        with command.opener.open(parts) as journal:
            command.interrupts.defer()
            left = parts.merchants(journal).forget()
    words = command.wording.console
    text = words.forgotten_keys_left if left else words.forgotten
    command.output.print(text.format(mch_ids=", ".join(sorted(left))))
    return ExitCode.ANSWERED


def _manager(command: Command) -> int:
    from wxpark_gui.console.managers import (
        list_managers,
        managers_json,
        managers_text,
        reset_managers,
    )

    options, words = command.options, command.wording.console
    if options.action == "list":
        state = list_managers(options)
        command.print(managers_json(state), managers_text(state, words))
        return ExitCode.ANSWERED
    is_reset = reset_managers(options, command.wording, command.output, command.interrupts)
    return ExitCode.ANSWERED if is_reset else ExitCode.FAILED


def _journal(command: Command) -> int:
    return _JOURNAL_ACTIONS[command.options.action](command)


def _list(command: Command) -> int:
    from wxpark_gui.console.export import complain_of_skipped
    from wxpark_gui.console.table import entry_headings, entry_line

    options, output, wording = command.options, command.output, command.wording
    with Assembly(options.data_dir, training=options.training, read_only=True) as parts:
        wanted = _entry_filter(options, parts.clock.now())
        with closing(parts.read_entries()) as source:
            if not options.json:
                output.print(entry_headings(wording))
            separator = "["
            for row in (row for page in source.pages(wanted) for row in page.rows):
                if not output.is_open:
                    break
                if options.json:
                    output.print(separator + to_json(entry_json(row.record)), end="")
                    separator = ",\n "
                else:
                    output.print(entry_line(row.record, wording))
            skipped = tuple(source.skipped)
    if options.json:
        output.print("[]" if separator == "[" else "]")
    complain_of_skipped(skipped, wording, output)
    return ExitCode.FAILED if skipped else ExitCode.ANSWERED


def _entry_filter(options: argparse.Namespace, now: datetime) -> EntryFilter:
    return EntryFilter(
        since=_moment(options.since, now),
        until=_moment(options.until, now),
        plate=_storable(normalise_plate(options.plate)),
        states=STATES[options.state] if options.state else frozenset(),
    )


def _storable(text: str) -> str:
    """Replace bytes of an argument that are no text, which SQLite would not take, by a "?"."""
    return text.encode(errors="replace").decode()


def _moment(given: datetime | timedelta | None, now: datetime) -> datetime | None:
    return now - given if isinstance(given, timedelta) else given


def _export(command: Command) -> int:
    from wxpark_gui.console.export import complain_of_skipped, export_file, result_json, result_text

    options, wording = command.options, command.wording
    with Assembly(options.data_dir, training=options.training, read_only=True) as parts:
        result = export_file(
            parts.export, options, _entry_filter(options, parts.clock.now()), wording
        )
    command.print(result_json(options.file, result), result_text(options.file, result, wording))
    complain_of_skipped(result.skipped, wording, command.output)
    return ExitCode.FAILED if result.skipped else ExitCode.ANSWERED


def _show_entry(command: Command) -> int:
    from wxpark_gui.console.full_entry import full_entry_json, full_entry_text
    from wxpark_gui.storage.full_entry import read_full_entry

    options = command.options
    with (
        Assembly(options.data_dir, training=options.training, read_only=True) as parts,
        closing(parts.read_entries()) as source,
    ):
        entry = read_full_entry(source, _storable(options.entry_id.strip().lower()))
    command.print(full_entry_json(entry), full_entry_text(entry, command.wording))
    return ExitCode.ANSWERED


def _verify(command: Command) -> int:
    options = command.options
    with (
        Assembly(options.data_dir, training=options.training, read_only=True) as parts,
        closing(parts.read_journal()) as journal,
    ):
        count = journal.verify()
    sound = command.wording.console.journal_sound.format(count=count)
    command.print({"sound": True, "entries": count}, sound)
    return ExitCode.ANSWERED


def _flush(command: Command) -> int:
    from wxpark_gui.service.outbox import Outbox

    options, wording = command.options, command.wording
    with Assembly(options.data_dir, training=options.training) as parts:
        parts.claim()
        with command.opener.open(parts) as journal:
            if parts.load_settings().account is None:
                raise NotSetUpError
            submission = parts.submission(journal, parts.open_gateway())
            flushed = Outbox(journal, submission, parts.clock).flush(parts.clock.pause)
            command.interrupts.defer()
    command.print(flushed_json(flushed, wording), flushed_text(flushed, wording))
    return exit_code_of_flush(flushed)


def _gateway(command: Command) -> int:
    from wxpark_gui.training.faults import Fault
    from wxpark_gui.training.gateway import TrainingGateway

    options = command.options
    key = _read_key(command)
    gateway = TrainingGateway(
        key, port=options.port, faults=[Fault(name) for name in options.fault]
    )
    try:
        gateway.start()
    except OSError:
        command.output.complain(command.wording.console.port_taken.format(port=options.port))
        return ExitCode.FAILED
    try:
        command.output.print(f"listening on {gateway.url}")
        # No `Event.wait`: on Windows Ctrl-C does not end it.
        while True:
            time.sleep(_A_WHILE)
    finally:
        gateway.stop()


def _doctor(command: Command) -> int:
    from wxpark_gui.console.doctor import examine

    with Assembly(command.options.data_dir, read_only=True) as parts:
        findings = examine(parts, command.options, command.wording, command.output)
    return exit_code_of_findings(findings)


def _diagnostics(command: Command) -> int:
    from wxpark_gui.console.diagnostics import save_diagnostics

    options = command.options
    with Assembly(options.data_dir, read_only=True) as parts:
        save_diagnostics(parts, options, command.wording, command.output)
    return ExitCode.ANSWERED


def _backup(command: Command) -> int:
    from wxpark_gui.console.backup import run_backup

    run_backup(command.options, command.wording, command.output, command.interrupts)
    return ExitCode.ANSWERED


def _edited(settings: Settings, options: argparse.Namespace) -> tuple[MerchantProfile, Settings]:
    """Return merchant and settings with the values of the given options; others stay unchanged.

    Raises:
        InvalidInputError: with an error for each invalid or missing value.
        SettingsRefusedError: a value looks like a key.
    """
    from wxpark_gui.domain.setting_changes import (
        DEFINITIONS,
        SettingsRefusedError,
        apply_changes,
        read_assignments,
    )

    given = {name: getattr(options, d.field.value, None) for name, d in DEFINITIONS.items()}
    if settings.account is None:
        missing = {name: "" for name, d in DEFINITIONS.items() if d.default is None}
        given = missing | {name: typed for name, typed in given.items() if typed is not None}
    named = [f"{name}={typed}" for name, typed in given.items() if typed is not None]
    try:
        edited, changed = apply_changes(settings, read_assignments(named))
    except SettingsRefusedError as error:
        problems = [fault.problem for fault in error.faults]
        errors = [problem for problem in problems if isinstance(problem, FieldError)]
        if len(errors) < len(problems):
            raise
        raise InvalidInputError(errors) from None
    merchant = check_merchant(changed or MerchantProfile("", "", "", ""))
    return merchant, change_merchant(edited, merchant, proven=False)


def _key_for(merchant: MerchantProfile, parts: Assembly, command: Command) -> Secret | None:
    """Return a key read from standard input; None to keep the stored one.

    A key is read if `--key-stdin` is set or if none is stored. In the latter case a sentence on
    standard error says so first.

    Raises:
        KeyUnavailableError: the keyring cannot be read.
        InvalidInputError: the key is malformed.
    """
    if not command.options.key_stdin:
        try:
            parts.vault.load(merchant.mch_id)
        except KeyMissingError:
            absent = command.wording.console.key_absent.format(mch_id=merchant.mch_id)
            command.output.complain(absent)
        else:
            return None
    return _read_key(command)


def _tell_shared_key(
    stored: Settings,
    merchant: MerchantProfile,
    key: Secret | None,
    account_id: str,
    command: Command,
) -> None:
    """Name on standard error the other profiles that a new key changes too."""
    from wxpark_gui.domain.profiles import sharing_labels

    names = sharing_labels(stored, merchant.mch_id, account_id)
    if key is not None and names:
        sentence = command.wording.console.profiles.key_shared
        command.output.complain(sentence.format(names=" · ".join(names)))


def _read_key(command: Command) -> Secret:
    return read_key(read_secret_line(command.wording.console.key_prompt))


def _print_error(error: ReadableError, command: Command) -> None:
    from wxpark_gui.console.plate import refused_json
    from wxpark_gui.console.query import query_failure_json
    from wxpark_gui.console.settings_report import refused_text, settings_failure_json
    from wxpark_gui.domain.setting_changes import SettingsRefusedError

    writers = {"notify": failure_json, "query": query_failure_json, "plate": refused_json}
    options, wording = command.options, command.wording
    if options.command == "settings" and getattr(options, "json", False):
        command.output.print(settings_failure_json(error, wording))
    elif isinstance(error, SettingsRefusedError):
        command.output.complain(refused_text(error, wording))
    elif (write := writers.get(options.command)) and options.json:
        plate = normalise_plate(options.plate)
        command.output.print(write(error, wording, plate=plate, training=options.training))
    else:
        command.output.complain(failure_text(error, wording))


_MERCHANT_ACTIONS: dict[str, Callable[[Command], int]] = {
    "set": _set,
    "add": _add_profile,
    "list": _list_profiles,
    "use": _use_profile,
    "remove": _remove_profile,
    "show": _show,
    "forget": _forget,
}

_JOURNAL_ACTIONS: dict[str, Callable[[Command], int]] = {
    "list": _list,
    "export": _export,
    "show": _show_entry,
    "verify": _verify,
    "flush": _flush,
}

_COMMANDS: dict[str, Callable[[Command], int]] = {
    "notify": _notify,
    "query": _query,
    "plate": _plate,
    "merchant": _merchant,
    "settings": _settings,
    "manager": _manager,
    "journal": _journal,
    "gateway": _gateway,
    "doctor": _doctor,
    "diagnostics": _diagnostics,
    "backup": _backup,
}

_PRINTING_ACTIONS = frozenset({"show", "list", "verify"})
"""Actions that change nothing; they fail if their output is lost."""
