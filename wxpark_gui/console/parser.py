"""Command-line arguments of `wxpark`; a stable interface for other programs."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from pathlib import Path

from wxpark_gui import __version__
from wxpark_gui.console import query
from wxpark_gui.domain.definitions import definitions_of
from wxpark_gui.domain.entry import CarType, Scene
from wxpark_gui.domain.errors import Field
from wxpark_gui.domain.merchant import MerchantProfile
from wxpark_gui.domain.settings import LANGUAGES
from wxpark_gui.wording import ConsoleWords

CAR_TYPES = {"small": CarType.SMALL, "large": CarType.LARGE}
SCENES = {"parking": Scene.PARKING, "space": Scene.PARKING_SPACE}

MERCHANT_FIELDS = tuple(definition.field for definition in definitions_of(MerchantProfile))
BOOTH_FIELDS = (Field.BOOTH, Field.PLATE_PREFIX)


def requested_language(arguments: Sequence[str]) -> str:
    """The value of `--lang`, read before the parser is built in that language."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    known, _ = early.parse_known_args(
        [a for a in arguments if a.startswith("--lang") or a in LANGUAGES]
    )
    return str(known.lang)


def build_parser(words: ConsoleWords, faults: Collection[str]) -> argparse.ArgumentParser:
    """Build the parser with its help in one language.

    Args:
        faults: names of the faults that the training gateway knows.
    """
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument("--data-dir", type=Path, metavar="DIR", help=words.data_directory)
    common.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0], help=words.language)

    parser = argparse.ArgumentParser(prog="wxpark", description=words.program, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=__version__, help=words.version)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=summary, description=summary, parents=[common], allow_abbrev=False
        )

    _fill_notify(add("notify", words.notify), words)
    query.fill_parser(add("query", words.query), words)
    _fill_merchant(add("merchant", words.merchant), words, common)
    _fill_journal(add("journal", words.journal), words, common)
    _fill_gateway(add("gateway", words.gateway), words, faults)
    add("doctor", words.doctor).add_argument("--json", action="store_true", help=words.json)
    return parser


def parse_arguments(
    arguments: Sequence[str], words: ConsoleWords, faults: Collection[str]
) -> argparse.Namespace:
    """Parse without ever printing a value: one of them could be a key. Exits with 2 on errors."""
    parser = build_parser(words, faults)
    if any(_name_of(argument) == "--key" for argument in arguments):
        parser.error(words.key_as_argument)
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        names = [_name_of(argument) for argument in unknown if argument.startswith("-")]
        parser.error(words.unknown_arguments.format(names=" ".join(names) or "…"))
    return options


def _name_of(argument: str) -> str:
    return argument.partition("=")[0]


def _fill_notify(notify: argparse.ArgumentParser, words: ConsoleWords) -> None:
    notify.add_argument("--plate", default="", metavar="P", help=words.plate)
    notify.add_argument("--car-type", choices=CAR_TYPES, help=words.car_type)
    notify.add_argument("--scene", choices=SCENES, default="parking", help=words.scene)
    notify.add_argument("--space-number", default="", metavar="S", help=words.space_number)
    notify.add_argument("--openid", default="", metavar="O", help=words.openid)
    notify.add_argument("--sub-openid", default="", metavar="O", help=words.sub_openid)
    notify.add_argument("--start-time", metavar="YYYYMMDDhhmmss", help=words.start_time)
    notify.add_argument("--training", action="store_true", help=words.training)
    notify.add_argument("--json", action="store_true", help=words.json)


def _fill_merchant(
    merchant: argparse.ArgumentParser, words: ConsoleWords, common: argparse.ArgumentParser
) -> None:
    actions = merchant.add_subparsers(dest="action", required=True, metavar="ACTION")
    change = actions.add_parser(
        "set", help=words.merchant_set, description=words.merchant_set, parents=[common],
        allow_abbrev=False,
    )  # fmt: skip
    for field in (*MERCHANT_FIELDS, *BOOTH_FIELDS):
        change.add_argument(
            "--" + field.value.replace("_", "-"),
            metavar="SECONDS" if field is Field.FREE_TIME else "…",
            help=words.merchant_field[field],
        )
    change.add_argument("--key-stdin", action="store_true", help=words.key_stdin)
    for name, summary in (("show", words.merchant_show), ("forget", words.merchant_forget)):
        actions.add_parser(
            name, help=summary, description=summary, parents=[common], allow_abbrev=False
        )


def _fill_journal(
    journal: argparse.ArgumentParser, words: ConsoleWords, common: argparse.ArgumentParser
) -> None:
    actions = journal.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, summary in (
        ("list", words.journal_list),
        ("verify", words.journal_verify),
        ("flush", words.journal_flush),
    ):
        action = actions.add_parser(
            name, help=summary, description=summary, parents=[common], allow_abbrev=False
        )
        action.add_argument("--training", action="store_true", help=words.training)
        action.add_argument("--json", action="store_true", help=words.json)


def _fill_gateway(
    gateway: argparse.ArgumentParser, words: ConsoleWords, faults: Collection[str]
) -> None:
    gateway.add_argument("--port", type=_port, default=0, metavar="N", help=words.port)
    gateway.add_argument("--key-stdin", action="store_true", required=True, help=words.key_stdin)
    gateway.add_argument(
        "--fault", action="append", default=[], choices=faults, metavar="NAME",
        help=f"{words.fault}: {', '.join(faults)}",
    )  # fmt: skip


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:  # noqa: PLR2004 - the range of TCP ports
        raise ValueError(text)
    return number
