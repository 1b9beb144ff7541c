"""The command `wxpark doctor`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wxpark_gui.console.streams import Output
from wxpark_gui.service.examination import Examination
from wxpark_gui.support import make_doctor
from wxpark_gui.wording import FindingReport, Wording, findings_text

if TYPE_CHECKING:
    from wxpark_gui.assembly import Assembly
    from wxpark_gui.domain.health import Finding


def examine(
    parts: Assembly, options: argparse.Namespace, wording: Wording, output: Output
) -> Sequence[Finding]:
    """Print the findings, and return them in the order in which they should be corrected.

    Text is printed after each check, JSON after the last one.
    """
    checks = make_doctor(parts).checks()
    found: dict[int, Sequence[Finding]] = {}
    for checked in Examination(checks).findings():
        found[checks.index(checked.check)] = checked.findings
        if checked.findings and not options.json:
            output.print(findings_text(checked.findings, wording))
    findings = [finding for _, part in sorted(found.items()) for finding in part]
    if options.json:
        output.print(FindingReport(wording).document(findings))
    return findings
