"""Command-line arguments of `wxpark`; a stable interface for other programs.

The module exceeds the project's limit of 300 lines: the arguments of every command.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from wxpark_gui import __version__
from wxpark_gui.console import (
    backup_arguments,
    manager_arguments,
    plate_arguments,
    settings_arguments,
)
from wxpark_gui.domain.definitions import definitions_of
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.entry import BEIJING, CarType, Scene
from wxpark_gui.domain.errors import Field
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.wording import ConsoleWords

CAR_TYPES = {"small": CarType.SMALL, "large": CarType.LARGE}
SCENES = {"parking": Scene.PARKING, "space": Scene.PARKING_SPACE}
STATES = {
    "queued": frozenset(state for state in DeliveryState if state.is_open),
    **{state.value: frozenset({state}) for state in DeliveryState if not state.is_open},
}
"""Delivery states by their name in JSON and for `--state`; `queued` means all open states."""

MERCHANT_FIELDS = tuple(definition.field for definition in definitions_of(MerchantProfile))
BOOTH_FIELDS = (Field.BOOTH, Field.PLATE_PREFIX)

_LARGEST_PORT = 65535
_OPTION = re.compile("--[a-z-]{1,20}")
"""Pattern of an option's name. An error quotes no other argument, which could hold a key."""
_DAY = "%Y-%m-%d"
_MOMENTS = (_DAY, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")

_CHECKS: dict[str, Callable[[argparse.Namespace, ConsoleWords], None]] = {
    "plate": plate_arguments.check_arguments,
    "settings": settings_arguments.check_arguments,
    "backup": backup_arguments.check_arguments,
}
"""Checks of the arguments that one command has; each raises `ValueError`."""


class _Parser(argparse.ArgumentParser):
    """A parser with help and errors in one language. Errors quote no value, which could be a key.

    argparse's own texts are English: the titles of its groups, and the errors for missing, unknown
    and malformed arguments. So the groups have translated titles, no argument is required, and
    `parse_arguments` checks the values.

    Attributes:
        options: the group of options, with `--help`, `--data-dir` and `--lang`.
    """

    def __init__(self, *, words: ConsoleWords, **settings: Any) -> None:
        super().__init__(
            add_help=False,
            allow_abbrev=False,
            exit_on_error=False,
            formatter_class=partial(_Formatter, usage=words.usage),
            **settings,
        )
        self._words = words
        self.options = self.add_argument_group(words.options)
        self.options.add_argument("-h", "--help", action="help", help=words.help)
        # No default: the subcommand's would replace a value given before the subcommand.
        self.options.add_argument(
            "--data-dir", metavar="DIR", default=argparse.SUPPRESS, help=words.data_directory
        )
        self.options.add_argument(
            "--lang", metavar="|".join(LANGUAGES), default=argparse.SUPPRESS, help=words.language
        )

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.format_usage()}{self.prog}: {message}\n")


class _Formatter(argparse.HelpFormatter):
    def __init__(self, prog: str, *, usage: str, **settings: Any) -> None:
        super().__init__(prog, **settings)
        self._usage = usage

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, self._usage if prefix is None else prefix)


def build_parser(
    words: ConsoleWords, faults: Collection[str], named: Collection[str] | None = None
) -> _Parser:
    """Build the parser with its help in one language.

    Args:
        faults: names of the faults that the training gateway knows.
        named: the arguments of a call. The commands that are not among them have no arguments of
            their own, because all together take 8 ms; None gives them to every command.
    """
    parser = _Parser(prog="wxpark", description=words.program, words=words)
    parser.options.add_argument(
        "--version", action="version", version=__version__, help=words.version
    )
    commands = _subcommands(parser, "command", words.commands)
    fillers: Sequence[tuple[str, str, Callable[[_Parser, ConsoleWords], None]]] = (
        ("notify", words.notify, _fill_notify),
        ("query", words.query, _fill_query),
        ("plate", words.door.plate, partial(_fill_actions, fill=plate_arguments.fill_parser)),
        ("merchant", words.merchant, _fill_merchant),
        (
            "settings",
            words.settings.settings,
            partial(_fill_actions, fill=settings_arguments.fill_parser),
        ),
        (
            "manager",
            words.managers.manager,
            partial(_fill_actions, fill=manager_arguments.fill_parser),
        ),
        ("journal", words.journal, _fill_journal),
        ("gateway", words.gateway, partial(_fill_gateway, faults=faults)),
        ("doctor", words.doctor, _fill_doctor),
        ("diagnostics", words.diagnostics, _fill_diagnostics),
        ("backup", words.backup.backup, partial(_fill_actions, fill=backup_arguments.fill_parser)),
    )
    for name, summary, fill in fillers:
        command = _add(commands, words, name, summary)
        if named is None or name in named:
            fill(command, words)
    return parser


def parse_arguments(
    arguments: Sequence[str], words: ConsoleWords, faults: Collection[str]
) -> argparse.Namespace:
    """Parse and check the arguments.

    Raises:
        SystemExit: with 0 after `--help` and `--version`, with 2 on an error. The message quotes no
            value, which could be a key.
    """
    parser = build_parser(words, faults, arguments)
    if any(_name_of(argument) == "--key" for argument in arguments):
        parser.error(words.key_as_argument)
    try:
        options, unknown = parser.parse_known_args(arguments)
    except argparse.ArgumentError as error:
        parser.error(words.wrong_argument.format(name=error.argument_name or "…"))
    if unknown := settings_arguments.take_positional(options, unknown):
        names = {_name_of(argument) for argument in unknown}
        shown = sorted(name if _OPTION.fullmatch(name) else "…" for name in names)
        parser.error(words.unknown_arguments.format(names=" ".join(shown)))
    if not options.command or ("action" in options and not options.action):
        parser.error(words.command_missing)
    try:
        _read_values(options, words, faults)
    except ValueError as error:
        parser.error(str(error))
    return options


def _read_values(options: argparse.Namespace, words: ConsoleWords, faults: Collection[str]) -> None:
    """Check the values in `options`; convert paths, port and times in place.

    Raises:
        ValueError: a value is invalid; the message is the error to print.
    """
    for name, choices in (
        ("lang", LANGUAGES),
        ("car_type", CAR_TYPES),
        ("scene", SCENES),
        ("state", STATES),
        ("fault", faults),
    ):
        typed = getattr(options, name, None)
        values = typed if isinstance(typed, list) else [typed]
        if any(value is not None and value not in choices for value in values):
            option = "--" + name.replace("_", "-")
            raise ValueError(words.choose.format(name=option, choices=" ".join(choices)))
    directory = getattr(options, "data_dir", None)
    if directory is not None and not directory.strip():
        raise ValueError(words.data_directory_empty)
    options.data_dir = Path(directory) if directory is not None else None
    if options.command == "gateway":
        options.port = _read_port(options.port, words)
        if not options.key_stdin:
            raise ValueError(words.key_stdin_missing)
    if getattr(options, "since", None) is not None:
        options.since = _read_moment(options.since, words.since_malformed)
    if getattr(options, "until", None) is not None:
        options.until = _read_moment(options.until, words.exports.until_malformed, at_end=True)
    _read_positional(options, words)
    if options.command in _CHECKS:
        _CHECKS[options.command](options, words)


def _read_positional(options: argparse.Namespace, words: ConsoleWords) -> None:
    """Check the files of `journal export` and `diagnostics`, the id of `journal show`, and names.

    Converts the file of an export to a path.

    Raises:
        ValueError: file, id or name is missing, or the file has another ending than the command
            writes.
    """
    target = options.file if options.command == "diagnostics" else None
    if target is not None and not target.lower().endswith(".zip"):
        raise ValueError(words.diagnostics_file_wrong)
    action = getattr(options, "action", "") if options.command == "journal" else ""
    if action == "export":
        from wxpark_gui.domain.export import format_of  # noqa: PLC0415 - not for `--help`

        if not options.file or format_of(Path(options.file).name) is None:
            raise ValueError(words.exports.file_missing)
        options.file = Path(options.file)
    if action == "show" and not options.entry_id:
        raise ValueError(words.exports.entry_id_missing)
    if "name" in options and not options.name:
        raise ValueError(words.profiles.name_missing)


def _read_port(typed: str, words: ConsoleWords) -> int:
    if typed.isascii() and typed.isdigit() and len(typed) <= len(str(_LARGEST_PORT)):
        port = int(typed)
        if port <= _LARGEST_PORT:
            return port
    raise ValueError(words.port_range.format(least=0, limit=_LARGEST_PORT))


def _read_moment(typed: str, message: str, *, at_end: bool = False) -> datetime | timedelta:
    """Return the moment (Beijing time) or the duration (`36h`, `7d`) of `--since` or `--until`.

    Args:
        at_end: return the end of the day for a day without a time, instead of its start.

    Raises:
        ValueError: the text has another form; `message` is the error to print.
    """
    number, unit = typed[:-1], typed[-1:]
    if number.isascii() and number.isdigit() and len(number) < len("100000") and unit in {"h", "d"}:
        return timedelta(hours=int(number)) if unit == "h" else timedelta(days=int(number))
    moment = next(filter(None, (_parse(typed, form) for form in _MOMENTS)), None)
    if moment is None:
        raise ValueError(message)
    if not at_end or _parse(typed, _DAY) is None:
        return moment
    # The last day of the calendar has no next one.
    last = datetime.max.replace(tzinfo=BEIJING)
    return moment + timedelta(days=1) if moment.date() < last.date() else last


def _parse(typed: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(typed, form).replace(tzinfo=BEIJING)
    except ValueError:
        return None


def _name_of(argument: str) -> str:
    return argument.partition("=")[0]


def _subcommands(parser: _Parser, name: str, title: str) -> Any:
    return parser.add_subparsers(dest=name, title=title, metavar=name.upper(), parser_class=_Parser)


def _add(commands: Any, words: ConsoleWords, name: str, summary: str) -> _Parser:
    parser: _Parser = commands.add_parser(name, help=summary, description=summary, words=words)
    return parser


def _fill_actions(
    command: _Parser,
    words: ConsoleWords,
    *,
    fill: Callable[[Callable[[str, str], argparse._ActionsContainer], ConsoleWords], None],
) -> None:
    """Give a command its actions; `fill` adds their arguments."""
    actions = _subcommands(command, "action", words.commands)
    fill(lambda name, text: _add(actions, words, name, text).options, words)


def _fill_notify(notify: _Parser, words: ConsoleWords) -> None:
    add = notify.options.add_argument
    add("--plate", default="", metavar="P", help=words.plate)
    add("--car-type", metavar="|".join(CAR_TYPES), help=words.car_type)
    add("--scene", metavar="|".join(SCENES), default="parking", help=words.scene)
    add("--space-number", default="", metavar="S", help=words.space_number)
    add("--openid", default="", metavar="O", help=words.openid)
    add("--sub-openid", default="", metavar="O", help=words.sub_openid)
    add("--start-time", metavar="YYYYMMDDhhmmss", help=words.start_time)
    add("--training", action="store_true", help=words.training)
    add("--json", action="store_true", help=words.json)


def _fill_query(query: _Parser, words: ConsoleWords) -> None:
    query.add_argument("--plate", default="", metavar="P", help=words.query_plate)
    query.add_argument("--training", action="store_true", help=words.training)
    query.add_argument("--json", action="store_true", help=words.json)


def _fill_merchant(merchant: _Parser, words: ConsoleWords) -> None:
    actions = _subcommands(merchant, "action", words.commands)
    change = _add(actions, words, "set", words.merchant_set)
    further = _add(actions, words, "add", words.profiles.add)
    for action, fields in (
        (change, (*MERCHANT_FIELDS, *BOOTH_FIELDS)),
        (further, MERCHANT_FIELDS),
    ):
        for field in fields:
            action.options.add_argument(
                "--" + field.value.replace("_", "-"),
                metavar="SECONDS" if field is Field.FREE_TIME else "…",
                help=words.merchant_field[field],
            )
        action.options.add_argument("--key-stdin", action="store_true", help=words.key_stdin)
    listing = _add(actions, words, "list", words.profiles.list)
    listing.options.add_argument("--json", action="store_true", help=words.json)
    for name, text in (("use", words.profiles.use), ("remove", words.profiles.remove)):
        action = _add(actions, words, name, text)
        action.options.add_argument("name", metavar="NAME", nargs="?", help=words.profiles.name)
    _add(actions, words, "show", words.merchant_show)
    _add(actions, words, "forget", words.merchant_forget)


def _fill_journal(journal: _Parser, words: ConsoleWords) -> None:
    actions = _subcommands(journal, "action", words.commands)
    listing = _add(actions, words, "list", words.journal_list)
    export = _add(actions, words, "export", words.exports.export)
    for action in (listing, export):
        add = action.options.add_argument
        add("--since", metavar="YYYY-MM-DD|7d|36h", help=words.since)
        add("--until", metavar="YYYY-MM-DD|7d|36h", help=words.exports.until)
        add("--plate", default="", metavar="P", help=words.plate_part)
        add("--state", metavar="|".join(STATES), help=words.state)
    export.options.add_argument("file", metavar="FILE", nargs="?", help=words.exports.file)
    export.options.add_argument("--force", action="store_true", help=words.exports.force)
    export.options.add_argument("--unmasked", action="store_true", help=words.exports.unmasked)
    show = _add(actions, words, "show", words.exports.show)
    show.options.add_argument("entry_id", metavar="ID", nargs="?", help=words.exports.entry_id)
    verify = _add(actions, words, "verify", words.journal_verify)
    flush = _add(actions, words, "flush", words.journal_flush)
    for action in (listing, export, show, verify, flush):
        action.options.add_argument("--training", action="store_true", help=words.training)
        action.options.add_argument("--json", action="store_true", help=words.json)


def _fill_doctor(doctor: _Parser, words: ConsoleWords) -> None:
    doctor.options.add_argument("--json", action="store_true", help=words.json)


def _fill_diagnostics(diagnostics: _Parser, words: ConsoleWords) -> None:
    add = diagnostics.options.add_argument
    add("file", metavar="FILE.zip", nargs="?", help=words.diagnostics_file)
    add("--force", action="store_true", help=words.exports.force)
    add("--json", action="store_true", help=words.json)


def _fill_gateway(gateway: _Parser, words: ConsoleWords, faults: Collection[str]) -> None:
    add = gateway.options.add_argument
    add("--port", default="0", metavar="N", help=words.port)
    add("--key-stdin", action="store_true", help=words.key_stdin)
    add(
        "--fault", action="append", default=[], metavar="NAME",
        help=f"{words.fault}: {', '.join(faults)}",
    )  # fmt: skip
