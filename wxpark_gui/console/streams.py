"""Standard input, output and error of a console command, which may be closed or may fail."""

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
    """Open the null device for each standard stream that the caller has closed.

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
    """Use UTF-8 on the standard streams, except for input from a terminal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")


def flush_or_discard() -> None:
    """Flush standard output and error; discard text that cannot be written.

    Otherwise the interpreter would flush it again at exit and print an error.
    """
    for stream in (sys.stdout, sys.stderr):
        _flush_or_discard(stream)


def read_secret_line(prompt: str) -> str:
    """Read one line of standard input; a terminal shows `prompt` and no echo.

    A byte order mark is removed, a line feed may be left. The result is empty if the input is
    closed, empty or unreadable.
    """
    try:
        if sys.stdin.isatty():
            return getpass.getpass(prompt)
        return sys.stdin.readline().removeprefix("\ufeff")
    except (EOFError, OSError):
        return ""


def read_bytes(limit: int) -> bytes:
    """Read standard input to its end, but at most `limit` bytes.

    Raises:
        OSError: it cannot be read.
    """
    binary = getattr(sys.stdin, "buffer", None)
    content: bytes = binary.read(limit) if binary else sys.stdin.read(limit).encode()
    return content


def needs_ascii() -> bool:
    """Test if standard output is a pipe or file on Windows.

    PowerShell 5 decodes a program's output by the console's code page, such as GBK. It would read
    UTF-8 as other characters, and might swallow a quotation mark.
    """
    return sys.platform == "win32" and not sys.stdout.isatty()


class Output:
    """Output of one command. Write errors do not raise; after one, nothing more is printed.

    Attributes:
        closed: True if the reader closed the pipe before the end of the output, as `head` does.
        lost: True if the output could not be written for another reason, such as a full disk.
    """

    def __init__(self) -> None:
        self.closed = False
        self.lost = False

    @property
    def is_open(self) -> bool:
        return not (self.closed or self.lost)

    def print(self, what: str | Mapping[str, Any], end: str = "\n") -> None:
        """Write a text, or an object as JSON, to standard output; a no-op after a write error."""
        if not self.is_open:
            return
        text = what if isinstance(what, str) else to_json(what)
        try:
            _write(sys.stdout, text + end)
        except (OSError, ValueError) as error:
            self.closed = _is_closed_pipe(error)
            self.lost = not self.closed

    def complain(self, text: str) -> None:
        """Write a sentence to standard error; ignore write errors."""
        with contextlib.suppress(OSError, ValueError):
            _write(sys.stderr, text + "\n")


def to_json(document: Mapping[str, Any]) -> str:
    """Return JSON in one line; escape other characters than ASCII if `needs_ascii()`."""
    return json.dumps(document, ensure_ascii=needs_ascii())


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
    """Test if the error is that of a pipe without a reader; `EINVAL` on Windows."""
    if isinstance(error, BrokenPipeError):
        return True
    return sys.platform == "win32" and isinstance(error, OSError) and error.errno == errno.EINVAL
