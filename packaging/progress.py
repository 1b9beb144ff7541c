"""Shows the progress of a long step: in one line on a terminal, in few lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

LINES_IN_A_LOG = 4
SECONDS_BETWEEN_LINES = 60
"""Interval of lines in a log; a terminal is updated every second."""


class Counter:
    """Shows a count that grows to a known total."""

    def __init__(self, total: int, noun: str, stream: TextIO | None = None) -> None:
        """Keep the given parts; the first `show` shows a count.

        Args:
            total: at least 1.
            noun: the things counted, such as `pictures`.
            stream: standard output by default.
        """
        self._total = total
        self._noun = noun
        self._stream = stream or sys.stdout
        self._in_place = self._stream.isatty()
        self._shown = 0

    def show(self, count: int) -> None:
        """Show the count: each change on a terminal, each quarter of the total in a log."""
        if count == self._shown:
            return
        if self._in_place:
            self._write(f"\r{self._text(count)}")
        elif self._quarter(count) > self._quarter(self._shown):
            self._write(f"{self._text(count)}\n")
        self._shown = count

    def close(self) -> None:
        """End the line on a terminal."""
        if self._in_place:
            self._write("\n")

    def _quarter(self, count: int) -> int:
        return count * LINES_IN_A_LOG // self._total

    def _text(self, count: int) -> str:
        return f"    {count} of {self._total} {self._noun}"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Clock:
    """Shows the seconds since it was created."""

    def __init__(
        self, stream: TextIO | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream or sys.stdout
        self._in_place = self._stream.isatty()
        self._now = now
        self._started = now()
        self._lines = 0
        self._width = 0

    def tick(self) -> None:
        """Show the time so far: in place on a terminal, once a minute in a log."""
        seconds = int(self._now() - self._started)
        text = f"    {seconds} s"
        if self._in_place:
            self._write(f"\r{text}")
            self._width = len(text)
        elif seconds // SECONDS_BETWEEN_LINES > self._lines:
            self._lines = seconds // SECONDS_BETWEEN_LINES
            self._write(f"{text}\n")

    def close(self) -> None:
        """Remove the time from a terminal."""
        if self._width:
            self._write("\r" + " " * self._width + "\r")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
