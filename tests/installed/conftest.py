"""The package, made twice; a bare system; and a screen."""

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
    """Only the proof runs these: they take minutes, and root."""
    for item in items:
        if item.nodeid.startswith("tests/installed/"):
            item.add_marker("installed")


@dataclass(frozen=True)
class Made:
    """The package, and the frozen folder it was made from."""

    package: Path
    frozen: Path


@pytest.fixture(scope="session")
def made() -> Made:
    return Made(debian.build(ROOT), frozen_folder(ROOT))


@pytest.fixture(scope="session")
def made_elsewhere(made: Made) -> Made:
    """The same checkout in another place, at another time."""
    copy = PROOF / "another-place"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    with pytest.MonkeyPatch.context() as patch:
        # A copy without its history.
        patch.setenv("SOURCE_DATE_EPOCH", str(last_commit(ROOT)))
        return Made(debian.build(copy), frozen_folder(copy))


@pytest.fixture(scope="session")
def bare() -> BareSystem:
    """A system on which nothing is installed yet."""
    return make_bare_system(PROOF / "system")


@pytest.fixture(scope="session")
def booth(bare: BareSystem, made: Made) -> BareSystem:
    """A system on which the package was installed, with what it recommends."""
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
    """A screen: the variable with which programs find it."""
    with screen(DISPLAY):
        yield {"DISPLAY": DISPLAY}


@pytest.fixture(scope="session")
def tour(booth: BareSystem, display: dict[str, str]) -> Path:
    """The folder of the pictures that the installed window took of itself."""
    pictures = HOME / "tour"
    done = booth.run(
        "wxpark-gui", "--tour", str(pictures), user=USER, variables=display, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")
    return booth.path(pictures)
