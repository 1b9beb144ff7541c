"""Layer rules that import contracts cannot state: those about parts of Qt, and of one folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import wxpark_gui

PACKAGE = Path(wxpark_gui.__file__).parent

_IMPORT_CONTROLLERS = """
import importlib, pkgutil, sys
import wxpark_gui.controllers as package
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(*sorted(name for name in sys.modules if name.startswith("PySide6.Qt")))
"""


def test_controllers_load_no_part_of_qt_that_draws() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_CONTROLLERS],
        check=True,
        capture_output=True,
        text=True,
        cwd=PACKAGE.parent,
    )
    assert done.stdout.split() == ["PySide6.QtCore"]


def test_every_part_of_the_window_has_its_folder() -> None:
    assert [path.name for path in (PACKAGE / "ui").glob("*.py")] == ["__init__.py"]
