"""`wxpark manager`: print the managers' names, or remove all managers after a forgotten PIN."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from wxpark_gui.assembly import Assembly
from wxpark_gui.console.interrupts import Interrupts
from wxpark_gui.console.opening import JournalOpener
from wxpark_gui.console.streams import Output
from wxpark_gui.domain.manager import Guard, GuardState, ManagersLostError
from wxpark_gui.wording import ConsoleWords, Wording

CONFIRMED = "yes"
"""Text to type before all managers are removed, in every language."""


def list_managers(options: argparse.Namespace) -> GuardState:
    """Return guard and managers, also beside an open window.

    Raises:
        ManagersLostError: the file of the managers is missing or damaged.
        ReadableError: there is no file, and the journal cannot tell if there should be one.
    """
    with Assembly(options.data_dir, training=options.training, read_only=True) as parts:
        state = parts.managers().state()
    if state.guard is Guard.LOST:
        raise ManagersLostError
    return state


def managers_json(state: GuardState) -> dict[str, Any]:
    """Return the object of `manager list --json`."""
    return {"guard": state.guard.value, "managers": [person.label for person in state.people]}


def managers_text(state: GuardState, words: ConsoleWords) -> str:
    """Return a line for each manager, or a sentence if there is none."""
    return "\n".join(person.label for person in state.people) or words.managers.none


def reset_managers(
    options: argparse.Namespace, wording: Wording, output: Output, interrupts: Interrupts
) -> bool:
    """Tell what a reset does, and remove all managers if that is confirmed; True if they are.

    Raises:
        DataDirectoryInUseError: the window is open.
        ReadableError: the journal cannot note it, or the file cannot be removed.
    """
    words = wording.console
    with Assembly(options.data_dir, training=options.training) as parts:
        parts.claim()
        output.print(words.managers.reset_explained)
        if not options.yes and not _is_confirmed(words, output):
            output.complain(words.managers.reset_left)
            return False
        # Open the journal first; if that fails, change nothing.
        with JournalOpener(wording, output).open(parts):
            interrupts.defer()
            parts.managers().reset()
    output.print(words.managers.reset_done)
    return True


def _is_confirmed(words: ConsoleWords, output: Output) -> bool:
    output.print(words.managers.reset_question, end="")
    return sys.stdin.readline().strip() == CONFIRMED
