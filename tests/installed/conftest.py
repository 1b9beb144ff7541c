"""Fixtures: two builds of the Debian package, a minimal system, and an X display."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import debian
from freeze import freeze, frozen_folder, last_commit
from tests.installed.background import Background
from tests.installed.bare_system import (
    HOME,
    LONGEST,
    UNSAFE,
    USER,
    BareSystem,
    begin_bare_system,
    finish_bare_system,
)
from tests.screen import screen, wait_for_window

ROOT = Path(__file__).parents[2]
PROOF = ROOT / "build" / "proof"
COPY = PROOF / "another-place"
SYSTEM = PROOF / "system"
TOUR = HOME / "tour"
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
def frozen(second_build: Background, system_to_be: Background) -> Path:
    """The frozen program; the second build and the system are made meanwhile."""
    return freeze(ROOT)


@pytest.fixture(scope="session")
def tree(frozen: Path) -> Path:
    """Folder with the files of the package."""
    return debian.arrange(ROOT, frozen)


@pytest.fixture(scope="session")
def released() -> Path:
    """Path of the package as it is released."""
    return ROOT / "dist" / debian.file_name(ROOT)


@pytest.fixture(scope="session")
def package_to_be(tree: Path, released: Path) -> Iterator[Background]:
    """The packing for the release, which takes minutes."""
    released.parent.mkdir(exist_ok=True)
    command, variables = debian.packing(tree, released), debian.packing_variables(ROOT)
    begun = Background(command, PROOF / "packing.log", variables)
    yield begun
    begun.end()


@pytest.fixture(scope="session")
def made(package_to_be: Background, released: Path, frozen: Path) -> Made:
    """The package as it is released."""
    package_to_be.result(LONGEST)
    return Made(released, frozen)


@pytest.fixture(scope="session")
def quick_package(tree: Path, package_to_be: Background, released: Path) -> Path:
    """The same files packed in seconds, while they are packed for the release."""
    package = PROOF / "quick" / released.name
    package.parent.mkdir(exist_ok=True)
    command, variables = debian.packing(tree, package, level=0), debian.packing_variables(ROOT)
    Background(command, PROOF / "quick.log", variables).result(LONGEST)
    return package


@pytest.fixture(scope="session")
def second_build() -> Iterator[Background]:
    """A build of a copy of the checkout, in another folder, at another time, by a process alone."""
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(ROOT, COPY, ignore=NOT_COPIED)
    # All but one test wait for the first package only.
    build = ["nice", "--adjustment=5", sys.executable, str(COPY / "packaging/dev.py"), "package"]
    # A copy without its history.
    variables = {"SOURCE_DATE_EPOCH": str(last_commit(ROOT))}
    begun = Background(build, COPY.with_suffix(".log"), variables)
    yield begun
    begun.end()


@pytest.fixture(scope="session")
def made_elsewhere(second_build: Background) -> Made:
    """The package of the second build."""
    second_build.result(LONGEST)
    (package,) = (COPY / "dist").glob("*.deb")
    return Made(package, frozen_folder(COPY))


@pytest.fixture(scope="session")
def system_to_be() -> Iterator[Background]:
    begun = begin_bare_system(SYSTEM)
    yield begun
    begun.end()


@pytest.fixture(scope="session")
def bare(system_to_be: Background) -> BareSystem:
    """Minimal system without the package."""
    return finish_bare_system(SYSTEM, system_to_be)


@pytest.fixture(scope="session")
def booth(quick_package: Path, bare: BareSystem) -> BareSystem:
    """Minimal system with the package and the packages that it recommends.

    `quick_package` comes first, because the system is made meanwhile.
    """
    shutil.copy(quick_package, bare.path("/tmp"))
    before = bare.names()
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **UNSAFE}
    command = ("apt-get", "install", "--yes", f"/tmp/{quick_package.name}")
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
def tour_to_be(booth: BareSystem, display: dict[str, str]) -> Iterator[Background]:
    """The tour of the installed program, which has begun to take screenshots of itself."""
    command = booth.command("wxpark-gui", "--tour", str(TOUR), user=USER, variables=display)
    begun = Background(command, PROOF / "tour.log")
    # Else the keyring's test might read a cache of fonts that is just being renamed.
    wait_for_window({**os.environ, **display})
    yield begun
    begun.end()


@pytest.fixture(scope="session")
def tour(booth: BareSystem, tour_to_be: Background) -> Path:
    """Folder with all screenshots of the tour."""
    assert tour_to_be.result(LONGEST) == ""
    return booth.path(TOUR)
