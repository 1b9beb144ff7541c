"""The rotating log, and the formatter that masks keys, plates and driver ids. Does not use Qt."""

from __future__ import annotations

import logging
import re
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_NAME = "wxpark.log"
_MAXIMUM_BYTES = 2_000_000
_BACKUPS = 5
_HANDLER_NAME = "wxpark"

_SECRET_LIKE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{32}(?:[0-9A-Fa-f]{32})?(?![0-9A-Za-z])")
_DRIVER_ID = re.compile(r"(?<![0-9A-Za-z_-])o[0-9A-Za-z_-]{27}(?![0-9A-Za-z_-])")
_PLATE = re.compile("([\u4e00-\u9fff][A-Z])·?[A-Z0-9]{3,5}([A-Z0-9\u4e00-\u9fff]{2})(?![A-Z0-9])")


def redact(text: str) -> str:
    """Mask text that looks like a key, a signature or a driver id, and the middle of plates.

    Even so, callers must not log such values.
    """
    text = _SECRET_LIKE.sub("[redacted]", text)
    text = _DRIVER_ID.sub("[redacted]", text)
    return _PLATE.sub(r"\1***\2", text)


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback and redacts the result."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


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
    record and the oldest file.
    """

    def doRollover(self) -> None:
        if self.stream:
            self.stream.close()
        file, probe = Path(self.baseFilename), Path(f"{self.baseFilename}.renamed")
        try:
            file.rename(probe)
            probe.rename(file)
        except OSError:
            self.stream = self._open()
            return
        super().doRollover()


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
