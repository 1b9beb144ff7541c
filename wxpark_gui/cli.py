"""`wxpark`: the console tool, for fleet set-up, support and tests. Never imports Qt."""

from __future__ import annotations

import argparse
import getpass
import io
import json
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.parser import CAR_TYPES, SCENES, parse_arguments, requested_language
from wxpark_gui.console.query import (
    ask,
    exit_code_of_query,
    query_failure_json,
    query_json,
    query_text,
)
from wxpark_gui.console.report import (
    ExitCode,
    entry_json,
    entry_text,
    exit_code_for,
    exit_code_of,
    exit_code_of_flush,
    failure_json,
    failure_text,
    finding_json,
    finding_text,
    flushed_json,
    flushed_text,
    merchant_text,
    record_json,
    record_text,
)
from wxpark_gui.domain.definitions import definitions_of
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import EntryDraft, read_wire_time
from wxpark_gui.domain.errors import (
    KeyMissingError,
    NotSetUpError,
    ReadableError,
)
from wxpark_gui.domain.health import Health
from wxpark_gui.domain.merchant import MerchantProfile, Secret, check_merchant, read_key
from wxpark_gui.domain.plate import normalise_plate
from wxpark_gui.domain.settings import (
    BoothSettings,
    Settings,
    change_merchant,
    check_settings,
)
from wxpark_gui.service.health import Doctor
from wxpark_gui.service.outbox import Outbox
from wxpark_gui.service.ports import Journal
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wording import Wording

EVERY_ENTRY = 1_000_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `console.report.ExitCode`)."""
    _speak_utf8()
    given = sys.argv[1:] if arguments is None else list(arguments)
    wording = Wording.for_language(requested_language(given))
    options = parse_arguments(given, wording.console, [fault.value for fault in Fault])
    try:
        return _COMMANDS[options.command](options, wording)
    except ReadableError as error:
        _print_error(error, options, wording)
        return exit_code_for(error)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - a person gets a sentence, the log the traceback
        print(wording.console.bug.format(name=type(error).__name__), file=sys.stderr)  # noqa: T201
        return ExitCode.FAILED


def _notify(options: argparse.Namespace, wording: Wording) -> int:
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
        with closing(parts.open_journal()) as journal:
            submission = parts.submission(journal, parts.open_gateway())
            record = submission.save(submission.prepare(draft))
            if record.state is DeliveryState.SAVED:
                record = submission.deliver(record)
    _print(record_json(record, wording) if options.json else record_text(record, wording))
    return exit_code_of(record)


def _query(options: argparse.Namespace, wording: Wording) -> int:
    answer = ask(options)
    write = query_json if options.json else query_text
    _print(write(answer, wording, training=options.training))
    return exit_code_of_query(answer.outcome)


def _merchant(options: argparse.Namespace, wording: Wording) -> int:
    with Assembly(options.data_dir) as parts:
        if options.action == "show":
            account = parts.load_settings().account
            if account is None:
                raise NotSetUpError
            parts.vault.load(account.merchant.mch_id)
            _print(merchant_text(account.merchant, wording))
            return ExitCode.ANSWERED
        parts.claim()
        if options.action == "forget":
            with closing(parts.open_journal()) as journal:
                parts.merchants(journal).forget()
            _print(wording.console.forgotten)
            return ExitCode.ANSWERED
        merchant, settings = _edited(parts.load_settings(), options)
        key = _key_for(merchant, parts, options, wording)
        # Open the journal first; if that fails, change nothing.
        with closing(parts.open_journal()) as journal:
            parts.merchants(journal).keep(settings, key)
            # Retry at once what was held for the old settings.
            journal.release(parts.clock.now())
    _print(wording.console.kept)
    return ExitCode.ANSWERED


def _journal(options: argparse.Namespace, wording: Wording) -> int:
    with Assembly(options.data_dir, training=options.training) as parts:
        parts.claim()
        with closing(parts.open_journal()) as journal:
            return _JOURNAL_ACTIONS[options.action](options, wording, parts, journal)


def _list(options: argparse.Namespace, wording: Wording, _parts: Assembly, journal: Journal) -> int:
    records = list(reversed(journal.recent(EVERY_ENTRY)))
    if options.json:
        _print([entry_json(record) for record in records])
    else:
        for record in records:
            _print(entry_text(record, wording))
    return ExitCode.ANSWERED


def _verify(
    options: argparse.Namespace, wording: Wording, _parts: Assembly, journal: Journal
) -> int:
    count = journal.verify()
    if options.json:
        _print({"sound": True, "entries": count})
    else:
        _print(wording.console.journal_sound.format(count=count))
    return ExitCode.ANSWERED


def _flush(options: argparse.Namespace, wording: Wording, parts: Assembly, journal: Journal) -> int:
    if parts.load_settings().account is None:
        raise NotSetUpError
    submission = parts.submission(journal, parts.open_gateway())
    flushed = Outbox(journal, submission, parts.clock).flush(parts.clock.pause)
    if options.json:
        _print(flushed_json(flushed, wording))
    else:
        _print(flushed_text(flushed, wording))
    return exit_code_of_flush(flushed)


def _gateway(options: argparse.Namespace, wording: Wording) -> int:
    key = _read_key(wording)
    faults = [Fault(name) for name in options.fault]
    with TrainingGateway(key, port=options.port, faults=faults) as gateway:
        _print(f"listening on {gateway.url}")
        threading.Event().wait()
    return ExitCode.ANSWERED


def _doctor(options: argparse.Namespace, wording: Wording) -> int:
    with Assembly(options.data_dir) as parts:

        def open_journal() -> Journal:
            parts.claim()
            return parts.examine_journal()

        def reach_gateway(settings: Settings) -> bool:
            if settings.account is None:
                raise NotSetUpError
            parts.current.replace(settings)
            with closing(parts.open_gateway()) as gateway:
                return gateway.warm_up(settings.account.merchant)

        doctor = Doctor(
            data_directory=str(parts.directory.root),
            open_journal=open_journal,
            settings=parts.settings,
            vault=parts.vault,
            reach_gateway=reach_gateway,
            releases=parts.releases,
        )
        findings = list(doctor.examine())
    if options.json:
        _print({"findings": [finding_json(finding, wording) for finding in findings]})
    else:
        for finding in findings:
            _print(finding_text(finding, wording))
    errors = [f.error for f in findings if f.health is Health.BAD and f.error]
    return exit_code_for(errors[0]) if errors else ExitCode.ANSWERED


def _edited(settings: Settings, options: argparse.Namespace) -> tuple[MerchantProfile, Settings]:
    """The merchant and the settings with the named options changed, everything else as it was."""
    stored = settings.account.merchant if settings.account else MerchantProfile("", "", "", "")
    merchant = check_merchant(replace(stored, **_named(MerchantProfile, options)))
    booth = replace(settings.booth, **_named(BoothSettings, options))
    settings = check_settings(replace(settings, booth=booth))
    return merchant, change_merchant(settings, merchant, proven=False)


def _named(kind: type, options: argparse.Namespace) -> dict[str, Any]:
    """The values of a dataclass that the options name."""
    return {
        definition.name: definition.read(typed)
        for definition in definitions_of(kind)
        if (typed := getattr(options, definition.field.value, None)) is not None
    }


def _key_for(
    merchant: MerchantProfile, parts: Assembly, options: argparse.Namespace, wording: Wording
) -> Secret | None:
    """A new key; None keeps the one in the keyring."""
    if not options.key_stdin:
        try:
            parts.vault.load(merchant.mch_id)
        except KeyMissingError:
            absent = wording.console.key_absent.format(mch_id=merchant.mch_id)
            print(absent, file=sys.stderr, flush=True)  # noqa: T201 - see `_print`
        else:
            return None
    return _read_key(wording)


def _read_key(wording: Wording) -> Secret:
    """The key from standard input, without a byte order mark; at a terminal without echo."""
    if sys.stdin.isatty():
        return read_key(getpass.getpass(wording.console.key_prompt))
    return read_key(sys.stdin.readline().removeprefix("\ufeff"))


def _print(what: str | Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    text = what if isinstance(what, str) else json.dumps(what, ensure_ascii=False)
    print(text, flush=True)  # noqa: T201 - printing is what a console tool does


def _print_error(error: ReadableError, options: argparse.Namespace, wording: Wording) -> None:
    if options.command in _FAILURES and options.json:
        plate = normalise_plate(options.plate)
        write = _FAILURES[options.command]
        _print(write(error, wording, plate=plate, training=options.training))
    else:
        print(failure_text(error, wording), file=sys.stderr)  # noqa: T201 - see `_print`


def _speak_utf8() -> None:
    """Use UTF-8 on the standard streams, independent of the console's code page."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")


_JOURNAL_ACTIONS = {"list": _list, "verify": _verify, "flush": _flush}

_FAILURES = {"notify": failure_json, "query": query_failure_json}

_COMMANDS = {
    "notify": _notify,
    "query": _query,
    "merchant": _merchant,
    "journal": _journal,
    "gateway": _gateway,
    "doctor": _doctor,
}

if __name__ == "__main__":
    sys.exit(main())
