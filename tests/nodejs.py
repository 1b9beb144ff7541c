"""npm packages for tests, installed once in the build folder of the checkout."""

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


class NotInstallableError(Exception):
    """Node.js or a package is missing and cannot be installed; the text is the reason."""


def node_with(source: Path, scripts: Sequence[str], target: Path) -> str:
    """Install the packages and scripts in `target`, and return the path of Node.js.

    Skips the test if that is not possible; on CI the test fails instead.

    Args:
        source: folder with `package.json` and the scripts.
        target: folder for the packages and a copy of the scripts.
    """
    try:
        return install(source, scripts, target)
    except NotInstallableError as error:
        cannot_run(str(error))


def install(source: Path, scripts: Sequence[str], target: Path) -> str:
    """Do what `node_with` does, for callers that are no tests.

    Raises:
        NotInstallableError: it is not possible.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise NotInstallableError("Node.js with npm is not installed")
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
        reason = f"{source.name}: its packages could not be installed: {error}"
        raise NotInstallableError(reason) from error
    done.write_text(wanted, encoding="utf-8")
    return node


def cannot_run(reason: str) -> NoReturn:
    """Skip the test; fail it on CI, where Node.js must be installed."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
