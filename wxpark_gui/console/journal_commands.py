"""The commands `wxpark journal …`. Each imports the modules that only it needs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.command import Command
from wxpark_gui.console.parser import STATES
from wxpark_gui.console.report import (
    ExitCode,
    entry_json,
    exit_code_of_flush,
    flushed_json,
    flushed_text,
)
from wxpark_gui.console.streams import to_json
from wxpark_gui.domain.entry_filter import EntryFilter
from wxpark_gui.domain.errors import (
    Field,
    FieldError,
    InvalidInputError,
    NotSetUpError,
    Problem,
)
from wxpark_gui.domain.plate import normalise_plate


def run_journal(command: Command) -> int:
    """Run the action of `wxpark journal`; return its exit code."""
    return _ACTIONS[command.options.action](command)


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
        plate=_plate(options.plate),
        states=STATES[options.state] if options.state else frozenset(),
    )


def _plate(typed: str) -> str:
    """Return a part of a plate, normalised; empty for no filter.

    Raises:
        InvalidInputError: nothing but separators was typed, which would match every entry.
    """
    plate = _storable(normalise_plate(typed))
    if typed and not plate:
        raise InvalidInputError([FieldError(Field.PLATE, Problem.MISSING)])
    return plate


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


_ACTIONS: dict[str, Callable[[Command], int]] = {
    "list": _list,
    "export": _export,
    "show": _show_entry,
    "verify": _verify,
    "flush": _flush,
}
