"""Arguments of `wxpark settings`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from wxpark_gui.wording import ConsoleWords


def fill_parser(add: Callable[[str, str], argparse._ActionsContainer], words: ConsoleWords) -> None:
    """Add the actions of `wxpark settings`; `add` returns an action's group of options."""
    texts = words.settings
    show = add("show", texts.show)
    show.add_argument("names", metavar="NAME", nargs="*", help=texts.show_name)
    change = add("set", texts.set)
    change.add_argument("assignments", metavar="NAME=VALUE", nargs="*", help=texts.assignment)
    load = add("import", texts.import_)
    load.add_argument("file", metavar="FILE.toml", nargs="?", help=texts.file)
    for action in (show, change, load):
        action.add_argument("--json", action="store_true", help=words.json)
    add("export", texts.export)


def take_positional(options: argparse.Namespace, unknown: list[str]) -> list[str]:
    """Add to `options` the names or assignments after an option, which argparse rejects.

    Returns:
        The other unknown arguments.
    """
    action = options.action if options.command == "settings" else ""
    own = {"show": "names", "set": "assignments"}.get(action or "")
    if own is None:
        return unknown
    more = [argument for argument in unknown if not argument.startswith("-")]
    setattr(options, own, [*getattr(options, own), *more])
    return [argument for argument in unknown if argument.startswith("-")]


def check_arguments(options: argparse.Namespace, words: ConsoleWords) -> None:
    """Check that `set` has an assignment, and `import` a file.

    Raises:
        ValueError: assignment or file is missing; the message is the error to print.
    """
    if options.action == "set" and not options.assignments:
        raise ValueError(words.settings.assignment_missing)
    if options.action == "import" and not options.file:
        raise ValueError(words.settings.file_missing)
