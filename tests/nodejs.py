"""Packages for Node that tests talk to: installed once, in the build folder of the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

INSTALL_SECONDS = 240
NPM = ("install", "--no-package-lock", "--ignore-scripts", "--omit=peer", "--no-audit", "--no-fund")


def node_with(source: Path, scripts: Sequence[str], target: Path) -> str:
    """Path of Node, once what it is to run lies in a folder.

    Args:
        source: a folder with a `package.json`, and the scripts.
        target: the folder that the packages are installed into, and the scripts copied.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        cannot_run("Node.js with npm is not installed")
    target.mkdir(parents=True, exist_ok=True)
    for script in scripts:
        shutil.copyfile(source / script, target / script)
    wanted = (source / "package.json").read_text(encoding="utf-8")
    done = target / "installed.json"
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return node
    (target / "package.json").write_text(wanted, encoding="utf-8")
    try:
        subprocess.run(
            [npm, *NPM], cwd=target, check=True, capture_output=True, timeout=INSTALL_SECONDS
        )
    except subprocess.SubprocessError as error:
        cannot_run(f"{source.name}: its packages could not be installed: {error}")
    done.write_text(wanted, encoding="utf-8")
    return node


def cannot_run(reason: str) -> NoReturn:
    """A machine of one's own may lack Node; the one that guards the project may not."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
