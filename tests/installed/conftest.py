"""Fixtures: two builds of the Debian package, a minimal system, and an X display."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import debian
from freeze import frozen_folder, last_commit
from tests.installed.bare_system import HOME, USER, BareSystem, make_bare_system
from tests.screen import screen

ROOT = Path(__file__).parents[2]
PROOF = ROOT / "build" / "proof"
DISPLAY = ":87"
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "*.mo", "__pycache__", ".*_cache"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests `installed`, so that only the full proof runs them.

    They take minutes and need root.
    """
    for item in items:
        if item.nodeid.startswith("tests/installed/"):
            item.add_marker("installed")


@dataclass(frozen=True)
class Made:
    """The Debian package, and the frozen folder from which it was made."""

    package: Path
    frozen: Path


@pytest.fixture(scope="session")
def made() -> Made:
    return Made(debian.build(ROOT), frozen_folder(ROOT))


@pytest.fixture(scope="session")
def made_elsewhere(made: Made) -> Made:
    """A second build of the same checkout, in another folder and at another time."""
    copy = PROOF / "another-place"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    with pytest.MonkeyPatch.context() as patch:
        # A copy without its history.
        patch.setenv("SOURCE_DATE_EPOCH", str(last_commit(ROOT)))
        return Made(debian.build(copy), frozen_folder(copy))


@pytest.fixture(scope="session")
def bare() -> BareSystem:
    """Minimal system without the package."""
    return make_bare_system(PROOF / "system")


@pytest.fixture(scope="session")
def booth(bare: BareSystem, made: Made) -> BareSystem:
    """Minimal system with the package and the packages that it recommends."""
    shutil.copy(made.package, bare.path("/tmp"))
    before = bare.names()
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    command = ("apt-get", "install", "--yes", f"/tmp/{made.package.name}")
    done = bare.run(*command, variables=quiet, timeout=600)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert not [name for name in before if "python3" in name], "it was not bare"
    return bare


@pytest.fixture(scope="session")
def display() -> Iterator[dict[str, str]]:
    """Environment variable DISPLAY of a virtual X display."""
    with screen(DISPLAY):
        yield {"DISPLAY": DISPLAY}


@pytest.fixture(scope="session")
def tour(booth: BareSystem, display: dict[str, str]) -> Path:
    """Folder with the screenshots that the installed program made of itself."""
    pictures = HOME / "tour"
    done = booth.run(
        "wxpark-gui", "--tour", str(pictures), user=USER, variables=display, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")
    return booth.path(pictures)
