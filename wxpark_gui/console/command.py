"""One call of `wxpark`, as its commands see it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from wxpark_gui.console.interrupts import Interrupts
from wxpark_gui.console.opening import JournalOpener
from wxpark_gui.console.streams import Output, read_secret_line
from wxpark_gui.domain.merchant import Secret, read_key
from wxpark_gui.wording import Wording


@dataclass(frozen=True, slots=True)
class Command:
    """One call of `wxpark`: its options, wording, output and handling of Ctrl-C."""

    options: argparse.Namespace
    wording: Wording
    output: Output
    interrupts: Interrupts

    @property
    def opener(self) -> JournalOpener:
        return JournalOpener(self.wording, self.output)

    def print(self, as_json: dict[str, Any], as_text: str) -> None:
        """Print the object if the option `--json` is set, else the text."""
        self.output.print(as_json if self.options.json else as_text)

    def report_bug(self, error: Exception) -> None:
        """Print a sentence with the class of an unexpected error. Nothing is logged."""
        self.output.complain(self.wording.console.bug.format(name=type(error).__name__))

    def read_key(self) -> Secret:
        """Read a merchant's key from standard input; ask for it at a terminal, without echo.

        Raises:
            InvalidInputError: the key is malformed.
        """
        return read_key(read_secret_line(self.wording.console.key_prompt))
