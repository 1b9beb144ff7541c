"""Library path of the programs of the system that a bundle starts. Does not use Qt."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping

_PATH, _BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"


def restore_library_path(environment: MutableMapping[str, str]) -> None:
    """Put the library path back that the bundle was started with; a no-op outside of a bundle.

    PyInstaller's starter sets it to the folder of the bundle. This process has read it already, but
    the programs that it starts would load the bundle's libraries in place of their own: the file
    manager that shows a folder, or `gsettings`.
    """
    if sys.platform != "linux" or not getattr(sys, "frozen", False):
        return
    environment.pop(_PATH, None)
    if before := environment.pop(_BEFORE, ""):
        environment[_PATH] = before
