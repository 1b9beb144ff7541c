"""Makes the private Python environment `.venv` of the checkout, and updates it when needed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pip_failure
from failure import SetUpError, run_step


@dataclass(frozen=True)
class Stamp:
    """Inputs that an environment was made from; stored inside it.

    Attributes:
        python: version and path of the interpreter.
        project: digest of the project file, which lists the dependencies.
        catalogues: digest of the translations and of the hook that compiles them.
        development: True if the tools for the checks are installed.
    """

    python: str
    project: str
    catalogues: str
    development: bool


class Environment:
    """The folder `.venv` of one checkout."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._directory = root / ".venv"
        self._stamp_file = self._directory / "made-from.json"
        self._programs = self._directory / ("Scripts" if sys.platform == "win32" else "bin")

    def prepare(self, *, development: bool) -> None:
        """Create or update the environment until it matches the checkout.

        Args:
            development: True to install the tools for the checks too.

        Raises:
            SetUpError: a step failed, or would have to replace the Python that runs this.
        """
        found = self._read_stamp()
        tools = development or bool(found and found.development)
        wanted = stamp_of(self._root, development=tools)
        if found == wanted and not uncompiled(self._root):
            return
        if not is_same_ground(found, wanted):
            self._make()
        self._stamp_file.unlink(missing_ok=True)
        self._install(development=tools)
        self._stamp_file.write_text(json.dumps(asdict(wanted), indent=2), encoding="utf-8")

    def program(self, name: str) -> str:
        """Return the path of a program in the environment.

        Raises:
            SetUpError: it is not installed there.
        """
        path = shutil.which(name, path=str(self._programs))
        if path is None:
            raise SetUpError(f"{name} is not in {self._directory}: remove that and start again.")
        return path

    def search_path(self) -> str:
        """Return `PATH` with the environment's programs first."""
        return os.pathsep.join([str(self._programs), os.environ.get("PATH", os.defpath)])

    def _read_stamp(self) -> Stamp | None:
        try:
            return Stamp(**json.loads(self._stamp_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def _make(self) -> None:
        if Path(sys.prefix).resolve() == self._directory.resolve():
            raise SetUpError("The environment must be made anew: leave it first (`deactivate`).")
        print(f"Making a private environment in {self._directory}", flush=True)
        run_step(
            "Making the environment",
            [sys.executable, "-m", "venv", "--clear", self._directory.name],
        )

    def _install(self, *, development: bool) -> None:
        what = ".[development]" if development else "."
        print("Installing the program and what it needs; the first time takes minutes", flush=True)
        pip = [self.program("python"), "-m", "pip", "--disable-pip-version-check"]
        command = [*pip, "install", "--editable", what]
        run_step("Installing the program", command, explain=pip_failure.explain)


def stamp_of(root: Path, *, development: bool) -> Stamp:
    """Return the stamp of an environment made now from this checkout by this interpreter.

    Args:
        development: True if the environment has the tools for the checks.
    """
    return Stamp(
        python=f"{sys.version} {Path(sys.base_prefix).resolve()}",
        project=digest([root / "pyproject.toml"]),
        catalogues=digest([root / "packaging" / "build_hook.py", *catalogues(root)]),
        development=development,
    )


def is_same_ground(found: Stamp | None, wanted: Stamp) -> bool:
    """Test if an environment may be updated in place: interpreter and project are unchanged.

    Otherwise packages that are no longer required would remain.
    """
    return found is not None and (found.python, found.project) == (wanted.python, wanted.project)


def catalogues(root: Path) -> list[Path]:
    """Return the `.po` files of the translations."""
    return sorted((root / "resources" / "translations").glob("*/LC_MESSAGES/*.po"))


def uncompiled(root: Path) -> list[Path]:
    """Return the `.po` files without a compiled catalogue, as after `git clean`."""
    return [path for path in catalogues(root) if not path.with_suffix(".mo").exists()]


def digest(files: Iterable[Path]) -> str:
    """Return one digest of the contents of files, in their order."""
    sums = (hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    return hashlib.sha256(" ".join(sums).encode()).hexdigest()
