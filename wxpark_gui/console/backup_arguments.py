"""Arguments of `wxpark backup`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from wxpark_gui.wording import ConsoleWords

_SUFFIX = ".zip"


def fill_parser(add: Callable[[str, str], argparse._ActionsContainer], words: ConsoleWords) -> None:
    """Add the actions of `wxpark backup`; `add` returns an action's group of options."""
    texts = words.backup
    save = add("save", texts.save)
    save.add_argument("file", metavar="FILE.zip", nargs="?", help=texts.file)
    save.add_argument("--force", action="store_true", help=words.exports.force)
    listing = add("list", texts.list)
    restore = add("restore", texts.restore)
    restore.add_argument("file", metavar="FILE", nargs="?", help=texts.source)
    restore.add_argument("--settings", action="store_true", help=texts.settings)
    for action in (save, listing, restore):
        action.add_argument("--json", action="store_true", help=words.json)


def check_arguments(options: argparse.Namespace, words: ConsoleWords) -> None:
    """Check that `save` names a ZIP file, and `restore` a file.

    Raises:
        ValueError: the file is missing or has another ending; the message is the error to print.
    """
    if options.action == "save" and not (options.file or "").lower().endswith(_SUFFIX):
        raise ValueError(words.diagnostics_file_wrong)
    if options.action == "restore" and not options.file:
        raise ValueError(words.backup.source_missing)
