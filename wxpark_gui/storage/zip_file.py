"""Write the diagnostics as a ZIP file, whole or not at all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from wxpark_gui.domain.diagnostics import DiagnosticFile
from wxpark_gui.domain.errors import ExportExistsError, FileNotWrittenError
from wxpark_gui.storage.durable import write_file
from wxpark_gui.storage.inspection import remark


def write_zip(target: Path, files: Sequence[DiagnosticFile], overwrite: bool) -> None:
    """Write a ZIP file that only its owner can read; `overwrite` replaces an older file.

    Raises:
        ExportExistsError: a file of that name exists, and `overwrite` is False.
        FileNotWrittenError: the file cannot be written, and an older one is unchanged; `detail` is
            the system's message, without the path.
    """
    try:
        if not overwrite and (target.is_symlink() or target.exists()):
            raise ExportExistsError
        if target.is_dir():
            raise FileNotWrittenError("not a file")
        write_file(target, _packed(files))
    except OSError as error:
        raise FileNotWrittenError(remark(error)) from error


def _packed(files: Sequence[DiagnosticFile]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(file.name, file.text.encode(errors="surrogateescape"))
    return packed.getvalue()
