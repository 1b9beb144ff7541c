"""In a Turkish locale `i` has another capital letter, and the window works as in any other."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.systems import not_on_windows
from tests.test_layers import MODULES, PACKAGE

_LOCALE = "tr_TR.UTF-8"
_TIMER = """
from PySide6.QtCore import QCoreApplication
application = QCoreApplication([])
from wxpark_gui.runtime.runner import Worker
Worker("turkish").stop(2)
"""


def test_no_property_that_begins_with_i_is_set_by_a_keyword() -> None:
    """PySide finds `setInterval` by the capital letter that the locale has for its `i`."""
    calls = [
        node
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    found = [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id[:1] == "Q"
        for keyword in call.keywords
        if (keyword.arg or "").startswith("i")
    ]
    assert found == []


@not_on_windows("needs locales of POSIX")
def test_worker_is_made_in_a_turkish_locale(tmp_path: Path) -> None:
    define = ["localedef", "-c", "-i", "tr_TR", "-f", "UTF-8", str(tmp_path / _LOCALE)]
    try:
        subprocess.run(define, capture_output=True, check=False, timeout=60)
    except OSError:
        pytest.skip("no localedef")
    if not (tmp_path / _LOCALE).exists():
        pytest.skip("no sources of locales")
    done = subprocess.run(
        [sys.executable, "-c", _TIMER],
        cwd=PACKAGE.parent,
        env={**os.environ, "LOCPATH": str(tmp_path), "LC_ALL": _LOCALE},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
