"""Collect the files for a support call, without keys and whole plates, and save them as a ZIP."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from wxpark_gui.domain.diagnostics import DiagnosticFile
from wxpark_gui.domain.errors import ReadableError
from wxpark_gui.service.examination import Check, Examination

if TYPE_CHECKING:
    from wxpark_gui.domain.health import Finding

Source = Callable[[], Iterable[DiagnosticFile]]

_log = logging.getLogger(__name__)


class ReportWords(Protocol):
    """Writes findings for people and for programs."""

    def text(self, findings: Iterable[Finding]) -> str:
        """Return lines for a person."""
        ...

    def document(self, findings: Iterable[Finding]) -> dict[str, Any]:
        """Return an object for JSON."""
        ...


class Diagnostics:
    """Collects the files and saves them. Nothing is ever sent.

    Args:
        checks: returns the doctor's checks.
        sources: each returns other files; the error of one that fails is a line of `errors.txt`.
        mask: masks keys, ids and plates in a text.
        write: writes the ZIP file; raises `ExportExistsError` or `FileNotWrittenError`.
    """

    def __init__(
        self,
        *,
        checks: Callable[[], Sequence[Check]],
        sources: Sequence[Source],
        mask: Callable[[str], str],
        write: Callable[[Path, Sequence[DiagnosticFile], bool], None],
    ) -> None:
        self._checks = checks
        self._sources = sources
        self._mask = mask
        self._write = write

    def collect(
        self,
        words: ReportWords,
        findings: Sequence[Finding] | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Sequence[DiagnosticFile]:
        """Return the files, masked. Reads disk and network, so it may take half a minute.

        Args:
            findings: findings of a finished doctor's run; None runs the doctor.
            is_cancelled: asked between the parts; once it returns True, the rest is left out.
        """
        found = self._examine(is_cancelled) if findings is None else findings
        document = json.dumps(words.document(found), ensure_ascii=False, indent=1)
        files = [
            DiagnosticFile("doctor.txt", words.text(found) + "\n"),
            DiagnosticFile("doctor.json", document + "\n"),
        ]
        failures: list[str] = []
        for source in self._sources:
            if is_cancelled():
                return ()
            files += _read(source, failures)
        if failures:
            files.append(DiagnosticFile("errors.txt", "\n".join(failures) + "\n"))
        return [replace(file, text=self._mask(file.text)) for file in files]

    def save(
        self, target: Path, files: Sequence[DiagnosticFile], *, overwrite: bool = False
    ) -> None:
        """Save the files as a ZIP file, whole or not at all.

        Raises:
            ExportExistsError: there is a file of that name, and `overwrite` is False.
            FileNotWrittenError: the file cannot be written; `detail` is the system's message.
        """
        self._write(target, files, overwrite)

    def _examine(self, is_cancelled: Callable[[], bool]) -> Sequence[Finding]:
        checks = self._checks()
        examination = Examination(checks, is_cancelled=is_cancelled)
        found = {checked.check: checked.findings for checked in examination.findings()}
        return [finding for check in checks for finding in found.get(check, ())]


def _read(source: Source, failures: list[str]) -> Sequence[DiagnosticFile]:
    """Return the files of a source; if it fails, add the error to `failures` and return none."""
    try:
        return tuple(source())
    except ReadableError as error:
        failures.append(str(error))
    except Exception as error:  # noqa: BLE001 - the other files are still needed
        _log.warning("a part of the diagnostics is missing", exc_info=error)
        # The message of an `OSError` contains a path.
        failures.append(type(error).__name__)
    return ()
