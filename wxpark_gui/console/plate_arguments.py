"""Arguments of `wxpark plate`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from wxpark_gui.wording import ConsoleWords


def fill_parser(add: Callable[[str, str], argparse._ActionsContainer], words: ConsoleWords) -> None:
    """Add the action of `wxpark plate`; `add` returns its group of options."""
    offer = add("offer", words.door.offer)
    offer.add_argument("plate", metavar="PLATE", nargs="?", help=words.query_plate)
    offer.add_argument("--training", action="store_true", help=words.training)
    offer.add_argument("--json", action="store_true", help=words.json)


def check_arguments(options: argparse.Namespace, words: ConsoleWords) -> None:
    """Check that a plate is named.

    Raises:
        ValueError: it is missing; the message is the error to print.
    """
    if not options.plate:
        raise ValueError(words.door.plate_missing)
