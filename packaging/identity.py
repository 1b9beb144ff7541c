"""Names and ids of the program on the systems it is installed on."""

from __future__ import annotations

import re
from pathlib import Path

from failure import SetUpError

APPLICATION_ID = "io.github.wxpark.booth"
"""Reverse domain name that identifies Debian package, desktop entry and macOS bundle."""

PROGRAMS = ("wxpark-gui", "wxpark")
"""Names of the window program and the console tool."""

AUTHORS = "The wxpark-gui authors"
MAINTAINER = f"{AUTHORS} <wxpark@users.noreply.github.com>"
HOMEPAGE = "https://github.com/wxpark/wxpark-gui"

_VERSION = re.compile(r'^__version__ = "(\d+\.\d+\.\d+)"$', re.MULTILINE)


def read_version(root: Path) -> str:
    """Return the version of the package `wxpark_gui`, such as `1.2.3`.

    Raises:
        SetUpError: the checkout has no version, or one of another form.
    """
    found = _VERSION.search((root / "wxpark_gui" / "__init__.py").read_text(encoding="utf-8"))
    if found is None:
        raise SetUpError("wxpark_gui/__init__.py names no version of the form 1.2.3.")
    return found[1]
