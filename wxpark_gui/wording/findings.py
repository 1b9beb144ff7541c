"""Findings of the doctor as text and as JSON, for both front ends and the diagnostics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.health import Finding, Health
from wxpark_gui.wording.words import FailureWords, Wording

_HEALTH_WIDTH = 8
"""Width of the health in a line, in terminal columns."""
_LAST_ASCII = "\x7f"


def finding_json(finding: Finding, wording: Wording) -> dict[str, Any]:
    """Return the object of one finding in `doctor --json`."""
    words = finding_words(finding, wording)
    document: dict[str, Any] = {
        "subject": finding.subject.value,
        "health": finding.health.value,
        "detail": finding.detail,
        "error": words.code or None if words else None,
        "message": words.message if words else None,
        "action": words.action if words else None,
    }
    if finding.steps:
        document["milliseconds"] = dict(finding.steps)
    if finding.fault is not None:
        document["fault"] = finding.fault.value
    return document


def finding_line(finding: Finding, wording: Wording) -> str:
    """Return subject and detail of a finding, milliseconds of its steps, and known fault."""
    line = wording.health.subjects[finding.subject]
    steps = wording.health.steps
    parts = [finding.detail, *(f"{steps[step]} {took} ms" for step, took in finding.steps)]
    if finding.fault is not None:
        parts.append(wording.health.faults[finding.fault])
    detail = " · ".join(part for part in parts if part)
    return f"{line}: {detail}" if detail else line


def finding_text(finding: Finding, wording: Wording) -> str:
    """Return a finding as text: health, subject and detail.

    A finding that is not good has a second line with reason and action.
    """
    text = f"{_padded(wording.health.health[finding.health])} {finding_line(finding, wording)}"
    words = finding_words(finding, wording)
    if words:
        text += f"\n{'':<{_HEALTH_WIDTH}} {words.sentences} [{words.code}]"
    return text


def findings_text(findings: Iterable[Finding], wording: Wording) -> str:
    """Return the findings as text, in their order."""
    return "\n".join(finding_text(finding, wording) for finding in findings)


def finding_words(finding: Finding, wording: Wording) -> FailureWords | None:
    """Return reason, action and code of a finding that is not good; None for a good one."""
    if finding.health is Health.GOOD:
        return None
    words = wording.health
    if finding.error:
        return wording.failure(finding.error)
    if finding.failure is ConnectionFailure.TLS_CLOCK:
        # A wrong date and an expired certificate cannot be distinguished without a server's `Date`.
        return FailureWords(words.certificate_dates, words.check_dates, finding.failure.value)
    if finding.failure:
        found = wording.connection_failure(finding.failure)
        return replace(found, message=words.full_stop.format(sentence=found.message))
    if finding.clock_offset is not None:
        sentence = words.clock_ahead if finding.clock_offset > 0 else words.clock_behind
        message = sentence.format(seconds=f"{abs(finding.clock_offset):.0f}")
        return FailureWords(message, words.set_clock, "CLOCK")
    if finding.trouble:
        message, action = words.troubles[finding.trouble]
        return FailureWords(message, action, finding.trouble.value)
    return None


class FindingReport:
    """Writes findings as text and as an object for JSON, in one language."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def text(self, findings: Iterable[Finding]) -> str:
        """Return one or two lines for each finding."""
        return findings_text(findings, self._wording)

    def document(self, findings: Iterable[Finding]) -> dict[str, Any]:
        """Return the object that `doctor --json` prints."""
        return {"findings": [finding_json(finding, self._wording) for finding in findings]}


def _padded(word: str) -> str:
    """Pad `word` with blanks to `_HEALTH_WIDTH` columns; a Chinese letter takes two columns."""
    width = sum(2 if letter > _LAST_ASCII else 1 for letter in word)
    return word + " " * (_HEALTH_WIDTH - width)
