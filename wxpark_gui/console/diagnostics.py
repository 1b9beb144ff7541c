"""The command `wxpark diagnostics`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wxpark_gui.console.streams import Output
from wxpark_gui.support import make_diagnostics
from wxpark_gui.wording import FindingReport, Wording

if TYPE_CHECKING:
    from wxpark_gui.assembly import Assembly


def save_diagnostics(
    parts: Assembly, options: argparse.Namespace, wording: Wording, output: Output
) -> None:
    """Collect the diagnostics, save them if a ZIP file is named, and print a list of their files.

    The list has size in bytes and name of each file. If no ZIP file is named, the text of each file
    follows, except with `--json`.

    Raises:
        ExportExistsError: a file of that name exists, and `--force` is not set.
        FileNotWrittenError: the file cannot be written.
    """
    diagnostics = make_diagnostics(parts)
    files = diagnostics.collect(FindingReport(wording))
    if options.file:
        diagnostics.save(Path(options.file), files, overwrite=options.force)
    if options.json:
        document: dict[str, Any] = {
            "file": options.file,
            "files": [{"name": file.name, "bytes": file.size} for file in files],
        }
        output.print(document)
        return
    for file in files:
        output.print(f"{file.size:>9} {file.name}")
        if not options.file:
            output.print(file.text)
    if options.file:
        output.print(wording.console.diagnostics_saved.format(name=options.file))
