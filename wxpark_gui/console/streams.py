"""Standard input, output and error of a console command, in whatever state they were given."""

from __future__ import annotations

import contextlib
import errno
import getpass
import io
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_closed_streams() -> None:
    """Give each standard stream that the caller closed the null device.

    Otherwise the next file opened, such as the log, would get the descriptor of standard output.
    """
    for descriptor, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
        if getattr(sys, name) is None:
            stream = os.fdopen(descriptor, mode, encoding="utf-8", closefd=False)
            setattr(sys, name, stream)


def use_utf8() -> None:
    """Use UTF-8 on the standard streams, independent of the console's code page."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")


def flush_or_discard() -> None:
    """Flush output and error; discard what they do not take.

    The interpreter flushes them once more when it ends, and would report the failure then.
    """
    for stream in (sys.stdout, sys.stderr):
        _flush_or_discard(stream)


def read_secret_line(prompt: str) -> str:
    """One line of standard input without a byte order mark; at a terminal without echo.

    Empty where the input is closed, ends at once or cannot be read.
    """
    try:
        if sys.stdin.isatty():
            return getpass.getpass(prompt)
        return sys.stdin.readline().removeprefix("\ufeff")
    except (EOFError, OSError):
        return ""


class Output:
    """Output of one command. A stream that fails is not written to again; nothing raises.

    Attributes:
        closed: the reader ended before the output did, as `head` does.
        lost: the output could not be written for another reason, such as a full disk.
    """

    def __init__(self) -> None:
        self.closed = False
        self.lost = False

    @property
    def is_open(self) -> bool:
        return not (self.closed or self.lost)

    def print(self, what: str | Mapping[str, Any], end: str = "\n") -> None:
        """Write a text, or an object as JSON, to standard output."""
        if not self.is_open:
            return
        text = what if isinstance(what, str) else to_json(what)
        try:
            _write(sys.stdout, text + end)
        except (OSError, ValueError) as error:
            self.closed = _is_closed_pipe(error)
            self.lost = not self.closed

    def complain(self, text: str) -> None:
        """Write a sentence to standard error."""
        with contextlib.suppress(OSError, ValueError):
            _write(sys.stderr, text + "\n")


def to_json(document: Mapping[str, Any]) -> str:
    """JSON in one line; Chinese stays readable, except in pipes and files on Windows.

    PowerShell 5 decodes a program's output by the console's code page, GBK for one: of UTF-8 that
    makes other characters, and may swallow a quotation mark.
    """
    return json.dumps(document, ensure_ascii=sys.platform == "win32" and not sys.stdout.isatty())


def _flush_or_discard(stream: TextIO) -> None:
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def _is_closed_pipe(error: Exception) -> bool:
    """Windows reports a pipe without a reader as an invalid argument."""
    if isinstance(error, BrokenPipeError):
        return True
    return sys.platform == "win32" and isinstance(error, OSError) and error.errno == errno.EINVAL
