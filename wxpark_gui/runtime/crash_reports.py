"""Reports of crashes as local files. Nothing is ever sent. Does not use Qt.

The next start offers a report once. `faulthandler` writes faults that abort the interpreter to a
file, which is removed when the program ends normally.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TextIO

from wxpark_gui.runtime.logs import redact

FAULTS = "fault.log"
_PREFIX, _SUFFIX, _SEEN = "crash-", ".txt", "-seen"
_MOST_KEPT = 10
_MOST_BYTES = 200_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CrashReport:
    """One report, redacted.

    Attributes:
        name: name of its file; empty if it could not be written.
    """

    name: str
    text: str


class CrashReports:
    """The newest `_MOST_KEPT` reports in a folder. Thread-safe; only `all` raises `OSError`.

    Args:
        folder: folder of the reports; created when it is needed.
        about: returns the text about the program and the computer at the head of each report;
            called once, for the first report.
    """

    def __init__(self, folder: Path, about: Callable[[], str] = str) -> None:
        self._folder = folder
        self._describe = about
        self._lock = threading.Lock()
        self._written: set[str] = set()
        self._faults: TextIO | None = None

    def write(self, error: BaseException) -> CrashReport:
        """Return the report of an exception, and write it to a file.

        It is not written if the same traceback was written in this run, or `_MOST_KEPT` others
        were.
        """
        lines = traceback.format_exception(error)
        cause = redact("".join(lines))
        now = datetime.now().astimezone()
        thread = threading.current_thread().name
        text = f"{self._about}\n{now.isoformat(timespec='seconds')} {thread}\n\n{cause}"
        with self._lock:
            if cause in self._written or len(self._written) >= _MOST_KEPT:
                return CrashReport("", text)
            self._written.add(cause)
            return self._keep(text, now)

    def start_faulthandler(self) -> None:
        """Start `faulthandler`, after making a report of the fault that ended an earlier run."""
        file = self._folder / FAULTS
        with contextlib.suppress(OSError), self._lock:
            if file.is_file() and (left := _read(file)):
                ended = _changed_at(file)
                head = f"{self._about}\n{ended.isoformat(timespec='seconds')}\n\n"
                self._keep(head + redact(left), ended)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._faults = file.open("w", encoding="utf-8")
            faulthandler.enable(self._faults, all_threads=True)

    def stop_faulthandler(self) -> None:
        """Stop `faulthandler` and remove its file; call it when the program ends normally."""
        if self._faults is None:
            return
        faulthandler.disable()
        self._faults.close()
        self._faults = None
        with contextlib.suppress(OSError):
            (self._folder / FAULTS).unlink()

    def take_unseen(self) -> CrashReport | None:
        """Return the newest report that was not taken yet, or None; mark all as taken."""
        taken = None
        with contextlib.suppress(OSError), self._lock:
            for file in self._files():
                if file.stem.endswith(_SEEN):
                    continue
                if taken is None:
                    taken = CrashReport(file.name, _read(file))
                file.rename(file.with_stem(file.stem + _SEEN))
        return taken

    def all(self) -> Iterator[CrashReport]:
        """Yield the reports, the newest first.

        Raises:
            OSError: a file cannot be read.
        """
        for file in self._files():
            yield CrashReport(file.name, _read(file))

    @cached_property
    def _about(self) -> str:
        try:
            return self._describe()
        except Exception as error:  # noqa: BLE001 - the report matters more than its head
            return type(error).__name__

    def _keep(self, text: str, at: datetime) -> CrashReport:
        """Write a report, and remove all but the newest `_MOST_KEPT`."""
        name = f"{_PREFIX}{at:%Y%m%d-%H%M%S-%f}{_SUFFIX}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
            for old in self._files()[_MOST_KEPT:]:
                old.unlink()
        except OSError as error:
            _log.warning("no crash report: %s", error.strerror)
            return CrashReport("", text)
        return CrashReport(name, text)

    def _files(self) -> list[Path]:
        """Return the files of the reports, the newest first."""
        return sorted(self._folder.glob(f"{_PREFIX}*{_SUFFIX}"), reverse=True)


def _changed_at(file: Path) -> datetime:
    """Return the time of the last change; the present for one that Python cannot hold."""
    try:
        return datetime.fromtimestamp(file.stat().st_mtime).astimezone()
    except (OverflowError, ValueError):
        return datetime.now().astimezone()


def _read(file: Path) -> str:
    with file.open("rb") as stream:
        return stream.read(_MOST_BYTES).decode(errors="replace")
