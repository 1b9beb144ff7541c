"""Packages are built from exactly the versions in the lock files."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lock
from failure import SetUpError
from lock import FOR_OLD_SYSTEMS, LOCKS, NEWEST, RELEASE_TOOLS, Lock

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def entries(one: Lock) -> list[str]:
    """Return each requirement of a lock file with its hashes, one string each."""
    text = one.path(ROOT).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def versions(one: Lock) -> dict[str, list[str]]:
    """Return the versions of each distribution.

    A distribution has several if they differ by Python version or system.
    """
    found: dict[str, list[str]] = {}
    for entry in entries(one):
        requirement = Requirement(entry.partition("--hash")[0].strip())
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        found.setdefault(canonicalize_name(requirement.name), []).append(pin.version)
    return found


@pytest.mark.parametrize("one", LOCKS, ids=lambda one: one.file)
def test_every_file_that_may_be_installed_is_named_by_its_hash(one: Lock) -> None:
    assert len(entries(one)) > 10
    assert all(HASH.search(entry) for entry in entries(one))


@pytest.mark.parametrize("one", LOCKS, ids=lambda one: one.file)
def test_no_registry_is_named(one: Lock) -> None:
    text = one.path(ROOT).read_text(encoding="utf-8")
    assert not re.search(r"https?:|\.org|\.com|--index|--find-links", text)


@pytest.mark.parametrize("one", [NEWEST, FOR_OLD_SYSTEMS], ids=lambda one: one.file)
def test_a_package_is_made_of_what_the_project_asks_for(one: Lock) -> None:
    locked = versions(one)
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"][lock.EXTRA]]
    for requirement in map(Requirement, asked):
        name = canonicalize_name(requirement.name)
        assert name in locked, f"run: python3 packaging/dev.py lock ({name} is missing)"
        assert all(requirement.specifier.contains(version) for version in locked[name])


def test_a_release_is_described_by_a_tool_that_is_locked_too() -> None:
    (source,) = (
        Requirement(line)
        for line in (ROOT / RELEASE_TOOLS.source).read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    assert source.specifier.contains(versions(RELEASE_TOOLS)[source.name][0])


def test_old_systems_get_the_last_qt_that_runs_on_them() -> None:
    (newest,), (older,) = (versions(one)["pyside6-essentials"] for one in (NEWEST, FOR_OLD_SYSTEMS))
    assert older.startswith("6.9.")
    assert newest.startswith("6.11.")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """Commands that would be run; none is run."""
    taken: list[Sequence[str]] = []

    def take(_what: str, command: Sequence[str], **_options: object) -> None:
        taken.append(command)

    monkeypatch.setattr(lock, "run_step", take)
    monkeypatch.setattr(lock, "python_of", lambda folder: f"{folder}/python")
    return taken


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Folder with the file on which an environment depends."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / "build" / "requirements").mkdir(parents=True)
    (tmp_path / "packaging" / NEWEST.file).write_text("as it was", encoding="utf-8")
    return tmp_path


def test_an_environment_is_made_once_and_again_for_another_lock(
    checkout: Path, steps: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    monkeypatch.setattr(lock, "make_environment", made.append)
    file = NEWEST.path(checkout)
    for _ in range(2):
        lock.locked_environment(checkout, file)
    assert len(made) == 1
    assert {"--require-hashes", "--no-deps"} < set(steps[0])
    file.write_text("renewed", encoding="utf-8")
    lock.locked_environment(checkout, file)
    assert len(made) == 2


def test_an_environment_without_python_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match="no Python"):
        lock.python_of(tmp_path)
