"""Parser of the version file: TOML with `version = "1.2.0"` and optionally `where = "…"`."""

from __future__ import annotations

import sys
from typing import Any

from wxpark_gui.domain.errors import VersionFileNotUnderstoodError
from wxpark_gui.domain.release import WHERE_LENGTH, Release, read_version

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_release(content: bytes) -> Release:
    """Return the release named in a version file. Unknown keys are ignored.

    Raises:
        VersionFileNotUnderstoodError: not TOML, no version or an invalid value; `detail` says why.
    """
    document = _parse(content)
    where = document.get("where", "")
    if not isinstance(where, str) or not where.isprintable() or len(where) > WHERE_LENGTH:
        raise VersionFileNotUnderstoodError(f"where is no text of {WHERE_LENGTH} letters")
    version = document.get("version")
    if not isinstance(version, str):
        raise VersionFileNotUnderstoodError("version is missing, or no text")
    try:
        return Release(read_version(version), where)
    except ValueError as error:
        raise VersionFileNotUnderstoodError(f"version is {error}") from error


def _parse(content: bytes) -> dict[str, Any]:
    try:
        # Windows' Notepad writes a byte order mark and CR LF.
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError:
        raise VersionFileNotUnderstoodError("not UTF-8") from None
    # A number of thousands of digits is a `ValueError` that is no `TOMLDecodeError`.
    except (ValueError, RecursionError) as error:
        raise VersionFileNotUnderstoodError("not TOML") from error
