"""Arguments of `wxpark manager`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from wxpark_gui.wording import ConsoleWords


def fill_parser(add: Callable[[str, str], argparse._ActionsContainer], words: ConsoleWords) -> None:
    """Add the actions of `wxpark manager`; `add` returns an action's group of options."""
    texts = words.managers
    listing = add("list", texts.list)
    listing.add_argument("--json", action="store_true", help=words.json)
    reset = add("reset", texts.reset)
    reset.add_argument("--yes", action="store_true", help=texts.yes)
    for action in (listing, reset):
        action.add_argument("--training", action="store_true", help=words.training)
