"""The rotating log, and the formatter that masks keys, plates and driver ids. Does not use Qt."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from functools import cache, partial
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_NAME = "wxpark.log"
_MAXIMUM_BYTES = 2_000_000
_BACKUPS = 5
_HANDLER_NAME = "wxpark"
_OWNER_ONLY = 0o600

_PROVINCE = r"(?:[\u4e00-\u9fff]|\\u[0-9A-Fa-f]{4}|(?:%[0-9A-Fa-f]{2}){3})"
"""Pattern of a Chinese character, or of its escape in JSON or in a URL."""


@cache
def _secret_like() -> re.Pattern[str]:
    return re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{32}(?:[0-9A-Fa-f]{32})?(?![0-9A-Za-z])")


@cache
def _driver_id() -> re.Pattern[str]:
    return re.compile(r"(?<![0-9A-Za-z_-])o[0-9A-Za-z_-]{27}(?![0-9A-Za-z_-])")


@cache
def _plate() -> re.Pattern[str]:
    # Compiled at the first record: all patterns together take 6 ms of a start.
    return re.compile(
        rf"(?P<head>WJ{_PROVINCE}?|{_PROVINCE}[A-Za-z]|使|民航[A-Za-z]?)[·•.\- ]?"
        # Nearly all serials have a digit; Latin words after Chinese ones have none.
        r"(?=[A-Za-z0-9]{0,6}[0-9])(?P<first>[A-Za-z0-9])[A-Za-z0-9]{2,5}"
        r"(?P<last>[A-Za-z0-9\u4e00-\u9fff])(?![A-Za-z0-9])"
    )


def redact(text: str) -> str:
    """Mask text that looks like a key, a signature or a driver id, and the middle of plates.

    Even so, callers must not log such values.
    """
    text = _secret_like().sub("[redacted]", text)
    text = _driver_id().sub("[redacted]", text)
    return _plate().sub(r"\g<head>\g<first>***\g<last>", text)


def log_tails(folder: Path, most_bytes: int) -> Iterator[tuple[str, str]]:
    """Yield name and end of the log's files, the newest first, at most `most_bytes` together.

    Raises:
        OSError: a file cannot be read.
    """
    left = most_bytes
    for number in range(_BACKUPS + 1):
        file = folder / (f"{LOG_NAME}.{number}" if number else LOG_NAME)
        if left <= 0 or not file.is_file():
            return
        size = file.stat().st_size
        with file.open("rb") as stream:
            stream.seek(max(0, size - left))
            content = stream.read(left)
        left -= len(content)
        yield file.name, content.decode(errors="replace")


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback and redacts the result."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))

    def formatTime(self, record: logging.LogRecord, _datefmt: str | None = None) -> str:
        """Return the computer's time with its UTC offset; other clocks and zones compare so."""
        moment = datetime.fromtimestamp(record.created, timezone.utc).astimezone()
        return moment.isoformat(" ", "milliseconds")


def start_logging(folder: Path) -> None:
    """Log to `wxpark.log` in `folder`, from level INFO on, in at most six files of about 2 MB.

    Raises:
        OSError: the folder could not be made or the file not opened. Warnings then go to standard
            error, if there is one.
    """
    try:
        _add(_file_handler(folder))
    except OSError:
        _add(_console_handler())
        raise


class _LogFile(RotatingFileHandler):
    """Log file that skips its rotation, and so grows, while it cannot be renamed.

    Windows refuses to rename a file that another process has open. A rotation would then lose the
    record and the oldest file. A file that another program removed, renamed or replaced, as
    `logrotate` or a second process does, is opened again by its name. A record that the disk does
    not take is dropped.
    """

    def emit(self, record: logging.LogRecord) -> None:
        file = Path(self.baseFilename)
        if self.stream and _is_another(file, self.stream.fileno()):
            self._close_stream()
            with suppress(OSError):
                file.parent.mkdir(mode=0o700, exist_ok=True)
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        # `logging` would print the record to standard error, and not redacted.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def doRollover(self) -> None:
        self._close_stream()
        file, probe = Path(self.baseFilename), Path(f"{self.baseFilename}.renamed")
        try:
            file.rename(probe)
            probe.rename(file)
        except OSError:
            self.stream = self._open()
            return
        super().doRollover()

    def close(self) -> None:
        self._close_stream()
        super().close()

    def _open(self) -> TextIOWrapper:
        return open(
            self.baseFilename,
            "a",
            encoding=self.encoding,
            errors=self.errors,
            opener=partial(os.open, mode=_OWNER_ONLY),
        )

    def _close_stream(self) -> None:
        """Close the file; the handler opens it again for the next record.

        A full disk fails the flush of what was not written before, but the file is closed.
        """
        if self.stream:
            with suppress(OSError):
                self.stream.close()
            self.stream = None


def _is_another(file: Path, handle: int) -> bool:
    """Test if a name no longer leads to an open file.

    The result is False if the folder cannot be searched, where the file may be in place. On Windows
    nobody can rename an open file.
    """
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return sys.platform != "win32" and not os.path.samestat(found, os.fstat(handle))


def _file_handler(folder: Path) -> logging.Handler:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _LogFile(
        folder / LOG_NAME, maxBytes=_MAXIMUM_BYTES, backupCount=_BACKUPS, encoding="utf-8"
    )


def _console_handler() -> logging.Handler:
    if sys.stderr is None:
        # A windowed program on Windows has no standard error.
        return logging.NullHandler()
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    return handler


def _add(handler: logging.Handler) -> None:
    handler.name = _HANDLER_NAME
    handler.setFormatter(
        RedactingFormatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # urllib3 logs request addresses below ERROR.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def stop_logging() -> None:
    """Remove and close the handler that `start_logging` added."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if handler.name == _HANDLER_NAME:
            root.removeHandler(handler)
            handler.close()
