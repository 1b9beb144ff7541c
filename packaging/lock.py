"""Lock files: the exact versions, with hashes, that packages are built from.

They name no registry, so that each machine uses its own.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pip_failure
from environment import digest
from failure import SetUpError, run_step

PROJECT = "pyproject.toml"
EXTRA = "packaging"
"""The project file's extra with the tools for freezing."""


@dataclass(frozen=True)
class Lock:
    """One lock file, which applies to all systems and versions of Python.

    Attributes:
        file: its name in `packaging`.
        source: the file in the checkout with the requirements.
        constraint: a further requirement that narrows those of `source`; may be empty.
        suffix: appended to the version of packages built from it.
    """

    file: str
    source: str = PROJECT
    constraint: str = ""
    suffix: str = ""

    def path(self, root: Path) -> Path:
        return root / "packaging" / self.file


NEWEST = Lock("requirements.lock")
# The last wheels of Qt for glibc 2.28, which UOS 20 and Kylin V10 SP1 have.
FOR_OLD_SYSTEMS = Lock(
    "requirements-glibc-2.28.lock", constraint="PySide6-Essentials<6.10", suffix="+glibc2.28"
)
RELEASE_TOOLS = Lock("release-tools.lock", source="packaging/release-tools.in")
WINDOWS_TESTS = Lock("windows-tests.lock", source="packaging/windows-tests.in")
LOCKS = (NEWEST, FOR_OLD_SYSTEMS, RELEASE_TOOLS, WINDOWS_TESTS)


def renew(root: Path, lock: Lock) -> None:
    """Write a lock file with the newest versions that its source allows.

    Raises:
        SetUpError: a step failed.
    """
    tools = root / "build" / "lock"
    make_environment(tools)
    install_uv = [python_of(tools), "-m", "pip", "install", "--quiet", "uv"]
    run_step("Installing uv", install_uv, explain=pip_failure.explain)
    constraint = tools / "constraint.txt"
    constraint.write_text(f"{lock.constraint}\n", encoding="utf-8")
    run_step(
        f"Writing {lock.file}",
        [
            *(python_of(tools), "-m", "uv", "pip", "compile", "--quiet", "--upgrade"),
            *("--universal", "--python-version=3.10", "--generate-hashes"),
            *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate"),
            *("--custom-compile-command", "python3 packaging/dev.py lock"),
            *(("--extra", EXTRA) if lock.source == PROJECT else ()),
            *("--constraints", str(constraint), "--output-file", str(lock.path(root))),
            str(root / lock.source),
        ],
    )


def locked_environment(root: Path, file: Path) -> Path:
    """Return the Python of an environment with exactly the versions of a lock file.

    It is made once for each content of the file.

    Args:
        root: the checkout.
        file: the lock file.

    Raises:
        SetUpError: a step failed, or a downloaded file has another hash.
    """
    folder = root / "build" / file.stem
    wanted = f"{sys.version} {digest([file])}"
    stamp = folder / "made-from.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return Path(python_of(folder))
    make_environment(folder)
    pip = [python_of(folder), "-m", "pip", "--disable-pip-version-check", "install"]
    run_step(
        f"Installing what {file.name} lists",
        [*pip, "--require-hashes", "--no-deps", "--requirement", str(file)],
        explain=pip_failure.explain,
    )
    stamp.write_text(wanted, encoding="utf-8")
    return Path(python_of(folder))


def make_environment(folder: Path) -> None:
    """Create an empty environment, and replace an existing one.

    Raises:
        SetUpError: it cannot be created.
    """
    shutil.rmtree(folder, ignore_errors=True)
    print(f"Making an environment in {folder}", flush=True)
    run_step("Making the environment", [sys.executable, "-m", "venv", str(folder)])


def python_of(folder: Path) -> str:
    """Return the path of an environment's Python.

    Raises:
        SetUpError: the environment has no Python.
    """
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    found = shutil.which("python", path=str(programs))
    if found is None:
        raise SetUpError(f"There is no Python in {programs}.")
    return found
