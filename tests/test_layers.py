"""Rules on imports that import-linter cannot express: parts of Qt, and modules of one folder."""

from __future__ import annotations

import ast
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


MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 300
MOST_METHODS = 20


def _reason(node: ast.Module | ast.ClassDef, size: str) -> bool:
    return size in " ".join((ast.get_docstring(node) or "").split())


def test_long_module_says_why_in_its_docstring() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in MODULES}
    unexplained = [
        path.name
        for path, source in sources.items()
        if len(source.splitlines()) > MOST_LINES
        and not _reason(ast.parse(source), f"limit of {MOST_LINES} lines")
    ]
    assert unexplained == []


def test_class_with_many_methods_says_why_in_its_docstring() -> None:
    sources = [path.read_text(encoding="utf-8") for path in MODULES]
    classes = [
        node
        for source in sources
        # Reading all modules takes long.
        if source.count("def ") > MOST_METHODS
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    ]
    assert classes
    unexplained = [
        node.name
        for node in classes
        if sum(isinstance(part, ast.FunctionDef) for part in node.body) > MOST_METHODS
        and not _reason(node, f"limit of {MOST_METHODS} methods")
    ]
    assert unexplained == []
