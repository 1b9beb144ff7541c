"""The commands of `wxpark`. Each imports the modules that only it needs.

Those of `wxpark merchant` and `wxpark journal` have modules of their own.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.command import Command
from wxpark_gui.console.interrupts import Interrupts
from wxpark_gui.console.parser import CAR_TYPES, SCENES
from wxpark_gui.console.report import (
    ExitCode,
    exit_code_for,
    exit_code_of,
    exit_code_of_findings,
    failure_json,
    failure_text,
    record_json,
    record_text,
)
from wxpark_gui.console.streams import Output
from wxpark_gui.domain.entry import EntryDraft, read_wire_time
from wxpark_gui.domain.errors import JournalWriteError, NotSetUpError, ReadableError
from wxpark_gui.domain.plate import normalise_plate
from wxpark_gui.wording import Wording

if TYPE_CHECKING:
    from wxpark_gui.console.settings import Changed
    from wxpark_gui.domain.record import EntryRecord
    from wxpark_gui.service.ports import Journal
    from wxpark_gui.service.submit import Submission

_A_WHILE = 3600.0

_log = logging.getLogger(__name__)


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
    from wxpark_gui.console.merchant_commands import run_merchant

    return run_merchant(command)


def _journal(command: Command) -> int:
    from wxpark_gui.console.journal_commands import run_journal

    return run_journal(command)


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


def _gateway(command: Command) -> int:
    from wxpark_gui.training.faults import Fault
    from wxpark_gui.training.gateway import TrainingGateway

    options = command.options
    key = command.read_key()
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
